//! (stub until the real room lands)
use std::sync::Arc;
/// Whoever calls us.
#[derive(Clone, Debug)]
pub struct Caller(Arc<(String, String, Vec<String>)>);
impl Caller {
    /// The configured name of the issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.0
    }
    /// The subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.1
    }
    /// Team claims.
    #[must_use]
    pub fn teams(&self) -> &[String] {
        &self.0.2
    }
    /// For tests.
    #[must_use]
    pub fn insecure_for_test(issuer: &str, subject: &str, teams: &[&str]) -> Self {
        Self(Arc::new((
            issuer.to_owned(),
            subject.to_owned(),
            teams.iter().map(|t| (*t).to_owned()).collect(),
        )))
    }
}

//! Fetching key sets once, for commands that have no gateway around them.

use super::fault::StartFault;
use super::key_watches::{Source, source};
use crate::auth::Authenticator;
use crate::config::auth::Auth;
use crate::telemetry::Causes;

/// What came of fetching an issuer's keys.
#[derive(Debug)]
pub struct FetchedKeys {
    /// Our name for the issuer.
    pub issuer: String,
    /// The key of the configuration that says where they are.
    pub source: &'static str,
    /// How many there are for us, or why there are none.
    pub outcome: Result<usize, String>,
}

/// Fetches the key sets that a gateway would fetch in the background, and gives them to `authenticator`.
pub async fn fetch_keys(
    auth: &Auth,
    authenticator: &Authenticator,
) -> Result<Vec<FetchedKeys>, StartFault> {
    let mut fetched = Vec::new();
    for issuer in &auth.issuers {
        let name = issuer.name.as_str();
        let (Some((source, Source::Fetched(fetch))), Some(keyring)) =
            (source(issuer)?, authenticator.keyring(name))
        else {
            continue;
        };
        let outcome = match fetch.fetch().await {
            Ok(got) => keyring
                .replace(&got.body)
                .map(|replaced| replaced.count)
                .map_err(|fault| format!("the answer {fault}")),
            Err(fault) => Err(Causes(&fault).to_string()),
        };
        fetched.push(FetchedKeys { issuer: name.to_owned(), source, outcome });
    }
    Ok(fetched)
}

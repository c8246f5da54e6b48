//! Who belongs to a team. Each entry names the issuer it believes, so that two issuers can never mint each
//! other's teams.

use super::glob::Glob;
use crate::auth::Caller;

/// The chat platforms whose identities a policy may name although no issuer is configured for them.
pub(super) const PLATFORMS: [&str; 1] = ["slack"];

/// One entry of a team's `members`.
#[derive(Debug)]
pub(super) struct Member {
    issuer: String,
    who: Who,
}

#[derive(Debug)]
enum Who {
    Team(Glob),
    Subject(Glob),
}

/// Why a text is no entry.
#[derive(Debug, thiserror::Error)]
pub(super) enum MemberFault {
    #[error("must be `ISSUER/team:NAME`, `ISSUER/sub:SUBJECT` or `slack/WORKSPACE/USER`")]
    Form,
    #[error("names the issuer `{0}`, which is not configured (known: {1})")]
    Issuer(String, String),
    #[error("must name its issuer (`ISSUER/{0}`): more than one is configured, or none")]
    NoIssuer(String),
}

impl Member {
    /// Takes an entry; `issuers` are the names of those configured.
    pub(super) fn parse(text: &str, issuers: &[&str]) -> Result<Self, MemberFault> {
        if let Some(who) = Who::parse(text) {
            let [only] = issuers else {
                return Err(MemberFault::NoIssuer(text.to_owned()));
            };
            return Ok(Self { issuer: (*only).to_owned(), who });
        }
        let (issuer, rest) = text.split_once('/').ok_or(MemberFault::Form)?;
        if PLATFORMS.contains(&issuer) {
            let both = rest.split_once('/').filter(|(a, b)| !a.is_empty() && !b.is_empty());
            both.ok_or(MemberFault::Form)?;
            return Ok(Self { issuer: issuer.to_owned(), who: Who::Subject(Glob::parse(rest)) });
        }
        let who = Who::parse(rest).ok_or(MemberFault::Form)?;
        if !issuers.contains(&issuer) {
            return Err(MemberFault::Issuer(issuer.to_owned(), issuers.join(", ")));
        }
        Ok(Self { issuer: issuer.to_owned(), who })
    }

    /// Whether `caller` is meant.
    pub(super) fn is(&self, caller: &Caller) -> bool {
        *self.issuer == *caller.issuer()
            && match &self.who {
                Who::Team(glob) => caller.team_claims().iter().any(|team| glob.matches(team)),
                Who::Subject(glob) => glob.matches(caller.subject()),
            }
    }
}

impl Who {
    fn parse(text: &str) -> Option<Self> {
        let glob = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Glob::parse);
        if let Some(team) = text.strip_prefix("team:") {
            return glob(team).map(Self::Team);
        }
        glob(text.strip_prefix("sub:")?).map(Self::Subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(entry: &str, caller: &Caller) -> bool {
        Member::parse(entry, &["idp", "k8s"]).unwrap().is(caller)
    }

    #[test]
    fn an_entry_believes_only_the_issuer_it_names() {
        let alice = Caller::insecure_for_test("idp", "alice", &["payments"], jiff::Timestamp::MAX);
        assert!(is("idp/team:payments", &alice));
        assert!(is("idp/sub:al*", &alice));
        assert!(!is("k8s/team:payments", &alice));
        assert!(!is("k8s/sub:alice", &alice));
        assert!(!is("idp/team:alice", &alice));
    }

    #[test]
    fn an_entry_without_an_issuer_needs_exactly_one_configured() {
        assert!(Member::parse("team:payments", &["idp"]).is_ok());
        assert!(Member::parse("team:payments", &["idp", "k8s"]).is_err());
        assert!(Member::parse("team:payments", &[]).is_err());
    }

    #[test]
    fn what_is_no_entry_is_refused() {
        for bad in
            ["", "payments", "idp/payments", "idp/team:", "other/team:x", "slack/T1", "slack//U1"]
        {
            assert!(Member::parse(bad, &["idp"]).is_err(), "{bad}");
        }
        assert!(Member::parse("slack/T024BE7LD/U0G9QF9C6", &["idp"]).is_ok());
    }
}

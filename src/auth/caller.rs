//! Whoever calls us, once we know who it is.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::refused::Refused;

/// Whoever calls us. To hold one is proof that a token was verified: only this room makes them. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    known: Known,
    /// From when to when the token is good, with leeway: asked at every request.
    good: Range<Timestamp>,
}

/// What we know of a caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) teams: Vec<String>,
    pub(super) expires_at: Timestamp,
    pub(super) not_before: Option<Timestamp>,
    pub(super) leeway: Duration,
}

impl Known {
    /// Someone whom a chat platform vouches for at every request anew: there is no token that could expire, and their
    /// teams are those that the policy's members give them.
    pub(super) fn of_platform(issuer: &str, subject: String) -> Self {
        Self {
            issuer: issuer.to_owned(),
            subject,
            teams: Vec::new(),
            expires_at: Timestamp::MAX,
            not_before: None,
            leeway: Duration::ZERO,
        }
    }
}

impl Caller {
    pub(super) fn new(known: Known) -> Self {
        // A time beyond the calendar is after every `now`, or before it.
        let end = known.expires_at.checked_add(known.leeway).unwrap_or(Timestamp::MAX);
        let start = known.not_before.and_then(|start| start.checked_sub(known.leeway).ok());
        let good = start.unwrap_or(Timestamp::MIN)..end;
        Self(Arc::new(Inner { known, good }))
    }

    /// A caller whom nobody verified, for tests of other rooms: with the teams `teams`, valid until `expires_at`.
    #[must_use]
    pub fn insecure_for_test(
        issuer: &str,
        subject: &str,
        teams: &[&str],
        expires_at: Timestamp,
    ) -> Self {
        Self::new(Known {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            teams: teams.iter().map(|team| (*team).to_owned()).collect(),
            expires_at,
            not_before: None,
            leeway: Duration::ZERO,
        })
    }

    /// The operator at the command line, whom no token names: they hold the configuration, and with it the shared
    /// token.
    #[must_use]
    pub fn insecure_operator() -> Self {
        Self::new(Known {
            issuer: "command-line".to_owned(),
            subject: "operator".to_owned(),
            teams: Vec::new(),
            expires_at: Timestamp::MAX,
            not_before: None,
            leeway: Duration::ZERO,
        })
    }

    /// Our configured name for the issuer that vouches for this caller; not the token's `iss`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.known.issuer
    }

    /// Who it is, as the issuer says.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.known.subject
    }

    /// The caller's teams, as the issuer says. What they are good for is for the policy.
    #[must_use]
    pub fn team_claims(&self) -> &[String] {
        &self.0.known.teams
    }

    /// When the token expires, without leeway.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.0.known.expires_at
    }

    /// From when on the token is good, without leeway, if it says.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.0.known.not_before
    }

    /// Whether the token is good at `now`, with the issuer's leeway both ways.
    pub fn valid_at(&self, now: Timestamp) -> Result<(), Refused> {
        let good = &self.0.good;
        if now >= good.end {
            return Err(Refused::Expired);
        }
        if now < good.start { Err(Refused::NotYetValid) } else { Ok(()) }
    }
}

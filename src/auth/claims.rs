//! The claims of a token whose signature was good: what they must be, and what they mean.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::refused::{Claim, Refused};

/// The longest subject, in bytes. A Kubernetes service account's can have 339.
const LONGEST_SUBJECT: usize = 512;
/// The most teams of one caller. An access check looks at each.
const MOST_TEAMS: usize = 256;
/// The longest name of a team, in bytes.
const LONGEST_TEAM: usize = 256;

/// The members of a token's body.
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    /// The `iss` of claims that nobody believes yet.
    pub(super) fn issuer_of(claims: &Map<String, Value>) -> Result<&str, Refused> {
        let claim = Claim::Issuer;
        let given = claims.get(claim.name()).ok_or(Refused::MissingClaim(claim))?;
        given.as_str().ok_or(Refused::InvalidClaim(claim))
    }

    /// Whether `aud`, a text or a list of texts, has one of `ours`.
    pub(super) fn check_audience(&self, ours: &[String]) -> Result<(), Refused> {
        let given = match self.demand(Claim::Audience)? {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => {
                let texts = several.iter().map(Value::as_str).collect::<Option<_>>();
                texts.ok_or(Refused::InvalidClaim(Claim::Audience))?
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                return Err(Refused::InvalidClaim(Claim::Audience));
            }
        };
        let meant = ours.iter().any(|one| given.contains(&one.as_str()));
        if meant { Ok(()) } else { Err(Refused::Audience) }
    }

    /// The `exp`.
    pub(super) fn expires_at(&self) -> Result<Timestamp, Refused> {
        date(self.demand(Claim::Expiry)?, Claim::Expiry)
    }

    /// The `nbf`, if there is one.
    pub(super) fn not_before(&self) -> Result<Option<Timestamp>, Refused> {
        let given = self.0.get(Claim::NotBefore.name());
        given.map(|value| date(value, Claim::NotBefore)).transpose()
    }

    /// The `sub`.
    pub(super) fn subject(&self) -> Result<&str, Refused> {
        let subject = self.text(Claim::Subject)?;
        if is_subject(subject) { Ok(subject) } else { Err(Refused::InvalidClaim(Claim::Subject)) }
    }

    /// The teams under the JSON pointer `pointer`.
    pub(super) fn teams(self, pointer: &str) -> Result<Vec<String>, Refused> {
        let mut claims = Value::Object(self.0);
        let teams = match claims.pointer_mut(pointer).map(Value::take) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => {
                let texts = several.into_iter().map(|item| match item {
                    Value::String(text) => Some(text),
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::Array(_)
                    | Value::Object(_) => None,
                });
                texts.collect::<Option<Vec<_>>>().unwrap_or_default()
            }
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
                Vec::new()
            }
        };
        if are_teams(&teams) { Ok(teams) } else { Err(Refused::Teams) }
    }

    fn demand(&self, claim: Claim) -> Result<&Value, Refused> {
        self.0.get(claim.name()).ok_or(Refused::MissingClaim(claim))
    }

    fn text(&self, claim: Claim) -> Result<&str, Refused> {
        self.demand(claim)?.as_str().ok_or(Refused::InvalidClaim(claim))
    }
}

/// Whether `text` can name a caller.
pub(super) fn is_subject(text: &str) -> bool {
    (1..=LONGEST_SUBJECT).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Whether these are not too many teams, and none is too long.
pub(super) fn are_teams(teams: &[String]) -> bool {
    teams.len() <= MOST_TEAMS && teams.iter().all(|team| team.len() <= LONGEST_TEAM)
}

/// Whole seconds since 1970, up to the year 9999. RFC 7519 allows fractions, which nobody needs and each library rounds
/// its own way; text, what is negative and milliseconds are mistakes.
fn date(value: &Value, claim: Claim) -> Result<Timestamp, Refused> {
    let seconds = value.as_u64().and_then(|seconds| i64::try_from(seconds).ok());
    let date = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    date.ok_or(Refused::InvalidClaim(claim))
}

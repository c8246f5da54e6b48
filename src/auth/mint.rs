//! Makes development tokens, for `flagward token` and `flagward demo`.

use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::{Header, encode};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::claims::{are_teams, is_subject};
use super::verifier::signing_key;
use crate::config::auth::{HmacAlgorithm, Issuer, IssuerKey, IssuerKeys};

/// Why no token was made. The text is for whoever ran the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MintFault {
    /// The issuer signs with a private key, which we don't have.
    #[error("the issuer has no HMAC secret: only it can make its tokens")]
    NoSecret,
    /// The subject would be refused.
    #[error("the subject must have 1 to 512 bytes and no control characters")]
    Subject,
    /// The teams would be refused.
    #[error("there may be at most 256 teams of at most 256 bytes each")]
    Teams,
    /// The token would be good for less than a second, or beyond the calendar.
    #[error("the time to live must be at least a second, and end before the year 9999")]
    TimeToLive,
    /// The issuer's team claim is inside of another claim of the token.
    #[error("the issuer's team_claim is inside of a claim that tokens have already")]
    TeamClaim,
}

/// A token of `issuer` for `subject` with `teams`, good from `now` on for `ttl`. Refused unless the issuer signs with a
/// configured secret.
pub fn mint(
    issuer: &Issuer,
    subject: &str,
    teams: &[String],
    ttl: Duration,
    now: Timestamp,
) -> Result<String, MintFault> {
    let (kid, secret, algorithm) = secret(issuer).ok_or(MintFault::NoSecret)?;
    if !is_subject(subject) {
        return Err(MintFault::Subject);
    }
    let expires_at = now.checked_add(ttl).or(Err(MintFault::TimeToLive))?;
    if ttl < Duration::from_secs(1) {
        return Err(MintFault::TimeToLive);
    }
    let mut claims = json!({
        "iss": issuer.issuer,
        "aud": issuer.audiences.first(),
        "sub": subject,
        "iat": now.as_second(),
        "nbf": now.as_second(),
        "exp": expires_at.as_second(),
    });
    if !teams.is_empty() {
        put_teams(&mut claims, issuer.team_claim.as_str(), teams)?;
    }
    let (key, algorithm) = signing_key(secret, algorithm);
    let header = Header { kid: kid.cloned(), ..Header::new(algorithm) };
    encode(&header, &claims, &key).or(Err(MintFault::NoSecret))
}

/// The first secret of `issuer`, with its name and the first of its algorithms.
fn secret(issuer: &Issuer) -> Option<(Option<&String>, &SecretString, HmacAlgorithm)> {
    let IssuerKeys::Fixed(keys) = &issuer.keys else {
        return None;
    };
    keys.iter().find_map(|fixed| match &fixed.key {
        IssuerKey::Secret { secret, algorithms } => {
            Some((fixed.kid.as_ref(), secret, *algorithms.first()?))
        }
        IssuerKey::PublicKey { .. } => None,
    })
}

/// Puts `teams` where the JSON pointer says, making the objects on the way.
fn put_teams(claims: &mut Value, pointer: &str, teams: &[String]) -> Result<(), MintFault> {
    if !are_teams(teams) {
        return Err(MintFault::Teams);
    }
    let mut at = claims;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        let members = at.as_object_mut().ok_or(MintFault::TeamClaim)?;
        at = members.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
    if at.as_object().is_none_or(|members| !members.is_empty()) {
        return Err(MintFault::TeamClaim);
    }
    *at = json!(teams);
    Ok(())
}

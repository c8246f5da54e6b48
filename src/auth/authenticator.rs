//! From a token to the caller.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::caller::{Caller, Known};
use super::claims::Claims;
use super::jws::Unverified;
use super::keys::Keys;
use super::refused::Refused;
use crate::config::auth::{Auth, Issuer, IssuerKeys, TeamClaim};

/// Verifies tokens of the configured issuers.
pub struct Authenticator {
    /// By the `iss` of their tokens.
    issuers: HashMap<String, Trusted>,
}

/// An issuer, ready to verify.
struct Trusted {
    name: String,
    audiences: Vec<String>,
    keys: Keys,
    team_claim: TeamClaim,
    leeway: Duration,
}

/// A configured key that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("a public key of the issuer `{issuer}` can't be used with its algorithms")]
pub struct UnusableKey {
    issuer: String,
    source: jsonwebtoken::errors::Error,
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.issuers.values().map(|issuer| &issuer.name);
        f.debug_set().entries(names).finish()
    }
}

impl Authenticator {
    /// For the issuers of `config`. A loaded configuration has only keys that can be used; one put together by hand
    /// may not.
    pub fn new(config: &Auth) -> Result<Self, UnusableKey> {
        let issuers = config.issuers.iter().map(|issuer| {
            let trusted = Trusted::new(issuer)?;
            Ok((issuer.issuer.clone(), trusted))
        });
        Ok(Self { issuers: issuers.collect::<Result<_, _>>()? })
    }

    /// Whose token this is, if it is good at `now`. Never waits.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Caller, Refused> {
        let token = Unverified::parse(token)?;
        let issuer = Claims::issuer_of(&token.claims)?;
        let issuer = self.issuers.get(issuer).ok_or(Refused::UnknownIssuer)?;
        issuer.keys.verify(&token)?;
        let caller = issuer.caller(Claims(token.claims))?;
        caller.valid_at(now)?;
        Ok(caller)
    }
}

impl Trusted {
    fn new(issuer: &Issuer) -> Result<Self, UnusableKey> {
        let name = issuer.name.to_string();
        let IssuerKeys::Fixed(fixed) = &issuer.keys;
        let keys = Keys::fixed(fixed);
        let keys = keys.map_err(|source| UnusableKey { issuer: name.clone(), source })?;
        Ok(Self {
            name,
            audiences: issuer.audiences.clone(),
            keys,
            team_claim: issuer.team_claim.clone(),
            leeway: issuer.leeway,
        })
    }

    /// The caller that verified claims make.
    fn caller(&self, claims: Claims) -> Result<Caller, Refused> {
        claims.check_audience(&self.audiences)?;
        Ok(Caller::new(Known {
            issuer: self.name.clone(),
            expires_at: claims.expires_at()?,
            not_before: claims.not_before()?,
            subject: claims.subject()?.to_owned(),
            teams: claims.teams(self.team_claim.as_str())?,
            leeway: self.leeway,
        }))
    }
}

//! From a token to the caller.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::caller::{Caller, Known};
use super::claims::Claims;
use super::jwk_set::KeySetFault;
use super::jws::Unverified;
use super::keyring::Keyring;
use super::refused::Refused;
use crate::config::auth::{Auth, Issuer, IssuerKeys, KeySetSource, TeamClaim};

/// Verifies tokens of the configured issuers.
pub struct Authenticator {
    /// By the `iss` of their tokens.
    issuers: HashMap<String, Trusted>,
}

/// An issuer, ready to verify.
struct Trusted {
    name: String,
    audiences: Vec<String>,
    keys: Keyring,
    team_claim: TeamClaim,
    leeway: Duration,
}

/// Configured keys that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableKey {
    /// A key of the configuration.
    #[error("a public key of the issuer `{issuer}` can't be used with its algorithms")]
    Fixed {
        /// Our name for the issuer.
        issuer: String,
        /// Why.
        source: jsonwebtoken::errors::Error,
    },
    /// A key set in a file.
    #[error("{named_by}: the file `{}` {fault}", path.display())]
    Set {
        /// Where the configuration names it.
        named_by: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        fault: KeySetFault,
    },
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

    /// The keys of this configured issuer: for whoever refreshes them.
    #[must_use]
    pub fn keyring(&self, name: &str) -> Option<Keyring> {
        let issuer = self.issuers.values().find(|issuer| issuer.name == name)?;
        Some(issuer.keys.clone())
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
        let keys = keyring(&name, &issuer.keys)?;
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

/// The keys as a configuration has them: of a key set those that its file had, or none yet.
fn keyring(name: &str, keys: &IssuerKeys) -> Result<Keyring, UnusableKey> {
    let set = match keys {
        IssuerKeys::Fixed(keys) => {
            let fixed = Keyring::fixed(name, keys);
            return fixed.map_err(|source| UnusableKey::Fixed { issuer: name.to_owned(), source });
        }
        IssuerKeys::Set(set) => set,
    };
    let keyring = Keyring::empty(name, &set.algorithms);
    let KeySetSource::File(file) = &set.source else {
        return Ok(keyring);
    };
    keyring.replace(&file.bytes).map_err(|fault| {
        let (named_by, path) = (file.named_by.clone(), file.path.clone());
        UnusableKey::Set { named_by, path, fault }
    })?;
    Ok(keyring)
}

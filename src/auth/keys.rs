//! The keys of one issuer, and which of them a token is verified with.

use jsonwebtoken::errors::Error;

use super::jws::Unverified;
use super::refused::Refused;
use super::verifier::Verifier;
use crate::config::auth::FixedKey;

/// The most keys that are tried for one token, so that a token which names none costs little more than one that does.
const MOST_TRIES: usize = 8;

/// The keys of one issuer, each bound to its algorithms.
pub(super) struct Keys {
    verifiers: Vec<Verifier>,
}

impl Keys {
    /// Those of a configuration.
    pub(super) fn fixed(keys: &[FixedKey]) -> Result<Self, Error> {
        let mut verifiers = Vec::new();
        for key in keys {
            verifiers.extend(Verifier::all(key)?);
        }
        Ok(Self { verifiers })
    }

    /// Whether one of these keys signed the token with an algorithm that is the key's.
    pub(super) fn verify(&self, token: &Unverified<'_>) -> Result<(), Refused> {
        let verifiers = self.meant_by(token)?;
        if verifiers.len() > MOST_TRIES {
            return Err(Refused::KeyNotNamed);
        }
        let mut verified = verifiers.iter().map(|one| one.verify(token.message, token.signature));
        if verified.any(|outcome| outcome.is_ok()) { Ok(()) } else { Err(Refused::Signature) }
    }

    /// Those that the token may mean: with its algorithm, and called what its `kid` says if there is one so called,
    /// else those without a name.
    fn meant_by(&self, token: &Unverified<'_>) -> Result<Vec<&Verifier>, Refused> {
        let is_fit = |one: &&Verifier| one.algorithm() == token.algorithm;
        let fit: Vec<_> = self.verifiers.iter().filter(is_fit).collect();
        if fit.is_empty() {
            return Err(Refused::Algorithm);
        }
        let Some(key_id) = token.key_id.as_deref() else {
            return Ok(fit);
        };
        let called = |one: &Verifier| one.key_id() == Some(key_id);
        let has_name = self.verifiers.iter().any(called);
        let meant = fit
            .into_iter()
            .filter(|one| if has_name { called(one) } else { one.key_id().is_none() });
        let meant: Vec<_> = meant.collect();
        match (meant.is_empty(), has_name) {
            (false, _) => Ok(meant),
            (true, true) => Err(Refused::Algorithm),
            (true, false) => Err(Refused::UnknownKey),
        }
    }
}

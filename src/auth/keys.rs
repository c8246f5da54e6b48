//! The keys of one issuer, and which of them a token is verified with.

use jsonwebtoken::errors::Error;

use super::jwk_set::PublicJwk;
use super::jws::Unverified;
use super::refused::Refused;
use super::verifier::Verifier;
use crate::config::auth::{FixedKey, PublicKeyAlgorithm};

/// The most keys that are tried for one token, so that a token which names none costs little more than one that does.
const MOST_TRIES: usize = 8;

/// The keys of one issuer at one time, each bound to its algorithms.
pub(super) struct Keys {
    verifiers: Vec<Verifier>,
    /// What may sign, whether there is a key for it or not.
    algorithms: Vec<&'static str>,
    count: usize,
    /// What was read from a key set.
    set: Vec<PublicJwk>,
}

impl Keys {
    /// Those of a configuration.
    pub(super) fn fixed(keys: &[FixedKey]) -> Result<Self, Error> {
        let mut verifiers = Vec::new();
        for key in keys {
            verifiers.extend(Verifier::all(key)?);
        }
        let algorithms = verifiers.iter().map(Verifier::algorithm).collect();
        Ok(Self { verifiers, algorithms, count: keys.len(), set: Vec::new() })
    }

    /// Those of a key set, of an issuer with these algorithms.
    pub(super) fn of_set(set: Vec<PublicJwk>, algorithms: &[PublicKeyAlgorithm]) -> Self {
        let verifiers = set.iter().flat_map(Verifier::of_set).collect();
        let algorithms = algorithms.iter().map(|one| one.name()).collect();
        Self { verifiers, algorithms, count: set.len(), set }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether these were read from the same keys.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.set == other.set
    }

    /// Whether one of them has this name.
    pub(super) fn has(&self, key_id: Option<&str>) -> bool {
        key_id.is_some() && self.verifiers.iter().any(|one| one.key_id() == key_id)
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
        if !self.algorithms.contains(&token.algorithm.as_str()) {
            return Err(Refused::Algorithm);
        }
        let is_fit = |one: &&Verifier| one.algorithm() == token.algorithm;
        let fit: Vec<_> = self.verifiers.iter().filter(is_fit).collect();
        let Some(key_id) = token.key_id.as_deref() else {
            return if fit.is_empty() { Err(Refused::UnknownKey) } else { Ok(fit) };
        };
        let has_name = self.has(Some(key_id));
        let called = |one: &Verifier| one.key_id() == Some(key_id);
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

//! The keys of one issuer as they are known now. Whoever refreshes them holds a [`Keyring`] and puts new ones in; whoever
//! verifies takes what is there, and never waits.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use jsonwebtoken::errors::Error;
use tokio::sync::Notify;

use super::jwk_set::{self, KeySetFault};
use super::jws::Unverified;
use super::keys::Keys;
use super::refused::Refused;
use crate::config::auth::{FixedKey, PublicKeyAlgorithm};

/// The keys of one issuer. Cheap to clone; all clones share them.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    issuer: String,
    /// What its key set may be used with; empty where the keys never change.
    algorithms: Vec<PublicKeyAlgorithm>,
    /// None until a key set was put in for the first time.
    keys: ArcSwapOption<Keys>,
    /// Told when a token names a key that is not here.
    missed: Notify,
}

/// What came of putting a key set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// How many keys there are now.
    pub count: usize,
    /// Whether they are others than before: what was verified with those must be forgotten.
    pub changed: bool,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}

impl Keyring {
    /// One with the keys of a configuration, which stay.
    pub(super) fn fixed(issuer: &str, keys: &[FixedKey]) -> Result<Self, Error> {
        let keys = Keys::fixed(keys)?;
        Ok(Self::new(issuer, Vec::new(), Some(Arc::new(keys))))
    }

    /// One that waits for its key set.
    pub(super) fn empty(issuer: &str, algorithms: &[PublicKeyAlgorithm]) -> Self {
        Self::new(issuer, algorithms.to_vec(), None)
    }

    fn new(issuer: &str, algorithms: Vec<PublicKeyAlgorithm>, keys: Option<Arc<Keys>>) -> Self {
        let (issuer, missed) = (issuer.to_owned(), Notify::new());
        Self(Arc::new(Inner { issuer, algorithms, keys: ArcSwapOption::new(keys), missed }))
    }

    /// Our configured name for the issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// How many keys there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.keys.load().as_ref().map_or(0, |keys| keys.count())
    }

    /// Puts a key set, as its issuer published it, in the place of the keys before. One that is refused changes nothing.
    pub fn replace(&self, json: &[u8]) -> Result<Replaced, KeySetFault> {
        let set = jwk_set::parse(json, &self.0.algorithms, &self.0.issuer)?;
        let keys = Keys::of_set(set, &self.0.algorithms);
        let count = keys.count();
        let changed = self.0.keys.load().as_ref().is_none_or(|before| !before.same(&keys));
        if changed {
            self.0.keys.store(Some(Arc::new(keys)));
        }
        Ok(Replaced { count, changed })
    }

    /// Returns when a token was signed, as it says, with a key that is not here: since this was asked last, or from now on.
    pub async fn missed(&self) {
        self.0.missed.notified().await;
    }

    /// Whether one of the keys signed the token.
    pub(super) fn verify(&self, token: &Unverified<'_>) -> Result<(), Refused> {
        let keys = self.0.keys.load();
        let Some(keys) = keys.as_ref() else {
            return Err(Refused::KeysUnknown);
        };
        let verified = keys.verify(token);
        // Where keys have no names, a new one shows only by signatures that none of the old ones made.
        let may_be_new = match verified {
            Err(Refused::UnknownKey) => true,
            Err(Refused::Signature) => !keys.has(token.key_id.as_deref()),
            _ => false,
        };
        if may_be_new {
            self.0.missed.notify_one();
        }
        verified
    }
}

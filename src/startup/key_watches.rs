//! Which issuers' keys change by themselves, and the tasks that look at them.

use super::key_change::KeyChange;
use super::key_file::KeyFile;
use super::reloader::LOOK_EVERY;
use crate::auth::{Authenticator, Keyring};
use crate::config::auth::{Auth, Issuer, IssuerKeys, KeySet, KeySetSource};
use crate::http::{Gate, Vitals};

/// The key sets of a configuration, each with the keys that it feeds.
pub(super) struct KeyWatches(Vec<(KeySet, Keyring)>);

impl KeyWatches {
    /// Those of these issuers. Shows operators every issuer.
    pub(super) fn of(auth: &Auth, authenticator: &Authenticator, vitals: &Vitals) -> Self {
        let of_issuer = |issuer: &Issuer| {
            let name = issuer.name.as_str();
            let keyring = authenticator.keyring(name)?;
            let IssuerKeys::Set(set) = &issuer.keys else {
                vitals.has_issuer(name, None, keyring.count());
                return None;
            };
            vitals.has_issuer(name, Some(set.source.key()), keyring.count());
            if keyring.count() > 0 {
                vitals.keys_fetched(name, keyring.count());
            }
            Some((set.clone(), keyring))
        };
        Self(auth.issuers.iter().filter_map(of_issuer).collect())
    }

    /// The tasks, which run until they are aborted.
    pub(super) fn tasks(
        &self,
        gate: &Gate,
        vitals: &Vitals,
    ) -> Vec<impl Future<Output = ()> + use<>> {
        let task = |(set, keyring): &(KeySet, Keyring)| {
            let (gate, vitals) = (gate.clone(), vitals.clone());
            watch(set.source.clone(), KeyChange { keyring: keyring.clone(), gate, vitals })
        };
        self.0.iter().map(task).collect()
    }
}

async fn watch(source: KeySetSource, change: KeyChange) {
    match source {
        KeySetSource::File(file) => {
            let (path, seen) = (file.path, file.bytes);
            KeyFile { path, seen, look_every: LOOK_EVERY, change }.watch().await;
        }
    }
}

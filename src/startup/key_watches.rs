//! Which issuers' keys change by themselves, and the tasks that look at them.

use super::fault::StartFault;
use super::key_change::KeyChange;
use super::key_fetch::KeyFetch;
use super::key_file::KeyFile;
use super::key_watch::KeyWatch;
use super::reloader::LOOK_EVERY;
use crate::auth::{Authenticator, Keyring};
use crate::clock::Clock;
use crate::config::auth::{Auth, Issuer, IssuerKeys, KeySetFile, KeySetSource};
use crate::http::{Gate, Vitals};
use crate::outbound::OutboundFault;

/// The key sets of a configuration, each with the keys that it feeds.
pub(super) struct KeyWatches(Vec<(Source, Keyring)>);

/// Where keys are looked for again and again.
#[derive(Clone)]
pub(super) enum Source {
    File(KeySetFile),
    Fetched(KeyFetch),
}

impl KeyWatches {
    /// Those of these issuers. Shows operators every issuer.
    pub(super) fn of(
        auth: &Auth,
        authenticator: &Authenticator,
        vitals: &Vitals,
    ) -> Result<Self, StartFault> {
        let mut watches = Vec::new();
        for issuer in &auth.issuers {
            let name = issuer.name.as_str();
            let Some(keyring) = authenticator.keyring(name) else {
                continue;
            };
            let (key, source) = source(issuer)?.unzip();
            vitals.has_issuer(name, key, keyring.count());
            if key.is_some() && keyring.count() > 0 {
                let _: bool = vitals.keys_fetched(name, keyring.count()); // nothing failed before
            }
            watches.extend(source.map(|source| (source, keyring)));
        }
        Ok(Self(watches))
    }

    /// The tasks, which run until they are aborted.
    pub(super) fn tasks(
        &self,
        gate: &Gate,
        vitals: &Vitals,
        clock: &Clock,
    ) -> Vec<impl Future<Output = ()> + use<>> {
        let task = |(source, keyring): &(Source, Keyring)| {
            let (gate, vitals) = (gate.clone(), vitals.clone());
            let change = KeyChange { keyring: keyring.clone(), gate, vitals };
            watch(source.clone(), change, clock.clone())
        };
        self.0.iter().map(task).collect()
    }
}

/// Where an issuer's keys are, and the key of the configuration that says so; none where they never change.
pub(super) fn source(issuer: &Issuer) -> Result<Option<(&'static str, Source)>, StartFault> {
    let IssuerKeys::Set(set) = &issuer.keys else {
        return Ok(None);
    };
    let fault = |cause: OutboundFault| StartFault::Issuer { name: issuer.name.clone(), cause };
    let source = match &set.source {
        KeySetSource::File(file) => Source::File(file.clone()),
        KeySetSource::Url(url, way) => Source::Fetched(KeyFetch::at(url, way).map_err(fault)?),
        KeySetSource::Discovery(document, way) => {
            Source::Fetched(KeyFetch::discovered(document, way).map_err(fault)?)
        }
    };
    Ok(Some((set.source.key(), source)))
}

async fn watch(source: Source, change: KeyChange, clock: Clock) {
    match source {
        Source::File(file) => {
            let (path, seen) = (file.path, file.bytes);
            KeyFile { path, seen, look_every: LOOK_EVERY, change }.watch().await;
        }
        Source::Fetched(fetch) => KeyWatch { fetch, change, clock }.watch().await,
    }
}

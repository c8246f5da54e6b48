//! How an operator sees the keys of each issuer: how many, since when, and what keeps newer ones away. Never an address,
//! which may have a password in it.

use jiff::Timestamp;
use serde::Serialize;

use super::vitals::Vitals;

/// The keys of one issuer, as they are shown.
#[derive(Clone, Debug, Serialize)]
pub(super) struct IssuerVitals {
    name: String,
    /// The key of the configuration that says where its keys are.
    source: &'static str,
    keys: usize,
    /// When its key set was last seen whole; none for never, and where the keys stand in the configuration.
    fetched_at: Option<Timestamp>,
    /// Since when every try to see it again has failed; none if the last one did not.
    failing_since: Option<Timestamp>,
    last_error: Option<&'static str>,
}

/// Why an issuer's key set could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTrouble {
    /// Its file can't be read.
    Unreadable,
    /// Nobody is there, or they hung up.
    Unreachable,
    /// There was no whole answer in time.
    Timeout,
    /// The answer has another status than 200.
    Status,
    /// The answer is to ask elsewhere, which we don't.
    Redirected,
    /// There is too much of it.
    TooLarge,
    /// It is no key set, or has no key for us.
    Invalid,
}

impl KeyTrouble {
    /// The name, in metrics as in the detail of `/readyz`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Status => "status",
            Self::Redirected => "redirected",
            Self::TooLarge => "too-large",
            Self::Invalid => "invalid",
        }
    }
}

impl Vitals {
    /// Shows one more issuer, with the keys that it has at the start. `source` is the key of the configuration that they come
    /// from, `None` where they never change.
    pub fn has_issuer(&self, name: &str, source: Option<&'static str>, keys: usize) {
        self.keys.known(name, keys, source.is_some());
        self.noted().issuers.push(IssuerVitals {
            name: name.to_owned(),
            source: source.unwrap_or("configuration"),
            keys,
            fetched_at: None,
            failing_since: None,
            last_error: None,
        });
    }

    /// An issuer's key set was seen whole. True if it was not the last time.
    #[must_use]
    pub fn keys_fetched(&self, name: &str, keys: usize) -> bool {
        let now = self.clock.now();
        self.keys.counts(name, keys);
        self.keys.fetched_at.with_label_values(&[name]).set(now.as_duration().as_secs_f64());
        self.keys.fetches.with_label_values(&[name, "fetched"]).inc();
        let mut noted = self.noted();
        let Some(issuer) = noted.issuers.iter_mut().find(|one| one.name == name) else {
            return false;
        };
        issuer.keys = keys;
        issuer.fetched_at = Some(now);
        issuer.last_error = None;
        issuer.failing_since.take().is_some()
    }

    /// An issuer's key set could not be had; its keys stay what they are. True if that is another trouble than before.
    #[must_use]
    pub fn keys_failed(&self, name: &str, trouble: KeyTrouble) -> bool {
        let now = self.clock.now();
        self.keys.fetches.with_label_values(&[name, trouble.name()]).inc();
        let mut noted = self.noted();
        let Some(issuer) = noted.issuers.iter_mut().find(|one| one.name == name) else {
            return false;
        };
        issuer.failing_since = issuer.failing_since.or(Some(now));
        issuer.last_error.replace(trouble.name()) != Some(trouble.name())
    }
}

//! What is known of the issuers' keys.

use prometheus::{GaugeVec, IntCounterVec, IntGaugeVec};

use super::metrics::{Maker, Metrics};

/// How looking for an issuer's keys can end: they were there, or why not.
const OUTCOMES: [&str; 8] = [
    "fetched",
    "unreadable",
    "unreachable",
    "timeout",
    "status",
    "redirected",
    "too-large",
    "invalid",
];

/// What is known of the issuers' keys.
#[derive(Clone, Debug)]
pub struct KeyMetrics {
    /// How many keys of an issuer are in use.
    pub count: IntGaugeVec,
    /// How often an issuer's key set was looked for, by outcome: `fetched`, or what went wrong.
    pub fetches: IntCounterVec,
    /// When an issuer's key set was last seen whole, in seconds since 1970: 0 for never, not a number where the keys stand in the
    /// configuration.
    pub fetched_at: GaugeVec,
}

impl Maker<'_> {
    pub(super) fn keys(&self) -> prometheus::Result<KeyMetrics> {
        Ok(KeyMetrics {
            count: self.info("auth_keys", "Keys of an issuer that are in use.", "issuer")?,
            fetches: self.counter(
                "auth_key_fetches_total",
                "Times that an issuer's key set was looked for: fetched, or what went wrong.",
                &["issuer", "outcome"],
            )?,
            fetched_at: self.float_gauge(
                "auth_keys_fetched_timestamp_seconds",
                "When an issuer's key set was last seen whole; 0 for never.",
                &["issuer"],
            )?,
        })
    }
}

impl KeyMetrics {
    /// Puts the series of an issuer where they are before anything was fetched.
    pub fn known(&self, issuer: &str, keys: usize, changes: bool) {
        self.counts(issuer, keys);
        let never = if changes { 0.0 } else { f64::NAN };
        self.fetched_at.with_label_values(&[issuer]).set(never);
        let labels = OUTCOMES.map(|outcome| [issuer, outcome]);
        Metrics::known(&self.fetches, &labels.each_ref().map(<[&str; 2]>::as_slice));
    }

    /// So many keys of an issuer are in use.
    pub fn counts(&self, issuer: &str, keys: usize) {
        self.count.with_label_values(&[issuer]).set(i64::try_from(keys).unwrap_or(i64::MAX));
    }
}

//! How it is at the moment of a scrape.

use prometheus::{Gauge, IntGauge, IntGaugeVec};

use super::metrics::{Maker, opts};

/// The states that the gauge of slots knows.
const SLOTS: [&str; 2] = ["in-use", "waited-for"];

/// How it is at the moment of a scrape.
#[derive(Clone, Debug)]
pub struct Gauges {
    /// 1 while new requests are welcome.
    pub ready: IntGauge,
    /// When the policy in force was loaded, in seconds since 1970.
    pub policy_loaded_timestamp: Gauge,
    /// Calls to `LaunchDarkly` that have one of `launchdarkly.max_concurrency` slots (`in-use`) or wait for one
    /// (`waited-for`).
    pub upstream_slots: IntGaugeVec,
    /// 1 for how `LaunchDarkly` answered when last asked whose token we hold, 0 for the other states.
    pub upstream_state: IntGaugeVec,
}

impl Gauges {
    pub(super) fn new(make: &Maker<'_>) -> prometheus::Result<Self> {
        let loaded_name = "policy_loaded_timestamp_seconds";
        let loaded = opts(loaded_name, "When the policy in force was loaded.");
        let new = Self {
            ready: make.gauge("ready", "1 while new requests are welcome.")?,
            policy_loaded_timestamp: make.registered(Gauge::with_opts(loaded)?)?,
            upstream_slots: make.info(
                "upstream_slots",
                "Calls to LaunchDarkly under way, and those that wait for a slot.",
                "state",
            )?,
            upstream_state: make.info(
                "upstream_state",
                "1 for how LaunchDarkly answered when last asked whose token we hold.",
                "state",
            )?,
        };
        for state in SLOTS {
            new.upstream_slots.with_label_values(&[state]).set(0);
        }
        Ok(new)
    }
}

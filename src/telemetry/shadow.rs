//! Counters of comparing the two backends.

use prometheus::IntCounterVec;

use super::metrics::{Maker, Metrics};

/// How a comparison can end.
const OUTCOMES: [&str; 4] = ["same", "different", "failed", "skipped"];
/// In what two answers can differ.
const KINDS: [&str; 7] = ["value", "setting", "reason", "missing", "extra", "expiration", "failed"];

/// What comparing the two backends finds.
#[derive(Clone, Debug)]
pub struct ShadowMetrics {
    /// Comparisons by outcome.
    pub comparisons: IntCounterVec,
    /// Differences by kind.
    pub differences: IntCounterVec,
}

impl Maker<'_> {
    pub(super) fn shadow(&self) -> prometheus::Result<ShadowMetrics> {
        let comparisons = self.counter(
            "shadow_comparisons_total",
            "Comparisons of the two backends: same, different, failed, skipped.",
            &["outcome"],
        )?;
        let differences = self.counter(
            "shadow_differences_total",
            "Differences between the two backends.",
            &["kind"],
        )?;
        Metrics::known(&comparisons, &OUTCOMES.each_ref().map(std::slice::from_ref));
        Metrics::known(&differences, &KINDS.each_ref().map(std::slice::from_ref));
        Ok(ShadowMetrics { comparisons, differences })
    }
}

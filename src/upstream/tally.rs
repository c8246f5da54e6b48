//! Counting what was sent. All series are there from the start, and looked up once.

use std::time::Duration;

use prometheus::{Histogram, IntCounter, IntGauge, IntGaugeVec};
use tokio::sync::Notify;

use super::call::{Call, PerCall};
use super::failure::Failure;
use crate::telemetry::Metrics;

/// The statuses that have a series of their own.
const STATUSES: [u16; 13] = [200, 204, 400, 401, 403, 404, 405, 409, 429, 500, 502, 503, 504];

/// How one attempt ended, for the label `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Answered(u16),
    Timeout,
    Unreachable,
    Invalid,
    /// It was not begun, because too many others were under way.
    NoSlot,
    /// It was not begun, because `LaunchDarkly` said before that a limit is spent.
    RefusedHere,
}

impl Outcome {
    pub(super) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Timeout => Self::Timeout,
            Failure::NoSlot { .. } => Self::NoSlot,
            Failure::Unreachable { .. } | Failure::Ambiguous => Self::Unreachable,
            Failure::Invalid(_) => Self::Invalid,
            Failure::TokenRefused(says)
            | Failure::ApprovalRequired(says)
            | Failure::NotFound(says)
            | Failure::BadRequest(says)
            | Failure::Conflict(says)
            | Failure::Unexpected(says) => Self::Answered(says.status),
            Failure::RateLimited { .. } => Self::Answered(429),
            Failure::Unavailable { status, .. } => Self::Answered(*status),
        }
    }

    /// The name, for logs.
    pub(super) fn name(self) -> String {
        match self {
            Self::Answered(status) => status.to_string(),
            Self::Timeout => "timeout".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
            Self::Invalid => "invalid".to_owned(),
            Self::NoSlot => "no-slot".to_owned(),
            Self::RefusedHere => "refused-here".to_owned(),
        }
    }

    /// Whether it lets one doubt that `LaunchDarkly` is well and takes our token.
    fn is_trouble(self) -> bool {
        match self {
            Self::Answered(status) => matches!(status, 401 | 403 | 500..),
            Self::Timeout | Self::Unreachable => true,
            Self::Invalid | Self::NoSlot | Self::RefusedHere => false,
        }
    }
}

/// The counters and the histogram of every operation, and who wants to know of trouble.
#[derive(Debug)]
pub(super) struct Tally {
    series: PerCall<Series>,
    slots: IntGaugeVec,
    trouble: Notify,
}

/// One more in a gauge, until it falls.
#[derive(Debug)]
pub(super) struct Held(IntGauge);

impl Held {
    fn of(gauge: IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[derive(Debug)]
struct Series {
    answered: [(u16, IntCounter); STATUSES.len()],
    other: IntCounter,
    timeout: IntCounter,
    unreachable: IntCounter,
    invalid: IntCounter,
    no_slot: IntCounter,
    refused_here: IntCounter,
    duration: Histogram,
}

impl Tally {
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self {
            series: PerCall::new(|call| Series::new(metrics, call)),
            slots: metrics.gauges.upstream_slots.clone(),
            trouble: Notify::new(),
        }
    }

    pub(super) fn record(&self, call: Call, outcome: Outcome, took: Duration) {
        let series = self.series.of(call);
        series.counter(outcome).inc();
        series.duration.observe(took.as_secs_f64());
        // A token that may not read contexts is a choice of the operator's, and asking for its name tells nothing new.
        let is_expected = call == Call::GetContext && outcome == Outcome::Answered(403);
        if outcome.is_trouble() && call != Call::CallerIdentity && !is_expected {
            self.trouble.notify_one();
        }
    }

    /// Counts a call that was never begun.
    pub(super) fn not_begun(&self, call: Call, outcome: Outcome) {
        self.series.of(call).counter(outcome).inc();
    }

    /// A call that waits for a slot.
    pub(super) fn waiting(&self) -> Held {
        Held::of(self.slots.with_label_values(&["waited-for"]))
    }

    /// A call that has one.
    pub(super) fn under_way(&self) -> Held {
        Held::of(self.slots.with_label_values(&["in-use"]))
    }

    /// Returns when a call went wrong in a way that lets one doubt that `LaunchDarkly` is well and takes our token; at
    /// once if one did since the last time.
    pub(super) async fn trouble(&self) {
        self.trouble.notified().await;
    }
}

impl Series {
    fn new(metrics: &Metrics, call: Call) -> Self {
        let family = &metrics.upstream_requests;
        let counter = |status: &str| family.with_label_values(&[call.name(), status]);
        Self {
            answered: STATUSES.map(|status| (status, counter(&status.to_string()))),
            other: counter("other"),
            timeout: counter("timeout"),
            unreachable: counter("unreachable"),
            invalid: counter("invalid"),
            no_slot: counter("no-slot"),
            refused_here: counter("refused-here"),
            duration: metrics.upstream_duration.with_label_values(&[call.name()]),
        }
    }

    fn counter(&self, outcome: Outcome) -> &IntCounter {
        let known = |status| self.answered.iter().find(move |(own, _)| *own == status);
        match outcome {
            Outcome::Answered(status) => known(status).map_or(&self.other, |(_, counter)| counter),
            Outcome::Timeout => &self.timeout,
            Outcome::Unreachable => &self.unreachable,
            Outcome::Invalid => &self.invalid,
            Outcome::NoSlot => &self.no_slot,
            Outcome::RefusedHere => &self.refused_here,
        }
    }
}

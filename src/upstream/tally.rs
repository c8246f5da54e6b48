//! Counting what was sent. All series are there from the start, and looked up once.

use std::time::Duration;

use prometheus::{Histogram, IntCounter};

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
}

impl Outcome {
    pub(super) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Timeout { .. } => Self::Timeout,
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
        }
    }
}

/// The counters and the histogram of every operation.
#[derive(Debug)]
pub(super) struct Tally(PerCall<Series>);

#[derive(Debug)]
struct Series {
    answered: [(u16, IntCounter); STATUSES.len()],
    other: IntCounter,
    timeout: IntCounter,
    unreachable: IntCounter,
    invalid: IntCounter,
    duration: Histogram,
}

impl Tally {
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self(PerCall::new(|call| Series::new(metrics, call)))
    }

    pub(super) fn record(&self, call: Call, outcome: Outcome, took: Duration) {
        let series = self.0.of(call);
        series.counter(outcome).inc();
        series.duration.observe(took.as_secs_f64());
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
        }
    }
}

//! What an operator wants to know first, at three in the morning: which version runs, which policy is in force,
//! and whether `LaunchDarkly` answers. Never a secret.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use prometheus::{Gauge, IntGaugeVec};
use serde::Serialize;

use super::key_vitals::IssuerVitals;
use crate::clock::Clock;
use crate::policy::Summary;
use crate::telemetry::{KeyMetrics, Metrics};

/// The state of what can fail while the process lives. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct Vitals {
    pub(super) clock: Clock,
    pub(super) keys: KeyMetrics,
    noted: Arc<Mutex<Noted>>,
    loaded_timestamp: Gauge,
    upstream_state: IntGaugeVec,
}

/// What was noted, as it is shown.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Noted {
    version: &'static str,
    backend: &'static str,
    policy: PolicyVitals,
    upstream: UpstreamVitals,
    pub(super) issuers: Vec<IssuerVitals>,
}

/// The policy in force, and what came of its file since.
#[derive(Clone, Debug, Serialize)]
struct PolicyVitals {
    #[serde(flatten)]
    summary: Summary,
    /// How many of its freezes are in force.
    freezes_in_force: usize,
    loaded_at: Timestamp,
    /// When a newer version was refused; none if the one in force is the newest.
    refused_at: Option<Timestamp>,
    /// Since when the file can't be read; none if it can.
    unreadable_since: Option<Timestamp>,
}

impl PolicyVitals {
    fn loaded(summary: Summary, loaded_at: Timestamp) -> Self {
        let freezes_in_force = summary.freezes_in_force(loaded_at);
        Self { summary, freezes_in_force, loaded_at, refused_at: None, unreadable_since: None }
    }
}

/// How `LaunchDarkly` answers when we ask whose token we hold.
#[derive(Clone, Debug, Serialize)]
struct UpstreamVitals {
    status: Upstream,
    since: Timestamp,
    asked_at: Option<Timestamp>,
}

/// How `LaunchDarkly` answers when we ask whose token we hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Upstream {
    /// Nobody asked yet.
    Unasked,
    /// It takes the token.
    Ok,
    /// It refuses the token.
    TokenRefused,
    /// There was no answer, or none in time.
    Unreachable,
    /// A rate limit is spent.
    RateLimited,
    /// It is out of order, or its answer is not understood.
    Failing,
}

impl Upstream {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Unasked,
        Self::Ok,
        Self::TokenRefused,
        Self::Unreachable,
        Self::RateLimited,
        Self::Failing,
    ];

    /// The name, in metrics as in the detail of `/readyz`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unasked => "unasked",
            Self::Ok => "ok",
            Self::TokenRefused => "token-refused",
            Self::Unreachable => "unreachable",
            Self::RateLimited => "rate-limited",
            Self::Failing => "failing",
        }
    }
}

impl Vitals {
    /// Those of a process that has just loaded this policy.
    #[must_use]
    pub fn new(backend: &'static str, policy: Summary, clock: Clock, metrics: &Metrics) -> Self {
        let now = clock.now();
        let noted = Noted {
            version: env!("CARGO_PKG_VERSION"),
            backend,
            policy: PolicyVitals::loaded(policy, now),
            upstream: UpstreamVitals { status: Upstream::Unasked, since: now, asked_at: None },
            issuers: Vec::new(),
        };
        let noted = Arc::new(Mutex::new(noted));
        let new = Self {
            clock,
            keys: metrics.keys.clone(),
            noted,
            loaded_timestamp: metrics.gauges.policy_loaded_timestamp.clone(),
            upstream_state: metrics.gauges.upstream_state.clone(),
        };
        new.loaded_timestamp.set(now.as_duration().as_secs_f64());
        new.show(Upstream::Unasked);
        new
    }

    fn show(&self, now: Upstream) {
        for state in Upstream::ALL {
            let gauge = self.upstream_state.with_label_values(&[state.name()]);
            gauge.set(i64::from(state == now));
        }
    }

    /// Another backend serves.
    pub fn backend_is(&self, backend: &'static str) {
        self.noted().backend = backend;
    }

    /// A new version of the policy is in force.
    pub fn policy_loaded(&self, policy: Summary) {
        let now = self.clock.now();
        self.noted().policy = PolicyVitals::loaded(policy, now);
        self.loaded_timestamp.set(now.as_duration().as_secs_f64());
    }

    /// A new version of the policy was refused.
    pub fn policy_refused(&self) {
        self.noted().policy.refused_at = Some(self.clock.now());
    }

    /// Whether the policy's file can be read.
    pub fn policy_is_readable(&self, is_readable: bool) {
        let now = self.clock.now();
        let since = &mut self.noted().policy.unreadable_since;
        *since = if is_readable { None } else { since.or(Some(now)) };
    }

    /// Notes what `LaunchDarkly` answered. True if that is another answer than before.
    #[must_use]
    pub fn upstream_is(&self, status: Upstream) -> bool {
        let now = self.clock.now();
        self.show(status);
        let upstream = &mut self.noted().upstream;
        upstream.asked_at = Some(now);
        let changed = upstream.status != status;
        if changed {
            upstream.status = status;
            upstream.since = now;
        }
        changed
    }

    /// All of it, as it is now.
    pub(crate) fn view(&self) -> Noted {
        let mut noted = self.noted().clone();
        noted.policy.freezes_in_force = noted.policy.summary.freezes_in_force(self.clock.now());
        noted
    }

    /// What is noted is whole after each of the assignments above, so a panic of another thread is no reason to
    /// hide it.
    pub(super) fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What an operator wants to know first, at three in the morning: which version runs, which policy is in force,
//! and whether `LaunchDarkly` answers. Never a secret.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::clock::Clock;

/// The state of what can fail while the process lives. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct Vitals {
    clock: Clock,
    noted: Arc<Mutex<Noted>>,
}

/// What was noted, as it is shown.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Noted {
    version: &'static str,
    backend: &'static str,
    policy: PolicyVitals,
    upstream: UpstreamVitals,
}

/// The policy in force, and what came of its file since.
#[derive(Clone, Debug, Serialize)]
struct PolicyVitals {
    teams: usize,
    loaded_at: Timestamp,
    /// When a newer version was refused; none if the one in force is the newest.
    refused_at: Option<Timestamp>,
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

impl Vitals {
    /// Those of a process that has just loaded a policy with so many teams.
    #[must_use]
    pub fn new(backend: &'static str, teams: usize, clock: Clock) -> Self {
        let now = clock.now();
        let noted = Noted {
            version: env!("CARGO_PKG_VERSION"),
            backend,
            policy: PolicyVitals { teams, loaded_at: now, refused_at: None },
            upstream: UpstreamVitals { status: Upstream::Unasked, since: now, asked_at: None },
        };
        let noted = Arc::new(Mutex::new(noted));
        Self { clock, noted }
    }

    /// Another backend serves.
    pub fn backend_is(&self, backend: &'static str) {
        self.noted().backend = backend;
    }

    /// A new version of the policy is in force.
    pub fn policy_loaded(&self, teams: usize) {
        let loaded_at = self.clock.now();
        self.noted().policy = PolicyVitals { teams, loaded_at, refused_at: None };
    }

    /// A new version of the policy was refused.
    pub fn policy_refused(&self) {
        self.noted().policy.refused_at = Some(self.clock.now());
    }

    /// Notes what `LaunchDarkly` answered. True if that is another answer than before.
    #[must_use]
    pub fn upstream_is(&self, status: Upstream) -> bool {
        let now = self.clock.now();
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
    pub(super) fn view(&self) -> Noted {
        self.noted().clone()
    }

    /// What is noted is whole after each of the assignments above, so a panic of another thread is no reason to
    /// hide it.
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

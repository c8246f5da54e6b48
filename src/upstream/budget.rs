//! What is left of `LaunchDarkly`'s rate limits. Once it said that a window is spent, we refuse by ourselves until that
//! window starts anew: a request that can only be refused would still cost, and the account is shared.
//!
//! A window that is spent stays so until its time; answers to requests sent before don't open it again. What can wait, or
//! be left undone, asks also whether a window is low, so that the rest of it is there for callers.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use prometheus::Gauge;

use super::call::{Call, PerCall};
use super::limits::{LONGEST_WAIT, Limits, Window};
use crate::clock::Clock;
use crate::telemetry::Metrics;

/// How long a spent or low window is left alone when nothing says until when: the shortest wait that `LaunchDarkly`'s own
/// tools use.
const UNKNOWN_WAIT: Duration = Duration::from_secs(1);

/// Until when nothing may be sent: of the account and the token for all calls, of a route for its own.
#[derive(Debug)]
pub(super) struct Budget {
    clock: Clock,
    global: Gates,
    token: Gates,
    routes: PerCall<Gates>,
    gauges: Gauges,
}

/// What is known of one window.
#[derive(Debug, Default)]
struct Gates {
    /// Closed to all while it is spent.
    spent: Gate,
    /// Closed, while it is low, to what can wait.
    low: Gate,
}

#[derive(Debug)]
struct Gauges {
    global: Gauge,
    route: Gauge,
    token: Gauge,
}

impl Budget {
    pub(super) fn new(clock: Clock, metrics: &Metrics) -> Self {
        let family = &metrics.upstream_rate_limit_remaining;
        let gauge = |window| family.with_label_values(&[window]);
        Self {
            clock,
            global: Gates::default(),
            token: Gates::default(),
            routes: PerCall::new(|_| Gates::default()),
            gauges: Gauges {
                global: gauge("global"),
                route: gauge("route"),
                token: gauge("auth-token"),
            },
        }
    }

    /// What the headers of an answer say, as of now.
    pub(super) fn limits(&self, headers: &reqwest::header::HeaderMap) -> Limits {
        Limits::read(headers, self.clock.now())
    }

    /// Takes note of an answer.
    pub(super) fn note(&self, call: Call, status: u16, limits: &Limits) {
        let route = self.routes.of(call);
        self.window(&self.global, limits.global, &self.gauges.global);
        self.window(route, limits.route, &self.gauges.route);
        self.window(&self.token, limits.token, &self.gauges.token);
        if status != 429 {
            return;
        }
        // `Retry-After` is the limit of our address, which all calls share. A refusal that names no spent window
        // is the route's, whose limits are the tightest.
        if let Some(after) = limits.retry_after {
            self.global.spent.close(self.clock.now(), after);
        } else if self.wait(call).is_none() {
            let wait = limits.wait_after_refusal().unwrap_or_default();
            route.spent.close(self.clock.now(), wait.max(UNKNOWN_WAIT));
        }
    }

    /// How long this call must not be sent; none if it may.
    pub(super) fn wait(&self, call: Call) -> Option<Duration> {
        let now = self.clock.now();
        self.gates(call).into_iter().filter_map(|gates| gates.spent.left(now)).max()
    }

    /// How long this call should not be sent by whoever can wait or do without; none if it may.
    pub(super) fn wait_to_spare(&self, call: Call) -> Option<Duration> {
        let now = self.clock.now();
        let low = self.gates(call).into_iter().filter_map(|gates| gates.low.left(now)).max();
        low.max(self.wait(call))
    }

    fn gates(&self, call: Call) -> [&Gates; 3] {
        [&self.global, &self.token, self.routes.of(call)]
    }

    fn window(&self, gates: &Gates, window: Window, gauge: &Gauge) {
        let Some(remaining) = window.remaining else {
            return;
        };
        gauge.set(f64::from(remaining));
        let wait = window.reset.unwrap_or(UNKNOWN_WAIT);
        if window.is_spent() {
            gates.spent.close(self.clock.now(), wait);
        }
        if window.is_low() {
            gates.low.close(self.clock.now(), wait);
        }
    }
}

/// Closed until a time, in epoch milliseconds.
#[derive(Debug, Default)]
struct Gate(AtomicI64);

impl Gate {
    fn close(&self, now: Timestamp, wait: Duration) {
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let until = now.as_millisecond().saturating_add(wait);
        // What is beyond belief gives way: the clock was set back since, and would keep it for as long.
        let next = |held| if is_beyond_belief(held, now) { until } else { until.max(held) };
        let update = |held| Some(next(held));
        // Always done, since there is always a next.
        let _ = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, update);
    }

    fn left(&self, now: Timestamp) -> Option<Duration> {
        let until = self.0.load(Ordering::Acquire);
        if is_beyond_belief(until, now) {
            return None;
        }
        let left = SignedDuration::from_millis(until.saturating_sub(now.as_millisecond()));
        left.is_positive().then(|| left.unsigned_abs())
    }
}

/// Whether a gate can't have been closed until then by a clock that goes on as ours does: nothing is for longer than
/// [`LONGEST_WAIT`], so the clock was set back, and the pause is over or was never that long.
fn is_beyond_belief(until: i64, now: Timestamp) -> bool {
    let left = u64::try_from(until.saturating_sub(now.as_millisecond())).unwrap_or_default();
    Duration::from_millis(left) > LONGEST_WAIT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> (Budget, Clock) {
        let clock = Clock::manual(Timestamp::from_second(1_000_000).unwrap());
        let metrics = Metrics::new("test").unwrap();
        (Budget::new(clock.clone(), &metrics), clock)
    }

    fn spent(seconds: u64) -> Window {
        Window { remaining: Some(0), reset: Some(Duration::from_secs(seconds)), limit: None }
    }

    #[test]
    fn a_spent_route_stops_its_own_calls_until_its_reset() {
        let (budget, clock) = budget();
        let route = spent(4);
        let limits = Limits { route, ..Limits::default() };
        budget.note(Call::GetFlag, 200, &limits);
        assert_eq!(budget.wait(Call::GetFlag), Some(Duration::from_secs(4)));
        assert_eq!(budget.wait(Call::GetSetting), None);
        clock.advance(Duration::from_secs(4));
        assert_eq!(budget.wait(Call::GetFlag), None);
    }

    #[test]
    fn a_spent_account_or_token_stops_all_calls() {
        for limits in [
            Limits { global: spent(3), ..Limits::default() },
            Limits { token: spent(3), ..Limits::default() },
            Limits { retry_after: Some(Duration::from_secs(3)), ..Limits::default() },
        ] {
            let (budget, _) = budget();
            budget.note(Call::GetFlag, 429, &limits);
            for call in Call::ALL {
                assert_eq!(budget.wait(call), Some(Duration::from_secs(3)), "{call:?}");
            }
        }
    }

    #[test]
    fn a_refusal_without_headers_stops_the_route_for_a_moment() {
        let (budget, clock) = budget();
        budget.note(Call::ListSettings, 429, &Limits::default());
        assert_eq!(budget.wait(Call::ListSettings), Some(UNKNOWN_WAIT));
        assert_eq!(budget.wait(Call::GetSetting), None);
        clock.advance(UNKNOWN_WAIT);
        assert_eq!(budget.wait(Call::ListSettings), None);
    }

    #[test]
    fn what_can_wait_leaves_the_second_half_of_a_window_to_others() {
        let (budget, clock) = budget();
        let reset = Some(Duration::from_secs(4));
        let half = Window { limit: Some(10), remaining: Some(5), reset };
        budget.note(Call::GetFlag, 200, &Limits { global: half, ..Limits::default() });
        assert_eq!(budget.wait_to_spare(Call::Evaluate), None);
        let less = Window { remaining: Some(4), ..half };
        budget.note(Call::GetFlag, 200, &Limits { global: less, ..Limits::default() });
        assert_eq!(budget.wait_to_spare(Call::Evaluate), reset);
        assert_eq!(budget.wait(Call::Evaluate), None);
        clock.advance(Duration::from_secs(4));
        assert_eq!(budget.wait_to_spare(Call::Evaluate), None);
        let spent = Limits { global: spent(9), ..Limits::default() };
        budget.note(Call::GetFlag, 200, &spent);
        assert_eq!(budget.wait_to_spare(Call::Evaluate), Some(Duration::from_secs(9)));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_hour_of_a_moment() {
        let (budget, _) = budget();
        let limits = Limits { retry_after: Some(Duration::from_secs(10)), ..Limits::default() };
        let before = Timestamp::from_second(1_000_000 + 3_600).unwrap();
        budget.global.spent.close(before, Duration::from_secs(10));
        assert_eq!(budget.wait(Call::GetFlag), None, "set back by an hour");
        budget.note(Call::GetFlag, 429, &limits);
        assert_eq!(budget.wait(Call::GetFlag), Some(Duration::from_secs(10)), "and spent again");
    }

    #[test]
    fn a_reset_in_the_past_stops_nothing() {
        let (budget, _) = budget();
        let global = spent(0);
        let limits = Limits { global, ..Limits::default() };
        budget.note(Call::GetFlag, 200, &limits);
        assert_eq!(budget.wait(Call::GetFlag), None);
    }
}

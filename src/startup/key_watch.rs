//! Fetching an issuer's key set again and again, in the background: nothing waits for it, neither the start nor a request.
//!
//! A set that came is fetched again after five minutes, or when its server's `max-age` says, within one minute and an hour.
//! One that did not come is tried again after a second, then after growing pauses of at most half a minute, for as long
//! as it takes; the keys of before stay in use. A token that names a key which is not there makes us look at once, but
//! for such tokens at most every half a minute: what anybody can send must not become a flood at the issuer.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{MissedTickBehavior, interval};

use super::key_change::KeyChange;
use super::key_fetch::KeyFetch;
use crate::clock::Clock;
use crate::http::KeyTrouble;
use crate::telemetry::Causes;

/// How often we look whether it is time.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long after a good answer we ask again, where the server says nothing.
const USUAL_PAUSE: Duration = Duration::from_mins(5);
/// The shortest such time, whatever the server says.
const LEAST_PAUSE: Duration = Duration::from_mins(1);
/// The longest: within it a key that the issuer takes back is no longer good here.
const MOST_PAUSE: Duration = Duration::from_hours(1);
/// How long after the first failure we ask again. Each pause after it is twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// The longest such pause.
const LAST_RETRY: Duration = Duration::from_secs(30);
/// The shortest time between two fetches that tokens with unknown keys made us do.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// An issuer's key set somewhere else.
pub(super) struct KeyWatch {
    pub(super) fetch: KeyFetch,
    pub(super) change: KeyChange,
    pub(super) clock: Clock,
}

impl KeyWatch {
    /// Runs until the task is aborted.
    pub(super) async fn watch(self) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut plan = Plan::new(self.clock.now());
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.change.keyring.missed() => plan.wanted = true,
            }
            let now = self.clock.now();
            if plan.is_due(now) {
                plan.begin(now);
                let next = self.once(plan.failures).await;
                plan.end(self.clock.now(), next);
            }
        }
    }

    /// Fetches once. How long the set may be left alone, if it came.
    async fn once(&self, failures: u32) -> Option<Duration> {
        let got = match self.fetch.fetch().await {
            Ok(got) => got,
            Err(fault) => {
                tracing::debug!(failures, cause = %Causes(&fault), "a key set did not come");
                self.change.failed(fault.trouble(), &Causes(&fault));
                return None;
            }
        };
        if let Err(fault) = self.change.seen(&got.body) {
            self.change.failed(KeyTrouble::Invalid, &format_args!("the answer {fault}"));
            return None;
        }
        Some(got.max_age.unwrap_or(USUAL_PAUSE).clamp(LEAST_PAUSE, MOST_PAUSE))
    }
}

/// When to fetch.
#[derive(Debug)]
struct Plan {
    next: Timestamp,
    /// When the last fetch began.
    began: Option<Timestamp>,
    /// When the last one began that a token made us do.
    asked: Option<Timestamp>,
    /// Whether a token has named an unknown key since.
    wanted: bool,
    /// How many have failed since the last that did not.
    failures: u32,
}

impl Plan {
    /// At once.
    fn new(now: Timestamp) -> Self {
        Self { next: now, began: None, asked: None, wanted: false, failures: 0 }
    }

    fn is_due(&self, now: Timestamp) -> bool {
        // A clock that was set back must not put the next fetch off.
        let is_back = self.began.is_some_and(|began| now < began);
        let is_cool = self.asked.is_none_or(|asked| now < asked || now >= after(asked, COOL_DOWN));
        now >= self.next || is_back || self.wanted && is_cool
    }

    fn begin(&mut self, now: Timestamp) {
        if std::mem::take(&mut self.wanted) {
            self.asked = Some(now);
        }
        self.began = Some(now);
    }

    /// It came, and may be left alone for a while, or it failed.
    fn end(&mut self, now: Timestamp, pause: Option<Duration>) {
        let (pause, failures) = match pause {
            Some(pause) => (pause, 0),
            None => (retry(self.failures), self.failures.saturating_add(1)),
        };
        self.failures = failures;
        self.next = after(now, pause);
    }
}

/// The pause after so many failures before this one.
fn retry(failures: u32) -> Duration {
    FIRST_RETRY.saturating_mul(2_u32.saturating_pow(failures)).min(LAST_RETRY)
}

fn after(time: Timestamp, pause: Duration) -> Timestamp {
    time.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Option<Duration> = Some(USUAL_PAUSE);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    /// A plan whose first fetch, at 0, ended like this.
    fn after_first(pause: Option<Duration>) -> Plan {
        let mut plan = Plan::new(at(0));
        assert!(plan.is_due(at(0)));
        plan.begin(at(0));
        plan.end(at(0), pause);
        plan
    }

    #[test]
    fn a_set_that_came_is_left_alone_for_its_time() {
        let plan = after_first(GOOD);
        assert!(!plan.is_due(at(299)) && plan.is_due(at(300)));
        let plan = after_first(Some(MOST_PAUSE));
        assert!(!plan.is_due(at(3599)) && plan.is_due(at(3600)));
    }

    #[test]
    fn failures_are_tried_again_with_growing_pauses_and_for_ever() {
        let mut plan = after_first(None);
        let mut now = 0;
        for pause in [1, 2, 4, 8, 16, 30, 30, 30] {
            assert!(!plan.is_due(at(now + pause - 1)), "{pause}");
            now += pause;
            assert!(plan.is_due(at(now)), "{pause}");
            plan.begin(at(now));
            plan.end(at(now), None);
        }
        plan.failures = u32::MAX;
        plan.end(at(now), None);
        assert_eq!(plan.next, at(now + 30));
        plan.end(at(now), GOOD);
        assert_eq!((plan.failures, plan.next), (0, at(now + 300)));
    }

    #[test]
    fn unknown_keys_are_looked_for_at_once_but_at_most_every_half_a_minute() {
        let mut plan = after_first(GOOD);
        plan.wanted = true;
        assert!(plan.is_due(at(1)));
        plan.begin(at(1));
        plan.end(at(1), GOOD);
        assert!(!plan.is_due(at(2)));
        plan.wanted = true;
        assert!(!plan.is_due(at(2)) && !plan.is_due(at(30)));
        // It is not forgotten meanwhile.
        assert!(plan.is_due(at(31)));
    }

    #[test]
    fn a_clock_that_was_set_back_puts_nothing_off() {
        let plan = after_first(GOOD);
        assert!(plan.is_due(at(-3600)));
    }
}

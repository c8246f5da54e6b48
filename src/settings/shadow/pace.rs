//! How often something may be done: evenly, since `LaunchDarkly`'s windows are of ten seconds and not of a minute.

use std::num::NonZeroU16;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// How many may come at once after a pause.
const AT_ONCE: u32 = 2;

/// So often a minute, and no oftener (GCRA).
#[derive(Debug)]
pub struct Pace {
    clock: Clock,
    interval: Duration,
    /// When all that was taken will have been paid for.
    paid: Mutex<Timestamp>,
}

impl Pace {
    /// So often a minute.
    #[must_use]
    pub fn per_minute(times: NonZeroU16, clock: Clock) -> Self {
        let interval = Duration::from_mins(1) / u32::from(times.get());
        Self { paid: Mutex::new(clock.now()), clock, interval }
    }

    /// Takes one turn or, if it is too early, says for how long. A turn that nobody took is lost.
    pub fn take(&self) -> Result<(), Duration> {
        let now = self.clock.now();
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let next = now.max(*paid).saturating_add(signed(self.interval)).unwrap_or(Timestamp::MAX);
        let ahead = Duration::try_from(next.duration_since(now)).unwrap_or_default();
        match ahead.checked_sub(self.interval * AT_ONCE) {
            Some(early) if !early.is_zero() => Err(early),
            Some(_) | None => {
                *paid = next;
                Ok(())
            }
        }
    }
}

fn signed(length: Duration) -> SignedDuration {
    SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_at_once_and_then_evenly() {
        let clock = Clock::manual(Timestamp::from_second(1_000_000).unwrap());
        let pace = Pace::per_minute(NonZeroU16::new(60).unwrap(), clock.clone());
        let second = Duration::from_secs(1);
        assert_eq!([pace.take(), pace.take(), pace.take()], [Ok(()), Ok(()), Err(second)]);
        clock.advance(Duration::from_millis(400));
        assert_eq!(pace.take(), Err(Duration::from_millis(600)));
        clock.advance(Duration::from_millis(600));
        assert_eq!([pace.take(), pace.take()], [Ok(()), Err(second)]);
        clock.advance(Duration::from_hours(1));
        assert_eq!([pace.take(), pace.take(), pace.take()], [Ok(()), Ok(()), Err(second)]);
    }
}

//! How much of `LaunchDarkly`'s rate limits somebody may spend. Callers come before what nobody waits for.

use std::time::Duration;

use tokio::time::Instant;

use super::budget::Budget;
use super::call::Call;
use super::failure::Failure;

/// How often one call waits for a limit before it gives up: some minutes, after which others use all there is.
const MOST_WAITS: u32 = 30;
/// How long callers wait for an answer that takes more calls than a window allows: two windows and a little, which
/// leaves time for what else they are asked under within the usual time of a request, half a minute.
const LONGEST_WAIT: Duration = Duration::from_secs(22);
/// How long `LaunchDarkly`'s windows are, where it does not say when one ends.
const USUAL_WINDOW: Duration = Duration::from_secs(10);

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thrift {
    /// All there is.
    Free,
    /// All there is; what would take more waits, but not beyond this moment.
    Until(Instant),
    /// What callers hardly miss; what would take more is refused.
    Sparing,
    /// What callers hardly miss; what would take more waits.
    Patient,
}

impl Thrift {
    /// The same for an answer that takes many calls, which is begun now.
    pub(super) fn for_many(self) -> Self {
        if self == Self::Free { Self::Until(Instant::now() + LONGEST_WAIT) } else { self }
    }

    /// How long this call must not be sent; none if it may.
    pub(super) fn wait(self, budget: &Budget, call: Call) -> Option<Duration> {
        match self {
            Self::Free | Self::Until(_) => budget.wait(call),
            Self::Sparing | Self::Patient => budget.wait_to_spare(call),
        }
    }

    /// For one call.
    pub(super) fn patience(self) -> Patience {
        match self {
            Self::Free | Self::Sparing => Patience { left: 0, until: None },
            Self::Until(end) => Patience { left: MOST_WAITS, until: Some(end) },
            Self::Patient => Patience { left: MOST_WAITS, until: None },
        }
    }
}

/// How often a call may yet wait.
#[derive(Debug)]
pub(super) struct Patience {
    left: u32,
    /// The moment beyond which nobody waits any more.
    until: Option<Instant>,
}

impl Patience {
    /// How long to wait before this call is sent again; none where it is over.
    pub(super) fn pause(&mut self, failure: &Failure) -> Option<Duration> {
        let Failure::RateLimited { retry_after, .. } = failure else { return None };
        self.left = self.left.checked_sub(1)?;
        let pause = retry_after.unwrap_or(USUAL_WINDOW);
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        left.is_none_or(|left| pause < left).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::failure::Invalid;

    fn refused(retry_after: Option<Duration>) -> Failure {
        Failure::RateLimited { retry_after, says: None }
    }

    #[test]
    fn only_the_patient_wait_for_a_limit_and_not_for_ever() {
        let four = Some(Duration::from_secs(4));
        for thrift in [Thrift::Free, Thrift::Sparing] {
            assert_eq!(thrift.patience().pause(&refused(four)), None);
        }
        let mut patience = Thrift::Patient.patience();
        assert_eq!(patience.pause(&refused(None)), Some(USUAL_WINDOW));
        assert_eq!(patience.pause(&Failure::Invalid(Invalid::TooLarge)), None);
        let waits = std::iter::from_fn(|| patience.pause(&refused(four))).take(99).count();
        assert_eq!(waits, 29);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_many_calls_does_not_begin_a_wait_that_is_too_long() {
        let ten = Some(Duration::from_secs(10));
        let thrift = Thrift::Free.for_many();
        // All calls for one answer share one end.
        for _ in 0..2 {
            assert_eq!(thrift.patience().pause(&refused(ten)), ten);
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        assert_eq!(thrift.patience().pause(&refused(ten)), None);
        let one = Some(Duration::from_secs(1));
        assert_eq!(thrift.patience().pause(&refused(one)), one);
        for thrift in [Thrift::Sparing, Thrift::Patient] {
            assert_eq!(thrift.for_many(), thrift);
        }
    }
}

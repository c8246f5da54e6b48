//! How much of `LaunchDarkly`'s rate limits somebody may spend. Callers come before what nobody waits for.

use std::time::Duration;

use super::budget::Budget;
use super::call::Call;
use super::failure::Failure;

/// How often one call waits for a limit before it gives up: some minutes, after which others use all there is.
const MOST_WAITS: u32 = 30;
/// How long `LaunchDarkly`'s windows are, where it does not say when one ends.
const USUAL_WINDOW: Duration = Duration::from_secs(10);

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thrift {
    /// All there is.
    Free,
    /// What callers hardly miss; what would take more is refused.
    Sparing,
    /// What callers hardly miss; what would take more waits.
    Patient,
}

impl Thrift {
    /// How long this call must not be sent; none if it may.
    pub(super) fn wait(self, budget: &Budget, call: Call) -> Option<Duration> {
        match self {
            Self::Free => budget.wait(call),
            Self::Sparing | Self::Patient => budget.wait_to_spare(call),
        }
    }

    /// For one call.
    pub(super) fn patience(self) -> Patience {
        Patience { left: if self == Self::Patient { MOST_WAITS } else { 0 } }
    }
}

/// How often a call may yet wait.
#[derive(Debug)]
pub(super) struct Patience {
    left: u32,
}

impl Patience {
    /// How long to wait before this call is sent again; none where it is over.
    pub(super) fn pause(&mut self, failure: &Failure) -> Option<Duration> {
        let Failure::RateLimited { retry_after, .. } = failure else { return None };
        self.left = self.left.checked_sub(1)?;
        Some(retry_after.unwrap_or(USUAL_WINDOW))
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
}

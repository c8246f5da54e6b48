//! What may be sent again.
//!
//! A read may be repeated when there was no answer or none that was meant. A write only where it is certain that
//! nothing happened: nothing was sent, or `LaunchDarkly` lost a race with itself and asks to try again. A spent rate
//! limit is never tried again, because that would spend more of what is shared.

use std::time::Duration;

use backon::ExponentialBuilder;
use tokio::time::Instant;

use super::call::Call;
use super::failure::Failure;

/// How often a read is repeated: twice bridges a restart behind a load balancer, more would pile up load on a
/// service that is down.
const READ_AGAIN: usize = 2;
/// How often a write is repeated: the targets of a flag are one document, and writers of it meet.
const WRITE_AGAIN: usize = 3;
/// The first pause, to which up to as much again is added by chance; each further pause is twice the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause by ourselves.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The slug of the conflict that `LaunchDarkly` asks to retry. `key_exists`, also a 409, is final.
const LOST_RACE: &str = "optimistic_locking_error";

/// The pauses between attempts.
pub(super) fn pauses(call: Call) -> ExponentialBuilder {
    let times = if call.is_write() { WRITE_AGAIN } else { READ_AGAIN };
    ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(times)
        .with_jitter()
}

/// Whether the call may be sent again after this failure.
pub(super) fn may_repeat(call: Call, failure: &Failure) -> bool {
    match failure {
        Failure::Unreachable { sent, .. } => !sent || !call.is_write(),
        Failure::Timeout | Failure::Unavailable { .. } => !call.is_write(),
        Failure::Conflict(says) => call.is_write() && says.code.as_deref() == Some(LOST_RACE),
        Failure::Invalid(_)
        | Failure::NoSlot { .. }
        | Failure::TokenRefused(_)
        | Failure::ApprovalRequired(_)
        | Failure::NotFound(_)
        | Failure::BadRequest(_)
        | Failure::RateLimited { .. }
        | Failure::Unexpected(_)
        | Failure::Ambiguous => false,
    }
}

/// The pause before the next attempt, no shorter than `LaunchDarkly` asks; none if the deadline would pass in it.
pub(super) fn within(
    deadline: Instant,
    failure: &Failure,
    pause: Option<Duration>,
) -> Option<Duration> {
    let asked = if let Failure::Unavailable { retry_after, .. } = failure {
        retry_after.unwrap_or_default()
    } else {
        Duration::ZERO
    };
    let pause = pause?.max(asked);
    let left = deadline.saturating_duration_since(Instant::now());
    (pause < left).then_some(pause)
}

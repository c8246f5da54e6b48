//! Scheduled ends of overrides.

use jiff::{SignedDuration, Timestamp};

use super::{FlagKey, HumanDuration};

/// The scheduled removal of one user from one variation of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiration {
    /// The flag.
    pub flag: FlagKey,
    /// The variation that the user will be removed from: the UUID `variations[]._id`.
    pub variation_id: String,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// `LaunchDarkly`'s version of this record, for its optimistic lock.
    pub version: i64,
}

/// The end of an override that lasts `length` from `now`, cut to the millisecond that `LaunchDarkly`
/// keeps; none if it lies beyond the calendar.
#[must_use]
pub fn expiry_in(now: Timestamp, length: HumanDuration) -> Option<Timestamp> {
    let length = SignedDuration::try_from(length.get()).ok()?;
    let at = now.checked_add(length).ok()?;
    Timestamp::from_millisecond(at.as_millisecond()).ok()
}

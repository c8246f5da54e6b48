//! Times in which nobody writes: an incident, a release, the end of the year. What is begun ends; what is not begun waits.
//!
//! A freeze binds where a permit is exchanged for an operation, as guards do, so that no door can forget it. It is asked
//! before them: what a guard wants can be brought along, and a freeze can only be waited for.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::glob::Glob;
use super::guard::GuardUnmet;
use super::rules::any;
use crate::domain::Place;

/// One freeze as the policy file states it.
#[derive(Debug)]
pub(super) struct FreezeRule {
    pub(super) projects: Vec<Glob>,
    pub(super) environments: Vec<Glob>,
    /// When it is over; none until it is taken out of the file.
    pub(super) until: Option<Timestamp>,
    pub(super) reason: String,
}

/// Nobody writes here now. The sentence says why, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    reason: String,
    until: Option<Timestamp>,
    now: Timestamp,
}

/// Why a permit was not exchanged for an operation, although the policy allows the change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBegun {
    /// Nobody writes here now.
    #[error(transparent)]
    Frozen(#[from] Frozen),
    /// A guard asks for more.
    #[error(transparent)]
    Guard(#[from] GuardUnmet),
}

impl FreezeRule {
    /// Whether it is in force in `place`. It is over at `until` itself.
    fn holds(&self, place: &Place, now: Timestamp) -> bool {
        !is_over(self.until, now)
            && any(&self.projects, place.project.as_str())
            && any(&self.environments, place.environment.as_str())
    }
}

/// Whether a freeze until then is over.
pub(super) fn is_over(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_some_and(|until| until <= now)
}

/// The freeze in force in `place`. Of several the one that ends last, since whoever waits for another waits in vain.
pub(super) fn freeze_at(freezes: &[FreezeRule], place: &Place, now: Timestamp) -> Option<Frozen> {
    let last = |one: &&FreezeRule| (one.until.is_none(), one.until);
    // The first of those that end at once: `max_by_key` gives the last, so they are asked from behind.
    let found = freezes.iter().rev().filter(|one| one.holds(place, now)).max_by_key(last)?;
    Some(Frozen { reason: found.reason.clone(), until: found.until, now })
}

impl Frozen {
    /// Why, in the operators' words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// When it is over; none where it stands until it is lifted.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// How long it lasts yet, where that is known.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        self.until.and_then(|until| self.now.duration_until(until).try_into().ok())
    }
}

impl fmt::Display for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(f, "writes are frozen here until {until}: {}", self.reason),
            None => write!(f, "writes are frozen here until further notice: {}", self.reason),
        }
    }
}

impl std::error::Error for Frozen {}

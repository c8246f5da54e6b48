//! When a user's targets in a flag were last changed through us: what was fetched before is not right for that user any
//! more, though it still is for all others.

use std::sync::atomic::{AtomicU64, Ordering};

use ahash::RandomState;

use crate::domain::{FlagKey, Place, UserTarget};

/// How many counters there are. Users and flags share them by hash, so memory stays bounded; two on one counter cost
/// each other a fetch now and then, never a wrong answer. 65,536 of them take half a mebibyte.
const SLOTS: usize = 65_536;

/// The number of the last touch of every flag of every user, by hash. The hash is keyed, so nobody can choose to
/// collide.
#[derive(Debug)]
pub(super) struct Touches {
    slots: Box<[AtomicU64]>,
    count: AtomicU64,
    hasher: RandomState,
    /// Where a slot is sought that is not there, which does not happen.
    spare: AtomicU64,
}

impl Touches {
    pub(super) fn new() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            count: AtomicU64::new(0),
            hasher: RandomState::new(),
            spare: AtomicU64::new(0),
        }
    }

    /// How many touches there were: what is fetched from now on has seen all of them.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    pub(super) fn touch(&self, user: &UserTarget, flag: &FlagKey) {
        self.advance(self.of_flag(user, flag));
    }

    /// Touches what is known of the project's flags as a whole: there may be one that it doesn't have.
    pub(super) fn touch_place(&self, place: &Place) {
        self.advance(self.of_place(place));
    }

    pub(super) fn last(&self, user: &UserTarget, flag: &FlagKey) -> u64 {
        self.of_flag(user, flag).load(Ordering::SeqCst)
    }

    pub(super) fn last_of_place(&self, place: &Place) -> u64 {
        self.of_place(place).load(Ordering::SeqCst)
    }

    /// Two touches at once may come in any order; the later number stays.
    fn advance(&self, slot: &AtomicU64) {
        let number = self.count.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
        slot.fetch_max(number, Ordering::SeqCst);
    }

    fn of_flag(&self, user: &UserTarget, flag: &FlagKey) -> &AtomicU64 {
        self.slot(self.hasher.hash_one((user, flag)))
    }

    fn of_place(&self, place: &Place) -> &AtomicU64 {
        self.slot(self.hasher.hash_one(place))
    }

    fn slot(&self, hash: u64) -> &AtomicU64 {
        let slots = u64::try_from(self.slots.len()).unwrap_or(1).max(1);
        let place = usize::try_from(hash % slots).unwrap_or_default();
        self.slots.get(place).unwrap_or(&self.spare)
    }
}

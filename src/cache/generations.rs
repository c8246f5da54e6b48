//! Counts the writes to each user.

use std::sync::atomic::{AtomicU64, Ordering};

use ahash::RandomState;

use crate::domain::UserTarget;
use crate::policy::Resource;

/// How many counters there are. Users share them by hash, so memory stays bounded; two users on one counter
/// cost each other a fetch now and then, never a wrong answer. 65,536 of them take half a mebibyte.
const SLOTS: usize = 65_536;

/// The generation of every user, by hash. The hash is keyed, so nobody can choose to collide.
#[derive(Debug)]
pub(super) struct Generations {
    slots: Box<[AtomicU64]>,
    hasher: RandomState,
    /// Where a slot is sought that is not there, which does not happen.
    spare: AtomicU64,
}

impl Generations {
    pub(super) fn new() -> Self {
        let slots = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        Self { slots, hasher: RandomState::new(), spare: AtomicU64::new(0) }
    }

    /// The generation of the user that `target` is about.
    pub(super) fn current(&self, target: &impl Resource) -> u64 {
        self.slot(target).load(Ordering::SeqCst)
    }

    pub(super) fn advance(&self, user: &UserTarget) {
        self.slot(user).fetch_add(1, Ordering::SeqCst);
    }

    /// Advances only from `from`: no write came between. Gives the new generation.
    pub(super) fn advance_from(&self, user: &UserTarget, from: u64) -> Option<u64> {
        let next = from.wrapping_add(1);
        let slot = self.slot(user);
        slot.compare_exchange(from, next, Ordering::SeqCst, Ordering::SeqCst).ok().map(|_| next)
    }

    fn slot(&self, target: &impl Resource) -> &AtomicU64 {
        let hash = self.hasher.hash_one((target.place(), target.user()));
        let slots = u64::try_from(self.slots.len()).unwrap_or(1).max(1);
        let place = usize::try_from(hash % slots).unwrap_or_default();
        self.slots.get(place).unwrap_or(&self.spare)
    }
}

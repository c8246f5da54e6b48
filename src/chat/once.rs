//! What happens once: deliveries that a platform repeats, and buttons that are pressed twice.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// The most keys that are remembered at a time: 1,000 a second for a quarter of an hour, in about 100 MiB.
const MOST: usize = 1 << 20;

/// A digest, or a random number.
pub(super) type Key = [u8; 16];

/// Remembers what has happened, each until a time of its own. Clones remember together.
#[derive(Clone, Debug)]
pub(super) struct Once(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    until: HashMap<Key, Timestamp>,
    /// The same by time.
    by_time: BTreeSet<(Timestamp, Key)>,
}

/// Whether something happens for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "what happens again must not be done again"]
pub(super) enum Claim {
    /// It does, and is remembered from now on.
    First,
    /// It has happened before.
    Again,
    /// There is no room to remember it in: it must not be done.
    Full,
}

impl Default for Once {
    fn default() -> Self {
        Self::with_room_for(MOST)
    }
}

impl Once {
    fn with_room_for(most: usize) -> Self {
        Self(Arc::new(Inner { most, known: Mutex::default() }))
    }

    /// Takes `key` for whoever is first. It is remembered until `until`. Of any number of callers at once one is first.
    pub(super) fn claim(&self, key: Key, until: Timestamp, now: Timestamp) -> Claim {
        let mut known = self.known();
        known.forget(now);
        if known.until.contains_key(&key) {
            return Claim::Again;
        }
        if known.until.len() >= self.0.most {
            return Claim::Full;
        }
        known.until.insert(key, until);
        known.by_time.insert((until, key));
        Claim::First
    }

    /// Whether `key` is remembered.
    #[must_use]
    pub(super) fn has(&self, key: &Key) -> bool {
        self.known().until.contains_key(key)
    }

    /// What is remembered is whole after each call, so a panic of another thread is no reason to forget it.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn forget(&mut self, now: Timestamp) {
        while let Some((until, key)) = self.by_time.first().copied() {
            if until > now {
                return;
            }
            self.by_time.remove(&(until, key));
            self.until.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_key_is_first_once_until_its_time_is_over() {
        let once = Once::default();
        assert_eq!(once.claim([1; 16], at(10), at(0)), Claim::First);
        assert_eq!(once.clone().claim([1; 16], at(10), at(9)), Claim::Again);
        assert_eq!(once.claim([2; 16], at(10), at(9)), Claim::First);
        assert!(once.has(&[1; 16]));
        assert_eq!(once.claim([1; 16], at(20), at(10)), Claim::First);
        assert!(!once.has(&[2; 16]));
    }

    #[test]
    fn what_finds_no_room_is_not_taken_and_room_comes_with_time() {
        let once = Once::with_room_for(2);
        for key in [[1; 16], [2; 16]] {
            assert_eq!(once.claim(key, at(10), at(0)), Claim::First);
        }
        assert_eq!(once.claim([3; 16], at(10), at(9)), Claim::Full);
        assert_eq!(once.claim([1; 16], at(10), at(9)), Claim::Again, "what is known stays known");
        assert_eq!(once.claim([3; 16], at(20), at(10)), Claim::First);
    }

    #[test]
    fn of_many_at_once_one_is_first() {
        let once = Once::default();
        let firsts: usize = std::thread::scope(|scope| {
            let claim = || once.claim([7; 16], at(10), at(0)) == Claim::First;
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(claim)).collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
        });
        assert_eq!(firsts, 1);
    }
}

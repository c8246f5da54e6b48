//! One write to a flag at a time.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::domain::{FlagKey, Place};

/// How many lanes there are: far more than writes at a time, so that two flags seldom share one, and bounded.
const LANES: usize = 1_024;

/// How long a write waits for those before it: less than a caller waits for an answer, so that it can be told that
/// nothing was done.
const PATIENCE: Duration = Duration::from_secs(5);

/// Lanes by flag. Within one process they keep order; between replicas `LaunchDarkly`'s optimistic lock does.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Vec<Arc<Mutex<()>>>,
    hasher: RandomState,
}

impl Lanes {
    pub(super) fn new() -> Self {
        let lanes = (0..LANES).map(|_| Arc::default()).collect();
        Self { lanes, hasher: RandomState::new() }
    }

    /// Waits until no other write to these flags runs, at most [`PATIENCE`]; none if that was too long. Lanes are
    /// taken in one order, so that two writes to several flags never wait for each other.
    pub(super) async fn enter(&self, place: &Place, flags: &[FlagKey]) -> Option<Lane> {
        let count = u64::try_from(self.lanes.len()).unwrap_or(1).max(1);
        let lane = |flag: &FlagKey| usize::try_from(self.hasher.hash_one((place, flag)) % count);
        let mut wanted: Vec<usize> = flags.iter().filter_map(|flag| lane(flag).ok()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let entering = async {
            let mut held = Vec::with_capacity(wanted.len());
            for lane in wanted.into_iter().filter_map(|n| self.lanes.get(n)) {
                held.push(Arc::clone(lane).lock_owned().await);
            }
            Lane { _held: held }
        };
        tokio::time::timeout(PATIENCE, entering).await.ok()
    }
}

/// The right to write to some flags, until it falls.
#[derive(Debug)]
pub(super) struct Lane {
    _held: Vec<OwnedMutexGuard<()>>,
}

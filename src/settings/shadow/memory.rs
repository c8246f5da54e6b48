//! What the replacement APIs need besides, for comparing.
//!
//! Not the cache's: a fetch of ours may be refused because limits are low, and a caller who had joined it would be refused
//! with it. So what is fetched here is kept here, for a short while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::domain::{Place, UserTarget};
use crate::policy::{Part, Permit, Read, Resource};
use crate::upstream::{
    Attributes, Client, Failure, FlagDocument, FlagDocuments, FlagsOfUser, Remembered,
};

/// How long definitions are used. What was changed meanwhile looks like a difference, and is looked at again.
const KEPT: SignedDuration = SignedDuration::from_mins(1);
/// Of how many environments they are kept.
const PLACES: usize = 8;

/// Definitions of flags, by environment.
#[derive(Debug)]
pub(super) struct Memory {
    clock: Clock,
    kept: Mutex<HashMap<Place, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    at: Timestamp,
    flags: Arc<FlagDocuments>,
}

/// How fresh it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// What is kept will do.
    First,
    /// What `LaunchDarkly` says now.
    Second,
}

/// What is remembered, for one question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recollection<'a> {
    pub(super) memory: &'a Memory,
    pub(super) client: &'a Client,
    pub(super) look: Look,
}

impl Memory {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    fn get(&self, place: &Place) -> Option<Arc<FlagDocuments>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(place)?;
        let age = self.clock.now().duration_since(found.at);
        (age < KEPT).then(|| Arc::clone(&found.flags))
    }

    fn keep(&self, place: &Place, at: Timestamp, flags: &Arc<FlagDocuments>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= PLACES && !kept.contains_key(place) {
            kept.clear();
        }
        kept.insert(place.clone(), Kept { at, flags: Arc::clone(flags) });
    }
}

impl Remembered for Recollection<'_> {
    async fn flags(&self, permit: &Permit<Read, UserTarget>) -> Result<FlagsOfUser, Failure> {
        let place = &permit.target().place;
        let kept = self.memory.get(place).filter(|_| self.look == Look::First);
        if let Some(documents) = kept {
            return Ok(FlagsOfUser { documents, ..FlagsOfUser::default() });
        }
        let began = self.memory.clock.now();
        let documents = Arc::new(self.client.list_flags(permit).await?);
        self.memory.keep(place, began, &documents);
        Ok(FlagsOfUser { documents, ..FlagsOfUser::default() })
    }

    async fn flag(&self, part: &Part) -> Result<Arc<FlagDocument>, Failure> {
        let target = part.target();
        let kept = self.memory.get(&target.user.place).filter(|_| self.look == Look::First);
        if let Some(flag) = kept.as_ref().and_then(|flags| flags.get(&target.flag)) {
            return Ok(Arc::clone(flag));
        }
        Ok(Arc::new(self.client.get_flag(part).await?))
    }

    async fn attributes<T: Resource>(
        &self,
        permit: &Permit<Read, T>,
    ) -> Result<Arc<Attributes>, Failure> {
        let stored = self.client.get_attributes(permit).await?;
        Ok(Arc::new(stored.unwrap_or_default()))
    }
}

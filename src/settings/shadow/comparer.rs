//! Compares some of the reads that callers ask for, off their path.

use std::num::{NonZeroU8, NonZeroU16};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ahash::RandomState;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::hash::UserHash;
use super::ledger::{Ledger, Outcome, Report, Summary};
use super::pace::Pace;
use super::sides::{Question, Seen, Sides};
use crate::clock::Clock;
use crate::settings::Settings;
use crate::telemetry::Metrics;
use crate::upstream::{Client, Failure};

/// How many comparisons are under way at once: more would only wait for `LaunchDarkly` together.
const AT_ONCE: usize = 2;
/// A share is one of a hundred.
const WHOLE: u64 = 100;

/// How much is compared.
#[derive(Debug)]
pub struct Options {
    /// How many of a hundred reads.
    pub share: NonZeroU8,
    /// The most comparisons in a minute.
    pub per_minute: NonZeroU16,
    /// What users are shown by.
    pub hash: UserHash,
}

/// Compares some of the reads that callers ask for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Shadow(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client,
    /// Whether the backend could still change at the start: when it has, there is nothing left to compare with.
    could_change: bool,
    sides: Sides,
    sample: Sample,
    pace: Pace,
    slots: Arc<Semaphore>,
    ledger: Ledger,
    clock: Clock,
    runtime: Handle,
    stop: CancellationToken,
}

/// Whether comparing goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It does.
    Comparing,
    /// The User Settings API has ended, so that there is nothing to compare with.
    ChangedOver,
}

impl Shadow {
    /// Compares what the backend that serves now answers with what the other one would.
    #[must_use]
    pub fn new(
        options: Options,
        client: &Client,
        clock: Clock,
        metrics: &Metrics,
        runtime: Handle,
    ) -> Self {
        Self(Arc::new(Inner {
            could_change: client.may_change_backend(),
            sides: Sides::new(&client.sparing(), client.backend(), clock.clone()),
            client: client.clone(),
            sample: Sample::new(options.share),
            pace: Pace::per_minute(options.per_minute, clock.clone()),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            ledger: Ledger::new(metrics, options.hash),
            clock,
            runtime,
            stop: CancellationToken::new(),
        }))
    }

    /// Compares this answer to this question later, if it is one of the share and there is room for it; none where
    /// there is nothing to compare. Returns at once.
    pub(in crate::settings) fn offer(&self, read: impl FnOnce() -> Option<(Question, Seen)>) {
        if self.0.stop.is_cancelled()
            || self.state() == State::ChangedOver
            || !self.0.sample.takes()
        {
            return;
        }
        let Some(slot) = self.room() else {
            return self.0.ledger.count(Outcome::Skipped);
        };
        let Some((question, seen)) = read() else { return };
        let (shadow, stop) = (self.clone(), self.0.stop.clone());
        let work = async move {
            let _slot = slot;
            stop.run_until_cancelled(Box::pin(shadow.compare(&question, &seen))).await;
        };
        self.0.runtime.spawn(work);
    }

    fn room(&self) -> Option<OwnedSemaphorePermit> {
        let slot = Arc::clone(&self.0.slots).try_acquire_owned().ok()?;
        self.0.pace.take().ok()?;
        Some(slot)
    }

    async fn compare(&self, question: &Question, seen: &Seen) {
        let ledger = &self.0.ledger;
        match Box::pin(self.0.sides.compare(question, seen)).await {
            Ok(found) => {
                let now = self.0.clock.now();
                for one in &found {
                    tracing::info!(
                        project.key = question.user().place.project.as_str(),
                        environment.key = question.user().place.environment.as_str(),
                        flag.key = one.flag.as_str(),
                        kind = one.kind.name(),
                        "the backends differ"
                    );
                }
                ledger.found(question, &found, now);
            }
            Err(Failure::RateLimited { .. }) => ledger.count(Outcome::Skipped),
            Err(fault) => {
                tracing::debug!(%fault, "the backends could not be compared");
                ledger.failed(question, self.0.clock.now());
            }
        }
    }

    /// What was found so far, in short.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.0.ledger.summary(self.state())
    }

    /// What was found so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let active = self.0.sides.active();
        Report {
            active: active.name(),
            other: active.other().name(),
            summary: self.summary(),
            last: self.0.ledger.records(),
        }
    }

    fn state(&self) -> State {
        if self.0.could_change && !self.0.client.may_change_backend() {
            State::ChangedOver
        } else {
            State::Comparing
        }
    }
}

impl Settings {
    /// What compares the backends; none where that is off.
    #[must_use]
    pub fn shadow(&self) -> Option<&Shadow> {
        self.0.shadow.as_ref()
    }

    /// Ends what was begun besides what callers wait for.
    pub fn stop(&self) {
        if let Some(shadow) = self.shadow() {
            shadow.0.stop.cancel();
        }
    }
}

/// Takes some of a hundred, by chance: one that counts would always meet the same call of a caller who repeats a few.
#[derive(Debug)]
struct Sample {
    share: u64,
    count: AtomicU64,
    chance: RandomState,
}

impl Sample {
    fn new(share: NonZeroU8) -> Self {
        Self { share: share.get().into(), count: AtomicU64::new(0), chance: RandomState::new() }
    }

    fn takes(&self) -> bool {
        let nth = self.count.fetch_add(1, Ordering::Relaxed);
        self.chance.hash_one(nth) % WHOLE < self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_as_many_are_taken_as_were_asked_for() {
        let taken = |share: u8| {
            let sample = Sample::new(NonZeroU8::new(share).unwrap());
            (0..20_000).filter(|_| sample.takes()).count()
        };
        assert_eq!(taken(100), 20_000);
        // Twenty standard deviations either way.
        assert!((1..=500).contains(&taken(1)), "{}", taken(1));
        assert!((8_500..=11_500).contains(&taken(50)), "{}", taken(50));
    }
}

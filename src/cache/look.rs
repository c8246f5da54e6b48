//! One look-up, from the permit to what was found.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use prometheus::IntCounter;

use super::key::{Key, Kind, Sought, user_of};
use super::store::{Cache, Entry, Weigh};
use crate::domain::{FlagKey, UserTarget};
use crate::policy::{Permit, Read, Resource};
use crate::telemetry::Metrics;

/// What the caller will take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// What is kept.
    Kept,
    /// What `LaunchDarkly` says now, unless what is kept is younger than the configured age.
    Now,
    /// What `LaunchDarkly` says now, however young what is kept is. For ourselves: a caller can't ask for it.
    Anew,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was kept.
    Hit,
    /// It was fetched.
    Miss,
    /// It was being fetched for someone else.
    Collapsed,
    /// It was fetched because the caller insisted.
    Forced,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Hit, Self::Miss, Self::Collapsed, Self::Forced];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Collapsed => "collapsed",
            Self::Forced => "forced",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Hit => 0,
            Self::Miss => 1,
            Self::Collapsed => 2,
            Self::Forced => 3,
        }
    }
}

/// An answer and its history.
#[derive(Debug)]
pub struct Found<V> {
    /// The answer.
    pub value: Arc<V>,
    /// Where it came from.
    pub outcome: Outcome,
    /// How old it is.
    pub age: Duration,
    /// How long it is good yet.
    pub ttl: Duration,
}

/// Look-ups counted by kind and outcome, with a handle for each.
#[derive(Clone, Debug)]
pub(super) struct Counters(Arc<[[IntCounter; 4]; 4]>);

impl Counters {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let series = |kind: Kind, outcome: Outcome| {
            metrics.cache_requests.with_label_values(&[kind.name(), outcome.name()])
        };
        Self(Arc::new(Kind::ALL.map(|kind| Outcome::ALL.map(|outcome| series(kind, outcome)))))
    }

    fn count(&self, kind: Kind, outcome: Outcome) {
        if let Some(series) = self.0.get(kind.index()).and_then(|row| row.get(outcome.index())) {
            series.inc();
        }
    }
}

/// A look-up under way.
#[derive(Debug)]
pub struct Look<'a, V, E, T: Resource> {
    pub(super) cache: &'a Cache<V, E>,
    pub(super) permit: &'a Permit<Read, T>,
    pub(super) freshness: Freshness,
    pub(super) generation: u64,
    pub(super) now: Timestamp,
}

impl<V, E, T> Look<'_, V, E, T>
where
    V: Weigh + Send + Sync + 'static,
    E: Send + Sync + 'static,
    T: Resource,
{
    /// What is kept of this kind, if it will do. `asked` is the kind the caller asked for, which it counts
    /// as: one flag may be answered from the list.
    #[must_use]
    pub fn kept(&self, kind: Kind, asked: Kind) -> Option<Found<V>> {
        let entry = self.cache.entries.get(&self.key(kind))?;
        let old = self.now >= entry.good_until;
        let young = age(&entry, self.now) < self.cache.limits.min_age;
        let good = match self.freshness {
            Freshness::Kept => true,
            Freshness::Now => young,
            Freshness::Anew => false,
        };
        if old || !good {
            return None;
        }
        self.cache.counters.count(asked, Outcome::Hit);
        Some(found(entry, Outcome::Hit, self.now))
    }

    /// What `fetch` brings home, or another's fetch of the same that is under way.
    pub async fn fetch<F>(
        &self,
        kind: Kind,
        fetch: impl FnOnce(Permit<Read, T>) -> F,
    ) -> Result<Found<V>, Arc<E>>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        Box::pin(self.start(kind, fetch, |_| None)).await
    }

    /// Like [`Look::fetch`] for what tells when overrides end: `ends` reads them from it, and no entry of
    /// this user outlives them from now on.
    pub async fn fetch_ends<F>(
        &self,
        fetch: impl FnOnce(Permit<Read, T>) -> F,
        ends: fn(&V) -> Option<BTreeMap<FlagKey, Timestamp>>,
    ) -> Result<Found<V>, Arc<E>>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        Box::pin(self.start(Kind::Expirations, fetch, ends)).await
    }

    /// Boxed by its callers: a hit would else make room for all that a fetch needs, and move it about.
    async fn start<F>(
        &self,
        kind: Kind,
        fetch: impl FnOnce(Permit<Read, T>) -> F,
        ends: fn(&V) -> Option<BTreeMap<FlagKey, Timestamp>>,
    ) -> Result<Found<V>, Arc<E>>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        let (key, user) = (self.key(kind).to_key(), user_of(self.permit.target()));
        // A fetch that began before an override ended may bring home what was before, so it is not for us.
        let since = self.cache.ends.last(&user, self.now);
        // An end that is no longer known has moved the generation before it was forgotten.
        let moved = self.cache.generations.current(self.permit.target()) != self.generation;
        let since = if moved { Timestamp::MAX } else { since.unwrap_or(Timestamp::MIN) };
        let began = self.cache.clock.now();
        let (flight, joined) = self.cache.flights.join_or_start(&key, since, began, || {
            let trip = Trip {
                cache: self.cache.clone(),
                kind,
                key: key.clone(),
                user,
                generation: self.generation,
                began,
            };
            let fetch = fetch(self.permit.clone());
            async move {
                let value = fetch.await.map_err(Arc::new)?;
                let ends = ends(&value);
                Ok(trip.bring_home(value, ends))
            }
        });
        let outcome = match (joined, self.freshness) {
            (true, _) => Outcome::Collapsed,
            (false, Freshness::Kept) => Outcome::Miss,
            (false, Freshness::Now | Freshness::Anew) => Outcome::Forced,
        };
        // Before the answer is there: a look-up counts also if it fails or nobody waits for it any more.
        self.cache.counters.count(kind, outcome);
        let entry = flight.await?;
        Ok(found(entry, outcome, self.cache.clock.now()))
    }

    fn key(&self, kind: Kind) -> Sought<'_> {
        Sought::new(kind, self.permit.target(), self.generation)
    }
}

/// What was found at `now`: an answer has aged while it was on its way.
fn found<V>(entry: Entry<V>, outcome: Outcome, now: Timestamp) -> Found<V> {
    let left = entry.good_until.duration_since(now);
    Found {
        outcome,
        age: age(&entry, now),
        ttl: Duration::try_from(left).unwrap_or_default(),
        value: entry.value,
    }
}

/// A fetch under way, independent of whoever waits for it.
struct Trip<V, E> {
    cache: Cache<V, E>,
    kind: Kind,
    key: Key,
    user: UserTarget,
    generation: u64,
    began: Timestamp,
}

impl<V: Weigh + Send + Sync + 'static, E: Send + Sync + 'static> Trip<V, E> {
    /// Keeps what came home, unless a write came between.
    fn bring_home(self, value: V, ends: Option<BTreeMap<FlagKey, Timestamp>>) -> Entry<V> {
        let cache = &self.cache;
        let untouched = |generation: &u64| cache.generations.current(&self.user) == *generation;
        let mut keep = Some(self.generation).filter(untouched);
        if let (Some(generation), Some(ends)) = (keep, ends) {
            keep = cache.learn_ends(&self.user, ends, generation);
        }
        let entry = cache.entry(self.kind, &self.user, value, self.began);
        if !self.kind.follows_writes() {
            cache.entries.insert(self.key, entry.clone());
        } else if let Some(generation) = keep.filter(untouched) {
            cache.entries.insert(self.key.at(generation), entry.clone());
        }
        entry
    }
}

fn age<V>(entry: &Entry<V>, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(entry.fetched_at)).unwrap_or_default()
}

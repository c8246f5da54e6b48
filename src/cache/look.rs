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
use crate::policy::{MayRead, Resource as _};
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
    pub(super) fetched_at: Timestamp,
    pub(super) touches: u64,
}

/// Look-ups counted by kind and outcome, with a handle for each.
#[derive(Clone, Debug)]
pub(super) struct Counters(Arc<[[IntCounter; Outcome::ALL.len()]; Kind::ALL.len()]>);

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
pub struct Look<'a, V, E, P: MayRead> {
    pub(super) cache: &'a Cache<V, E>,
    pub(super) permit: &'a P,
    pub(super) freshness: Freshness,
    pub(super) generation: u64,
    pub(super) now: Timestamp,
}

impl<V, E, P> Look<'_, V, E, P>
where
    V: Weigh + Send + Sync + 'static,
    E: Send + Sync + 'static,
    P: MayRead,
{
    /// What is kept of this kind, if it will do. `asked` is the kind the caller asked for, which it counts
    /// as: one flag may be answered from the list.
    #[must_use]
    pub fn kept(&self, kind: Kind, asked: Kind) -> Option<Found<V>> {
        let entry = self.young_enough(kind)?;
        if !self.is_right(kind, &entry) {
            return None;
        }
        self.cache.counters.count(asked, Outcome::Hit);
        Some(found(entry, Outcome::Hit, self.now))
    }

    /// What is kept of this kind, though a write may have changed this user's targets since: for what no write
    /// changes.
    #[must_use]
    pub fn kept_for_anybody(&self, kind: Kind, asked: Kind) -> Option<Found<V>> {
        let entry = self.young_enough(kind)?;
        self.cache.counters.count(asked, Outcome::Hit);
        Some(found(entry, Outcome::Hit, self.now))
    }

    fn young_enough(&self, kind: Kind) -> Option<Entry<V>> {
        let entry = self.cache.entries.get(&self.key(kind))?;
        let old = self.now >= entry.good_until;
        let young = age(&entry, self.now) < self.cache.limits.min_age;
        let good = match self.freshness {
            Freshness::Kept => true,
            Freshness::Now => young,
            Freshness::Anew => false,
        };
        (good && !old).then_some(entry)
    }

    /// Whether an entry that users share is right for this one. What belongs to one user is void by its generation.
    fn is_right(&self, kind: Kind, entry: &Entry<V>) -> bool {
        let target = self.permit.target();
        match (kind, target.flag()) {
            (Kind::FlagDocuments, _) => {
                entry.touches >= self.cache.touches.last_of_place(target.place())
            }
            (Kind::FlagDocument, Some(flag)) => {
                let user = user_of(target);
                let ended = self.cache.ends.ended(&user, entry.fetched_at, self.now);
                entry.touches >= self.cache.touches.last(&user, flag) && !ended.contains(flag)
            }
            (Kind::List | Kind::One | Kind::Expirations | Kind::Attributes, _)
            | (Kind::FlagDocument, None) => true,
        }
    }

    /// What `fetch` brings home, or another's fetch of the same that is under way.
    pub async fn fetch<F>(&self, kind: Kind, fetch: impl FnOnce(P) -> F) -> Result<Found<V>, Arc<E>>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        Box::pin(self.start(kind, fetch, |_| None)).await
    }

    /// Like [`Look::fetch`] for what tells when overrides end: `ends` reads them from it, and no entry of
    /// this user outlives them from now on.
    pub async fn fetch_ends<F>(
        &self,
        fetch: impl FnOnce(P) -> F,
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
        fetch: impl FnOnce(P) -> F,
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
        // What must be of this moment is not what somebody asked for a moment ago.
        let alone = moved || self.freshness == Freshness::Anew;
        let since = if alone { Timestamp::MAX } else { since.unwrap_or(Timestamp::MIN) };
        let began = self.cache.clock.now();
        let flight_key = self.flight_key(kind, &key);
        let (flight, joined) = self.cache.flights.join_or_start(&flight_key, since, began, || {
            let trip = Trip {
                cache: self.cache.clone(),
                kind,
                key: key.clone(),
                user,
                generation: self.generation,
                began,
                touches: self.cache.touches.count(),
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

    /// What is shared is fetched anew for whom it must have seen a write: they don't join a flight from before.
    fn flight_key(&self, kind: Kind, key: &Key) -> Key {
        let touches = &self.cache.touches;
        let target = self.permit.target();
        match (kind, target.flag()) {
            (Kind::FlagDocuments, _) => key.at(touches.last_of_place(target.place())),
            (Kind::FlagDocument, Some(flag)) => key.at(touches.last(&user_of(target), flag)),
            (Kind::List | Kind::One | Kind::Expirations | Kind::Attributes, _)
            | (Kind::FlagDocument, None) => key.clone(),
        }
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
        fetched_at: entry.fetched_at,
        touches: entry.touches,
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
    touches: u64,
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
        let entry = cache.entry(self.kind, &self.user, value, self.began, self.touches);
        if !self.kind.follows_writes() {
            cache.keep(self.kind, self.key, entry.clone());
        } else if let Some(generation) = keep.filter(untouched) {
            cache.keep(self.kind, self.key.at(generation), entry.clone());
        }
        entry
    }
}

fn age<V>(entry: &Entry<V>, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(entry.fetched_at)).unwrap_or_default()
}

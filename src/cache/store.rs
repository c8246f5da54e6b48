//! The entries, and how writes make them void.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;
use jiff::{SignedDuration, Timestamp};
use moka::notification::RemovalCause;
use prometheus::IntCounterVec;

use super::ends::Ends;
use super::flights::Flights;
use super::generations::Generations;
use super::key::{Key, Kind, Sought};
use super::look::{Counters, Found, Freshness, Look};
use super::touches::Touches;
use crate::clock::Clock;
use crate::domain::{FlagKey, UserTarget};
use crate::policy::MayRead;
use crate::telemetry::Metrics;

/// What an entry takes besides its key and value: moka's own nodes, about.
const OVERHEAD: usize = 256;

/// How much is kept and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes that all entries take together.
    pub max_bytes: u64,
    /// How long an entry is good.
    pub ttl: Duration,
    /// How old an entry must be before a caller's `no-cache` is worth a call.
    pub min_age: Duration,
}

/// The memory that a value takes.
pub trait Weigh {
    /// In bytes, about.
    fn bytes(&self) -> usize;
}

/// An answer kept.
#[derive(Debug)]
pub(super) struct Entry<V> {
    pub(super) value: Arc<V>,
    /// When its fetch began: it can't be older than that.
    pub(super) fetched_at: Timestamp,
    /// From when on it must not be shown.
    pub(super) good_until: Timestamp,
    /// How many touches there were when its fetch began.
    pub(super) touches: u64,
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), ..*self }
    }
}

/// What was asked of `LaunchDarkly` a moment ago, bounded in bytes. `V` is what is kept, `E` how a fetch
/// fails.
pub struct Cache<V, E> {
    pub(super) entries: moka::sync::Cache<Key, Entry<V>, RandomState>,
    pub(super) flights: Flights<Entry<V>, E>,
    pub(super) generations: Arc<Generations>,
    pub(super) touches: Arc<Touches>,
    pub(super) ends: Ends,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) counters: Counters,
    metrics: Metrics,
}

impl<V, E> std::fmt::Debug for Cache<V, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl<V, E> Clone for Cache<V, E> {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            flights: self.flights.clone(),
            generations: Arc::clone(&self.generations),
            touches: Arc::clone(&self.touches),
            ends: self.ends.clone(),
            limits: self.limits,
            clock: self.clock.clone(),
            counters: self.counters.clone(),
            metrics: self.metrics.clone(),
        }
    }
}

impl<V, E> Cache<V, E>
where
    V: Weigh + Send + Sync + 'static,
    E: Send + Sync + 'static,
{
    /// An empty cache.
    #[must_use]
    pub fn new(limits: Limits, clock: Clock, metrics: &Metrics) -> Self {
        let evictions = metrics.cache_evictions.clone();
        let entries = moka::sync::Cache::builder()
            .max_capacity(limits.max_bytes)
            .weigher(|key: &Key, entry: &Entry<V>| {
                let bytes = OVERHEAD + key.bytes() + entry.value.bytes();
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            .time_to_live(limits.ttl)
            .eviction_listener(move |_, _, cause| count_eviction(&evictions, cause))
            .build_with_hasher(RandomState::new());
        Self {
            entries,
            flights: Flights::new(),
            generations: Arc::new(Generations::new()),
            touches: Arc::new(Touches::new()),
            ends: Ends::new(),
            limits,
            clock,
            counters: Counters::new(metrics),
            metrics: metrics.clone(),
        }
    }

    /// Starts a look-up of what `permit` is for. The generation is taken now, so nothing from before a write
    /// that was answered by now will be found.
    pub fn look<'a, P: MayRead>(
        &'a self,
        permit: &'a P,
        freshness: Freshness,
    ) -> Look<'a, V, E, P> {
        let generation = self.generations.current(permit.target());
        Look { cache: self, permit, freshness, generation, now: self.clock.now() }
    }

    /// Makes what is known of the user void now, and again when the guard falls: however the write ended, and
    /// whether or not its future was driven to its end. `flags` are those that are written; `has` tells whether the
    /// definitions that are kept of the project's flags have one of them. If not, they are void for everybody: the flag
    /// is newer than they are.
    #[must_use]
    pub fn begin_write(
        &self,
        user: &UserTarget,
        flags: &[FlagKey],
        has: impl Fn(&V, &FlagKey) -> bool,
    ) -> Writing {
        let kept = self.entries.get(&Sought::new(Kind::FlagDocuments, user, 0));
        let has_all = kept.is_some_and(|kept| flags.iter().all(|flag| has(&kept.value, flag)));
        let writing = Writing {
            generations: Arc::clone(&self.generations),
            touches: Arc::clone(&self.touches),
            user: user.clone(),
            flags: flags.to_vec(),
            place_too: !has_all,
        };
        writing.advance();
        writing
    }

    /// Of these flags, those whose definition in `documents` is no longer right for a user: their target was changed
    /// since it was fetched, or their override has ended.
    pub fn outdated<'f>(
        &self,
        user: &UserTarget,
        documents: &Found<V>,
        flags: impl Iterator<Item = &'f FlagKey>,
    ) -> Vec<FlagKey> {
        let ended = self.ends.ended(user, documents.fetched_at, self.clock.now());
        let outdated = |flag: &&FlagKey| {
            self.touches.last(user, flag) > documents.touches || ended.contains(flag)
        };
        flags.filter(outdated).cloned().collect()
    }

    /// Takes the end of one flag's override that a write has set; none for none. If it is news, entries may outlive
    /// it or what it replaces, so the generation moves.
    #[expect(
        clippy::unused_async,
        reason = "writers wait for it: what one process learns, others will have to be told"
    )]
    pub async fn learn_end(&self, user: &UserTarget, flag: &FlagKey, end: Option<Timestamp>) {
        self.ends.learn_one(user, flag, end, || {
            self.touches.touch(user, flag);
            self.generations.advance(user);
        });
    }

    /// Takes an end that may be in force after a write: nobody knows. Those that are known may be so too.
    pub fn learn_possible_end(&self, user: &UserTarget, flag: &FlagKey, end: Timestamp) {
        if self.ends.learn_possible(user, flag, end) {
            self.generations.advance(user);
        }
    }

    /// Takes all ends of a user's overrides, as fetched under `generation`; a write that came between knows
    /// better, and then they are left alone. If they are news, entries may outlive one of them or one that was
    /// known before, so the generation moves. Says the generation under which what was fetched together with them may be kept; none
    /// if a write came between.
    pub(super) fn learn_ends(
        &self,
        user: &UserTarget,
        all: BTreeMap<FlagKey, Timestamp>,
        generation: u64,
    ) -> Option<u64> {
        let untouched = || self.generations.current(user) == generation;
        let mut moved = None;
        let on_news = |flags: &[&FlagKey]| {
            for flag in flags {
                self.touches.touch(user, flag);
            }
            moved = self.generations.advance_from(user, generation);
        };
        if self.ends.learn(user, all, untouched, on_news)? { moved } else { Some(generation) }
    }

    /// An entry of what a fetch that began at `fetched_at` brought home.
    pub(super) fn entry(
        &self,
        kind: Kind,
        user: &UserTarget,
        value: V,
        fetched_at: Timestamp,
        touches: u64,
    ) -> Entry<V> {
        let ttl = SignedDuration::try_from(self.limits.ttl).unwrap_or(SignedDuration::MAX);
        let by_time = fetched_at.checked_add(ttl).unwrap_or(Timestamp::MAX);
        let end = match kind {
            Kind::List | Kind::One | Kind::Expirations => self.ends.next(user, fetched_at),
            Kind::FlagDocuments | Kind::FlagDocument | Kind::Attributes => None,
        };
        let good_until = end.map_or(by_time, |end| end.min(by_time));
        Entry { value: Arc::new(value), fetched_at, good_until, touches }
    }

    /// Keeps an entry. What is larger than all there is room for is never kept, and costs a fetch each time: nobody would
    /// know why.
    pub(super) fn keep(&self, kind: Kind, key: Key, entry: Entry<V>) {
        let bytes = u64::try_from(entry.value.bytes()).unwrap_or(u64::MAX);
        if bytes > self.limits.max_bytes {
            tracing::warn!(
                kind = kind.name(),
                bytes,
                "an answer is larger than cache.max_size and can't be kept: every read fetches it anew"
            );
        }
        self.entries.insert(key, entry);
    }

    /// Brings the gauges up to date, for a scrape.
    pub fn update_gauges(&self) {
        self.entries.run_pending_tasks();
        let gauge = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.metrics.cache_entries.set(gauge(self.entries.entry_count()));
        self.metrics.cache_bytes.set(gauge(self.entries.weighted_size()));
    }
}

/// A write under way. When it falls, what was fetched meanwhile is void too.
#[derive(Debug)]
pub struct Writing {
    generations: Arc<Generations>,
    touches: Arc<Touches>,
    user: UserTarget,
    flags: Vec<FlagKey>,
    place_too: bool,
}

impl Writing {
    fn advance(&self) {
        for flag in &self.flags {
            self.touches.touch(&self.user, flag);
        }
        if self.place_too {
            self.touches.touch_place(&self.user.place);
        }
        self.generations.advance(&self.user);
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.advance();
    }
}

fn count_eviction(family: &IntCounterVec, cause: RemovalCause) {
    let cause = match cause {
        RemovalCause::Expired => "expired",
        RemovalCause::Explicit => "invalidated",
        RemovalCause::Replaced => "replaced",
        RemovalCause::Size => "size",
    };
    family.with_label_values(&[cause]).inc();
}

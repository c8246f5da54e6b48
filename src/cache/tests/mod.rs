//! The cache against fetches that a test lands by hand, and a clock that it moves.

mod bounds;
mod coherence;
mod counts;
mod definitions;
mod ends;
mod flights;
mod writes;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use super::{Cache, Found, Freshness, Kind, Limits, Outcome, Weigh, Writing};
use crate::auth::Caller;
use crate::clock::Clock;
use crate::domain::{FlagKey, FlagTarget, Place, UserTarget};
use crate::policy::{Permit, Policy, Read, Resource};
use crate::telemetry::Metrics;

const POLICY: &str = r#"
[[teams]]
name = "all"
members = ["idp/sub:*"]
grants = [{ projects = ["*"], environments = ["*"], actions = ["read"] }]
"#;

const LIMITS: Limits =
    Limits { max_bytes: 1 << 20, ttl: Duration::from_secs(30), min_age: Duration::from_secs(1) };

/// What is kept: a text, weighing its length, and the ends it tells.
#[derive(Clone, Debug, Default)]
struct Value {
    text: String,
    ends: BTreeMap<FlagKey, Timestamp>,
}

impl Weigh for Value {
    fn bytes(&self) -> usize {
        self.text.len()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ends: BTreeMap::new() }
    }
}

type Fetched = Result<Value, &'static str>;
type Answer = Result<Found<Value>, Arc<&'static str>>;

/// A cache, and what a test needs around it.
struct Rig {
    cache: Cache<Value, &'static str>,
    clock: Clock,
    metrics: Metrics,
    policy: Arc<Policy>,
    fetches: Arc<AtomicUsize>,
}

impl Rig {
    fn new() -> Self {
        Self::with(LIMITS)
    }

    fn with(limits: Limits) -> Self {
        let metrics = Metrics::new("test").unwrap();
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let policy = Policy::parse(POLICY, &["idp"], &metrics).unwrap();
        Self {
            cache: Cache::new(limits, clock.clone(), &metrics),
            clock,
            metrics,
            policy: Arc::new(policy),
            fetches: Arc::default(),
        }
    }

    fn permit<T: Resource>(&self, target: T) -> Permit<Read, T> {
        let caller = Caller::insecure_for_test("idp", "alice", &[], Timestamp::MAX);
        Policy::authorize(&self.policy.identify(caller), target).unwrap()
    }

    /// Reads as a use case does: what is kept, else what `fetch` brings.
    async fn read<T: Resource, F>(
        &self,
        kind: Kind,
        target: T,
        freshness: Freshness,
        fetch: F,
    ) -> Answer
    where
        F: Future<Output = Fetched> + Send + 'static,
    {
        let permit = self.permit(target);
        let look = self.cache.look(&permit, freshness);
        if let Some(found) = look.kept(kind, kind) {
            return Ok(found);
        }
        let fetches = Arc::clone(&self.fetches);
        let counted = |_| async move {
            fetches.fetch_add(1, Ordering::SeqCst);
            fetch.await
        };
        match kind {
            Kind::Expirations => look.fetch_ends(counted, |v| Some(v.ends.clone())).await,
            Kind::List
            | Kind::One
            | Kind::FlagDocuments
            | Kind::FlagDocument
            | Kind::Attributes => look.fetch(kind, counted).await,
        }
    }

    /// Begins a write to a user that names no flag.
    fn begin_write(&self, user: &UserTarget) -> Writing {
        self.cache.begin_write(user, &[], |_, _| true)
    }

    /// Begins a write to a flag of a user. What is kept of the project's flags has those that its text names.
    fn begin_write_to(&self, target: &FlagTarget) -> Writing {
        let has = |value: &Value, flag: &FlagKey| value.text.contains(flag.as_str());
        self.cache.begin_write(&target.user, std::slice::from_ref(&target.flag), has)
    }

    /// Reads a user's list; a fetch brings `text`. Waits for another's fetch, but not for ever.
    async fn list(&self, of: &str, text: &str) -> Found<Value> {
        let value = Value::from(text);
        let fetch = async move { Ok(value) };
        let read = self.read(Kind::List, user(of), Freshness::Kept, fetch);
        let answer = tokio::time::timeout(Duration::from_secs(5), read).await;
        answer.expect("joined a fetch that never lands").unwrap()
    }

    /// Reads a user's expirations; a fetch brings these, in seconds.
    async fn expirations(&self, of: &str, ends: &[(&str, i64)]) -> Found<Value> {
        let ends = ends.iter().map(|(key, second)| (flag(key), at(*second)));
        let value = Value { text: String::new(), ends: ends.collect() };
        let fetch = async move { Ok(value) };
        self.read(Kind::Expirations, user(of), Freshness::Kept, fetch).await.unwrap()
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    fn counted(&self, operation: &str, outcome: Outcome) -> u64 {
        self.metrics.cache_requests.with_label_values(&[operation, outcome.name()]).get()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn user(key: &str) -> UserTarget {
    UserTarget {
        place: Place {
            project: "shop".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        user: key.parse().unwrap(),
    }
}

fn one(of: &str, key: &str) -> FlagTarget {
    user(of).flag(flag(key))
}

fn flag(key: &str) -> FlagKey {
    key.parse().unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

/// A fetch that lands when the test says.
fn held() -> (oneshot::Sender<Fetched>, impl Future<Output = Fetched>) {
    let (land, landing) = oneshot::channel();
    (land, async move { landing.await.unwrap() })
}

/// Drives a future as far as it goes without an answer from outside.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut answer = None;
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(output) = std::pin::Pin::new(&mut *future).poll(context) {
            answer = Some(output);
        }
        std::task::Poll::Ready(())
    })
    .await;
    answer
}

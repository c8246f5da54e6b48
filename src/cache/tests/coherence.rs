//! Readers and writers in every order: no read that began after a write ended shows the state before it.

use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::*;

const USERS: [&str; 3] = ["a", "b", "c"];
const STEPS: usize = 250;
const RUNS: u64 = 40;

/// `LaunchDarkly`, slow and in no order: each user's state is the number of the last write that was carried out.
struct Upstream {
    states: Mutex<BTreeMap<&'static str, u64>>,
    /// The newest write of each user that was answered.
    answered: Mutex<BTreeMap<&'static str, u64>>,
    written: AtomicU64,
}

/// A chance that a run's seed makes.
#[derive(Clone)]
struct Chance(Arc<Mutex<TestRng>>);

impl Chance {
    fn below(&self, most: u64) -> u64 {
        self.0.lock().unwrap().next_u64() % most
    }

    /// Waits some paused time, which lets every other order of events come up.
    async fn wait(&self) {
        let millis = self.below(20);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    fn user(&self) -> &'static str {
        USERS[usize::try_from(self.below(3)).unwrap()]
    }
}

fn of(map: &Mutex<BTreeMap<&'static str, u64>>, user: &'static str) -> u64 {
    map.lock().unwrap().get(user).copied().unwrap_or_default()
}

async fn write(rig: &Rig, upstream: &Upstream, chance: &Chance) {
    let who = chance.user();
    let number = upstream.written.fetch_add(1, Ordering::SeqCst) + 1;
    let writing = rig.begin_write(&user(who));
    chance.wait().await;
    if chance.below(10) > 0 {
        let mut states = upstream.states.lock().unwrap();
        let state = states.entry(who).or_default();
        *state = number.max(*state);
    }
    chance.wait().await;
    if chance.below(3) == 0 {
        let end = Some(rig.clock.now() + SignedDuration::from_secs(1_000));
        rig.cache.learn_end(&user(who), &flag("f"), end).await;
    }
    let done = of(&upstream.states, who);
    drop(writing);
    let mut answered = upstream.answered.lock().unwrap();
    let newest = answered.entry(who).or_default();
    *newest = done.max(*newest);
}

async fn read(rig: &Rig, upstream: &Arc<Upstream>, chance: &Chance) -> bool {
    let who = chance.user();
    let least = of(&upstream.answered, who);
    let freshness = match chance.below(3) {
        0 => Freshness::Now,
        _ => Freshness::Kept,
    };
    let (there, luck) = (Arc::clone(upstream), chance.clone());
    let fetch = async move {
        luck.wait().await;
        let state = of(&there.states, who);
        luck.wait().await;
        let ends = [(flag("f"), at(i64::try_from(luck.below(5)).unwrap() + 500))];
        if luck.below(10) == 0 {
            return Err("down");
        }
        Ok(Value { text: state.to_string(), ends: ends.into() })
    };
    let answer = match chance.below(3) {
        0 => rig.read(Kind::Expirations, user(who), freshness, fetch).await,
        1 => rig.read(Kind::One, one(who, "f"), freshness, fetch).await,
        _ => rig.read(Kind::List, user(who), freshness, fetch).await,
    };
    let Ok(found) = answer else { return false };
    let state: u64 = found.value.text.parse().unwrap();
    assert!(
        state >= least,
        "{who}: a read that began after write {least} was answered shows {state} ({:?})",
        found.outcome
    );
    found.outcome == Outcome::Hit
}

async fn run(seed: u64) -> usize {
    let rig = Arc::new(Rig::new());
    let upstream = Arc::new(Upstream {
        states: Mutex::default(),
        answered: Mutex::default(),
        written: AtomicU64::new(0),
    });
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let chance = Chance(Arc::new(Mutex::new(random)));
    let hits = Arc::new(AtomicUsize::new(0));
    let worker = |n: usize| {
        let (rig, upstream) = (Arc::clone(&rig), Arc::clone(&upstream));
        let (chance, hits) = (chance.clone(), Arc::clone(&hits));
        tokio::spawn(async move {
            for _ in 0..STEPS / 10 {
                let patience = Duration::from_millis(chance.below(60));
                if n < 2 {
                    write(&rig, &upstream, &chance).await;
                } else if let Ok(true) =
                    // Some hang up before they have their answer.
                    tokio::time::timeout(patience, read(&rig, &upstream, &chance))
                            .await
                {
                    hits.fetch_add(1, Ordering::SeqCst);
                }
                rig.clock.advance(Duration::from_millis(chance.below(300)));
                chance.wait().await;
            }
        })
    };
    for task in (0..10).map(worker).collect::<Vec<_>>() {
        task.await.unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
    }
    hits.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn no_read_that_began_after_a_write_was_answered_shows_the_state_before_it() {
    let mut hits = 0;
    for seed in 0..RUNS {
        hits += run(seed).await;
    }
    assert!(hits > 500, "a cache that never hits proves nothing: {hits}");
}

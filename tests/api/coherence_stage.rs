//! Where the coherence of reads is tried: a gateway that trusts its cache for good, and a slow upstream.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use flagward::clock::Clock;
use flagward::simulator::{Latency, Seed, Simulator};
use flagward::startup::Gateway;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::boot;
use crate::coherence_model::{Reading, Span, Story};
use crate::wire::{Answer, Served, exchange};

pub(crate) const USERS: u64 = 3;
/// What stands for each user in a path, and the key that it means.
const KEYS: [(&str, &str, &str); 3] =
    [("u0", "u0", "u0"), ("u1", "u1%2F%C3%A4%20b", "u1/ä b"), ("u2", "u2%7C%252F@", "u2|%2F@")];
pub(crate) const FLAGS: u64 = 4;
/// Each write of a value has one of its own, so that a reading tells which write it shows: as many as ten thousand
/// operations take.
const VARIATIONS: u64 = 700;
/// What everyone gets who is set to nothing.
pub(crate) const NOTHING: i64 = -1;
const THREADS: u64 = 12;
/// The seed of a run that is to be repeated.
const SEED: &str = "FLAGWARD_COHERENCE_SEED";
/// `SplitMix64`.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the seed of a failed run is given from outside to repeat it"
)]
pub(crate) fn seed() -> u64 {
    let given = std::env::var(SEED).ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    eprintln!("coherence: {SEED}={seed}");
    seed
}

fn account(variations: u64) -> Seed {
    let values = (0..variations).map(|n| json!({"value": n}));
    let all: Vec<_> = values.chain([json!({"value": NOTHING})]).collect();
    let flags = (0..FLAGS).map(|n| {
        json!({"key": format!("f{n}"), "name": "f", "variations": all,
            "targeting": {"on": true, "offVariation": 0, "fallthrough": {"variation": variations}}})
    });
    let seed = json!({
        "tokens": [{"token": flagward::simulator::BUILT_IN_TOKEN, "name": "t", "role": "writer"}],
        "projects": [{"key": "shop", "name": "s", "environments": [{"key": "test", "name": "t"}],
            "users": [], "flags": flags.collect::<Vec<_>>()}],
    });
    Seed::parse(&seed.to_string()).unwrap()
}

/// The gateway, and everything that happened to it.
pub(crate) struct Stage {
    pub(crate) gateway: Gateway,
    upstream: Served,
    pub(crate) clock: Clock,
    bearer: String,
    variations: u64,
    tells_at_once: bool,
    _folder: TempDir,
}

/// What the threads share.
pub(crate) struct Scene {
    address: SocketAddr,
    bearer: String,
    pub(crate) clock: Clock,
    pub(crate) simulator: Simulator,
    pub(crate) story: Story,
    time: AtomicU64,
    left: AtomicU64,
    values: Vec<AtomicU64>,
    ends: AtomicU64,
    /// Whether what a user gets and what they are set to come from one answer of LaunchDarkly's.
    pub(crate) tells_at_once: bool,
    variations: u64,
    statuses: std::sync::Mutex<HashMap<(&'static str, u16), u64>>,
}

impl Stage {
    pub(crate) fn set(seed: u64) -> Self {
        let backend = Backend::of_this_run();
        let stage = Self::with(seed, backend.setting(), VARIATIONS);
        backend.prepare(&stage.upstream.simulator);
        stage
    }

    /// One with this setting of the configuration, and so many values of each flag.
    pub(crate) fn with(seed: u64, setting: (&str, &str), variations: u64) -> Self {
        let tells_at_once = setting == Backend::UserSettings.setting();
        let clock = Clock::manual(crate::house::START.parse().unwrap());
        let upstream = Served::of(Simulator::new(account(variations), clock.clone()));
        upstream.simulator.set_latency(Latency::random(0, 8, seed));
        let settings = [
            setting,
            ("FLAGWARD__LAUNCHDARKLY__MAX_CONCURRENCY", "64"),
            ("FLAGWARD__CACHE__MIN_AGE", "0s"),
        ];
        let (folder, config) = boot::prepare(crate::house::POLICY, &upstream, &settings);
        let gateway = Gateway::start(config.clone(), clock.clone()).unwrap();
        let bearer = boot::bearer(&config, "payments", Duration::from_hours(1), clock.now());
        Self { gateway, upstream, clock, bearer, variations, tells_at_once, _folder: folder }
    }

    pub(crate) fn scene(&self, operations: u64) -> Arc<Scene> {
        Arc::new(Scene {
            address: self.gateway.address(),
            bearer: self.bearer.clone(),
            clock: self.clock.clone(),
            simulator: self.upstream.simulator.clone(),
            story: Story::default(),
            time: AtomicU64::new(1),
            left: AtomicU64::new(operations),
            values: (0..USERS * FLAGS).map(|_| AtomicU64::new(0)).collect(),
            ends: AtomicU64::new(1),
            tells_at_once: self.tells_at_once,
            variations: self.variations,
            statuses: std::sync::Mutex::default(),
        })
    }
}

/// One request and when it was made.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) span: Span,
    pub(crate) clock: (Timestamp, Timestamp),
}

impl Scene {
    /// How many operations are yet to be made.
    pub(crate) fn left(&self) -> u64 {
        self.left.load(Ordering::SeqCst)
    }

    pub(crate) fn tick(&self) -> u64 {
        self.time.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn ask(
        &self,
        what: &'static str,
        method: &str,
        path: &str,
        body: &str,
        fresh: bool,
    ) -> Done {
        let mut headers =
            vec![("Authorization", &*self.bearer), ("Content-Type", "application/json")];
        if fresh {
            headers.push(("Cache-Control", "no-cache"));
        }
        let path = encoded(path);
        let (from, began) = (self.clock.now(), self.tick());
        let answer = exchange(self.address, method, &path, &headers, body).unwrap();
        let (ended, to) = (self.tick(), self.clock.now());
        *self.statuses.lock().unwrap().entry((what, answer.status)).or_default() += 1;
        Done { answer, span: Span { began, ended }, clock: (from, to) }
    }

    /// A value that was never written to this register before; none when they are used up.
    pub(crate) fn new_value(&self, user: u64, flag: u64) -> Option<u64> {
        let place = usize::try_from(user * FLAGS + flag).unwrap();
        Some(self.values[place].fetch_add(1, Ordering::SeqCst)).filter(|n| *n < self.variations)
    }

    /// An end that was never given before, some hours from now.
    pub(crate) fn new_end(&self) -> Timestamp {
        let n = i64::try_from(self.ends.fetch_add(1, Ordering::SeqCst)).unwrap();
        self.clock.now() + SignedDuration::from_hours(5) + SignedDuration::from_millis(n)
    }
}

/// Runs threads that take operations until none is left.
pub(crate) fn run(scene: &Arc<Scene>, seed: u64, operation: fn(&Scene, &mut Dice)) {
    let threads = (0..THREADS).map(|n| {
        let scene = Arc::clone(scene);
        std::thread::spawn(move || {
            let mut dice = Dice(seed ^ n.wrapping_mul(0xd6e8_feb8_6659_fd93));
            let take = || {
                let one_less = |left: u64| left.checked_sub(1);
                scene.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            };
            while take().is_ok() {
                operation(&scene, &mut dice);
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

pub(crate) fn assert_coherent(scene: &Scene, least: usize) {
    let (stale, readings) = scene.story.stale();
    let mut statuses: Vec<_> = scene.statuses.lock().unwrap().clone().into_iter().collect();
    statuses.sort_unstable();
    eprintln!("coherence: {readings} readings; {statuses:?}");
    for (register, reading) in stale.iter().take(5) {
        eprintln!("coherence: {register} by {}: {reading:?}", reading.how);
        tell(scene, register, reading);
    }
    assert!(stale.is_empty(), "{} of {readings} are stale", stale.len());
    assert!(readings > least, "{readings}");
}

/// What `LaunchDarkly` held there in the two seconds before: it tells whether it or we were late.
fn tell(scene: &Scene, register: &str, reading: &Reading) {
    let (from, to) = reading.clock;
    let near = from - SignedDuration::from_secs(2)..=to;
    for one in scene.simulator.history() {
        let user = KEYS.iter().find(|(_, _, key)| *key == one.user).map_or("", |known| known.0);
        if register.starts_with(&format!("{user}/{}/", one.flag)) && near.contains(&one.at) {
            let (kind, end) = (one.kind, one.expiration_date);
            eprintln!("  {} {kind:?} {:?} to {:?}, end {end:?}", one.at, one.before, one.after);
        }
    }
}

/// A path with the users' keys in it: odd ones, which must be encoded.
fn encoded(path: &str) -> String {
    KEYS.iter().fold(path.to_owned(), |path, (user, encoded, _)| {
        path.replace(&format!("/{user}/"), &format!("/{encoded}/"))
    })
}

/// The key of a user.
pub(crate) fn key(user: u64) -> &'static str {
    KEYS[usize::try_from(user).unwrap()].2
}

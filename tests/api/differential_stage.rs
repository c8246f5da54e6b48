//! Two gateways that differ in nothing but their backend, each before a simulator of its own with the same account and
//! the same clock.

use std::time::Duration;

use flagward::clock::Clock;
use flagward::simulator::Simulator;
use flagward::startup::Gateway;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::boot;
use crate::differential_judge::without_operations;
use crate::differential_world::{ENVIRONMENTS, World};
use crate::house::{POLICY, START};
use crate::scope;
use crate::wire::{Answer, Served, exchange};

/// Longer than anything is kept.
pub(crate) const PAST_ALL_THAT_IS_KEPT: Duration = Duration::from_secs(31);

/// A request as a caller makes it.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) team: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: String,
    /// `Cache-Control: no-cache`.
    pub(crate) fresh: bool,
    /// With the tag of the answer before.
    pub(crate) again: bool,
}

/// One of the two.
pub(crate) struct Side {
    gateway: Gateway,
    upstream: Served,
    bearers: [(&'static str, String); 3],
    last_tag: String,
    _folder: TempDir,
}

/// Both, and the clock of both.
pub(crate) struct Twins {
    pub(crate) sides: [Side; 2],
    pub(crate) clock: Clock,
    asked: Vec<String>,
}

impl Twins {
    pub(crate) fn open(world: &World) -> Self {
        let clock = Clock::manual(START.parse().unwrap());
        let side = |backend| Side::open(world, backend, &clock);
        let sides = [Backend::UserSettings, Backend::Contexts].map(side);
        Self { sides, clock, asked: Vec::new() }
    }

    pub(crate) fn simulators(&self) -> [&Simulator; 2] {
        [0, 1].map(|n| &self.sides[n].upstream.simulator)
    }

    /// Asks both the same.
    pub(crate) fn ask(&mut self, ask: &Ask) -> [Answer; 2] {
        self.asked.push(ask.path.clone());
        let [one, two] = &mut self.sides;
        [one.ask(ask), two.ask(ask)]
    }

    /// Fails where the two accounts differ, in what users are set to, in when that ends, and in what was noted of how it
    /// came to be.
    pub(crate) fn compare_accounts(&self, world: &World) -> Result<(), String> {
        let states = self.simulators().map(|simulator| state(simulator, world));
        if states[0] != states[1] {
            return Err(format!("the accounts differ:\n  {:?}\n  {:?}", states[0], states[1]));
        }
        let histories = self.simulators().map(history);
        let first = histories[0].iter().zip(&histories[1]).find(|(a, b)| a != b);
        if histories[0].len() != histories[1].len() || first.is_some() {
            return Err(format!("the histories differ: {first:?}"));
        }
        Ok(())
    }

    pub(crate) async fn close(self) {
        let Self { sides: [one, two], asked, .. } = self;
        for side in [&one, &two] {
            scope::check(&side.upstream.simulator.requests(), &[POLICY.to_owned()], &asked);
        }
        let (one, two) = tokio::join!(one.gateway.stop(), two.gateway.stop());
        one.and(two).unwrap();
    }
}

impl Side {
    fn open(world: &World, backend: Backend, clock: &Clock) -> Self {
        let upstream = Served::of(Simulator::new(world.seed.clone(), clock.clone()));
        backend.prepare(&upstream.simulator);
        upstream.simulator.set_contexts_forbidden(world.contexts_forbidden);
        let settings = [
            backend.setting(),
            ("FLAGWARD__SERVER__WORKERS", "1"),
            ("FLAGWARD__SERVER__SHUTDOWN_GRACE", "800ms"),
            ("FLAGWARD__CACHE__MIN_AGE", "0s"),
        ];
        let (folder, config) = boot::prepare(POLICY, &upstream, &settings);
        let gateway = Gateway::start(config.clone(), clock.clone()).unwrap();
        let long = Duration::from_hours(10_000);
        let bearer = |team| (team, boot::bearer(&config, team, long, clock.now()));
        let bearers = ["payments", "readers", "bank"].map(bearer);
        Self { gateway, upstream, bearers, last_tag: "W/\"none\"".to_owned(), _folder: folder }
    }

    fn ask(&mut self, ask: &Ask) -> Answer {
        let bearer = self.bearers.iter().find(|(team, _)| *team == ask.team).unwrap();
        let mut headers = vec![("Authorization", &*bearer.1), ("Content-Type", "application/json")];
        if ask.fresh {
            headers.push(("Cache-Control", "no-cache"));
        }
        if ask.again {
            headers.push(("If-None-Match", &self.last_tag));
        }
        let address = self.gateway.address();
        let answer = exchange(address, ask.method, &ask.path, &headers, &ask.body).unwrap();
        if let Some(tag) = answer.header("etag") {
            tag.clone_into(&mut self.last_tag);
        }
        answer
    }
}

/// Every setting, and every end with its version.
fn state(simulator: &Simulator, world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for (environment, user) in
        ENVIRONMENTS.iter().flat_map(|e| world.users.iter().map(move |u| (e, u)))
    {
        for flag in &world.flags {
            let setting = simulator.setting("shop", environment, user, flag.key);
            all.extend(
                setting.map(|setting| format!("{environment}/{user}/{}={setting}", flag.key)),
            );
        }
        let mut ends = simulator.expirations("shop", environment, user);
        ends.sort_by(|a, b| a.flag.cmp(&b.flag));
        all.extend(ends.iter().map(|end| format!("{environment}/{user}: {end:?}")));
    }
    all
}

/// What happened, without the names of operations, and in an order of its own: the replacement APIs take a patch flag by
/// flag.
fn history(simulator: &Simulator) -> Vec<String> {
    let mut all: Vec<_> = simulator
        .history()
        .into_iter()
        .map(|mut one| {
            one.comment = one.comment.map(|words| without_operations(&words));
            format!("{one:?}")
        })
        .collect();
    all.sort();
    all
}

//! Both backends give the same answers: random accounts, and random reads and writes of them, asked of two gateways that
//! differ in nothing but their backend.
//!
//! A round is an account and a sequence of acts, all drawn from one number, which a failure names.
//! `FLAGWARD_DIFFERENTIAL_SEED` repeats it, and `FLAGWARD_DIFFERENTIAL_ROUNDS` asks for more than the usual rounds.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::{Duration, Instant};

use crate::differential_acts::{Act, Actor, Change};
use crate::differential_judge::difference;
use crate::differential_stage::{Ask, PAST_ALL_THAT_IS_KEPT, Twins};
use crate::differential_world::{Dice, World};

const SEED: &str = "FLAGWARD_DIFFERENTIAL_SEED";
const ROUNDS: &str = "FLAGWARD_DIFFERENTIAL_ROUNDS";
/// Unless more are asked for, and unless that takes longer than [`LONGEST`].
const USUAL_ROUNDS: u64 = 40;
/// No round begins after this.
const LONGEST: Duration = Duration::from_mins(1);
/// In one round.
const ACTS: usize = 80;
/// How many of the last acts and answers are shown when something differs, unless [`SHOW`] asks for more.
const SHOWN: usize = 12;
const SHOW: &str = "FLAGWARD_DIFFERENTIAL_SHOWN";
/// And of each answer, in characters.
const SHOWN_OF_A_BODY: usize = 700;

#[tokio::test(flavor = "multi_thread")]
async fn both_backends_give_the_same_answers() {
    let given = number(SEED);
    let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let rounds = number(ROUNDS).unwrap_or(if given.is_some() { 1 } else { USUAL_ROUNDS });
    let (began, mut asked) = (Instant::now(), 0);
    eprintln!("differential: {SEED}={seed}");
    for round in 0..rounds {
        if number(ROUNDS).is_none() && began.elapsed() > LONGEST {
            break;
        }
        let seed = seed.wrapping_add(round);
        match Round::begin(seed).play().await {
            Ok(more) => asked += more,
            Err(story) => panic!("{SEED}={seed} {ROUNDS}=1 repeats this:\n{story}"),
        }
    }
    eprintln!("differential: {asked} questions had one answer");
    assert!(asked > 20, "{asked}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "a failed run is repeated, and a longer one asked for, from outside"
)]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

struct Round {
    world: World,
    dice: Dice,
    twins: Twins,
    told: Vec<String>,
    asked: u64,
}

impl Round {
    fn begin(seed: u64) -> Self {
        let mut dice = Dice::of(seed);
        let world = World::draw(&mut dice);
        let twins = Twins::open(&world);
        Self { world, dice, twins, told: Vec::new(), asked: 0 }
    }

    async fn play(mut self) -> Result<u64, String> {
        let mut played = Ok(());
        for _ in 0..ACTS {
            played = tokio::task::block_in_place(|| self.act());
            if played.is_err() {
                break;
            }
        }
        let told = self
            .told
            .iter()
            .rev()
            .take(number(SHOW).map_or(SHOWN, |n| usize::try_from(n).unwrap()))
            .rev()
            .cloned()
            .collect::<Vec<_>>();
        let (asked, flags) = (self.asked, self.flags());
        self.twins.close().await;
        played.map_err(|what| format!("{flags}\n{}\n{what}", told.join("\n")))?;
        Ok(asked)
    }

    fn act(&mut self) -> Result<(), String> {
        let now = self.twins.clock.now();
        let [account, _] = self.twins.simulators();
        let act = Actor { world: &self.world, dice: &mut self.dice, now, account }.act();
        self.told.push(format!("{now} {act:?}"));
        match act {
            Act::Ask(ask) => self.ask(&ask),
            Act::Wait(time) => {
                self.twins.clock.advance(time);
                Ok(())
            }
            Act::Race(ask, flag, lost) => {
                self.lose_locks(flag, lost);
                let same = self.ask(&ask);
                self.lose_locks(flag, 0);
                same
            }
            Act::Elsewhere { environment, flag, change } => {
                self.change_elsewhere(environment, flag, &change)
            }
        }
    }

    fn ask(&mut self, ask: &Ask) -> Result<(), String> {
        let answers = self.twins.ask(ask);
        self.asked += 1;
        self.told.extend(answers.iter().map(|answer| {
            let start: String = answer.body.chars().take(SHOWN_OF_A_BODY).collect();
            format!("    {} {start}", answer.status)
        }));
        if let Some(what) = difference(ask, &answers, &self.world) {
            let heads = answers.map(|answer| format!("{:?}", answer.headers));
            return Err(format!("different {what}\n{}", heads.join("\n")));
        }
        if ask.method == "GET" { Ok(()) } else { self.twins.compare_accounts(&self.world) }
    }

    fn lose_locks(&self, flag: &str, times: u64) {
        for simulator in self.twins.simulators() {
            let _known = simulator.lose_locks("shop", flag, times);
        }
    }

    /// What was changed elsewhere is seen by whoever insists, and by all after a while. What is seen in between is of no
    /// one moment.
    fn change_elsewhere(
        &mut self,
        environment: &str,
        flag: &str,
        change: &Change,
    ) -> Result<(), String> {
        for simulator in self.twins.simulators() {
            let _changed = match change {
                Change::Turn(on) => simulator.turn("shop", environment, flag, *on),
                Change::Set(user, value) => {
                    simulator.change_elsewhere(("shop", environment, user, flag), *value)
                }
            };
        }
        for _ in 0..3 {
            let now = self.twins.clock.now();
            let [account, _] = self.twins.simulators();
            let mut actor = Actor { world: &self.world, dice: &mut self.dice, now, account };
            let ask = Ask { fresh: true, again: false, ..actor.read() };
            self.told.push(format!("{now} {ask:?}"));
            self.ask(&ask)?;
        }
        self.twins.clock.advance(PAST_ALL_THAT_IS_KEPT);
        Ok(())
    }

    /// The flags, for whoever reads of a difference.
    fn flags(&self) -> String {
        let one = |flag: &crate::differential_world::Flag| {
            let archived = if flag.archived { " (archived)" } else { "" };
            format!("{}{archived}: {}", flag.key, flag.values.join(" | "))
        };
        let flags: Vec<_> = self.world.flags.iter().map(one).collect();
        format!("{}\ncontexts forbidden: {}", flags.join("\n"), self.world.contexts_forbidden)
    }
}

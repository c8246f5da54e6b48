//! The simulator as its owner holds it: state to read, switches to throw.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::dev::Server;

use super::operations;
use super::seed::Seed;
use super::serve;
use super::state::State;
use super::switches::FaultKind;
use super::wire::{Answer, RecordedRequest, Request};
use super::world::{By, Change, Place, evaluate};
use crate::clock::Clock;

/// A simulated `LaunchDarkly` account. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct Simulator(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    seed: Seed,
    clock: Clock,
    state: Mutex<State>,
}

/// A scheduled removal of a target, as the simulator knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiration {
    /// The flag's key.
    pub flag: String,
    /// The variation's UUID.
    pub variation_id: String,
    /// Raised by every update, from 1.
    pub version: u64,
    /// Unix milliseconds.
    pub expiration_date: i64,
}

/// Who the history names for changes made through the handle, as if somebody else had made them.
const SOMEBODY: &str = "somebody else";

impl Simulator {
    /// An account that starts as the seed says and whose time is the clock's.
    #[must_use]
    pub fn new(seed: Seed, clock: Clock) -> Self {
        let state = Mutex::new(State::new(&seed, clock.now().as_millisecond()));
        Self(Arc::new(Inner { seed, clock, state }))
    }

    /// Serves on this listener until the server is stopped or dropped; spawn what is returned. Signals are
    /// left to the caller.
    pub fn serve(&self, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
        serve::serve(self.clone(), listener, workers)
    }

    /// The token that is accepted for everything: the seed's first.
    #[must_use]
    pub fn token(&self) -> String {
        let state = self.state();
        let first = state.tokens().next().map(|token| token.token.clone());
        first.unwrap_or_default()
    }

    /// The user's setting as JSON text, exactly as the seed spells it; none where there is none.
    #[must_use]
    pub fn setting(
        &self,
        project: &str,
        environment: &str,
        user: &str,
        flag: &str,
    ) -> Option<String> {
        let place = Place::of_user(project, environment, user, flag);
        let setting = self.state().account.setting_of(&place)?;
        Some(setting.text().to_owned())
    }

    /// What the user receives, as JSON text; none where it is `null` or there is no such flag.
    #[must_use]
    pub fn received(
        &self,
        project: &str,
        environment: &str,
        user: &str,
        flag: &str,
    ) -> Option<String> {
        let state = self.state();
        let project = state.account.projects.get(project)?;
        let environment = project.environments.get(environment)?;
        let flag = project.flags.get(flag)?;
        let value = evaluate(project, environment, flag, &project.stored(user)).value?;
        Some(value.text().to_owned())
    }

    /// What is scheduled for a user in an environment.
    #[must_use]
    pub fn expirations(&self, project: &str, environment: &str, user: &str) -> Vec<Expiration> {
        let state = self.state();
        let place = Place::of_user(project, environment, user, "");
        let scheduled = state.account.expiring_for_context(&place);
        let known = scheduled.into_iter().filter_map(|expiring| {
            let flags = &state.account.projects.get(project)?.flags;
            let flag = flags.get(&expiring.place.flag)?;
            Some(Expiration {
                variation_id: flag.variations.get(expiring.variation)?.id.clone(),
                flag: expiring.place.flag,
                version: expiring.version,
                expiration_date: expiring.expiration_date,
            })
        });
        known.collect()
    }

    /// The UUID of the variation that is spelled like this JSON text.
    #[must_use]
    pub fn variation_id(&self, project: &str, flag: &str, value: &str) -> Option<String> {
        let state = self.state();
        let flag = state.account.projects.get(project)?.flags.get(flag)?;
        let found = flag.variations.iter().find(|v| v.value.text() == value)?;
        Some(found.id.clone())
    }

    /// Sets or clears a user's setting behind everybody's back, as a change in `LaunchDarkly`'s own pages would.
    /// The value is JSON text; returns whether there is such a variation.
    #[must_use = "false means that nothing was changed"]
    pub fn change_elsewhere(
        &self,
        (project, environment, user, flag): (&str, &str, &str, &str),
        value: Option<&str>,
    ) -> bool {
        let place = Place::of_user(project, environment, user, flag);
        let now = self.now();
        let account = &mut self.state().account;
        let flags = account.projects.get(project).map(|p| &p.flags);
        let Some(flag) = flags.and_then(|flags| flags.get(flag)) else {
            return false;
        };
        let wanted =
            value.map(|value| flag.variations.iter().position(|v| v.value.text() == value));
        if wanted == Some(None) {
            return false;
        }
        account.set(&place, wanted.flatten(), &somebody(), now);
        true
    }

    /// Turns a flag on or off in an environment; false when there is no such flag.
    #[must_use = "false means that nothing was changed"]
    pub fn turn(&self, project: &str, environment: &str, flag: &str, on: bool) -> bool {
        let place = Place::of_user(project, environment, "", flag);
        let now = self.now();
        self.state().account.turn(&place, on, &somebody(), now)
    }

    /// The last hundred thousand changes, oldest first.
    #[must_use]
    pub fn history(&self) -> Vec<Change> {
        self.state().account.history.iter().cloned().collect()
    }

    /// The last ten thousand requests to `/api/v2` and to unknown paths, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.iter().cloned().collect()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.state().requests.clear();
    }

    /// Everything as it was at the start: account, history, requests, switches.
    pub fn reset(&self) {
        let now = self.now();
        *self.state() = State::new(&self.0.seed, now);
    }

    /// Takes note of a request, and says how long it takes and what goes wrong with it.
    pub(super) fn receive(&self, request: &Request) -> Reception {
        let at = self.0.clock.now();
        let mut state = self.state();
        state.remember(request.record(at));
        Reception { pauses: state.pauses.next(), fault: state.next_fault(request) }
    }

    /// What there is, for the operator: tokens with their names, and environments as `project/environment`.
    pub(super) fn inventory(&self) -> (Vec<(String, String)>, Vec<String>) {
        let state = self.state();
        let tokens = state.tokens().map(|t| (t.token.clone(), t.name.clone()));
        let projects = state.account.projects.values();
        let places = projects.flat_map(|project| {
            let keys = project.environments.keys();
            keys.map(|key| format!("{}/{key}", project.key))
        });
        (tokens.collect(), places.collect())
    }

    /// Answers a request as `LaunchDarkly` would.
    pub(super) fn answer(&self, request: &Request) -> Answer {
        let now = self.now();
        operations::answer(&mut self.state(), request, now)
    }

    fn now(&self) -> i64 {
        self.0.clock.now().as_millisecond()
    }

    /// The state, in which everything that is due by now has happened.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let now = self.now();
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.account.expire_due(now);
        state
    }
}

/// How a request is received: what passes before and after it is looked at, and what goes wrong.
pub(super) struct Reception {
    pub(super) pauses: (std::time::Duration, std::time::Duration),
    pub(super) fault: Option<FaultKind>,
}

fn somebody() -> By {
    By { name: SOMEBODY.to_owned(), comment: None }
}

//! Everything behind the simulator's one lock.

use std::collections::{BTreeMap, VecDeque};

use super::seed::{Seed, TokenSeed};
use super::switches::{Fault, FaultKind, Pauses, UserSettings, Windows};
use super::wire::{RecordedRequest, Request};
use super::world::Account;

/// How many requests are remembered: enough for a long test, little enough for a demo that runs for weeks.
const MAX_RECORDED: usize = 10_000;

/// The account, the switches, and the record of requests.
#[derive(Debug)]
pub(super) struct State {
    tokens: Vec<TokenSeed>,
    pub(super) account: Account,
    pub(super) requests: VecDeque<RecordedRequest>,
    pub(super) faults: Vec<Fault>,
    pub(super) pauses: Pauses,
    pub(super) windows: Windows,
    pub(super) user_settings: UserSettings,
    /// Whether nobody may read what is stored of contexts.
    pub(super) contexts_forbidden: bool,
    /// How many more writes to a flag, by project and flag, lose its optimistic lock.
    pub(super) lost_locks: BTreeMap<(String, String), u64>,
}

impl State {
    /// The state at the start, with every switch off.
    pub(super) fn new(seed: &Seed, now: i64) -> Self {
        Self {
            tokens: seed.tokens.clone(),
            account: seed.account(now),
            requests: VecDeque::new(),
            faults: Vec::new(),
            pauses: Pauses::default(),
            windows: Windows::default(),
            user_settings: UserSettings::default(),
            contexts_forbidden: false,
            lost_locks: BTreeMap::new(),
        }
    }

    /// The token that this raw `Authorization` value is, without any scheme before it. The comparison may take
    /// its time: these tokens open nothing but a simulator.
    pub(super) fn token(&self, authorization: Option<&str>) -> Option<TokenSeed> {
        let given = authorization?;
        self.tokens.iter().find(|t| t.token == given).cloned()
    }

    /// The accepted tokens, as the seed names them.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &TokenSeed> {
        self.tokens.iter()
    }

    /// Remembers a request, forgetting the oldest when there are too many.
    pub(super) fn remember(&mut self, request: RecordedRequest) {
        if self.requests.len() == MAX_RECORDED {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    /// Whether a write to this flag loses its lock, which uses that up by one.
    pub(super) fn loses_lock(&mut self, project: &str, flag: &str) -> bool {
        let left = self.lost_locks.get_mut(&(project.to_owned(), flag.to_owned()));
        left.is_some_and(|left| {
            let loses = *left > 0;
            *left = left.saturating_sub(1);
            loses
        })
    }

    /// What goes wrong with this request: the first fault that hits it. Spent faults are dropped.
    pub(super) fn next_fault(&mut self, request: &Request) -> Option<FaultKind> {
        let kind = self.faults.iter_mut().find_map(|fault| {
            let hits = fault.hits(&request.method, &request.target);
            hits.then(|| fault.fault.clone())
        });
        self.faults.retain(|fault| fault.times > 0);
        kind
    }
}

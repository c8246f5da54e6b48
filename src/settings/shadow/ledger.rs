//! What comparing has found.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use prometheus::IntCounter;
use serde::Serialize;

use super::comparer::State;
use super::difference::{Difference, Kind};
use super::hash::UserHash;
use super::sides::Question;
use crate::telemetry::Metrics;

/// How many differences are kept to be looked at.
const KEPT: usize = 100;

/// Counts, and keeps the last differences.
#[derive(Debug)]
pub(super) struct Ledger {
    outcomes: [IntCounter; Outcome::ALL.len()],
    kinds: [IntCounter; Kind::ALL.len()],
    hash: UserHash,
    last: Mutex<VecDeque<Record>>,
}

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Both backends say the same.
    Same,
    /// They do not.
    Different,
    /// One of them did not answer.
    Failed,
    /// It was not made: others were under way, or limits are low.
    Skipped,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Same, Self::Different, Self::Failed, Self::Skipped];

    const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One difference, as it is shown: no value, and no user's key.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// When it was found.
    pub time: Timestamp,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: String,
    /// What was asked: `flags`, `flag` or `expirations`.
    pub asked: &'static str,
    /// The flag; none where no answer came.
    pub flag: Option<String>,
    /// In what the backends differ.
    pub kind: Kind,
    /// A keyed hash of the user.
    pub user: String,
}

/// How many comparisons ended how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Comparisons {
    /// Both backends said the same.
    pub same: u64,
    /// They did not.
    pub different: u64,
    /// One of them did not answer.
    pub failed: u64,
    /// Those that were not made.
    pub skipped: u64,
}

/// What was found since the process started, in short.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Whether it goes on.
    pub state: State,
    /// How many comparisons ended how.
    pub comparisons: Comparisons,
    /// How many differences there were of each kind.
    pub differences: BTreeMap<&'static str, u64>,
}

/// What was found since the process started.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The backend that the differences are told from.
    pub active: &'static str,
    /// The backend that was asked besides.
    pub other: &'static str,
    /// In short.
    #[serde(flatten)]
    pub summary: Summary,
    /// The last hundred differences, the newest first.
    pub last: Vec<Record>,
}

impl Ledger {
    pub(super) fn new(metrics: &Metrics, hash: UserHash) -> Self {
        let outcome = |one: Outcome| metrics.shadow.comparisons.with_label_values(&[one.name()]);
        let kind = |one: Kind| metrics.shadow.differences.with_label_values(&[one.name()]);
        let (outcomes, kinds) = (Outcome::ALL.map(outcome), Kind::ALL.map(kind));
        Self { outcomes, kinds, hash, last: Mutex::default() }
    }

    /// Takes down how a comparison ended.
    pub(super) fn count(&self, outcome: Outcome) {
        let counters = Outcome::ALL.iter().zip(&self.outcomes);
        for (_, counter) in counters.filter(|(own, _)| **own == outcome) {
            counter.inc();
        }
    }

    /// Takes down what a comparison found.
    pub(super) fn found(&self, question: &Question, found: &[Difference], now: Timestamp) {
        self.count(if found.is_empty() { Outcome::Same } else { Outcome::Different });
        for one in found {
            self.keep(question, Some(one.flag.as_str()), one.kind, now);
        }
    }

    /// Takes down that one side did not answer.
    pub(super) fn failed(&self, question: &Question, now: Timestamp) {
        self.count(Outcome::Failed);
        self.keep(question, None, Kind::Failed, now);
    }

    fn keep(&self, question: &Question, flag: Option<&str>, kind: Kind, now: Timestamp) {
        let counters = Kind::ALL.iter().zip(&self.kinds);
        for (_, counter) in counters.filter(|(own, _)| **own == kind) {
            counter.inc();
        }
        let user = question.user();
        let record = Record {
            time: now,
            project: user.place.project.to_string(),
            environment: user.place.environment.to_string(),
            asked: question.name(),
            flag: flag.map(str::to_owned),
            kind,
            user: self.hash.of(&user.user),
        };
        let mut last = self.last();
        last.truncate(KEPT - 1);
        last.push_front(record);
    }

    pub(super) fn summary(&self, state: State) -> Summary {
        let [same, different, failed, skipped] = self.outcomes.each_ref().map(IntCounter::get);
        let kinds = Kind::ALL.iter().zip(&self.kinds);
        Summary {
            state,
            comparisons: Comparisons { same, different, failed, skipped },
            differences: kinds.map(|(kind, counter)| (kind.name(), counter.get())).collect(),
        }
    }

    pub(super) fn records(&self) -> Vec<Record> {
        self.last().iter().cloned().collect()
    }

    /// What is kept is whole after each change, so a panic of another thread is no reason to hide it.
    fn last(&self) -> MutexGuard<'_, VecDeque<Record>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What became of each write, in a counter and in the log, until the audit has its own room.
//!
//! A write is in the journal from the moment it is begun. One that has no outcome when it is dropped, because it
//! crashed or because the process ends, is taken down as unknown: nobody is left to look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus::IntCounterVec;

use super::error::Error;
use super::views::{Applied, Written};
use crate::domain::{Author, FlagKey, OperationId, Place};
use crate::policy::ActionKind;
use crate::telemetry::{Metrics, WriteOutcome};

/// Counts and logs writes. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Journal(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    writes: IntCounterVec,
    open: Mutex<HashMap<OperationId, Record>>,
}

/// One write, for the journal.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: OperationId,
    /// Of the request that asked for it.
    pub(super) request_id: Arc<str>,
    pub(super) action: ActionKind,
    pub(super) author: Author,
    pub(super) place: Place,
    /// One, or those of a patch.
    pub(super) flags: Vec<FlagKey>,
}

/// A write under way. Dropped without an outcome it is unknown.
#[derive(Debug)]
pub(super) struct Entry {
    journal: Journal,
    id: OperationId,
}

impl Journal {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let open = Mutex::default();
        Self(Arc::new(Inner { writes: metrics.writes.clone(), open }))
    }

    /// Opens the entry of a write.
    pub(super) fn open(&self, record: Record) -> Entry {
        let id = record.id;
        self.records().insert(id, record);
        Entry { journal: self.clone(), id }
    }

    /// How many writes have no outcome yet.
    pub(super) fn open_count(&self) -> usize {
        self.records().len()
    }

    /// Takes down every write that has no outcome yet as unknown. What becomes of it after this is not noted.
    pub(super) fn cut_off(&self) {
        let open = std::mem::take(&mut *self.records());
        for record in open.values() {
            self.note(record, WriteOutcome::Unknown);
        }
    }

    fn close(&self, id: OperationId, outcome: WriteOutcome) {
        let record = self.records().remove(&id);
        if let Some(record) = record {
            self.note(&record, outcome);
        }
    }

    /// One event and one count for each flag.
    fn note(&self, record: &Record, outcome: WriteOutcome) {
        let labels = [record.author.team.as_str(), record.action.name(), outcome.name()];
        for flag in &record.flags {
            self.0.writes.with_label_values(&labels).inc();
            tell(record, flag, outcome);
        }
    }

    /// The map is whole after each of the calls above, so a panic of another thread is no reason to lose an entry.
    fn records(&self) -> MutexGuard<'_, HashMap<OperationId, Record>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Takes the outcome of the write down.
    pub(super) fn note<T: Told>(self, result: &Result<T, Error>) {
        self.journal.close(self.id, outcome(result));
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.journal.close(self.id, WriteOutcome::Unknown);
    }
}

/// A write of which something may be left to do is a warning.
fn tell(record: &Record, flag: &FlagKey, outcome: WriteOutcome) {
    macro_rules! write {
        ($level:ident) => {
            tracing::$level!(
                operation = %record.id,
                request.id = &*record.request_id,
                action = record.action.name(),
                author.issuer = record.author.issuer,
                author.subject = record.author.subject,
                author.team = record.author.team,
                door = record.author.door.name(),
                project.key = record.place.project.as_str(),
                environment.key = record.place.environment.as_str(),
                flag.key = flag.as_str(),
                outcome = outcome.name(),
                "write"
            )
        };
    }
    match outcome {
        WriteOutcome::Unknown | WriteOutcome::PartlyApplied => write!(warn),
        WriteOutcome::Applied | WriteOutcome::NotApplied | WriteOutcome::Refused => write!(info),
    }
}

/// The answer to a write, which tells how much of it is in force.
pub(super) trait Told {
    /// How much: all, unless it says otherwise.
    fn applied(&self) -> Applied {
        Applied::Yes
    }
}

impl Told for () {}
impl Told for Written {}

fn outcome<T: Told>(result: &Result<T, Error>) -> WriteOutcome {
    match result {
        Ok(told) => outcome_of(told.applied()),
        Err(Error::Unfinished(unfinished)) => outcome_of(unfinished.applied),
        Err(Error::Frozen(_) | Error::Guard(_) | Error::Denied(_)) => WriteOutcome::Refused,
        Err(Error::Crashed | Error::Lost(_)) => WriteOutcome::Unknown,
        Err(
            Error::Upstream(_)
            | Error::NoSuchVariation { .. }
            | Error::NotOverridden
            | Error::EndIsPast
            | Error::Busy
            | Error::Moved
            | Error::Unwritable(_),
        ) => WriteOutcome::NotApplied,
    }
}

fn outcome_of(applied: Applied) -> WriteOutcome {
    match applied {
        Applied::Yes => WriteOutcome::Applied,
        Applied::No => WriteOutcome::NotApplied,
        Applied::Partly => WriteOutcome::PartlyApplied,
        Applied::Unknown => WriteOutcome::Unknown,
    }
}

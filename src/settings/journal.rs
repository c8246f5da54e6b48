//! What became of each write, in a counter and in the log, until the audit has its own room.

use prometheus::IntCounterVec;

use super::error::Error;
use super::views::Applied;
use crate::domain::{Author, FlagTarget, OperationId};
use crate::policy::ActionKind;
use crate::telemetry::{Metrics, WriteOutcome};

/// Counts and logs writes.
#[derive(Debug)]
pub(super) struct Journal {
    writes: IntCounterVec,
}

/// One write, for the journal.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) id: OperationId,
    pub(super) action: ActionKind,
    pub(super) author: &'a Author,
    pub(super) target: &'a FlagTarget,
}

impl Journal {
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self { writes: metrics.writes.clone() }
    }

    /// Takes the outcome of a write down.
    pub(super) fn note<T>(&self, record: &Record<'_>, result: &Result<T, Error>) {
        let outcome = outcome(result).name();
        let labels = [record.author.team.as_str(), record.action.name(), outcome];
        self.writes.with_label_values(&labels).inc();
        tracing::info!(
            operation = %record.id,
            action = record.action.name(),
            author.issuer = record.author.issuer,
            author.subject = record.author.subject,
            author.team = record.author.team,
            door = record.author.door.name(),
            project.key = record.target.user.place.project.as_str(),
            environment.key = record.target.user.place.environment.as_str(),
            flag.key = record.target.flag.as_str(),
            outcome,
            "write"
        );
    }
}

fn outcome<T>(result: &Result<T, Error>) -> WriteOutcome {
    match result {
        Ok(_) => WriteOutcome::Applied,
        Err(Error::Unfinished(unfinished)) => match unfinished.applied {
            Applied::Yes => WriteOutcome::Applied,
            Applied::No => WriteOutcome::NotApplied,
            Applied::Partly => WriteOutcome::PartlyApplied,
            Applied::Unknown => WriteOutcome::Unknown,
        },
        Err(Error::Guard(_) | Error::Denied(_)) => WriteOutcome::Refused,
        Err(Error::Crashed) => WriteOutcome::Unknown,
        Err(
            Error::Upstream(_)
            | Error::NoSuchVariation { .. }
            | Error::NotOverridden
            | Error::EndIsPast
            | Error::Busy
            | Error::Unwritable(_),
        ) => WriteOutcome::NotApplied,
    }
}

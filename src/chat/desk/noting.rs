//! Each command is counted and logged once, where it is answered. Never its text, a user or a value.

use super::{Desk, Trouble};
use crate::chat::speaker::Speaker;
use crate::problem::{Problem, Slug};
use crate::telemetry::Causes;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was done.
    Answered,
    /// It waits for a confirmation.
    Asked,
    /// They may not, or not so.
    Refused,
    /// It did not work.
    Failed,
    /// Nobody could tell what was meant.
    Misread,
}

impl Outcome {
    /// The value of the label `outcome`.
    const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Asked => "asked",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Misread => "misread",
        }
    }
}

impl Desk {
    /// Counts and logs a command that ended well, or waits for a confirmation.
    pub(super) fn note(&self, speaker: &Speaker, verb: &'static str, outcome: Outcome) {
        self.count(speaker, verb, outcome);
        log(speaker, verb, outcome, None);
    }

    /// Counts and logs a command that was not carried out.
    pub(super) fn note_trouble(&self, speaker: &Speaker, verb: &'static str, trouble: &Trouble) {
        let outcome = trouble.outcome();
        self.count(speaker, verb, outcome);
        log(speaker, verb, outcome, trouble.problem());
    }

    fn count(&self, speaker: &Speaker, verb: &'static str, outcome: Outcome) {
        let labels = [speaker.platform, verb, outcome.name()];
        self.0.metrics.commands.with_label_values(&labels).inc();
    }
}

/// `error` where someone should act, `warn` where we coped.
fn log(speaker: &Speaker, verb: &'static str, outcome: Outcome, problem: Option<&Problem>) {
    let operation = problem.and_then(|one| one.progress.as_ref()?.operation);
    let operation = operation.as_ref().map(tracing::field::display);
    let cause = problem.and_then(|one| one.cause.as_deref()).map(|cause| Causes(cause));
    let cause = cause.as_ref().map(tracing::field::display);
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                platform = speaker.platform,
                channel = speaker.channel,
                caller.subject = speaker.caller.subject(),
                verb,
                outcome = outcome.name(),
                request.id = speaker.request_id,
                problem = problem.map(|one| one.slug.name()),
                operation,
                cause,
                "chat command"
            )
        };
    }
    match problem.map(|one| one.slug) {
        Some(Slug::InternalError | Slug::UpstreamFailed) => log!(error),
        Some(Slug::UpstreamUnavailable | Slug::UpstreamTimeout | Slug::RateLimited) => log!(warn),
        _ => log!(info),
    }
}

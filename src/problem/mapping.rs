//! Every room's errors as problems. There is no `_` arm.

use std::time::Duration;

use super::fault::Fault;
use super::slug::Slug;
use super::whole::{Problem, Progress};
use crate::auth::Refused;
use crate::policy::{Denied, Frozen, GuardUnmet};
use crate::settings::views::{Applied, Step, StepOutcome};
use crate::settings::{Error as SettingsError, Unfinished, Upstream, UpstreamKind};

/// The most valid values that a sentence lists, so that a flag of hundreds of variations does not fill a screen.
const MOST_LISTED: usize = 20;
/// The most bytes of one value in such a list.
const MOST_SHOWN: usize = 200;

/// Why a token was refused, for the log, in the word that its metric has: the sentence is for the caller.
#[derive(Debug, thiserror::Error)]
#[error("token refused: {0}")]
struct BadToken(&'static str);

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::new(Slug::Unauthenticated, refused.to_string()).caused_by(BadToken(refused.kind()))
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Self::new(Slug::NotPermitted, denied.to_string())
    }
}

impl From<GuardUnmet> for Problem {
    fn from(unmet: GuardUnmet) -> Self {
        Self::new(Slug::GuardNotMet, unmet.to_string())
    }
}

impl From<Frozen> for Problem {
    fn from(frozen: Frozen) -> Self {
        let (progress, retry_after) = (Some(Progress::none()), frozen.left());
        Self { progress, retry_after, ..Self::new(Slug::WritesFrozen, frozen.to_string()) }
    }
}

impl From<Upstream> for Problem {
    fn from(failure: Upstream) -> Self {
        let (slug, detail) = match failure.kind {
            UpstreamKind::BadRequest => (
                Slug::InvalidRequest,
                "LaunchDarkly finds the request wrong; it says why in `upstream`",
            ),
            UpstreamKind::NotFound => {
                (Slug::NotFound, "LaunchDarkly does not know this project, environment or flag")
            }
            UpstreamKind::ApprovalRequired => (
                Slug::ApprovalRequired,
                "changes to this flag need an approval in LaunchDarkly: ask for one there",
            ),
            UpstreamKind::Conflict => (
                Slug::Conflict,
                "someone else changed the flag at the same time, again and again: try again",
            ),
            UpstreamKind::RateLimited => (
                Slug::RateLimited,
                "LaunchDarkly's rate limit, which the whole company shares, is spent: wait and try again",
            ),
            UpstreamKind::Failed => (
                Slug::UpstreamFailed,
                "LaunchDarkly gave an answer that we can't use: tell the operators of Flagward if it stays so",
            ),
            UpstreamKind::Unavailable => (
                Slug::UpstreamUnavailable,
                "LaunchDarkly is not reachable or out of order: try again later",
            ),
            UpstreamKind::Timeout => {
                (Slug::UpstreamTimeout, "LaunchDarkly took too long: try again later")
            }
            UpstreamKind::NoSlot => (
                Slug::UpstreamUnavailable,
                "Flagward makes as many calls to LaunchDarkly at once as it may, and none of them ended in time: try again, and tell the operators of Flagward if it stays so",
            ),
            UpstreamKind::Ambiguous => (
                Slug::InvalidRequest,
                "LaunchDarkly's own paths can't tell this environment or user from another of its routes",
            ),
        };
        Self {
            upstream: failure.says.clone(),
            retry_after: failure.retry_after,
            ..Self::new(slug, detail).caused_by(failure)
        }
    }
}

impl From<Box<Unfinished>> for Problem {
    fn from(unfinished: Box<Unfinished>) -> Self {
        let Unfinished { operation, applied, steps, cause } = *unfinished;
        let problem = match cause {
            Some(cause) if steps.len() < 2 => {
                let problem = Self::from(cause);
                let detail = format!("{}{}", problem.detail, doubt(applied));
                Self { detail, ..problem }
            }
            Some(cause) => {
                let (upstream, retry_after) = (cause.says.clone(), cause.retry_after);
                Self {
                    upstream,
                    retry_after,
                    ..Self::new(Slug::UpstreamFailed, half_way(&steps)).caused_by(cause)
                }
            }
            None if steps.len() < 2 => Self::new(
                Slug::UpstreamFailed,
                "LaunchDarkly took the request and said that it did not carry it out",
            ),
            None => Self::new(Slug::UpstreamFailed, half_way(&steps)),
        };
        let detail = format!("{} (operation {operation})", problem.detail);
        let progress = Some(Progress { applied, steps, operation: Some(operation) });
        Self { detail, progress, ..problem }
    }
}

/// What is to be added where a write may be in force all the same.
fn doubt(applied: Applied) -> &'static str {
    match applied {
        Applied::Unknown => {
            "; nobody knows whether the change was made, or is made yet: look at the flag and at its end before you try again"
        }
        Applied::Yes | Applied::No | Applied::Partly => "",
    }
}

/// What became of the first step, after the last one failed.
fn half_way(steps: &[Step]) -> &'static str {
    match steps.first().map(|step| (step.step, step.outcome)) {
        Some((_, StepOutcome::Undone)) => {
            "the end could not be scheduled, and the value was taken back"
        }
        Some(("set", StepOutcome::Done)) => {
            "the end could not be scheduled, and the value was not taken back because someone else changed the flag since: look at the flag and at its end"
        }
        Some(("clear", StepOutcome::Done)) => {
            "the override is cleared, and its scheduled end could not be cancelled: clear it again"
        }
        _ => {
            "the end could not be scheduled, and the value could not be taken back: the override may stand without an end, so look at the flag and clear it"
        }
    }
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Upstream(failure) => failure.into(),
            SettingsError::Unfinished(unfinished) => unfinished.into(),
            SettingsError::Frozen(frozen) => frozen.into(),
            SettingsError::Guard(unmet) => unmet.into(),
            SettingsError::Denied(denied) => denied.into(),
            SettingsError::NoSuchVariation { valid } => {
                let shown: Vec<_> =
                    valid.iter().take(MOST_LISTED).map(|v| cut(v.as_str())).collect();
                let more = if valid.len() > MOST_LISTED { " and more" } else { "" };
                let detail = format!("valid values are: {}{more}", shown.join(", "));
                let fault = Fault::pointer("/setting", "must be one of the flag's variations");
                Self { faults: vec![fault], ..Self::new(Slug::NoSuchVariation, detail) }
            }
            SettingsError::NotOverridden => {
                let detail =
                    "only an override can end: set a value first, and its end in the same call";
                Self::new(Slug::NotOverridden, detail)
            }
            busy @ SettingsError::Busy => {
                let detail =
                    "other changes of this flag are under way, so nothing was done: try again";
                let retry_after = Some(Duration::from_secs(1));
                let progress = Some(Progress::none());
                Self { progress, retry_after, ..Self::new(Slug::Conflict, detail).caused_by(busy) }
            }
            moved @ SettingsError::Moved => {
                let detail = "the override, or its end, was changed since you looked, so nothing was done: look again";
                let progress = Some(Progress::none());
                Self { progress, ..Self::new(Slug::Conflict, detail).caused_by(moved) }
            }
            SettingsError::EndIsPast => {
                Self::invalid(vec![Fault::pointer("/expires_at", "must be in the future")])
            }
            SettingsError::Unwritable(cause) => Self::internal(cause),
            crashed @ SettingsError::Crashed => Self::internal(crashed),
            lost @ SettingsError::Lost(operation) => {
                let detail = format!(
                    "Flagward ended, or failed, in the middle of the write: look at the flag and at its end before you try again (operation {operation})"
                );
                let progress = Some(Progress::unknown(operation));
                Self { detail, progress, ..Self::internal(lost) }
            }
        }
    }
}

fn cut(text: &str) -> String {
    if text.len() <= MOST_SHOWN {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(MOST_SHOWN);
    format!("{}…", text.get(..end).unwrap_or_default())
}

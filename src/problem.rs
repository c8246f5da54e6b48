//! Every failure that reaches a caller: a slug, a sentence written for them, and nothing else. Causes, addresses and
//! type names go to the log only.
//!
//! The one place that maps: there is no `_` arm, so a new error does not compile until someone has thought about
//! its answer. What a status is, each door knows.

use std::error::Error as StdError;
use std::time::Duration;

use crate::auth::Refused;
use crate::policy::{Denied, GuardUnmet};
use crate::settings::views::{Applied, Step, StepOutcome};
use crate::settings::{Error as SettingsError, Says, Unfinished, Upstream, UpstreamKind};

/// The most valid values that a sentence lists, so that a flag of hundreds of variations does not fill a screen.
const MOST_LISTED: usize = 20;
/// The most bytes of one value in such a list.
const MOST_SHOWN: usize = 200;

/// The name of a kind of failure. Stable: callers act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its own name; `title` says it in words")]
pub enum Slug {
    InvalidRequest,
    Unauthenticated,
    NotPermitted,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    ContentTooLarge,
    UnsupportedMediaType,
    ApprovalRequired,
    Conflict,
    NotOverridden,
    GuardNotMet,
    NoSuchVariation,
    RateLimited,
    UpstreamFailed,
    UpstreamUnavailable,
    UpstreamTimeout,
    InternalError,
}

impl Slug {
    /// Every slug.
    pub const ALL: [Self; 19] = [
        Self::InvalidRequest,
        Self::Unauthenticated,
        Self::NotPermitted,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::ContentTooLarge,
        Self::UnsupportedMediaType,
        Self::ApprovalRequired,
        Self::Conflict,
        Self::NotOverridden,
        Self::GuardNotMet,
        Self::NoSuchVariation,
        Self::RateLimited,
        Self::UpstreamFailed,
        Self::UpstreamUnavailable,
        Self::UpstreamTimeout,
        Self::InternalError,
    ];

    /// The slug and its title.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::InvalidRequest => ("invalid-request", "The request is wrong"),
            Self::Unauthenticated => ("unauthenticated", "We don't know who you are"),
            Self::NotPermitted => ("not-permitted", "You may not do this"),
            Self::NotFound => ("not-found", "There is no such thing"),
            Self::MethodNotAllowed => ("method-not-allowed", "This can't be done to that"),
            Self::NotAcceptable => ("not-acceptable", "We only answer in JSON"),
            Self::RequestTimeout => ("request-timeout", "The request took too long to arrive"),
            Self::ContentTooLarge => ("content-too-large", "The body is too large"),
            Self::UnsupportedMediaType => ("unsupported-media-type", "We only take JSON"),
            Self::ApprovalRequired => ("approval-required", "LaunchDarkly demands an approval"),
            Self::Conflict => ("conflict", "Someone else changed the flag at once"),
            Self::NotOverridden => ("not-overridden", "The user has no override of this flag"),
            Self::GuardNotMet => ("guard-not-met", "A guard asks for more"),
            Self::NoSuchVariation => ("no-such-variation", "The flag has no such variation"),
            Self::RateLimited => ("rate-limited", "A rate limit is spent"),
            Self::UpstreamFailed => ("upstream-failed", "LaunchDarkly's answer is of no use"),
            Self::UpstreamUnavailable => ("upstream-unavailable", "LaunchDarkly is not available"),
            Self::UpstreamTimeout => ("upstream-timeout", "LaunchDarkly took too long"),
            Self::InternalError => ("internal-error", "Something is wrong with Flagward"),
        }
    }

    /// The slug, in kebab-case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.words().0
    }

    /// The slug in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.words().1
    }
}

/// Where in a request a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// In the body, as a JSON pointer.
    Pointer(String),
    /// In the path, the query or a header, by its name.
    Parameter(String),
}

/// A fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub spot: Spot,
    /// What is expected there.
    pub detail: String,
}

impl Fault {
    /// A fault of a part of the path, of the query, or of a header.
    #[must_use]
    pub fn parameter(name: &str, detail: impl std::fmt::Display) -> Self {
        Self { spot: Spot::Parameter(name.to_owned()), detail: detail.to_string() }
    }

    /// A fault in the body.
    #[must_use]
    pub fn pointer(pointer: &str, detail: impl std::fmt::Display) -> Self {
        Self { spot: Spot::Pointer(pointer.to_owned()), detail: detail.to_string() }
    }
}

/// How far a write came.
#[derive(Clone, Debug)]
pub struct Progress {
    /// How much of it is in force.
    pub applied: Applied,
    /// What became of each step.
    pub steps: Vec<Step>,
}

/// A failure as a caller may see it, and its cause for the log.
#[derive(Debug)]
pub struct Problem {
    /// Its kind.
    pub slug: Slug,
    /// What was wrong and what to do.
    pub detail: String,
    /// The faults of the request, all of them.
    pub faults: Vec<Fault>,
    /// How far a write came.
    pub progress: Option<Progress>,
    /// What `LaunchDarkly` said, where it may be passed on.
    pub upstream: Option<Says>,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
    /// What happened, for the log.
    pub cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Problem {
    /// A failure of this kind.
    #[must_use]
    pub fn new(slug: Slug, detail: impl Into<String>) -> Self {
        Self {
            slug,
            detail: detail.into(),
            faults: Vec::new(),
            progress: None,
            upstream: None,
            retry_after: None,
            cause: None,
        }
    }

    /// A request with these faults.
    #[must_use]
    pub fn invalid(faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [Fault { spot: Spot::Pointer(name) | Spot::Parameter(name), detail }]
                if name.is_empty() =>
            {
                format!("the body {detail}")
            }
            [Fault { spot: Spot::Pointer(name) | Spot::Parameter(name), detail }] => {
                format!("`{name}` {detail}")
            }
            several => format!("{} faults, listed in `errors`", several.len()),
        };
        Self { faults, ..Self::new(Slug::InvalidRequest, detail) }
    }

    /// Something that should not happen.
    #[must_use]
    pub fn internal(cause: impl StdError + Send + Sync + 'static) -> Self {
        let detail = "this is our fault; it is in our log under this request id";
        Self { cause: Some(Box::new(cause)), ..Self::new(Slug::InternalError, detail) }
    }

    fn caused_by(self, cause: impl StdError + Send + Sync + 'static) -> Self {
        Self { cause: Some(Box::new(cause)), ..self }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::new(Slug::Unauthenticated, refused.to_string())
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
        Self { detail, progress: Some(Progress { applied, steps }), ..problem }
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
                let progress = Some(Progress { applied: Applied::No, steps: Vec::new() });
                Self { progress, retry_after, ..Self::new(Slug::Conflict, detail).caused_by(busy) }
            }
            SettingsError::EndIsPast => {
                Self::invalid(vec![Fault::pointer("/expires_at", "must be in the future")])
            }
            SettingsError::Unwritable(cause) => Self::internal(cause),
            crashed @ SettingsError::Crashed => Self::internal(crashed),
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

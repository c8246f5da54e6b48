//! A failure as a caller may see it, and its cause for the log.

use std::error::Error as StdError;
use std::time::Duration;

use super::fault::{Fault, Spot};
use super::slug::Slug;
use crate::domain::OperationId;
use crate::settings::Says;
use crate::settings::views::{Applied, Step};

/// How far a write came.
#[derive(Clone, Debug)]
pub struct Progress {
    /// How much of it is in force.
    pub applied: Applied,
    /// What became of each step.
    pub steps: Vec<Step>,
    /// Its name, if it was begun.
    pub operation: Option<OperationId>,
}

impl Progress {
    /// Of a write that was not begun.
    #[must_use]
    pub fn none() -> Self {
        Self { applied: Applied::No, steps: Vec::new(), operation: None }
    }

    /// Of a write that was begun, of which nobody can tell more.
    #[must_use]
    pub fn unknown(operation: OperationId) -> Self {
        Self { applied: Applied::Unknown, steps: Vec::new(), operation: Some(operation) }
    }
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

    pub(super) fn caused_by(self, cause: impl StdError + Send + Sync + 'static) -> Self {
        Self { cause: Some(Box::new(cause)), ..self }
    }
}

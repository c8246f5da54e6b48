//! Why a use case did not do what was asked.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::views::{Applied, Step};
use crate::domain::{Json, OperationId};
use crate::policy::{Denied, Frozen, GuardUnmet, NotBegun};
use crate::upstream::{Failure, Says};

/// How long to wait for a free slot: calls end, and the next to wait gets theirs.
const UNTIL_A_SLOT: Duration = Duration::from_secs(1);

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[expect(
    clippy::error_impl_error,
    reason = "it is the error of this room, and is called `settings::Error` everywhere else"
)]
pub enum Error {
    /// `LaunchDarkly` did not answer, or not with what was asked for.
    #[error("LaunchDarkly did not do it")]
    Upstream(#[from] Upstream),
    /// A write that got no further than some of its steps.
    #[error("the write was not finished")]
    Unfinished(#[from] Box<Unfinished>),
    /// Nobody writes there now.
    #[error(transparent)]
    Frozen(#[from] Frozen),
    /// A guard asks for more.
    #[error(transparent)]
    Guard(#[from] GuardUnmet),
    /// The policy does not allow a part of it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The value is none of the flag's variations.
    #[error("the value is none of the flag's variations")]
    NoSuchVariation {
        /// Those that there are.
        valid: Vec<Json>,
    },
    /// There is no override whose end could be scheduled.
    #[error("the user has no override of this flag")]
    NotOverridden,
    /// The end is not in the future.
    #[error("the end is not in the future")]
    EndIsPast,
    /// Other writes to the flag are under way, and this one was not begun.
    #[error("other writes to this flag are under way")]
    Busy,
    /// The state is not the one that the caller was shown, and nothing was sent.
    #[error("the state is not the one that was expected")]
    Moved,
    /// An answer could not be put into JSON.
    #[error("an answer could not be written")]
    Unwritable(#[from] serde_json::Error),
    /// Something that can't be, or the task of a dry run ended in a panic.
    #[error("a use case crashed")]
    Crashed,
    /// A write was ended in its middle, by a panic or by the end of the process: nobody knows how far it came.
    #[error("the write {0} was ended in its middle")]
    Lost(OperationId),
}

/// `LaunchDarkly` did not answer, or not with what was asked for. In an error's words it is its cause.
#[derive(Debug)]
pub struct Upstream {
    /// Which way it went.
    pub kind: UpstreamKind,
    /// What `LaunchDarkly` said, where it may be passed on.
    pub says: Option<Says>,
    /// How long to wait before asking again, where known.
    pub retry_after: Option<Duration>,
    cause: Arc<Failure>,
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

/// What is behind it is what is behind its cause, so that no line says the same twice.
impl std::error::Error for Upstream {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.source()
    }
}

/// How a call can go wrong, as far as anybody above can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamKind {
    /// It finds the request wrong.
    BadRequest,
    /// It does not know the target.
    NotFound,
    /// It demands an approval.
    ApprovalRequired,
    /// Someone else changed the flag at once.
    Conflict,
    /// A rate limit is spent.
    RateLimited,
    /// It refuses our token, or its answer is none.
    Failed,
    /// It is not reachable, or out of order.
    Unavailable,
    /// It is too slow.
    Timeout,
    /// It was not asked, because too many calls to it were under way.
    NoSlot,
    /// The target's keys read as another route of `LaunchDarkly`'s.
    Ambiguous,
}

impl From<Arc<Failure>> for Upstream {
    fn from(cause: Arc<Failure>) -> Self {
        let (kind, says, retry_after) = match &*cause {
            Failure::BadRequest(says) => (UpstreamKind::BadRequest, Some(says), None),
            Failure::NotFound(says) => (UpstreamKind::NotFound, Some(says), None),
            Failure::ApprovalRequired(says) => (UpstreamKind::ApprovalRequired, Some(says), None),
            Failure::Conflict(says) => (UpstreamKind::Conflict, Some(says), None),
            Failure::RateLimited { retry_after, says } => {
                (UpstreamKind::RateLimited, says.as_ref(), *retry_after)
            }
            Failure::TokenRefused(_) | Failure::Invalid(_) | Failure::Unexpected(_) => {
                (UpstreamKind::Failed, None, None)
            }
            Failure::Unreachable { .. } => (UpstreamKind::Unavailable, None, None),
            Failure::Unavailable { retry_after, .. } => {
                (UpstreamKind::Unavailable, None, *retry_after)
            }
            Failure::Timeout => (UpstreamKind::Timeout, None, None),
            Failure::NoSlot { .. } => (UpstreamKind::NoSlot, None, Some(UNTIL_A_SLOT)),
            Failure::Ambiguous => (UpstreamKind::Ambiguous, None, None),
        };
        let says = says.cloned();
        Self { kind, says, retry_after, cause }
    }
}

impl From<Failure> for Upstream {
    fn from(cause: Failure) -> Self {
        Self::from(Arc::new(cause))
    }
}

impl From<NotBegun> for Error {
    fn from(why: NotBegun) -> Self {
        match why {
            NotBegun::Frozen(frozen) => Self::Frozen(frozen),
            NotBegun::Guard(unmet) => Self::Guard(unmet),
        }
    }
}

impl From<Failure> for Error {
    fn from(cause: Failure) -> Self {
        Self::Upstream(cause.into())
    }
}

impl From<Arc<Failure>> for Error {
    fn from(cause: Arc<Failure>) -> Self {
        Self::Upstream(cause.into())
    }
}

/// A write that got no further than some of its steps.
#[derive(Debug, thiserror::Error)]
#[error("the write {operation} was not finished")]
pub struct Unfinished {
    /// The operation.
    pub operation: OperationId,
    /// How much of it is in force.
    pub applied: Applied,
    /// What became of each step.
    pub steps: Vec<Step>,
    /// Why; none where `LaunchDarkly` took a step and said in its answer that it failed.
    #[source]
    pub cause: Option<Upstream>,
}

impl Unfinished {
    /// The failure of a write that got this far.
    pub(super) fn at(
        operation: OperationId,
        applied: Applied,
        steps: Vec<Step>,
        cause: Option<Upstream>,
    ) -> Box<Self> {
        Box::new(Self { operation, applied, steps, cause })
    }
}

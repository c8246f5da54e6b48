//! Why `LaunchDarkly` gave no answer, or not the one that was asked for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::call::Call;
use super::limits::Limits;

/// How many words of `LaunchDarkly`'s a line of the log has: a sentence or two.
const MOST_WORDS: usize = 40;

/// A call that failed. Sources keep no URL, because it holds the user's key. Cheap to clone: one failure may end the
/// wait of many.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// The deadline passed, all attempts included.
    #[error("LaunchDarkly took too long")]
    Timeout,
    /// So many calls were under way that this one was not begun before its deadline: our own limit, not theirs.
    #[error(
        "Flagward's own limit of {limit} calls at once (launchdarkly.max_concurrency) is used up"
    )]
    NoSlot {
        /// How many calls may be under way at once.
        limit: usize,
    },
    /// No connection, or one that broke before an answer began.
    #[error("LaunchDarkly is not reachable")]
    Unreachable {
        /// Whether anything may have been sent.
        sent: bool,
        /// What happened.
        #[source]
        cause: Arc<reqwest::Error>,
    },
    /// An answer that is none.
    #[error("LaunchDarkly's answer is not understood")]
    Invalid(#[source] Invalid),
    /// The shared token is refused, or may not do this: our fault and not the caller's.
    #[error("LaunchDarkly refused the shared token with {0}")]
    TokenRefused(Says),
    /// The environment demands an approval for such changes.
    #[error("LaunchDarkly demands an approval")]
    ApprovalRequired(Says),
    /// The project, environment or flag is not known; `LaunchDarkly` seldom says which.
    #[error("LaunchDarkly does not know the target")]
    NotFound(Says),
    /// `LaunchDarkly` finds the request wrong (400, 422).
    #[error("LaunchDarkly finds the request wrong")]
    BadRequest(Says),
    /// Someone else changed the flag at once, more often than we tried again.
    #[error("LaunchDarkly reports a conflict")]
    Conflict(Says),
    /// A rate limit is spent.
    #[error("LaunchDarkly's rate limit is spent")]
    RateLimited {
        /// How long to wait, at most a minute.
        retry_after: Option<Duration>,
        /// What `LaunchDarkly` said; none where we refused because of what it said before.
        says: Option<Says>,
    },
    /// `LaunchDarkly` is out of order (5xx).
    #[error("LaunchDarkly is out of order, with status {status}")]
    Unavailable {
        /// The status.
        status: u16,
        /// How long to wait, at most a minute.
        retry_after: Option<Duration>,
    },
    /// A status that such a call never has.
    #[error("LaunchDarkly's answer is unexpected, with {0}")]
    Unexpected(Says),
    /// The target can't be put into a URL that means it and nothing else, so nothing was sent.
    #[error("the target is ambiguous in LaunchDarkly's URLs")]
    Ambiguous,
}

/// Why an answer is none.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Invalid {
    /// It is not the JSON that we expect. The parser's own words quote what they stumble over, which may be
    /// a user's key, so only the place is kept.
    #[error("the body is not the JSON expected (line {line}, column {column})")]
    Json {
        /// Counted from 1; 0 where the body as a whole is wrong.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// It is that JSON, but a value in it is beyond what we take: a date off the calendar, or JSON nested too deeply.
    #[error("the body holds a value beyond bounds")]
    Bounds,
    /// It says itself that it is something else, such as a proxy's page.
    #[error("the body is not JSON by its content type")]
    ContentType,
    /// It ended before its end.
    #[error("the body was cut off")]
    CutOff(#[source] Arc<reqwest::Error>),
    /// It is larger than we take.
    #[error("the body is too large")]
    TooLarge,
    /// It leaves out what was asked for: the environment, or the targets in it.
    #[error("the body leaves out what was asked for")]
    Incomplete,
    /// It repeats the shared token.
    #[error("the body repeats the shared token")]
    Echo,
}

/// What `LaunchDarkly` says about a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Says {
    /// The status.
    pub status: u16,
    /// The slug, where there is one.
    pub code: Option<String>,
    /// The sentence, where there is one: at most 500 characters, without control characters.
    pub message: Option<String>,
}

/// Whether a write that failed changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It did not: it was never sent, or it was refused.
    No,
    /// Nobody knows: it was sent, and no answer tells.
    Unknown,
}

impl Failure {
    /// Whether a write that failed so changed something. Says nothing about reads.
    #[must_use]
    pub fn applied(&self) -> Applied {
        match self {
            Self::NoSlot { .. }
            | Self::Unreachable { sent: false, .. }
            | Self::TokenRefused(_)
            | Self::ApprovalRequired(_)
            | Self::NotFound(_)
            | Self::BadRequest(_)
            | Self::Conflict(_)
            | Self::RateLimited { .. }
            | Self::Ambiguous => Applied::No,
            Self::Unexpected(says) if (400..500).contains(&says.status) => Applied::No,
            Self::Timeout
            | Self::Unreachable { sent: true, .. }
            | Self::Invalid(_)
            | Self::Unavailable { .. }
            | Self::Unexpected(_) => Applied::Unknown,
        }
    }

    /// Whether `LaunchDarkly` answered that it does not serve such a request.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.looks_removed()
    }

    /// Whether there was no answer, or none from `LaunchDarkly` itself, so that there would be none to others either.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        matches!(
            self,
            Self::Timeout { .. }
                | Self::Unreachable { .. }
                | Self::Unavailable { .. }
                | Self::RateLimited { .. }
                | Self::TokenRefused(_)
        )
    }

    /// Whether an operation that has been removed would answer so. `LaunchDarkly` does not document how it will; a
    /// target that it does not know looks the same.
    pub(super) fn looks_removed(&self) -> bool {
        match self {
            Self::NotFound(_) | Self::BadRequest(_) => true,
            Self::ApprovalRequired(says) => !says.has_words(&["approval"]),
            // Others are of something on the way: 414, for one, is about the length of a key.
            Self::Unexpected(says) => matches!(says.status, 405 | 410),
            Self::Timeout
            | Self::NoSlot { .. }
            | Self::Unreachable { .. }
            | Self::Invalid(_)
            | Self::TokenRefused(_)
            | Self::Conflict(_)
            | Self::RateLimited { .. }
            | Self::Unavailable { .. }
            | Self::Ambiguous => false,
        }
    }

    /// The same of a call that a caller did not ask for by name: what `LaunchDarkly` says of one flag of a list may be
    /// about a flag that they may not read.
    pub(super) fn without_words(self) -> Self {
        match self {
            Self::BadRequest(says) | Self::Conflict(says) | Self::ApprovalRequired(says) => {
                Self::Unexpected(says)
            }
            Self::Timeout
            | Self::NoSlot { .. }
            | Self::Unreachable { .. }
            | Self::Invalid(_)
            | Self::TokenRefused(_)
            | Self::NotFound(_)
            | Self::RateLimited { .. }
            | Self::Unavailable { .. }
            | Self::Unexpected(_)
            | Self::Ambiguous => self,
        }
    }

    /// Sending failed, or ended without an answer.
    pub(super) fn sending(cause: reqwest::Error) -> Self {
        let cause = cause.without_url();
        if cause.is_connect() {
            Self::Unreachable { sent: false, cause: Arc::new(cause) }
        } else if cause.is_timeout() {
            Self::Timeout
        } else {
            let sent = !cause.is_builder();
            Self::Unreachable { sent, cause: Arc::new(cause) }
        }
    }

    /// The body could not be read to its end.
    pub(super) fn receiving(cause: reqwest::Error) -> Self {
        if cause.is_timeout() {
            Self::Timeout
        } else {
            Self::Invalid(Invalid::CutOff(Arc::new(cause.without_url())))
        }
    }

    /// The answer is a refusal.
    pub(super) fn refusal(call: Call, says: Says, limits: &Limits) -> Self {
        let retry_after = limits.retry_after;
        match says.status {
            400 if says.has_words(&["unknown environment key"]) => Self::NotFound(says),
            400 | 422 => Self::BadRequest(says),
            403 if call.is_write()
                && says.has_words(&["approval is required", "require approval"]) =>
            {
                Self::ApprovalRequired(says)
            }
            401 | 403 => Self::TokenRefused(says),
            404 => Self::NotFound(says),
            405 if call.is_write() => Self::ApprovalRequired(says),
            409 if call.is_write() => Self::Conflict(says),
            429 => Self::RateLimited { retry_after: limits.wait_after_refusal(), says: Some(says) },
            status @ 500..=599 => Self::Unavailable { status, retry_after },
            _ => Self::Unexpected(says),
        }
    }
}

/// For the log, where alone some of these words may go. Users are often e-mail addresses, which no log may have.
impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {}", code.escape_debug())?;
        }
        if let Some(message) = &self.message {
            let words = message.split_whitespace();
            let words = words.map(|word| if word.contains('@') { "…" } else { word });
            let words: Vec<_> = words.take(MOST_WORDS).collect();
            write!(f, " ({})", words.join(" "))?;
        }
        Ok(())
    }
}

impl Says {
    fn has_words(&self, any: &[&str]) -> bool {
        let message = self.message.as_deref().unwrap_or_default();
        let message = message.to_ascii_lowercase();
        any.iter().any(|words| message.contains(words))
    }
}

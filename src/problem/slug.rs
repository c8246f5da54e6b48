//! The kinds of failures.

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
    WritesFrozen,
    InternalError,
}

impl Slug {
    /// Every slug.
    pub const ALL: [Self; 20] = [
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
        Self::WritesFrozen,
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
            Self::WritesFrozen => ("writes-frozen", "Nobody writes here now"),
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

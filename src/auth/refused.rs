//! Why a token wasn't accepted, in words for the caller.

/// A claim of a token, by its registered name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// `iss`: who issued it.
    Issuer,
    /// `aud`: for whom it is.
    Audience,
    /// `exp`: until when it is good.
    Expiry,
    /// `nbf`: from when on it is good.
    NotBefore,
    /// `sub`: who the caller is.
    Subject,
}

impl Claim {
    /// The name as in a token.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Audience => "aud",
            Self::Expiry => "exp",
            Self::NotBefore => "nbf",
            Self::Subject => "sub",
        }
    }
}

/// Why a token wasn't accepted. Its text is a sentence for the caller: the kind of fault and what to do about it,
/// never a word of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no `Authorization` header.
    #[error("a token is needed: send `Authorization: Bearer <token>`")]
    NoToken,
    /// There are several `Authorization` headers.
    #[error("there is more than one `Authorization` header: send exactly one")]
    SeveralHeaders,
    /// The header isn't `Bearer` and a token.
    #[error("the `Authorization` header must be `Bearer`, a space and the token, nothing else")]
    Scheme,
    /// The header holds a key of `LaunchDarkly`'s.
    #[error(
        "this is a LaunchDarkly key, which callers of Flagward don't need: put a Flagward token (a JWT \
         of your identity provider) where the LaunchDarkly key was"
    )]
    LaunchDarklyKey,
    /// The token is longer than any that we take.
    #[error(
        "the token has more than 8192 bytes: ask your identity provider for one with fewer claims"
    )]
    TooLong,
    /// The token is no signed JWT.
    #[error(
        "the token is not a signed JWT: it must be three parts of base64url with dots between them"
    )]
    Malformed,
    /// The token is encrypted, compressed, nested, or demands something else that we don't do.
    #[error("the token's header asks for something not supported here: send a plain signed JWT")]
    Unsupported,
    /// A member stands in the token twice.
    #[error("the token has a member twice: each may be there once")]
    Duplicate,
    /// A claim that has to be there isn't.
    #[error("the token has no `{}` claim: ask for a token that has one", .0.name())]
    MissingClaim(Claim),
    /// A claim isn't what it must be.
    #[error("the token's `{}` claim is not of the right form: ask for a token with a valid one", .0.name())]
    InvalidClaim(Claim),
    /// No configured issuer has this `iss`.
    #[error("the token's issuer is not known here: use a token of a configured identity provider")]
    UnknownIssuer,
    /// The token's `alg` isn't one of its issuer's.
    #[error("the token's algorithm is not accepted from its issuer: ask for one that is")]
    Algorithm,
    /// The issuer's keys were never fetched yet.
    #[error("the issuer's keys are not known yet: try again in a moment")]
    KeysUnknown,
    /// None of the issuer's keys has the token's `kid`, or none is for its algorithm.
    #[error(
        "the key that the token says it was signed with is not among its issuer's keys here: get a new \
         token from its issuer, or try again in a minute if its keys were just changed"
    )]
    UnknownKey,
    /// The token has no `kid`, and its issuer too many keys to try each.
    #[error("the token doesn't say which of its issuer's keys signed it: ask for one with a `kid`")]
    KeyNotNamed,
    /// The signature isn't the issuer's.
    #[error("the token's signature is not valid: get a new token from its issuer")]
    Signature,
    /// The token is for somebody else.
    #[error(
        "the token is for another audience: ask your identity provider for one meant for Flagward"
    )]
    Audience,
    /// The token was good until a time that is over.
    #[error("the token has expired: get a new one")]
    Expired,
    /// The token will be good later.
    #[error("the token is not valid yet: try again later, and check its issuer's clock")]
    NotYetValid,
    /// The token has more, or longer, teams than we take.
    #[error(
        "the token names more than 256 teams, or one of more than 256 bytes: ask for one with fewer"
    )]
    Teams,
}

impl Refused {
    /// Every [`Refused::kind`] that there is, so that a counter has them all from its first scrape.
    pub const ALL_KINDS: [&'static str; 20] = [
        "no-token",
        "several-headers",
        "scheme",
        "launchdarkly-key",
        "too-long",
        "malformed",
        "unsupported",
        "duplicate",
        "missing-claim",
        "invalid-claim",
        "unknown-issuer",
        "algorithm",
        "keys-unknown",
        "unknown-key",
        "key-not-named",
        "signature",
        "audience",
        "expired",
        "not-yet-valid",
        "teams",
    ];

    /// The kind of fault: stable, for counting.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::NoToken => "no-token",
            Self::SeveralHeaders => "several-headers",
            Self::Scheme => "scheme",
            Self::LaunchDarklyKey => "launchdarkly-key",
            Self::TooLong => "too-long",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
            Self::Duplicate => "duplicate",
            Self::MissingClaim(_) => "missing-claim",
            Self::InvalidClaim(_) => "invalid-claim",
            Self::UnknownIssuer => "unknown-issuer",
            Self::Algorithm => "algorithm",
            Self::KeysUnknown => "keys-unknown",
            Self::UnknownKey => "unknown-key",
            Self::KeyNotNamed => "key-not-named",
            Self::Signature => "signature",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Teams => "teams",
        }
    }
}

//! How a write can end.

/// How a write ended, as `writes_total` and the log have it. What the policy denies gets no further than a permit, and
/// is counted in `policy_decisions_total`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It is in force.
    Applied,
    /// Nothing of it is: it was impossible, `LaunchDarkly` refused it, or it was taken back.
    NotApplied,
    /// A part of it is.
    PartlyApplied,
    /// Nobody can tell.
    Unknown,
    /// A guard refused it, or the policy one of its parts.
    Refused,
}

impl WriteOutcome {
    /// Every outcome.
    pub const ALL: [Self; 5] =
        [Self::Applied, Self::NotApplied, Self::PartlyApplied, Self::Unknown, Self::Refused];

    /// The value of the label `outcome`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::NotApplied => "not-applied",
            Self::PartlyApplied => "partly-applied",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}

//! What a command aims at, and the end that it gives to an override.

use jiff::Timestamp;

use crate::domain::{EnvironmentKey, FlagKey, HumanDuration, ProjectKey, UserKey};

/// One flag of one user, and where, as far as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The flag.
    pub flag: FlagKey,
    /// The user.
    pub user: UserKey,
    /// Where.
    pub place: Named,
}

/// A project and an environment, as far as they were named; the channel may know the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// `-p`.
    pub project: Option<ProjectKey>,
    /// `-e`.
    pub environment: Option<EnvironmentKey>,
}

/// When an override shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewEnd {
    /// After this long: `--in 2h`.
    In(HumanDuration),
    /// At this moment: `--at 2026-12-01T10:00:00Z`.
    At(Timestamp),
    /// Never: `--never`.
    Never,
}

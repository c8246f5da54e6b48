//! What a call is about.

use super::{EnvironmentKey, FlagKey, ProjectKey, UserKey};

/// The user key that reads as the other route family's fixed word in flag routes.
const FIXED_IN_EXPIRATIONS: &str = "expiring-user-targets";
/// The environment key that reads as the other route family's fixed word in expiration routes.
const FIXED_IN_FLAGS: &str = "flags";

/// A project and one of its environments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The project.
    pub project: ProjectKey,
    /// The environment in it.
    pub environment: EnvironmentKey,
}

/// One user in an environment of a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserTarget {
    /// The project and environment.
    pub place: Place,
    /// The user.
    pub user: UserKey,
}

/// One flag of one user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FlagTarget {
    /// The user, and where.
    pub user: UserTarget,
    /// The flag.
    pub flag: FlagKey,
}

impl UserTarget {
    /// This user's setting of `flag`.
    #[must_use]
    pub fn flag(&self, flag: FlagKey) -> FlagTarget {
        FlagTarget { user: self.clone(), flag }
    }

    /// Whether `LaunchDarkly`'s flag routes would take this target for one of the expiration routes:
    /// `/users/P/X/expiring-user-targets/flags` is a path of both families (facts, trap 7).
    #[must_use]
    pub fn is_ambiguous_in_flag_routes(&self) -> bool {
        self.user.as_str() == FIXED_IN_EXPIRATIONS
    }

    /// Whether `LaunchDarkly`'s expiration routes would take this target for one of the flag routes.
    #[must_use]
    pub fn is_ambiguous_in_expiration_routes(&self) -> bool {
        self.place.environment.as_str() == FIXED_IN_FLAGS
    }
}

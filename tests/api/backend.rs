//! The backend that the suite runs on. Callers shall notice no difference, so every test of what callers see is run on
//! both: `FLAGWARD_TEST_BACKEND=contexts` is the other one, and `tests/run` does both.

use flagward::simulator::{Simulator, UserSettings};

/// Names the backend.
const VARIABLE: &str = "FLAGWARD_TEST_BACKEND";

/// One of LaunchDarkly's APIs that serve the five functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    UserSettings,
    Contexts,
}

impl Backend {
    /// The one that the suite runs on.
    pub(crate) fn of_this_run() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("user-settings") => Self::UserSettings,
            Ok("contexts") => Self::Contexts,
            Ok(other) => panic!("{VARIABLE} is user-settings or contexts, not {other}"),
        }
    }

    /// The setting of the configuration that chooses it.
    pub(crate) fn setting(self) -> (String, String) {
        let name = match self {
            Self::UserSettings => "user-settings",
            Self::Contexts => "contexts",
        };
        ("FLAGWARD__LAUNCHDARKLY__BACKEND".to_owned(), name.to_owned())
    }

    /// Makes `upstream` one that serves it: where the User Settings API is not to be used, there is none.
    pub(crate) fn prepare(self, upstream: &Simulator) {
        if self == Self::Contexts {
            upstream.set_user_settings(UserSettings::Retired);
        }
    }
}

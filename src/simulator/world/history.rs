//! Who changed what, when, and with which words.

use jiff::Timestamp;
use serde::Serialize;

use crate::simulator::json::Json;

/// Who makes a change, and their words about it.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct By {
    pub(in crate::simulator) name: String,
    pub(in crate::simulator) comment: Option<String>,
}

/// One change of the account, as `GET /simulator/history` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// When it happened; for an expiration, when it was due.
    pub at: Timestamp,
    /// The name of the token that was used, or `LaunchDarkly` for what happens by itself.
    pub by: String,
    /// What kind of change it was.
    pub kind: ChangeKind,
    /// The project's key.
    pub project: String,
    /// The environment's key.
    pub environment: String,
    /// The kind of context that `user` is: `user`, unless it was changed as another kind.
    pub context_kind: String,
    /// The user's key; empty where the change concerns no user.
    pub user: String,
    /// The flag's key.
    pub flag: String,
    /// The words that were sent with the change.
    pub comment: Option<String>,
    /// The setting before, as JSON text; none where there was none.
    pub before: Option<String>,
    /// The setting after, as JSON text; none where there is none.
    pub after: Option<String>,
    /// When the setting ends, in Unix milliseconds, where the change was about that.
    pub expiration_date: Option<i64>,
}

/// What kind of change it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A user was targeted on a variation.
    SettingSet,
    /// A user's target was removed.
    SettingCleared,
    /// The removal of a target was scheduled.
    ExpirationAdded,
    /// A scheduled removal got another date.
    ExpirationUpdated,
    /// A scheduled removal was cancelled, or fell away with its target.
    ExpirationRemoved,
    /// A scheduled removal came due, and the target is gone.
    Expired,
    /// A flag was turned on or off.
    FlagTurned,
}

/// A setting as JSON text, for [`Change::before`] and [`Change::after`].
pub(super) fn text(setting: Option<&Json>) -> Option<String> {
    setting.map(|json| json.text().to_owned())
}

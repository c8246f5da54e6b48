//! What `LaunchDarkly` answers, in our words. Numbers and strings are kept to the byte, and whole records too
//! where the drop-in hands them on.

use serde_json::value::RawValue;

use crate::domain::{Expiration, FlagKey, Json};

/// What a user receives of one flag, and what they are set to.
#[derive(Clone, Debug)]
pub struct FlagSetting {
    /// The whole record as it came, for the drop-in.
    pub raw: Box<RawValue>,
    /// What the user receives; may be `null`.
    pub value: Json,
    /// What the user is explicitly set to; `null` for nothing.
    pub setting: Json,
    /// Why they receive it, where `LaunchDarkly` says.
    pub reason: Option<Reason>,
}

impl FlagSetting {
    /// Whether the user is explicitly set to something.
    #[must_use]
    pub fn is_overridden(&self) -> bool {
        !self.setting.is_null()
    }
}

/// Why a user receives a value.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The whole reason as it came.
    pub raw: Box<RawValue>,
    /// The flag that it names: who may not read that flag must not see its key.
    pub prerequisite_key: Option<String>,
}

/// All flags of one user.
#[derive(Clone, Debug)]
pub struct UserSettings {
    /// The links of the whole list, as they came.
    pub links: Option<Box<RawValue>>,
    /// The flags, sorted by key, each key once.
    pub flags: Vec<(FlagKey, FlagSetting)>,
}

/// The scheduled removals of one user, for all flags.
#[derive(Clone, Debug)]
pub struct Expirations {
    /// The links of the whole list, as they came.
    pub links: Option<Box<RawValue>>,
    /// The removals, in the order they came.
    pub items: Vec<ExpirationItem>,
}

/// One scheduled removal.
#[derive(Clone, Debug)]
pub struct ExpirationItem {
    /// The whole record as it came, for the drop-in.
    pub raw: Box<RawValue>,
    /// What it says.
    pub expiration: Expiration,
}

/// The answer to a change of expirations. That there is an answer does not mean that all of it happened: ask
/// [`PatchReport::is_complete`].
#[derive(Clone, Debug)]
pub struct PatchReport {
    /// The user's scheduled removals after the change.
    pub items: Vec<ExpirationItem>,
    /// The links, as they came.
    pub links: Option<Box<RawValue>>,
    /// How many instructions `LaunchDarkly` counted.
    pub total: Option<u64>,
    /// How many of them it carried out.
    pub successful: Option<u64>,
    /// How many of them it did not.
    pub failed: Option<u64>,
    /// What it says about those.
    pub errors: Vec<PatchError>,
    /// Whether it is not known of some of them whether they were carried out: no answer came. Only where the change took
    /// several calls.
    pub is_unknown: bool,
}

impl PatchReport {
    /// Whether every instruction was carried out: nothing in the answer says otherwise.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let short = match (self.total, self.successful) {
            (Some(total), Some(successful)) => successful < total,
            (None, _) | (_, None) => false,
        };
        self.errors.is_empty() && self.failed.unwrap_or(0) == 0 && !short
    }
}

/// One instruction that was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    /// The instruction's index as `LaunchDarkly` counts; whether from 0 or from 1 is not documented.
    pub index: Option<i64>,
    /// What it says: at most 500 characters, without control characters.
    pub message: String,
}

/// Whose token we hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account.
    pub account_id: Option<String>,
    /// The token's name.
    pub token_name: Option<String>,
    /// The token's kind.
    pub token_kind: Option<String>,
    /// Whether it is a service token, which is tied to no member.
    pub service_token: Option<bool>,
}

/// The API versions there are, as numbers like `20240415`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Those that are accepted.
    pub valid: Vec<i64>,
    /// The latest.
    pub latest: Option<i64>,
    /// The one that answered us.
    pub current: Option<i64>,
}

impl Versions {
    /// Whether `version` is no longer accepted. An empty list tells nothing, nor can a version be listed that is no number.
    #[must_use]
    pub fn lack(&self, version: &str) -> bool {
        let listed = |version: i64| self.valid.contains(&version);
        !self.valid.is_empty() && version.parse().is_ok_and(|version| !listed(version))
    }
}

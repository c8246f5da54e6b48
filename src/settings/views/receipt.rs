//! What a write answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::tag::entity_tag;
use crate::domain::{FlagTarget, Json};

/// How much of a write is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Applied {
    /// All of it.
    Yes,
    /// Nothing of it.
    No,
    /// Some steps of it.
    Partly,
    /// Nobody can tell: LaunchDarkly did not answer.
    Unknown,
}

/// What became of one step of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// It is in force.
    Done,
    /// It is not.
    Failed,
    /// It was, and was taken back.
    Undone,
    /// It was, and could not be taken back.
    UndoFailed,
    /// Nobody can tell.
    Unknown,
}

/// A step of a write and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// `set`, `clear` or `schedule`.
    pub step: &'static str,
    /// What became of it.
    pub outcome: StepOutcome,
}

/// An override and its end, before or after a write.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OverrideState)]
pub struct StateView {
    /// What the user is set to; `null` for nothing.
    #[schema(value_type = serde_json::Value, required = true, example = true)]
    pub setting: Option<Json>,
    /// When it ends, RFC 3339; `null` for never.
    #[schema(value_type = Option<String>, required = true, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// What an override and its end are known by again: a digest, the same on every replica.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateTag(String);

impl StateView {
    /// What this state is known by again.
    #[must_use]
    pub fn tag(&self) -> StateTag {
        let setting = self.setting.as_ref().map_or("null", Json::as_str);
        let end = self.expires_at.map(Timestamp::as_millisecond);
        let tag = entity_tag(format!("{end:?} {setting}").as_bytes());
        let shown = tag.iter().filter(|byte| byte.is_ascii_hexdigit());
        StateTag(shown.copied().map(char::from).collect())
    }
}

/// The receipt of a write.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt<'a> {
    /// The operation's name, as in the comment that LaunchDarkly keeps.
    pub operation: String,
    /// The project.
    pub project: &'a str,
    /// The environment.
    pub environment: &'a str,
    /// The user.
    pub user: &'a str,
    /// The flag.
    pub flag: &'a str,
    /// As it was.
    pub before: StateView,
    /// As it is.
    pub after: StateView,
    /// How much is in force.
    pub applied: Applied,
}

/// The answer to a write.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum WriteAnswer<'a> {
    /// It was made.
    Made(Receipt<'a>),
    /// It was asked for with `dry_run=true`.
    WouldBe(DryRun<'a>),
}

/// A call that a write would make.
#[derive(Debug, Serialize, ToSchema)]
pub struct Call {
    /// The method.
    pub method: String,
    /// The path on LaunchDarkly's side.
    pub path: String,
    /// The body.
    #[schema(value_type = Object)]
    pub body: Json,
}

/// What a write would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRun<'a> {
    /// Always true.
    pub dry_run: bool,
    /// The project.
    pub project: &'a str,
    /// The environment.
    pub environment: &'a str,
    /// The user.
    pub user: &'a str,
    /// The flag.
    pub flag: &'a str,
    /// As it is.
    pub before: StateView,
    /// As it would be.
    pub after: StateView,
    /// Always `no`.
    pub applied: Applied,
    /// The calls it would make, in order. A pending end that LaunchDarkly drops together with its value needs no
    /// cancelling then, which only a look after the first call can tell.
    pub calls: Vec<Call>,
}

/// A write that was made or would be.
#[derive(Debug)]
pub enum Written {
    /// It was made.
    Made {
        /// The operation's name.
        operation: String,
        /// As it was.
        before: StateView,
        /// As it is.
        after: StateView,
    },
    /// It would be made by these calls.
    WouldBe {
        /// As it is.
        before: StateView,
        /// As it would be.
        after: StateView,
        /// The calls.
        calls: Vec<Call>,
    },
}

impl Written {
    /// The body for `/v1`.
    pub fn body(self, target: &FlagTarget) -> Result<Vec<u8>, serde_json::Error> {
        let project = target.user.place.project.as_str();
        let environment = target.user.place.environment.as_str();
        let (user, flag) = (target.user.user.as_str(), target.flag.as_str());
        let answer = match self {
            Self::Made { operation, before, after } => WriteAnswer::Made(Receipt {
                operation,
                project,
                environment,
                user,
                flag,
                before,
                after,
                applied: Applied::Yes,
            }),
            Self::WouldBe { before, after, calls } => WriteAnswer::WouldBe(DryRun {
                dry_run: true,
                project,
                environment,
                user,
                flag,
                before,
                after,
                applied: Applied::No,
                calls,
            }),
        };
        serde_json::to_vec(&answer)
    }
}

//! What can be asked of `LaunchDarkly`, and one such question ready to be sent.

use reqwest::Method;
use serde_json::value::RawValue;
use url::Url;

use super::paths::Paths;

/// The media type of plain JSON bodies.
pub(super) const JSON: &str = "application/json";
/// The media type of semantic patches. Without its parameter `LaunchDarkly` takes the body for a JSON patch.
pub(super) const SEMANTIC_PATCH: &str = "application/json; domain-model=launchdarkly.semanticpatch";

/// The operations, as metrics and logs name them. Each is one route of `LaunchDarkly`'s, with a rate-limit window of
/// its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    ListSettings,
    GetSetting,
    PutSetting,
    ListExpirations,
    PatchExpirations,
    Evaluate,
    PutContextSetting,
    ListExpiringTargets,
    PatchExpiringTargets,
    GetContext,
    ListFlags,
    GetFlag,
    CallerIdentity,
    Versions,
}

impl Call {
    /// All of them.
    pub(super) const ALL: [Self; 14] = [
        Self::ListSettings,
        Self::GetSetting,
        Self::PutSetting,
        Self::ListExpirations,
        Self::PatchExpirations,
        Self::Evaluate,
        Self::PutContextSetting,
        Self::ListExpiringTargets,
        Self::PatchExpiringTargets,
        Self::GetContext,
        Self::ListFlags,
        Self::GetFlag,
        Self::CallerIdentity,
        Self::Versions,
    ];

    /// The value of the label `operation`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ListSettings => "list-settings",
            Self::GetSetting => "get-setting",
            Self::PutSetting => "put-setting",
            Self::ListExpirations => "list-expirations",
            Self::PatchExpirations => "patch-expirations",
            Self::Evaluate => "evaluate",
            Self::PutContextSetting => "put-context-setting",
            Self::ListExpiringTargets => "list-expiring-targets",
            Self::PatchExpiringTargets => "patch-expiring-targets",
            Self::GetContext => "get-context",
            Self::ListFlags => "list-flags",
            Self::GetFlag => "get-flag",
            Self::CallerIdentity => "caller-identity",
            Self::Versions => "versions",
        }
    }

    pub(super) const fn method(self) -> Method {
        match self {
            Self::PutSetting | Self::PutContextSetting => Method::PUT,
            Self::PatchExpirations | Self::PatchExpiringTargets => Method::PATCH,
            // A read all the same: its question, a context, is too large for a URL.
            Self::Evaluate => Method::POST,
            Self::ListSettings
            | Self::GetSetting
            | Self::ListExpirations
            | Self::ListExpiringTargets
            | Self::GetContext
            | Self::ListFlags
            | Self::GetFlag
            | Self::CallerIdentity
            | Self::Versions => Method::GET,
        }
    }

    /// Whether it changes something, so that it must not be sent twice without need.
    pub(super) const fn is_write(self) -> bool {
        matches!(
            self,
            Self::PutSetting
                | Self::PatchExpirations
                | Self::PutContextSetting
                | Self::PatchExpiringTargets
        )
    }

    /// Whether it is of the User Settings API, which only versions before `20240415` have.
    pub(super) const fn is_of_user_settings(self) -> bool {
        matches!(
            self,
            Self::ListSettings
                | Self::GetSetting
                | Self::PutSetting
                | Self::ListExpirations
                | Self::PatchExpirations
        )
    }

    /// The media type of its body.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::PatchExpirations | Self::PatchExpiringTargets => SEMANTIC_PATCH,
            Self::ListSettings
            | Self::GetSetting
            | Self::PutSetting
            | Self::ListExpirations
            | Self::Evaluate
            | Self::PutContextSetting
            | Self::ListExpiringTargets
            | Self::GetContext
            | Self::ListFlags
            | Self::GetFlag
            | Self::CallerIdentity
            | Self::Versions => JSON,
        }
    }
}

/// One of each operation's something, found without searching.
#[derive(Debug)]
pub(super) struct PerCall<T>([T; Call::ALL.len()]);

impl<T> PerCall<T> {
    pub(super) fn new(make: impl Fn(Call) -> T) -> Self {
        Self(Call::ALL.map(make))
    }

    pub(super) fn of(&self, call: Call) -> &T {
        let [
            list_settings,
            get_setting,
            put_setting,
            list_expirations,
            patch_expirations,
            evaluate,
            put_context_setting,
            list_expiring_targets,
            patch_expiring_targets,
            get_context,
            list_flags,
            get_flag,
            caller_identity,
            versions,
        ] = &self.0;
        match call {
            Call::ListSettings => list_settings,
            Call::GetSetting => get_setting,
            Call::PutSetting => put_setting,
            Call::ListExpirations => list_expirations,
            Call::PatchExpirations => patch_expirations,
            Call::Evaluate => evaluate,
            Call::PutContextSetting => put_context_setting,
            Call::ListExpiringTargets => list_expiring_targets,
            Call::PatchExpiringTargets => patch_expiring_targets,
            Call::GetContext => get_context,
            Call::ListFlags => list_flags,
            Call::GetFlag => get_flag,
            Call::CallerIdentity => caller_identity,
            Call::Versions => versions,
        }
    }
}

/// A question ready to be sent, as often as it takes.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) call: Call,
    pub(super) url: Url,
    pub(super) body: Option<Box<RawValue>>,
}

impl Request {
    /// A question without a body.
    pub(super) fn read(call: Call, url: Url) -> Self {
        let body = None;
        Self { call, url, body }
    }

    /// A question with a body.
    pub(super) fn with_body(call: Call, url: Url, body: Box<RawValue>) -> Self {
        Self { call, url, body: Some(body) }
    }

    /// The same, to be looked at.
    pub(super) fn into_draft(self, paths: &Paths) -> Draft {
        Draft {
            method: self.call.method().to_string(),
            path: paths.relative(&self.url).to_owned(),
            body: self.body.unwrap_or_else(|| RawValue::NULL.to_owned()),
        }
    }
}

/// What a write would send, for a dry run: the very request that the write builds, without the token.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The method, in capitals.
    pub method: String,
    /// The path, percent-encoded, below the configured base.
    pub path: String,
    /// The body.
    pub body: Box<RawValue>,
}

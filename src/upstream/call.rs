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
    GetFlag,
    CallerIdentity,
    Versions,
}

impl Call {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 8] = [
        Self::ListSettings,
        Self::GetSetting,
        Self::PutSetting,
        Self::ListExpirations,
        Self::PatchExpirations,
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
            Self::GetFlag => "get-flag",
            Self::CallerIdentity => "caller-identity",
            Self::Versions => "versions",
        }
    }

    pub(super) const fn method(self) -> Method {
        match self {
            Self::PutSetting => Method::PUT,
            Self::PatchExpirations => Method::PATCH,
            Self::ListSettings
            | Self::GetSetting
            | Self::ListExpirations
            | Self::GetFlag
            | Self::CallerIdentity
            | Self::Versions => Method::GET,
        }
    }

    /// Whether it changes something, so that it must not be sent twice without need.
    pub(super) const fn is_write(self) -> bool {
        matches!(self, Self::PutSetting | Self::PatchExpirations)
    }

    /// The media type of its body.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::PatchExpirations => SEMANTIC_PATCH,
            Self::ListSettings
            | Self::GetSetting
            | Self::PutSetting
            | Self::ListExpirations
            | Self::GetFlag
            | Self::CallerIdentity
            | Self::Versions => JSON,
        }
    }
}

/// One of each operation's something, found without searching.
#[derive(Debug)]
pub(super) struct PerCall<T> {
    list_settings: T,
    get_setting: T,
    put_setting: T,
    list_expirations: T,
    patch_expirations: T,
    get_flag: T,
    caller_identity: T,
    versions: T,
}

impl<T> PerCall<T> {
    pub(super) fn new(make: impl Fn(Call) -> T) -> Self {
        Self {
            list_settings: make(Call::ListSettings),
            get_setting: make(Call::GetSetting),
            put_setting: make(Call::PutSetting),
            list_expirations: make(Call::ListExpirations),
            patch_expirations: make(Call::PatchExpirations),
            get_flag: make(Call::GetFlag),
            caller_identity: make(Call::CallerIdentity),
            versions: make(Call::Versions),
        }
    }

    pub(super) fn of(&self, call: Call) -> &T {
        match call {
            Call::ListSettings => &self.list_settings,
            Call::GetSetting => &self.get_setting,
            Call::PutSetting => &self.put_setting,
            Call::ListExpirations => &self.list_expirations,
            Call::PatchExpirations => &self.patch_expirations,
            Call::GetFlag => &self.get_flag,
            Call::CallerIdentity => &self.caller_identity,
            Call::Versions => &self.versions,
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

//! The shapes of the User Settings API, made up from what the replacement APIs tell.

use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

use crate::domain::Json;
use crate::upstream::answers::FlagSetting;
use crate::upstream::paths::Paths;
use crate::upstream::wire::{Evaluation, body};

/// `UserFlagSetting`, with its members in the order of the official examples.
#[derive(Serialize)]
struct SettingWire<'a> {
    #[serde(rename = "_links")]
    links: Box<RawValue>,
    #[serde(rename = "_value")]
    value: &'a RawValue,
    setting: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a RawValue>,
}

/// `Link`.
#[derive(Serialize)]
struct LinkWire<'a> {
    href: &'a str,
    r#type: &'static str,
}

/// One flag of a user. `link` is the name of its link: `self` in a list, and the flag's key where it stands alone.
pub(super) fn setting(
    paths: &Paths,
    link: &str,
    url: &Url,
    evaluation: Evaluation,
    set_to: Option<&Json>,
) -> FlagSetting {
    let Evaluation { value, reason } = evaluation;
    let setting = set_to.cloned().unwrap_or_else(Json::null);
    let raw = body(&SettingWire {
        links: links(paths, link, url),
        value: value.raw(),
        setting: setting.raw(),
        reason: reason.as_ref().map(|reason| &*reason.raw),
    });
    FlagSetting { raw, value, setting, reason }
}

/// One link, from the root of `LaunchDarkly`'s host as all of its links are.
pub(super) fn links(paths: &Paths, name: &str, url: &Url) -> Box<RawValue> {
    let href = paths.link(url);
    let link = LinkWire { href: &href, r#type: "application/json" };
    body(&std::collections::BTreeMap::from([(name, link)]))
}

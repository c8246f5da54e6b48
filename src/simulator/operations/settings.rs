//! A user's flag settings: list, read one, write one.
//!
//! Undocumented upstream and decided here: archived flags are not in the list but can be read by key; the
//! media type of a PUT has to be JSON; a PUT that changes nothing leaves no trace in the history.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::Call;
use crate::simulator::json::Json;
use crate::simulator::wire::{Answer, Refusal, Route, encode};
use crate::simulator::world::{Flag, Place, evaluate};

/// What `LaunchDarkly` allows or denies when a target is changed.
const ACTION: &str = "updateTargets";

/// `UserFlagSetting`. Both values are always written, `null` included.
#[derive(Serialize)]
struct Setting {
    #[serde(rename = "_links")]
    links: serde_json::Value,
    #[serde(rename = "_value")]
    value: Option<Json>,
    #[serde(rename = "setting")]
    targeted: Option<Json>,
    reason: serde_json::Value,
}

/// `UserFlagSettings`: its items are a map.
#[derive(Serialize)]
struct Settings {
    items: BTreeMap<String, Setting>,
    #[serde(rename = "_links")]
    links: serde_json::Value,
}

/// `ValuePut`. Members that it does not know are ignored, and a missing `setting` erases, as upstream.
#[derive(Deserialize)]
struct ValuePut {
    setting: Option<Box<RawValue>>,
    comment: Option<String>,
}

/// All flags of the project for a user.
pub(super) fn list(call: &Call<'_>, route: &Route) -> Result<Answer, Refusal> {
    let Route::Settings { project, environment, user } = route else {
        return Err(Refusal::NotFound);
    };
    let (found, _) = call.find(project, environment)?;
    let listed = found.flags.values().filter(|flag| !flag.archived);
    let items = listed.map(|flag| {
        let place = place(project, environment, user, &flag.key);
        let setting = setting(call, &place, flag, "self")?;
        Ok((flag.key.clone(), setting))
    });
    Ok(Answer::ok(&Settings {
        items: items.collect::<Result<_, Refusal>>()?,
        links: link("self", &base(project, environment, user)),
    }))
}

/// One flag for a user. Its link is named after the flag, not `self`.
pub(super) fn read(call: &Call<'_>, route: &Route) -> Result<Answer, Refusal> {
    let (place, flag) = find(call, route)?;
    Ok(Answer::ok(&setting(call, &place, flag, &place.flag)?))
}

/// Targets a user on the variation that has a value, or on none.
pub(super) fn put(call: &mut Call<'_>, route: &Route) -> Result<Answer, Refusal> {
    let (place, flag) = find(call, route)?;
    let resource = format!("proj/{}:env/{}:flag/{}", place.project, place.environment, place.flag);
    let (_, environment) = call.find(&place.project, &place.environment)?;
    call.may_change(environment, ACTION, resource)?;
    let put = body(call)?;
    let variation = match put.setting.map(Json::from) {
        None => None,
        Some(value) => {
            let unknown = || Refusal::invalid("setting must match one of the flag's variations");
            Some(flag.variation_of(&value).ok_or_else(unknown)?)
        }
    };
    let (by, now) = (call.by(put.comment), call.now);
    call.state.account.set(&place, variation, &by, now);
    Ok(Answer::empty(204))
}

fn body(call: &Call<'_>) -> Result<ValuePut, Refusal> {
    let content_type = call.request.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::invalid("Content-Type must be application/json"));
    }
    // `null` and arrays would pass as a struct, but only an object is a body here.
    let is_object = call.request.body.trim_ascii_start().first() == Some(&b'{');
    let parsed = serde_json::from_slice(&call.request.body).ok();
    let invalid = || Refusal::invalid("Invalid request body");
    parsed.filter(|_| is_object).ok_or_else(invalid)
}

fn find<'a>(call: &'a Call<'_>, route: &Route) -> Result<(Place, &'a Flag), Refusal> {
    let Route::Setting { project, environment, user, flag } = route else {
        return Err(Refusal::NotFound);
    };
    let (found, _) = call.find(project, environment)?;
    let known = found.flags.get(flag).ok_or(Refusal::NotFound)?;
    Ok((place(project, environment, user, flag), known))
}

fn setting(
    call: &Call<'_>,
    place: &Place,
    flag: &Flag,
    link_name: &str,
) -> Result<Setting, Refusal> {
    let (project, environment) = call.find(&place.project, &place.environment)?;
    let evaluation = evaluate(project, environment, flag, &place.user);
    let base = base(&place.project, &place.environment, &place.user);
    Ok(Setting {
        links: link(link_name, &format!("{base}/{}", encode(&flag.key))),
        value: evaluation.value,
        targeted: call.state.account.setting_of(place),
        reason: json!(evaluation.reason),
    })
}

fn base(project: &str, environment: &str, user: &str) -> String {
    let (project, environment, user) = (encode(project), encode(environment), encode(user));
    format!("/api/v2/users/{project}/{environment}/{user}/flags")
}

fn link(name: &str, href: &str) -> serde_json::Value {
    json!({ name: { "href": href, "type": "application/json" } })
}

fn place(project: &str, environment: &str, user: &str, flag: &str) -> Place {
    Place {
        project: project.to_owned(),
        environment: environment.to_owned(),
        user: user.to_owned(),
        flag: flag.to_owned(),
    }
}

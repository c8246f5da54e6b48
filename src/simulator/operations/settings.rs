//! A user's flag settings: list, read one. Values are evaluated with the attributes that are stored of the user.
//!
//! Undocumented upstream and decided here: archived flags are not in the list but can be read by key.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::Call;
use super::query::link;
use crate::simulator::json::Json;
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::{Context, Environment, Flag, Place, Project, USER, evaluate};

/// `UserFlagSetting`. Both values are always written, `null` included.
#[derive(Serialize)]
struct Setting {
    #[serde(rename = "_links")]
    links: Value,
    #[serde(rename = "_value")]
    value: Option<Json>,
    #[serde(rename = "setting")]
    targeted: Option<Json>,
    reason: Value,
}

/// `UserFlagSettings`: its items are a map.
#[derive(Serialize)]
struct Settings {
    items: BTreeMap<String, Setting>,
    #[serde(rename = "_links")]
    links: Value,
}

/// Where and for whom settings are read.
struct Reading<'a> {
    project: &'a Project,
    environment: &'a Environment,
    user: &'a str,
    context: Context<'a>,
}

/// All flags of the project for a user.
pub(super) fn list(
    call: &Call<'_>,
    project: &str,
    environment: &str,
    user: &str,
) -> Result<Answer, Refusal> {
    let (project, environment) = call.find(project, environment)?;
    let reading = Reading { project, environment, user, context: project.stored(user) };
    let listed = project.flags.values().filter(|flag| !flag.archived);
    let items = listed.map(|flag| (flag.key.clone(), reading.setting(flag, "self")));
    Ok(Answer::ok(&Settings {
        items: items.collect(),
        links: json!({ "self": link(&reading.base()) }),
    }))
}

/// One flag for a user. Its link is named after the flag, not `self`.
pub(super) fn read(call: &Call<'_>, place: &Place) -> Result<Answer, Refusal> {
    let (project, environment, flag) = call.find_flag(place)?;
    let context = project.stored(&place.user);
    let reading = Reading { project, environment, user: &place.user, context };
    Ok(Answer::ok(&reading.setting(flag, &flag.key)))
}

impl Reading<'_> {
    fn setting(&self, flag: &Flag, link_name: &str) -> Setting {
        let evaluation = evaluate(self.project, self.environment, flag, &self.context);
        let targeting = flag.targeting.get(&self.environment.key);
        let target = targeting.and_then(|targeting| targeting.target_of(USER, self.user));
        let href = format!("{}/{}", self.base(), encode(&flag.key));
        Setting {
            links: json!({ link_name: link(&href) }),
            value: evaluation.value,
            targeted: target.and_then(|variation| flag.value(variation).cloned()),
            reason: json!(evaluation.reason),
        }
    }

    fn base(&self) -> String {
        let (project, environment) = (encode(&self.project.key), encode(&self.environment.key));
        format!("/api/v2/users/{project}/{environment}/{}/flags", encode(self.user))
    }
}

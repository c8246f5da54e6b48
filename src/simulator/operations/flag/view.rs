//! A flag, with the environments asked for.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::environment;
use crate::simulator::json::Json;
use crate::simulator::operations::query::link;
use crate::simulator::wire::{Refusal, encode};
use crate::simulator::world::{Environment, Flag, Project};

/// The member who looks after every flag here.
const MAINTAINER: &str = "5f0000000000000000000005";

/// What a summary leaves out of an environment.
const WHOLE_ONLY: [&str; 6] =
    ["targets", "contextTargets", "rules", "prerequisites", "fallthrough", "offVariation"];

/// `FeatureFlag`. What is the same for every flag, and holds no value, is in `rest`.
#[derive(Serialize)]
pub(super) struct FeatureFlag<'a> {
    variations: Vec<Variation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environments: Option<BTreeMap<&'a str, Value>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A variation; name and description are left out when empty.
#[derive(Serialize)]
struct Variation<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    value: &'a Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

/// How much is told about an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Everything.
    Whole,
    /// Without targets, rules, prerequisites, and what is served otherwise.
    Summary,
}

/// The environments that are named, each once and in the order of their keys; none for none.
pub(super) fn environments<'a>(
    project: &'a Project,
    named: &[&str],
) -> Result<Vec<&'a Environment>, Refusal> {
    let known = |key: &str| project.environments.contains_key(key);
    if let Some(unknown) = named.iter().find(|key| !known(key)) {
        return Err(Refusal::UnknownEnvironment((*unknown).to_owned()));
    }
    let all = project.environments.values();
    Ok(all.filter(|environment| named.contains(&environment.key.as_str())).collect())
}

/// A flag with these environments.
pub(super) fn view<'a>(
    project: &Project,
    flag: &'a Flag,
    environments: &[&'a Environment],
    detail: Detail,
) -> FeatureFlag<'a> {
    let environments = environments.iter().filter_map(|environment| {
        let targeting = flag.targeting.get(&environment.key)?;
        let view = environment::view(project, flag, environment, targeting);
        Some((environment.key.as_str(), detail.of(view)))
    });
    let environments: BTreeMap<_, _> = environments.collect();
    FeatureFlag {
        variations: flag.variations.iter().map(variation).collect(),
        environments: Some(environments).filter(|shown| !shown.is_empty()),
        rest: rest(project, flag),
    }
}

impl Detail {
    fn of(self, mut environment: Value) -> Value {
        if let (Self::Summary, Value::Object(members)) = (self, &mut environment) {
            members.retain(|name, _| !WHOLE_ONLY.contains(&name.as_str()));
        }
        environment
    }
}

fn variation(variation: &crate::simulator::world::Variation) -> Variation<'_> {
    let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    Variation {
        id: &variation.id,
        value: &variation.value,
        name: variation.name.as_deref().filter(|_| filled(&variation.name)),
        description: variation.description.as_deref().filter(|_| filled(&variation.description)),
    }
}

fn rest(project: &Project, flag: &Flag) -> Map<String, Value> {
    let parent = format!("/api/v2/flags/{}", encode(&project.key));
    let itself = format!("{parent}/{}", encode(&flag.key));
    let last = flag.variations.len().saturating_sub(1);
    let mut rest = json!({
        "key": flag.key,
        "name": flag.name,
        "kind": flag.kind(),
        "description": flag.description,
        "_version": flag.version,
        "creationDate": flag.creation_date,
        "includeInSnippet": false,
        "clientSideAvailability": { "usingMobileKey": false, "usingEnvironmentId": false },
        "temporary": flag.temporary,
        "tags": flag.tags,
        "_links": { "parent": link(&parent), "self": link(&itself) },
        "maintainerId": MAINTAINER,
        "_maintainer": maintainer(),
        "goalIds": [],
        "experiments": { "baselineIdx": 0, "items": [] },
        "customProperties": {},
        "archived": flag.archived,
        "deprecated": flag.deprecated,
        "defaults": { "onVariation": 0, "offVariation": last },
    });
    let Value::Object(members) = &mut rest else { return Map::new() };
    let date = || json!(flag.creation_date);
    members.extend(flag.archived.then(|| ("archivedDate".to_owned(), date())));
    members.extend(flag.deprecated.then(|| ("deprecatedDate".to_owned(), date())));
    std::mem::take(members)
}

fn maintainer() -> Value {
    json!({
        "_links": { "self": link(&format!("/api/v2/members/{MAINTAINER}")) },
        "_id": MAINTAINER,
        "firstName": "Simulated",
        "lastName": "Maintainer",
        "role": "admin",
        "email": "maintainer@example.com",
    })
}

//! `GET /api/v2/flags/{project}/{flag}`: a flag in `LaunchDarkly`'s representation, with the environments that
//! `env` names, or all of them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Call;
use crate::simulator::json::Json;
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::{Environment, Flag, Project, Serve, Targeting};

/// The member who looks after every flag here.
const MAINTAINER: &str = "5f0000000000000000000005";

/// `FeatureFlag`. What is the same for every flag, and holds no value, is in `rest`.
#[derive(Serialize)]
struct FeatureFlag<'a> {
    variations: Vec<Variation<'a>>,
    environments: BTreeMap<&'a str, Value>,
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

/// A flag, with the environments asked for.
pub(super) fn read(call: &Call<'_>, project: &str, flag: &str) -> Result<Answer, Refusal> {
    let projects = &call.state.account.projects;
    let project = projects.get(project).ok_or(Refusal::NotFound)?;
    let asked: Vec<_> = url::form_urlencoded::parse(call.request.query().as_bytes())
        .filter(|(name, _)| name == "env")
        .map(|(_, environment)| environment.into_owned())
        .collect();
    let known = |key: &String| project.environments.contains_key(key);
    if let Some(unknown) = asked.iter().find(|key| !known(key)) {
        return Err(Refusal::UnknownEnvironment(unknown.clone()));
    }
    let flag = project.flags.get(flag).ok_or(Refusal::NotFound)?;
    let environments = project.environments.values();
    let environments = environments
        .filter(|environment| asked.is_empty() || asked.contains(&environment.key))
        .filter_map(|environment| {
            let targeting = flag.targeting.get(&environment.key)?;
            let view = view(project, flag, environment, targeting);
            Some((environment.key.as_str(), view))
        });
    Ok(Answer::ok(&FeatureFlag {
        variations: flag.variations.iter().map(variation).collect(),
        environments: environments.collect(),
        rest: rest(project, flag),
    }))
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
    let rest = json!({
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
        "deprecated": false,
        "defaults": { "onVariation": 0, "offVariation": last },
    });
    rest.as_object().cloned().unwrap_or_default()
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

/// `FeatureFlagConfig`. As upstream, `contextTargets` has an empty placeholder per targeted variation.
fn view(project: &Project, flag: &Flag, environment: &Environment, targeting: &Targeting) -> Value {
    let targets: Vec<_> = targeting.targets.iter().collect();
    let site = format!(
        "/{}/{}/features/{}/targeting",
        encode(&project.key),
        encode(&environment.key),
        encode(&flag.key)
    );
    let mut view = json!({
        "on": targeting.on,
        "archived": flag.archived,
        "salt": format!("salt-of-{}", flag.key),
        "sel": format!("sel-of-{}", flag.key),
        "lastModified": targeting.last_modified,
        "version": targeting.version,
        "targets": targets.iter().map(|t| json!({
            "contextKind": "user", "values": t.values, "variation": t.variation,
        })).collect::<Vec<_>>(),
        "contextTargets": targets.iter().map(|t| json!({
            "contextKind": "user", "values": [], "variation": t.variation,
        })).collect::<Vec<_>>(),
        "rules": rules(targeting),
        "prerequisites": targeting.prerequisites.iter().map(|p| json!({
            "key": p.key, "variation": p.variation,
        })).collect::<Vec<_>>(),
        "_site": { "href": site, "type": "text/html" },
        "_environmentName": environment.name,
        "trackEvents": false,
        "trackEventsFallthrough": false,
        "_summary": summary(flag, targeting),
    });
    if let Value::Object(members) = &mut view {
        let fallthrough = targeting.fallthrough.as_ref().map(served);
        let off = targeting.off_variation.map(Value::from);
        members.extend(fallthrough.map(|served| ("fallthrough".to_owned(), served)));
        members.extend(off.map(|index| ("offVariation".to_owned(), index)));
    }
    view
}

fn rules(targeting: &Targeting) -> Vec<Value> {
    let rules = targeting.rules.iter().map(|rule| {
        let clauses = rule.clauses.iter().enumerate().map(|(index, clause)| {
            json!({
                "_id": format!("{}-{index}", rule.id),
                "attribute": clause.attribute,
                "op": clause.op.name(),
                "values": clause.values,
                "contextKind": "user",
                "negate": clause.negate,
            })
        });
        let mut view = served(&rule.serve);
        if let Value::Object(members) = &mut view {
            members.insert("_id".to_owned(), json!(rule.id));
            members.insert("clauses".to_owned(), clauses.collect());
            members.insert("trackEvents".to_owned(), json!(false));
        }
        view
    });
    rules.collect()
}

fn served(serve: &Serve) -> Value {
    match serve {
        Serve::Variation(index) => json!({ "variation": index }),
        Serve::Rollout(shares) => {
            let shares = shares.iter();
            let shares: Vec<_> = shares
                .map(|share| json!({ "variation": share.variation, "weight": share.weight }))
                .collect();
            json!({ "rollout": { "variations": shares, "contextKind": "user" } })
        }
    }
}

/// How often each variation is used, by its index; only the marks that hold are written.
fn summary(flag: &Flag, targeting: &Targeting) -> Value {
    let serves =
        |serve: &Serve, at: usize| matches!(serve, Serve::Variation(index) if *index == at);
    let variations = (0..flag.variations.len()).map(|at| {
        let of_it = targeting.targets.iter().filter(|t| t.variation == at);
        let targets: usize = of_it.map(|t| t.values.len()).sum();
        let rules = targeting.rules.iter().filter(|r| serves(&r.serve, at));
        let mut one = json!({
            "rules": rules.count(), "nullRules": 0, "targets": targets, "contextTargets": 0,
        });
        if let Value::Object(members) = &mut one {
            if targeting.off_variation == Some(at) {
                members.insert("isOff".to_owned(), json!(true));
            }
            if targeting.fallthrough.as_ref().is_some_and(|s| serves(s, at)) {
                members.insert("isFallthrough".to_owned(), json!(true));
            }
        }
        (at.to_string(), one)
    });
    json!({
        "prerequisites": targeting.prerequisites.len(),
        "variations": variations.collect::<Map<_, _>>(),
    })
}

fn link(href: &str) -> Value {
    json!({ "href": href, "type": "application/json" })
}

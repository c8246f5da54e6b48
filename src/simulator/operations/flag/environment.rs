//! How a flag is targeted in one environment.

use serde_json::{Map, Value, json};

use crate::simulator::wire::encode;
use crate::simulator::world::{Environment, Flag, Project, Serve, Targeting, Targets, USER};

/// `FeatureFlagConfig`. As upstream, `targets` are the users, and `contextTargets` the other kinds, with an empty
/// placeholder for each entry of `targets`. Variations are told by their index.
pub(super) fn view(
    project: &Project,
    flag: &Flag,
    environment: &Environment,
    targeting: &Targeting,
) -> Value {
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
        "targets": users(targeting),
        "contextTargets": contexts(targeting),
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

fn users(targeting: &Targeting) -> Vec<Value> {
    let users = targeting.targets.iter().filter(|targets| targets.context_kind == USER);
    users.map(|targets| target(targets, &targets.values)).collect()
}

fn contexts(targeting: &Targeting) -> Vec<Value> {
    let all = targeting.targets.iter();
    let kept = |targets: &Targets| match targets.context_kind.as_str() {
        USER => target(targets, &[]),
        _ => target(targets, &targets.values),
    };
    all.map(kept).collect()
}

fn target(targets: &Targets, values: &[String]) -> Value {
    json!({
        "contextKind": targets.context_kind, "values": values, "variation": targets.variation,
    })
}

fn rules(targeting: &Targeting) -> Vec<Value> {
    let rules = targeting.rules.iter().map(|rule| {
        let clauses = rule.clauses.iter().enumerate().map(|(index, clause)| {
            json!({
                "_id": format!("{}-{index}", rule.id),
                "attribute": clause.attribute,
                "op": clause.op.name(),
                "values": clause.values,
                "contextKind": clause.context_kind,
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
        let count = |of_users: bool| -> usize {
            let of_it = targeting.targets.iter().filter(|t| t.variation == at);
            let of_kind = of_it.filter(|t| (t.context_kind == USER) == of_users);
            of_kind.map(|t| t.values.len()).sum()
        };
        let rules = targeting.rules.iter().filter(|r| serves(&r.serve, at));
        let mut one = json!({
            "rules": rules.count(), "nullRules": 0,
            "targets": count(true), "contextTargets": count(false),
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

//! Scheduled removals of a user's targets: read, and patched by instructions.
//!
//! Undocumented upstream and decided here: `instructionIndex` counts from 0; instructions that can be followed
//! are followed even when others fail; a date that is not in the future fails; a body that is not a semantic
//! patch of the right shape is refused whole with a 400; the answer lists all that is scheduled for the user
//! in the environment afterwards.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Call;
use crate::simulator::wire::{Answer, Refusal, Route, encode};
use crate::simulator::world::{Expiring, Place, Scheduling};

/// What `LaunchDarkly` allows or denies when a scheduled removal is changed.
const ACTION: &str = "updateExpiringTargets";

/// `patchUsersRequest`; unknown members are ignored.
#[derive(Deserialize)]
struct Patch {
    comment: Option<String>,
    instructions: Vec<Instruction>,
}

/// `instructionUserRequest`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instruction {
    kind: Kind,
    flag_key: String,
    variation_id: String,
    value: Option<i64>,
    version: Option<i64>,
}

#[derive(Clone, Copy, Deserialize)]
enum Kind {
    #[serde(rename = "addExpireUserTargetDate")]
    Add,
    #[serde(rename = "updateExpireUserTargetDate")]
    Update,
    #[serde(rename = "removeExpireUserTargetDate")]
    Remove,
}

/// What is scheduled for a user in an environment.
pub(super) fn read(call: &Call<'_>, route: &Route) -> Result<Answer, Refusal> {
    let place = place(call, route)?;
    Ok(Answer::ok(&json!({
        "items": items(call, &place),
        "_links": links(&place),
    })))
}

/// Follows the instructions of a semantic patch.
pub(super) fn patch(call: &mut Call<'_>, route: &Route) -> Result<Answer, Refusal> {
    let place = place(call, route)?;
    let resource = format!("proj/{}:env/{}:flag/*", place.project, place.environment);
    let (_, environment) = call.find(&place.project, &place.environment)?;
    call.may_change(environment, ACTION, resource)?;
    let patch = body(call)?;
    let by = call.by(patch.comment);
    let mut errors = Vec::new();
    for (index, (instruction, what)) in patch.instructions.iter().enumerate() {
        let place = Place { flag: instruction.flag_key.clone(), ..place.clone() };
        let (id, now) = (&instruction.variation_id, call.now);
        let done = call.state.account.schedule(&place, id, *what, &by, now);
        if let Err(message) = done {
            errors.push(json!({ "instructionIndex": index, "message": message }));
        }
    }
    let total = patch.instructions.len();
    Ok(Answer::ok(&json!({
        "items": items(call, &place),
        "_links": links(&place),
        "totalInstructions": total,
        "successfulInstructions": total - errors.len(),
        "failedInstructions": errors.len(),
        "errors": errors,
    })))
}

/// A patch whose every instruction is complete.
struct Checked {
    comment: Option<String>,
    instructions: Vec<(Instruction, Scheduling)>,
}

fn body(call: &Call<'_>) -> Result<Checked, Refusal> {
    if !is_semantic_patch(call.request.header("content-type").unwrap_or_default()) {
        return Err(Refusal::invalid(
            "Invalid request body: read as a JSON patch; a semantic patch needs the content type \
             application/json; domain-model=launchdarkly.semanticpatch",
        ));
    }
    let invalid = || Refusal::invalid("Invalid request body");
    let parsed: Option<Patch> = serde_json::from_slice(&call.request.body).ok();
    let patch = parsed.ok_or_else(invalid)?;
    let complete = patch.instructions.into_iter().map(|instruction| {
        let what = scheduling(&instruction).ok_or_else(|| {
            Refusal::invalid("Invalid request body: value is required for add and update")
        })?;
        Ok((instruction, what))
    });
    Ok(Checked { comment: patch.comment, instructions: complete.collect::<Result<_, Refusal>>()? })
}

fn scheduling(instruction: &Instruction) -> Option<Scheduling> {
    match instruction.kind {
        Kind::Add => instruction.value.map(Scheduling::Add),
        Kind::Update => {
            let value = instruction.value?;
            Some(Scheduling::Update(value, instruction.version))
        }
        Kind::Remove => Some(Scheduling::Remove),
    }
}

/// Whether a media type is `application/json` with the parameter that makes a patch a semantic one. It is
/// read as a media type: case, quotes, spaces and the order of parameters do not matter.
fn is_semantic_patch(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    json && parts.filter_map(|part| part.split_once('=')).any(|(name, value)| {
        name.trim().eq_ignore_ascii_case("domain-model")
            && value.trim().trim_matches('"').eq_ignore_ascii_case("launchdarkly.semanticpatch")
    })
}

fn place(call: &Call<'_>, route: &Route) -> Result<Place, Refusal> {
    let Route::Expirations { project, user, environment } = route else {
        return Err(Refusal::NotFound);
    };
    call.find(project, environment)?;
    Ok(Place {
        project: project.clone(),
        environment: environment.clone(),
        user: user.clone(),
        flag: String::new(),
    })
}

fn items(call: &Call<'_>, place: &Place) -> Vec<Value> {
    let account = &call.state.account;
    let scheduled = account.expiring_of(&place.project, &place.environment, &place.user);
    let item = |expiring: &Expiring| {
        let place = &expiring.place;
        let flag = account.projects.get(&place.project)?.flags.get(&place.flag)?;
        let variation = flag.variations.get(expiring.variation)?;
        Some(json!({
            "_id": expiring.id,
            "_version": expiring.version,
            "expirationDate": expiring.expiration_date,
            "userKey": place.user,
            "variationId": variation.id,
            "_resourceId": {
                "kind": "flag",
                "projectKey": place.project,
                "environmentKey": place.environment,
                "flagKey": place.flag,
                "key": place.flag,
            },
        }))
    };
    scheduled.iter().filter_map(item).collect()
}

fn links(place: &Place) -> Value {
    let (project, user) = (encode(&place.project), encode(&place.user));
    let environment = encode(&place.environment);
    let href = format!("/api/v2/users/{project}/{user}/expiring-user-targets/{environment}");
    json!({ "self": { "href": href, "type": "application/json" } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_is_read_as_a_media_type() {
        for yes in [
            "application/json; domain-model=launchdarkly.semanticpatch",
            "Application/JSON;charset=utf-8; Domain-Model=\"launchdarkly.semanticpatch\"",
        ] {
            assert!(is_semantic_patch(yes), "{yes}");
        }
        for no in [
            "",
            "application/json",
            "text/json; domain-model=launchdarkly.semanticpatch",
            "application/json; domain-model=launchdarkly.jsonpatch",
        ] {
            assert!(!is_semantic_patch(no), "{no}");
        }
    }
}

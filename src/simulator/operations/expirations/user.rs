//! `GET` and `PATCH /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`: what is scheduled for one
//! user on all flags.

use serde::Deserialize;
use serde_json::{Value, json};

use super::patch::{Step, Verb, follow};
use super::{ACTION, view};
use crate::simulator::operations::Call;
use crate::simulator::operations::body::semantic_patch;
use crate::simulator::operations::dispatch::needs_no_approval;
use crate::simulator::operations::query::link;
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::Place;

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

/// The kinds of instructions about users.
#[derive(Clone, Copy, Deserialize)]
pub(super) enum Kind {
    #[serde(rename = "addExpireUserTargetDate")]
    Add,
    #[serde(rename = "updateExpireUserTargetDate")]
    Update,
    #[serde(rename = "removeExpireUserTargetDate")]
    Remove,
}

impl From<Kind> for Verb {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Add => Self::Add,
            Kind::Update => Self::Update,
            Kind::Remove => Self::Remove,
        }
    }
}

/// What is scheduled for a user in an environment.
pub(in crate::simulator::operations) fn read(
    call: &Call<'_>,
    place: &Place,
) -> Result<Answer, Refusal> {
    call.find(&place.project, &place.environment)?;
    Ok(Answer::ok(&json!({ "items": items(call, place), "_links": links(place) })))
}

/// Follows the instructions of a semantic patch.
pub(in crate::simulator::operations) fn patch(
    call: &mut Call<'_>,
    place: &Place,
) -> Result<Answer, Refusal> {
    let (_, environment) = call.find(&place.project, &place.environment)?;
    call.may_change(place, ACTION, "*")?;
    needs_no_approval(environment.approval_required, ACTION)?;
    let patch: Patch = semantic_patch(call.request)?;
    let steps = patch.instructions.into_iter().map(|instruction| {
        let verb = Verb::from(instruction.kind);
        Ok(Step {
            what: verb.scheduling(instruction.value, instruction.version)?,
            place: Place { flag: instruction.flag_key, ..place.clone() },
            variation_id: instruction.variation_id,
        })
    });
    let outcome = follow(call, patch.comment, &steps.collect::<Result<Vec<_>, Refusal>>()?)?;
    Ok(Answer::ok(&outcome.body(&items(call, place), &links(place))))
}

fn items(call: &Call<'_>, place: &Place) -> Vec<Value> {
    view::of_users(call, &call.state.account.expiring_for_context(place))
}

fn links(place: &Place) -> Value {
    let (project, user) = (encode(&place.project), encode(&place.user));
    let environment = encode(&place.environment);
    let href = format!("/api/v2/users/{project}/{user}/expiring-user-targets/{environment}");
    json!({ "self": link(&href) })
}

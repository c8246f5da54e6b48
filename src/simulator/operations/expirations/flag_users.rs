//! `GET` and `PATCH /api/v2/flags/{project}/{flag}/expiring-user-targets/{environment}`: what is scheduled on
//! one flag for its users.

use serde::Deserialize;
use serde_json::{Value, json};

use super::patch::{Step, Verb, follow};
use super::user::Kind;
use super::{ACTION, view};
use crate::simulator::operations::Call;
use crate::simulator::operations::body::semantic_patch;
use crate::simulator::operations::dispatch::needs_no_approval;
use crate::simulator::operations::query::link;
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::Place;

/// `patchFlagsRequest`; unknown members are ignored.
#[derive(Deserialize)]
struct Patch {
    comment: Option<String>,
    instructions: Vec<Instruction>,
}

/// `Instruction`, with the members that these kinds of it have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instruction {
    kind: Kind,
    user_key: String,
    variation_id: String,
    value: Option<i64>,
    version: Option<i64>,
}

impl Instruction {
    fn step(self, place: &Place) -> Result<Step, Refusal> {
        Ok(Step {
            what: Verb::from(self.kind).scheduling(self.value, self.version)?,
            place: Place { user: self.user_key, ..place.clone() },
            variation_id: self.variation_id,
        })
    }
}

/// What is scheduled on a flag in an environment.
pub(in crate::simulator::operations) fn read(
    call: &Call<'_>,
    place: &Place,
) -> Result<Answer, Refusal> {
    call.find_flag(place)?;
    Ok(Answer::ok(&json!({ "items": items(call, place), "_links": links(place) })))
}

/// Follows the instructions of a semantic patch.
pub(in crate::simulator::operations) fn patch(
    call: &mut Call<'_>,
    place: &Place,
) -> Result<Answer, Refusal> {
    let (_, environment, flag) = call.find_flag(place)?;
    call.may_change(place, ACTION, &place.flag)?;
    needs_no_approval(environment.guards(flag), ACTION)?;
    let patch: Patch = semantic_patch(call.request)?;
    let steps = patch.instructions.into_iter().map(|instruction| instruction.step(place));
    let outcome = follow(call, patch.comment, &steps.collect::<Result<Vec<_>, Refusal>>()?)?;
    Ok(Answer::ok(&outcome.body(&items(call, place), &links(place))))
}

fn items(call: &Call<'_>, place: &Place) -> Vec<Value> {
    view::of_users(call, &call.state.account.expiring_on_flag(place))
}

fn links(place: &Place) -> Value {
    let (project, flag) = (encode(&place.project), encode(&place.flag));
    let environment = encode(&place.environment);
    let href = format!("/api/v2/flags/{project}/{flag}/expiring-user-targets/{environment}");
    json!({ "self": link(&href) })
}

//! `GET` and `PATCH /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`: what is scheduled for one
//! user on all flags.

use serde_json::{Value, json};

use super::instructions::{self, OfFlag};
use super::patch::follow;
use super::{ACTION, view};
use crate::simulator::operations::Call;
use crate::simulator::operations::dispatch::needs_no_approval;
use crate::simulator::operations::query::link;
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::Place;

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
    let (comment, steps) = instructions::read::<OfFlag>(call.request, place)?;
    let outcome = follow(call, comment, &steps)?;
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

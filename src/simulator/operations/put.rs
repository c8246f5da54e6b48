//! Targets a context on the variation that has a value, or on none:
//! `PUT /api/v2/users/{project}/{environment}/{user}/flags/{flag}` and
//! `PUT /api/v2/projects/{project}/environments/{environment}/contexts/{kind}/{key}/flags/{flag}`, which are one
//! operation here, since a user is a context of kind `user`.
//!
//! Undocumented upstream and decided here: the media type has to be JSON; a `setting` that is none of the
//! variations is a 400, and so is a kind that no context can have; a PUT that changes nothing leaves no trace in
//! the history.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Call;
use super::body::json_object;
use super::dispatch::needs_no_approval;
use crate::simulator::json::Json;
use crate::simulator::wire::{Answer, Refusal};
use crate::simulator::world::{Place, is_kind};

/// What `LaunchDarkly` allows or denies when a target is changed.
const ACTION: &str = "updateTargets";

/// `ValuePut`. Members that it does not know are ignored, and a missing `setting` erases, as upstream.
#[derive(Deserialize)]
struct ValuePut {
    setting: Option<Box<RawValue>>,
    comment: Option<String>,
}

/// Sets or erases.
pub(super) fn setting(call: &mut Call<'_>, place: &Place) -> Result<Answer, Refusal> {
    let (_, environment, flag) = call.find_flag(place)?;
    if !is_kind(&place.kind) {
        return Err(Refusal::invalid(format!("Invalid context kind: {}", place.kind)));
    }
    call.may_change(place, ACTION, &place.flag)?;
    needs_no_approval(environment.guards(flag), ACTION)?;
    let put: ValuePut = json_object(call.request)?;
    let variation = match put.setting.map(Json::from) {
        None => None,
        Some(value) => {
            let unknown = || Refusal::invalid("setting must match one of the flag's variations");
            Some(flag.variation_of(&value).ok_or_else(unknown)?)
        }
    };
    call.lock(&place.project, &place.flag)?;
    let (by, now) = (call.by(put.comment), call.now);
    call.state.account.set(place, variation, &by, now);
    Ok(Answer::empty(204))
}

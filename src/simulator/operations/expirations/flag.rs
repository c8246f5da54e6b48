//! What is scheduled on one flag: for users, under
//! `GET` and `PATCH /api/v2/flags/{project}/{flag}/expiring-user-targets/{environment}`, and for contexts of every
//! kind, users among them, under `…/expiring-targets/{environment}`.

use serde_json::{Value, json};

use super::instructions::{self, OfContext, OfUser};
use super::patch::follow;
use super::{ACTION, view};
use crate::simulator::operations::Call;
use crate::simulator::operations::dispatch::needs_no_approval;
use crate::simulator::operations::query::link;
use crate::simulator::wire::{Answer, Refusal, encode};
use crate::simulator::world::Place;

/// From which of its two routes a flag is looked at.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator::operations) enum Side {
    Users,
    Contexts,
}

/// What is scheduled on a flag in an environment.
pub(in crate::simulator::operations) fn read(
    call: &Call<'_>,
    side: Side,
    place: &Place,
) -> Result<Answer, Refusal> {
    call.find_flag(place)?;
    Ok(Answer::ok(&json!({ "items": side.items(call, place), "_links": side.links(place) })))
}

/// Follows the instructions of a semantic patch.
pub(in crate::simulator::operations) fn patch(
    call: &mut Call<'_>,
    side: Side,
    place: &Place,
) -> Result<Answer, Refusal> {
    let (_, environment, flag) = call.find_flag(place)?;
    call.may_change(place, ACTION, &place.flag)?;
    needs_no_approval(environment.guards(flag), ACTION)?;
    let (comment, steps) = match side {
        Side::Users => instructions::read::<OfUser>(call.request, place)?,
        Side::Contexts => instructions::read::<OfContext>(call.request, place)?,
    };
    let outcome = follow(call, comment, &steps)?;
    Ok(Answer::ok(&outcome.body(&side.items(call, place), &side.links(place))))
}

impl Side {
    fn items(self, call: &Call<'_>, place: &Place) -> Vec<Value> {
        let scheduled = call.state.account.expiring_on_flag(place);
        match self {
            Self::Users => view::of_users(call, &scheduled),
            Self::Contexts => view::of_contexts(call, &scheduled),
        }
    }

    fn links(self, place: &Place) -> Value {
        let word = match self {
            Self::Users => "expiring-user-targets",
            Self::Contexts => "expiring-targets",
        };
        let (project, flag) = (encode(&place.project), encode(&place.flag));
        let environment = encode(&place.environment);
        json!({ "self": link(&format!("/api/v2/flags/{project}/{flag}/{word}/{environment}")) })
    }
}

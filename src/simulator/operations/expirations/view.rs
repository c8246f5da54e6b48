//! How a scheduled removal is written: as one of a user, or as one of a context of any kind.

use serde_json::{Value, json};

use crate::simulator::operations::Call;
use crate::simulator::world::{Expiring, Place, USER};

/// `ExpiringUserTargetItem` of every user among them; other kinds have no place in that form.
pub(super) fn of_users(call: &Call<'_>, scheduled: &[Expiring]) -> Vec<Value> {
    let users = scheduled.iter().filter(|expiring| expiring.place.kind == USER);
    let item = |expiring: &Expiring| {
        Some(json!({
            "_id": expiring.id,
            "_version": expiring.version,
            "expirationDate": expiring.expiration_date,
            "userKey": expiring.place.user,
            "variationId": variation_id(call, expiring)?,
            "_resourceId": resource(&expiring.place),
        }))
    };
    users.filter_map(item).collect()
}

/// `ExpiringTarget` of each of them.
pub(super) fn of_contexts(call: &Call<'_>, scheduled: &[Expiring]) -> Vec<Value> {
    let item = |expiring: &Expiring| {
        Some(json!({
            "_id": expiring.id,
            "_version": expiring.version,
            "expirationDate": expiring.expiration_date,
            "contextKind": expiring.place.kind,
            "contextKey": expiring.place.user,
            "variationId": variation_id(call, expiring)?,
            "_resourceId": resource(&expiring.place),
        }))
    };
    scheduled.iter().filter_map(item).collect()
}

fn variation_id<'a>(call: &'a Call<'_>, expiring: &Expiring) -> Option<&'a str> {
    let (_, _, flag) = call.find_flag(&expiring.place).ok()?;
    Some(&flag.variations.get(expiring.variation)?.id)
}

fn resource(place: &Place) -> Value {
    json!({
        "kind": "flag",
        "projectKey": place.project,
        "environmentKey": place.environment,
        "flagKey": place.flag,
        "key": place.flag,
    })
}

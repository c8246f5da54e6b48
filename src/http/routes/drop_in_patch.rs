//! `PATCH /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`: `LaunchDarkly`'s
//! `patchExpiringFlagsForUser`.

use actix_web::web::Data;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::drop_in_expirations::ExpiringUserTarget;
use crate::domain::Door;
use crate::http::asked::Asked;
use crate::http::authorized::Authorized;
use crate::http::body::{Body, Object, accept};
use crate::http::document::Key;
use crate::http::location::{DropIn, DropInExpirations};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::receipt;
use crate::http::state::HttpState;
use crate::policy::Schedule;
use crate::problem::Fault;
use crate::settings::{Change, Instruction, InstructionKind};

/// The first moment that can't be seconds taken for milliseconds: the year 2001.
const FIRST_MILLISECOND: i64 = 1_000_000_000_000;
/// The most instructions in one patch.
const MOST_INSTRUCTIONS: usize = 100;
/// The longest variation id; a UUID has 36 characters.
const LONGEST_VARIATION_ID: usize = 128;

/// LaunchDarkly's `patchUsersRequest`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PatchUsersRequest<'a> {
    /// Why.
    #[schema(required = false)]
    comment: Option<&'a str>,
    /// What to do, in order.
    #[schema(min_items = 1, max_items = 100)]
    instructions: Vec<PatchInstruction<'a>>,
}

/// LaunchDarkly's `instructionUserRequest`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PatchInstruction<'a> {
    /// What to do.
    #[schema(value_type = PatchKind)]
    kind: &'a str,
    /// The flag.
    #[schema(value_type = Key)]
    flag_key: &'a str,
    /// The variation's UUID.
    #[schema(min_length = 1, max_length = 128)]
    variation_id: &'a str,
    /// When, in milliseconds since 1970; to add or update.
    #[schema(required = false, minimum = 1_000_000_000_000_i64)]
    value: Option<i64>,
    /// To update: the version that the record must still have.
    #[schema(required = false)]
    version: Option<i64>,
}

/// What an instruction does.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only the document names it: the body is read by its own room")]
pub(in crate::http) enum PatchKind {
    /// Schedule a removal.
    #[schema(rename = "addExpireUserTargetDate")]
    Add,
    /// Move it.
    #[schema(rename = "updateExpireUserTargetDate")]
    Update,
    /// Cancel it.
    #[schema(rename = "removeExpireUserTargetDate")]
    Remove,
}

/// LaunchDarkly's `ExpiringUserTargetPatchResponse`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct PatchResponse<'a> {
    /// The user's scheduled removals: those of flags that the caller may read.
    items: Vec<ExpiringUserTarget<'a>>,
    /// Links, as LaunchDarkly gave them.
    #[serde(rename = "_links")]
    #[schema(value_type = Object)]
    links: &'a RawValue,
    /// How many instructions there were.
    #[schema(required = false)]
    total_instructions: Option<u64>,
    /// How many were carried out.
    #[schema(required = false)]
    successful_instructions: Option<u64>,
    /// How many were not.
    #[schema(required = false)]
    failed_instructions: Option<u64>,
    /// What LaunchDarkly says about those.
    #[schema(required = false, value_type = Vec<Object>)]
    errors: Option<&'a RawValue>,
}

/// Update expiring user target for flags (LaunchDarkly's `patchExpiringFlagsForUser`)
///
/// Takes plain JSON and LaunchDarkly's media type for semantic patches. A 200 may still hold `failedInstructions`.
#[utoipa::path(
    patch,
    path = "/api/v2/users/{project}/{user}/expiring-user-targets/{environment}",
    operation_id = "patchExpiringFlagsForUser",
    tag = "launchdarkly",
    request_body(
        content = PatchUsersRequest<'static>,
        example = json!({
            "comment": "until the customer has answered",
            "instructions": [{
                "kind": "addExpireUserTargetDate", "flagKey": "checkout.new-flow",
                "variationId": "5f775e88-336f-4917-98ac-3258e73c052f", "value": 2_082_758_400_000_u64
            }]
        }),
    ),
    responses((
        status = 200,
        description = "What was done.",
        body = PatchResponse<'static>,
        example = json!({
            "items": [{
                "_id": "5f0000000000000000000001", "_version": 1, "expirationDate": 2_082_758_400_000_u64,
                "userKey": "anna@example.com", "variationId": "5f775e88-336f-4917-98ac-3258e73c052f",
                "_resourceId": {
                    "kind": "flag", "projectKey": "shop", "environmentKey": "test",
                    "flagKey": "checkout.new-flow", "key": "checkout.new-flow"
                }
            }],
            "_links": {"self": {
                "href": "/api/v2/users/shop/anna%40example.com/expiring-user-targets/test", "type": "application/json"
            }},
            "totalInstructions": 1, "successfulInstructions": 1, "failedInstructions": 0
        }),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Schedule, DropInExpirations>,
    state: Data<HttpState>,
    Asked(asking): Asked,
    query: Query,
    Body(mut body, ..): Body<DropIn>,
) -> Handled<DropIn> {
    query.finish()?; // `dry_run` belongs to /v1: here it would not be obeyed
    let comment = body.take_text("comment");
    let instructions = read(&mut body, state.settings.now());
    let mut faults = body.finish();
    let instructions = match instructions {
        Ok(instructions) => instructions,
        Err(more) => {
            faults.extend(more);
            Vec::new()
        }
    };
    accept(faults)?;
    let change = Change {
        door: Door::DropIn,
        comment,
        dry_run: false,
        asking: asking.clone(),
        expected: None,
    };
    let write = state.settings.drop_in_patch(permit, instructions, change);
    Ok(receipt(state.in_time().write(&asking, write).await?.body))
}

fn read(body: &mut Object, now: Timestamp) -> Result<Vec<Instruction>, Vec<Fault>> {
    if body.take("patch").is_some() {
        body.fault(
            "patch",
            "is an old form: send `instructions`, as LaunchDarkly's semantic patch has them",
        );
        return Err(Vec::new());
    }
    let Some(objects) = body.take_objects("instructions") else {
        body.require("instructions", "must be given");
        return Err(Vec::new());
    };
    if objects.is_empty() || objects.len() > MOST_INSTRUCTIONS {
        body.fault("instructions", format_args!("must have 1 to {MOST_INSTRUCTIONS} items"));
        return Err(Vec::new());
    }
    let (mut instructions, mut faults) = (Vec::new(), Vec::new());
    for mut object in objects {
        instructions.extend(read_one(&mut object, now));
        faults.extend(object.finish());
    }
    if faults.is_empty() { Ok(instructions) } else { Err(faults) }
}

fn read_one(object: &mut Object, now: Timestamp) -> Option<Instruction> {
    let kind = object.take_required::<String>("kind");
    let flag = object.take_required("flagKey");
    let variation_id = object.take_required::<String>("variationId");
    if variation_id.as_ref().is_some_and(|id| id.is_empty() || id.len() > LONGEST_VARIATION_ID) {
        object.fault("variationId", format_args!("must have 1 to {LONGEST_VARIATION_ID} bytes"));
    }
    let kind = read_kind(object, &kind?, now)?;
    Some(Instruction { flag: flag?, variation_id: variation_id?, kind })
}

fn read_kind(object: &mut Object, kind: &str, now: Timestamp) -> Option<InstructionKind> {
    match kind {
        "addExpireUserTargetDate" => {
            refuse(object, "version", "is only of use to update");
            Some(InstructionKind::Add(read_time(object, now)?))
        }
        "updateExpireUserTargetDate" => {
            let version = object.take_integer("version");
            Some(InstructionKind::Update(read_time(object, now)?, version))
        }
        "removeExpireUserTargetDate" => {
            refuse(object, "value", "is not of use to remove");
            refuse(object, "version", "is only of use to update");
            Some(InstructionKind::Remove)
        }
        _ => {
            let (_value, _version) = (object.take("value"), object.take("version"));
            let known = "must be `addExpireUserTargetDate`, `updateExpireUserTargetDate` or `removeExpireUserTargetDate`";
            object.fault("kind", known);
            None
        }
    }
}

/// What `LaunchDarkly` would ignore is refused: who sends it means something by it. `null` means nothing.
fn refuse(object: &mut Object, name: &str, why: &str) {
    if object.take_integer(name).is_some() {
        object.fault(name, why);
    }
}

fn read_time(object: &mut Object, now: Timestamp) -> Option<Timestamp> {
    let Some(value) = object.take_integer("value") else {
        object.require("value", "must be given: milliseconds since 1970");
        return None;
    };
    if value < FIRST_MILLISECOND {
        object.fault("value", "must be milliseconds since 1970; this looks like seconds");
        return None;
    }
    let at = Timestamp::from_millisecond(value).ok().filter(|at| *at > now);
    if at.is_none() {
        object.fault("value", "must be in the future, in milliseconds since 1970");
    }
    at
}

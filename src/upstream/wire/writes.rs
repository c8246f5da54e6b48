//! The bodies of writes. Exactly the members that `LaunchDarkly` knows: it ignores others without a word, and takes a
//! body without `setting` for an order to erase.

use serde::Serialize;
use serde_json::value::RawValue;

use super::body;
use crate::policy::{ExpirationStep, Patch, Put};

/// `setting` is always written, `null` to erase.
#[derive(Serialize)]
struct PutWire<'a> {
    setting: &'a RawValue,
    comment: &'a str,
}

#[derive(Serialize)]
struct PatchWire<'a> {
    comment: &'a str,
    instructions: Vec<InstructionWire<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstructionWire<'a> {
    kind: &'static str,
    flag_key: &'a str,
    #[serde(flatten)]
    step: StepWire<'a>,
}

/// What an instruction says, whichever API it is for. `value` is in milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepWire<'a> {
    variation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

/// What an API calls an instruction that adds, one that moves, and one that cancels.
pub(super) type Kinds = [&'static str; 3];

const KINDS: Kinds =
    ["addExpireUserTargetDate", "updateExpireUserTargetDate", "removeExpireUserTargetDate"];

/// The body that sets or erases.
pub(in crate::upstream) fn put_body(put: &Put<'_>) -> Box<RawValue> {
    body(&PutWire {
        setting: put.setting().map_or(RawValue::NULL, |value| value.raw()),
        comment: put.comment(),
    })
}

/// The body that changes scheduled removals.
pub(in crate::upstream) fn patch_body(patch: &Patch<'_>) -> Box<RawValue> {
    let steps = patch.steps().iter();
    body(&PatchWire {
        comment: patch.comment(),
        instructions: steps.map(|(flag, step)| instruction(flag.as_str(), step)).collect(),
    })
}

fn instruction<'a>(flag_key: &'a str, step: &'a ExpirationStep) -> InstructionWire<'a> {
    let (kind, step) = said(KINDS, step);
    InstructionWire { kind, flag_key, step }
}

/// A step in the words of an API.
pub(super) fn said(
    [add, shift, cancel]: Kinds,
    step: &ExpirationStep,
) -> (&'static str, StepWire<'_>) {
    let (kind, variation_id, at, version) = match step {
        ExpirationStep::Add { variation_id, at } => (add, variation_id, Some(at), None),
        ExpirationStep::Move { variation_id, at, version } => {
            (shift, variation_id, Some(at), *version)
        }
        ExpirationStep::Cancel { variation_id } => (cancel, variation_id, None, None),
    };
    let value = at.map(|at| at.as_millisecond());
    (kind, StepWire { variation_id, value, version })
}

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

/// `value` is in milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstructionWire<'a> {
    kind: &'static str,
    flag_key: &'a str,
    variation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

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
    let (kind, variation_id, at, version) = match step {
        ExpirationStep::Add { variation_id, at } => {
            ("addExpireUserTargetDate", variation_id, Some(at), None)
        }
        ExpirationStep::Move { variation_id, at, version } => {
            ("updateExpireUserTargetDate", variation_id, Some(at), *version)
        }
        ExpirationStep::Cancel { variation_id } => {
            ("removeExpireUserTargetDate", variation_id, None, None)
        }
    };
    InstructionWire {
        kind,
        flag_key,
        variation_id,
        value: at.map(|at| at.as_millisecond()),
        version,
    }
}

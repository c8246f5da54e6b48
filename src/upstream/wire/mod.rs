//! `LaunchDarkly`'s JSON, which is known here and nowhere else. Fields and words that we don't know are accepted; what
//! we can't understand is an error and never a panic.

mod evaluations;
mod expirations;
mod expiring_targets;
mod flags;
mod identity;
mod says;
mod settings;
mod writes;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::failure::Invalid;

pub(super) use evaluations::{
    Evaluation, evaluate_body, read_all_evaluations, read_evaluations, read_records,
};
pub(super) use expirations::{read_expirations, read_patch_report};
pub(super) use expiring_targets::{flag_patch_body, read_flag_report};
pub(super) use flags::{FlagPage, FlagRecord, read_flag, read_flags};
pub(super) use identity::{read_caller_identity, read_versions};
pub(super) use says::read_says;
pub(super) use settings::{read_setting, read_settings};
pub(super) use writes::{patch_body, put_body};

/// The answer of which only the status matters. It has no body; a page in its place is some proxy's, and no answer.
pub(super) fn read_nothing(body: &[u8]) -> Result<(), Invalid> {
    if body.is_empty() {
        return Ok(());
    }
    parse::<IgnoredAny>(body).map(|_| ())
}

fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Invalid> {
    serde_json::from_slice(body).map_err(|fault| misplaced(&fault))
}

fn parse_part<'a, T: Deserialize<'a>>(part: &'a RawValue) -> Result<T, Invalid> {
    serde_json::from_str(part.get()).map_err(|fault| misplaced(&fault))
}

#[expect(
    clippy::expect_used,
    reason = "texts, numbers and JSON that was parsed can always be written as JSON"
)]
pub(super) fn body(wire: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(wire).expect("a body is writable")
}

fn misplaced(fault: &serde_json::Error) -> Invalid {
    Invalid::Json { line: fault.line(), column: fault.column() }
}

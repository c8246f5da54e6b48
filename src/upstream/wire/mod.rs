//! `LaunchDarkly`'s JSON, which is known here and nowhere else. Fields and words that we don't know are accepted; what
//! we can't understand is an error and never a panic.

mod documents;
mod expirations;
mod says;
mod settings;
mod writes;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::failure::Invalid;

pub(super) use documents::{read_caller_identity, read_flag, read_versions};
pub(super) use expirations::{read_expirations, read_patch_report};
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

fn misplaced(fault: &serde_json::Error) -> Invalid {
    Invalid::Json { line: fault.line(), column: fault.column() }
}

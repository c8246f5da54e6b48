//! Scheduled removals as one flag has them, for all contexts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::expirations::{ErrorWire, error};
use super::writes::{Kinds, StepWire, said};
use super::{body, parse, parse_part};
use crate::domain::{Expiration, FlagKey, UserKey};
use crate::policy::{ExpirationStep, Patch};
use crate::upstream::answers::{ExpirationItem, PatchError};
use crate::upstream::failure::Invalid;
use crate::upstream::paths::USER;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportWire<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
    total_instructions: Option<usize>,
    successful_instructions: Option<usize>,
    failed_instructions: Option<usize>,
    errors: Option<Vec<ErrorWire>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemWire<'a> {
    #[serde(rename = "_id", borrow)]
    id: Option<&'a RawValue>,
    #[serde(rename = "_version")]
    version: i64,
    expiration_date: i64,
    variation_id: Option<String>,
    #[serde(rename = "_resourceId", borrow)]
    resource: Option<&'a RawValue>,
}

/// Whom an item is about. Read before the rest: what is wrong with somebody else's item is no concern of this user's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WhomWire {
    context_kind: Option<String>,
    context_key: Option<String>,
}

/// One scheduled removal in the shape of the User Settings API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserItem<'a> {
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    #[serde(rename = "_version")]
    version: i64,
    expiration_date: i64,
    user_key: &'a str,
    variation_id: &'a str,
    #[serde(rename = "_resourceId", skip_serializing_if = "Option::is_none")]
    resource: Option<&'a RawValue>,
}

/// What one flag schedules, before it is known for which user it is asked.
#[derive(Debug)]
pub(in crate::upstream) struct FlagReport {
    items: Vec<Box<RawValue>>,
    /// How many instructions were not carried out, where `LaunchDarkly` says.
    pub(in crate::upstream) failed: Option<usize>,
    /// What it says about those.
    pub(in crate::upstream) errors: Vec<PatchError>,
}

/// What one flag schedules, and after a change how that went.
pub(in crate::upstream) fn read_flag_report(answer: &[u8]) -> Result<FlagReport, Invalid> {
    let report: ReportWire<'_> = parse(answer)?;
    let errors = report.errors.unwrap_or_default();
    let (total, successful) = (report.total_instructions, report.successful_instructions);
    let short = total.zip(successful).map(|(total, successful)| total.saturating_sub(successful));
    Ok(FlagReport {
        items: report.items.into_iter().map(RawValue::to_owned).collect(),
        failed: report.failed_instructions.max(short),
        errors: errors.iter().map(error).collect(),
    })
}

impl FlagReport {
    /// What is scheduled for a user, in the shape of the User Settings API.
    pub(in crate::upstream) fn of_user(
        &self,
        user: &UserKey,
        flag: &FlagKey,
    ) -> Result<Vec<ExpirationItem>, Invalid> {
        let each = self.items.iter().map(|raw| item(raw, user, flag));
        each.filter_map(Result::transpose).collect()
    }
}

/// None for what is scheduled for somebody else.
fn item(raw: &RawValue, user: &UserKey, flag: &FlagKey) -> Result<Option<ExpirationItem>, Invalid> {
    let WhomWire { context_kind, context_key } = parse_part(raw)?;
    let is_user = context_kind.as_deref().is_none_or(|kind| kind == USER);
    if !is_user || context_key.as_deref() != Some(user.as_str()) {
        return Ok(None);
    }
    let wire: ItemWire<'_> = parse_part(raw)?;
    let Some(variation_id) = wire.variation_id else {
        return Ok(None);
    };
    let at = Timestamp::from_millisecond(wire.expiration_date);
    let at = at.map_err(|_off_the_calendar| Invalid::Bounds)?;
    let raw = body(&UserItem {
        id: wire.id,
        version: wire.version,
        expiration_date: wire.expiration_date,
        user_key: user.as_str(),
        variation_id: &variation_id,
        resource: wire.resource,
    });
    let (flag, version) = (flag.clone(), wire.version);
    Ok(Some(ExpirationItem { raw, expiration: Expiration { flag, variation_id, at, version } }))
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
    context_kind: &'static str,
    context_key: &'a str,
    #[serde(flatten)]
    step: StepWire<'a>,
}

const KINDS: Kinds = ["addExpiringTarget", "updateExpiringTarget", "removeExpiringTarget"];

/// The body that changes what one flag schedules: those of the patch's steps that are for it.
pub(in crate::upstream) fn flag_patch_body(
    patch: &Patch<'_>,
    steps: &[&ExpirationStep],
) -> Box<RawValue> {
    let user = patch.target().user.as_str();
    body(&PatchWire {
        comment: patch.comment(),
        instructions: steps.iter().map(|step| instruction(user, step)).collect(),
    })
}

fn instruction<'a>(context_key: &'a str, step: &'a ExpirationStep) -> InstructionWire<'a> {
    let (kind, step) = said(KINDS, step);
    InstructionWire { kind, context_kind: USER, context_key, step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_removals_are_found_and_have_the_old_shape() {
        let report = read_flag_report(
            br#"{"items":[
                {"_id":"1","_version":3,"expirationDate":1658192820000,"contextKind":"user","contextKey":"u",
                 "variationId":"v","_resourceId":{"kind":"flag","key":"f"},"new":1},
                {"_id":"2","_version":1,"expirationDate":1,"contextKind":"device","contextKey":"u","variationId":"v"},
                {"_id":"3","_version":1,"expirationDate":1,"contextKind":"user","contextKey":"w","variationId":"v"},
                {"_id":"4","_version":1,"expirationDate":1,"contextKind":"user","contextKey":"u","targetType":"included"}
            ],"_links":{}}"#,
        );
        let found = report.unwrap().of_user(&"u".parse().unwrap(), &"f".parse().unwrap()).unwrap();
        let [item] = &found[..] else { panic!("one item") };
        assert_eq!(
            item.raw.get(),
            r#"{"_id":"1","_version":3,"expirationDate":1658192820000,"userKey":"u","variationId":"v","_resourceId":{"kind":"flag","key":"f"}}"#
        );
        assert_eq!(item.expiration.at.as_millisecond(), 1_658_192_820_000);
        assert_eq!((item.expiration.flag.as_str(), item.expiration.version), ("f", 3));
    }

    #[test]
    fn what_is_wrong_with_somebody_elses_removal_is_no_concern_of_the_users() {
        let report = read_flag_report(
            br#"{"items":[
                {"_version":"new","expirationDate":"soon","contextKind":"device","contextKey":"u","variationId":"v"},
                {"_version":1,"expirationDate":9223372036854775807,"contextKind":"user","contextKey":"w"},
                {"contextKind":"user"},
                {"_version":1,"expirationDate":1658192820000,"contextKey":"u","variationId":"v"}
            ]}"#,
        );
        let found = report.unwrap().of_user(&"u".parse().unwrap(), &"f".parse().unwrap()).unwrap();
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_date_that_is_none_is_an_error() {
        for date in ["\"soon\"", "1.5", "9223372036854775807", "null"] {
            let answer = format!(
                r#"{{"items":[{{"_version":1,"expirationDate":{date},"contextKey":"u","variationId":"v"}}]}}"#
            );
            let report = read_flag_report(answer.as_bytes()).unwrap();
            assert!(
                report.of_user(&"u".parse().unwrap(), &"f".parse().unwrap()).is_err(),
                "{date}"
            );
        }
        assert!(read_flag_report(b"{}").is_err());
    }
}

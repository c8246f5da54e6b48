//! Scheduled removals.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::says::bounded;
use super::{parse, parse_part};
use crate::domain::{Expiration, FlagKey};
use crate::upstream::answers::{ExpirationItem, Expirations, PatchError, PatchReport};
use crate::upstream::failure::Invalid;

#[derive(Deserialize)]
struct ListWire<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
    #[serde(rename = "_links")]
    links: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemWire {
    #[serde(rename = "_version")]
    version: i64,
    expiration_date: i64,
    variation_id: Option<String>,
    #[serde(rename = "_resourceId")]
    resource: Option<ResourceWire>,
}

/// The flag is under `flagKey`, or under `key` in newer answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceWire {
    flag_key: Option<String>,
    key: Option<String>,
}

/// After a write everything but the items may be missing; what is there must be understood.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportWire<'a> {
    #[serde(borrow)]
    items: Option<Vec<&'a RawValue>>,
    #[serde(rename = "_links")]
    links: Option<Box<RawValue>>,
    total_instructions: Option<u64>,
    successful_instructions: Option<u64>,
    failed_instructions: Option<u64>,
    errors: Option<Vec<ErrorWire>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorWire {
    instruction_index: Option<i64>,
    #[serde(default)]
    message: String,
}

/// The scheduled removals of a user.
pub(in crate::upstream) fn read_expirations(body: &[u8]) -> Result<Expirations, Invalid> {
    let list: ListWire<'_> = parse(body)?;
    Ok(Expirations { links: list.links, items: items(&list.items)? })
}

/// The answer to a change of them.
pub(in crate::upstream) fn read_patch_report(body: &[u8]) -> Result<PatchReport, Invalid> {
    let report: ReportWire<'_> = parse(body)?;
    let errors = report.errors.unwrap_or_default();
    Ok(PatchReport {
        items: items(&report.items.unwrap_or_default())?,
        links: report.links,
        total: report.total_instructions,
        successful: report.successful_instructions,
        failed: report.failed_instructions,
        errors: errors.iter().map(error).collect(),
        is_unknown: false,
    })
}

fn items(raw: &[&RawValue]) -> Result<Vec<ExpirationItem>, Invalid> {
    let each = raw.iter().map(|one| item(one));
    each.filter_map(Result::transpose).collect()
}

/// None for a record without flag or variation: such are of segments, which have neither, and no permit is for them.
fn item(raw: &RawValue) -> Result<Option<ExpirationItem>, Invalid> {
    let wire: ItemWire = parse_part(raw)?;
    let flag = wire.resource.and_then(|one| one.flag_key.or(one.key));
    let flag = flag.and_then(|key| key.parse::<FlagKey>().ok());
    let (Some(flag), Some(variation_id)) = (flag, wire.variation_id) else {
        return Ok(None);
    };
    let at = Timestamp::from_millisecond(wire.expiration_date);
    let expiration = Expiration {
        flag,
        variation_id,
        at: at.map_err(|_off_the_calendar| Invalid::Bounds)?,
        version: wire.version,
    };
    let raw = raw.to_owned();
    Ok(Some(ExpirationItem { raw, expiration }))
}

pub(super) fn error(wire: &ErrorWire) -> PatchError {
    PatchError { index: wire.instruction_index, message: bounded(&wire.message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = r#"{"_id":"1","_version":3,"expirationDate":1658192820000,"userKey":"u",
        "variationId":"v","_resourceId":{"kind":"flag","flagKey":"f"},"new":{}}"#;

    fn report(members: &str) -> PatchReport {
        read_patch_report(format!("{{{members}}}").as_bytes()).unwrap()
    }

    #[test]
    fn an_expiration_is_read_whole() {
        let body = format!(r#"{{"items":[{ITEM}],"_links":{{}}}}"#);
        let found = read_expirations(body.as_bytes()).unwrap();
        let [item] = &found.items[..] else { panic!("one item") };
        assert_eq!(item.raw.get(), ITEM);
        assert_eq!(item.expiration.flag.as_str(), "f");
        assert_eq!(item.expiration.variation_id, "v");
        assert_eq!(item.expiration.at.as_millisecond(), 1_658_192_820_000);
        assert_eq!(item.expiration.version, 3);
    }

    #[test]
    fn the_flag_may_be_named_by_either_member_and_segments_are_left_out() {
        let newer = ITEM.replace("flagKey", "key");
        let segment = r#"{"_version":1,"expirationDate":1,"userKey":"u","targetType":"included",
            "_resourceId":{"kind":"segment","key":"s"}}"#;
        let body = format!(r#"{{"items":[{segment},{newer}]}}"#);
        let found = read_expirations(body.as_bytes()).unwrap();
        let flags: Vec<_> = found.items.iter().map(|one| one.expiration.flag.as_str()).collect();
        assert_eq!(flags, ["f"]);
    }

    #[test]
    fn a_date_that_is_none_is_an_error() {
        for date in ["\"soon\"", "1.5", "9223372036854775807", "null"] {
            let item = ITEM.replace("1658192820000", date);
            let body = format!(r#"{{"items":[{item}]}}"#);
            assert!(read_expirations(body.as_bytes()).is_err(), "{date}");
        }
    }

    #[test]
    fn a_report_is_complete_only_if_nothing_in_it_says_otherwise() {
        assert!(
            report(r#""items":[],"totalInstructions":1,"successfulInstructions":1"#).is_complete()
        );
        assert!(report("").is_complete());
        assert!(!report(r#""failedInstructions":1"#).is_complete());
        assert!(!report(r#""totalInstructions":2,"successfulInstructions":1"#).is_complete());
        let failed =
            report(r#""failedInstructions":0,"errors":[{"instructionIndex":1,"message":"no\n"}]"#);
        assert!(!failed.is_complete());
        let expected = PatchError { index: Some(1), message: "no".to_owned() };
        assert_eq!(failed.errors, [expected]);
    }
}

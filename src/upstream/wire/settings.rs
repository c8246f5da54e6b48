//! Flag settings.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{parse, parse_part};
use crate::domain::{FlagKey, Json};
use crate::upstream::answers::{FlagSetting, Reason, UserSettings};
use crate::upstream::failure::Invalid;

/// `items` is a map here, and an array in expirations.
#[derive(Deserialize)]
struct ListWire<'a> {
    #[serde(borrow)]
    items: BTreeMap<String, &'a RawValue>,
    #[serde(rename = "_links")]
    links: Option<Box<RawValue>>,
}

/// `_value` must be there, even if it is `null`: without it nobody knows what the user receives. A `setting` that is
/// left out means that there is none, as it does when it is written.
#[derive(Deserialize)]
struct SettingWire<'a> {
    #[serde(rename = "_value")]
    value: Json,
    #[serde(borrow)]
    setting: Option<&'a RawValue>,
    #[serde(borrow)]
    reason: Option<&'a RawValue>,
}

/// All flags of a user. A flag whose key is none of ours is left out: no permit could ever be for it.
pub(in crate::upstream) fn read_settings(body: &[u8]) -> Result<UserSettings, Invalid> {
    let list: ListWire<'_> = parse(body)?;
    let mut flags = Vec::with_capacity(list.items.len());
    for (key, item) in list.items {
        if let Ok(key) = key.parse::<FlagKey>() {
            flags.push((key, setting(item)?));
        }
    }
    let links = list.links;
    Ok(UserSettings { links, flags })
}

/// One flag of a user.
pub(in crate::upstream) fn read_setting(body: &[u8]) -> Result<FlagSetting, Invalid> {
    setting(parse(body)?)
}

fn setting(item: &RawValue) -> Result<FlagSetting, Invalid> {
    let wire: SettingWire<'_> = parse_part(item)?;
    let setting = wire.setting.unwrap_or(RawValue::NULL).to_owned();
    let setting = Json::from_raw(setting);
    Ok(FlagSetting {
        raw: item.to_owned(),
        value: wire.value,
        setting: setting.map_err(|_too_deep| Invalid::Bounds)?,
        reason: wire.reason.map(reason),
    })
}

/// A reason is taken as it is, whatever it is. Only the key it may name matters to us.
pub(super) fn reason(raw: &RawValue) -> Reason {
    let members: BTreeMap<String, &RawValue> = parse_part(raw).unwrap_or_default();
    let key = members.get("prerequisiteKey");
    Reason { raw: raw.to_owned(), prerequisite_key: key.and_then(|key| parse_part(key).ok()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_to_the_byte_and_lists_are_sorted() {
        let list = br#"{"items":{
            "b":{"_value":12345678901234567890,"setting":1.0,"reason":{"kind":"NEW_KIND","x":1}},
            "a":{"_links":{},"_value":null,"setting":null}, "not a key":{}},
            "_links":{"self":{"href":"/x"}}, "more":[]}"#;
        let settings = read_settings(list).unwrap();
        let [(a, first), (b, second)] = &settings.flags[..] else { panic!("two flags") };
        assert_eq!((a.as_str(), b.as_str()), ("a", "b"));
        assert!(first.value.is_null() && !first.is_overridden() && first.reason.is_none());
        assert_eq!(second.value.as_str(), "12345678901234567890");
        assert_eq!(second.setting.as_str(), "1.0");
        assert!(second.raw.get().starts_with(r#"{"_value":12345678901234567890"#));
        assert_eq!(settings.links.unwrap().get(), r#"{"self":{"href":"/x"}}"#);
    }

    #[test]
    fn a_value_that_is_missing_is_no_answer_and_a_missing_setting_is_none() {
        let fault = read_setting(br#"{"setting":null}"#).unwrap_err();
        assert!(matches!(fault, Invalid::Json { line: 1, .. }));
        assert!(!read_setting(br#"{"_value":false}"#).unwrap().is_overridden());
        let set = read_setting(br#"{"_value":false,"setting":false}"#).unwrap();
        assert!(set.is_overridden());
    }

    #[test]
    fn the_prerequisite_is_found_in_whatever_reason() {
        let key = |reason: &str| {
            let body = format!(r#"{{"_value":1,"reason":{reason}}}"#);
            let setting = read_setting(body.as_bytes()).unwrap();
            setting.reason.and_then(|reason| reason.prerequisite_key)
        };
        let named = r#"{"kind":"PREREQUISITE_FAILED","prerequisiteKey":"p"}"#;
        assert_eq!(key(named).as_deref(), Some("p"));
        let twice = r#"{"prerequisiteKey":"o","prerequisiteKey":"p"}"#;
        assert_eq!(key(twice).as_deref(), Some("p"));
        for reason in ["null", "7", "{}", r#"{"prerequisiteKey":7}"#] {
            assert_eq!(key(reason), None, "{reason}");
        }
    }

    #[test]
    fn what_is_not_a_setting_is_an_error() {
        for body in ["", "[]", "null", "{", "<html>", r#"{"items":[]}"#, "{}"] {
            assert!(read_settings(body.as_bytes()).is_err(), "{body}");
        }
        let deep = format!(r#"{{"_value":1,"setting":{}1{}}}"#, "[".repeat(200), "]".repeat(200));
        assert!(read_setting(deep.as_bytes()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = read_settings(&body);
            let _ = read_setting(&body);
        }
    }
}

//! What a context receives, and the context that is asked about.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::settings::reason;
use super::{body, parse, parse_part};
use crate::domain::{FlagKey, Json, UserKey};
use crate::upstream::answers::Reason;
use crate::upstream::failure::Invalid;
use crate::upstream::flags::Attributes;
use crate::upstream::paths::USER;

/// `items` is an array here, and a map in the list of settings.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListWire<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
    total_count: Option<usize>,
}

#[derive(Deserialize)]
struct ItemWire<'a> {
    key: String,
    #[serde(rename = "_value")]
    value: Json,
    #[serde(borrow)]
    reason: Option<&'a RawValue>,
}

/// What a user receives of one flag.
#[derive(Debug)]
pub(in crate::upstream) struct Evaluation {
    pub(in crate::upstream) value: Json,
    pub(in crate::upstream) reason: Option<Reason>,
}

/// What a user receives of all flags, by flag. Fewer than there are by the answer's own count are no answer: who is not
/// told of a flag takes it for one that is not there.
pub(in crate::upstream) fn read_all_evaluations(
    answer: &[u8],
) -> Result<BTreeMap<FlagKey, Evaluation>, Invalid> {
    let list: ListWire<'_> = parse(answer)?;
    if list.total_count.is_some_and(|total| list.items.len() < total) {
        return Err(Invalid::Incomplete);
    }
    evaluations(list)
}

/// What a user receives of the flags that a search found, by flag.
pub(in crate::upstream) fn read_evaluations(
    answer: &[u8],
) -> Result<BTreeMap<FlagKey, Evaluation>, Invalid> {
    evaluations(parse(answer)?)
}

/// A flag whose key is none of ours is left out: no permit could ever be for it.
fn evaluations(list: ListWire<'_>) -> Result<BTreeMap<FlagKey, Evaluation>, Invalid> {
    let mut found = BTreeMap::new();
    for item in list.items {
        let item: ItemWire<'_> = parse_part(item)?;
        if let Ok(key) = item.key.parse::<FlagKey>() {
            let reason = item.reason.map(reason);
            found.insert(key, Evaluation { value: item.value, reason });
        }
    }
    Ok(found)
}

/// The context that is asked about: kind and key are ours, whatever the attributes say.
#[derive(Serialize)]
struct ContextWire<'a> {
    kind: &'a str,
    key: &'a str,
    #[serde(flatten)]
    attributes: BTreeMap<&'a str, &'a RawValue>,
}

/// The body that asks what a user receives.
pub(in crate::upstream) fn evaluate_body(user: &UserKey, stored: &Attributes) -> Box<RawValue> {
    let own = |name: &str| matches!(name, "kind" | "key");
    let stored = stored.iter().filter(|(name, _)| !own(name));
    let attributes = stored.map(|(name, value)| (name.as_str(), value.raw())).collect();
    body(&ContextWire { kind: USER, key: user.as_str(), attributes })
}

/// A page of the records of one context, one for each application that sent it.
#[derive(Deserialize)]
struct RecordsWire<'a> {
    #[serde(borrow)]
    items: Vec<RecordWire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordWire<'a> {
    last_seen: Option<String>,
    #[serde(borrow)]
    context: &'a RawValue,
}

/// What is stored under a user's key, one record for each application.
#[derive(Debug)]
pub(in crate::upstream) struct Records(Vec<(Option<String>, Attributes)>);

/// The records of a context.
pub(in crate::upstream) fn read_records(answer: &[u8]) -> Result<Records, Invalid> {
    let records: RecordsWire<'_> = parse(answer)?;
    let record = |one: RecordWire<'_>| Ok((one.last_seen, parse_part(one.context)?));
    records.items.into_iter().map(record).collect::<Result<_, _>>().map(Records)
}

impl Records {
    /// The stored attributes of this user. Where several applications have sent the user, those that were seen last;
    /// `LaunchDarkly` does not say which the User Settings API took.
    pub(in crate::upstream) fn of(self, user: &UserKey) -> Attributes {
        let is = |stored: &Attributes, name: &str, text: &str| {
            let member =
                stored.get(name).map(|value| serde_json::from_str::<String>(value.as_str()));
            matches!(member, Some(Ok(found)) if found == text)
        };
        let own = self
            .0
            .into_iter()
            .filter(|(_, stored)| is(stored, "kind", USER) && is(stored, "key", user.as_str()));
        // RFC 3339 in UTC, all of one form, so that the order of texts is that of times.
        let last = own.max_by(|(a, _), (b, _)| a.cmp(b));
        let mut stored = last.map(|(_, stored)| stored).unwrap_or_default();
        stored.retain(|name, _| !matches!(name.as_str(), "kind" | "key" | "_meta"));
        stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_to_the_byte_and_found_by_key() {
        let found = read_evaluations(
            br#"{"items":[{"key":"b","name":"a","_value":1.0,"reason":{"kind":"PREREQUISITE_FAILED","prerequisiteKey":"p"}},
                {"key":"a","_value":null,"more":1},{"key":"not a key","_value":1}],"totalCount":3}"#,
        );
        let found = found.unwrap();
        let keys: Vec<_> = found.keys().map(FlagKey::as_str).collect();
        assert_eq!(keys, ["a", "b"]);
        let b = &found[&"b".parse().unwrap()];
        assert_eq!(b.value.as_str(), "1.0");
        assert_eq!(b.reason.as_ref().unwrap().prerequisite_key.as_deref(), Some("p"));
    }

    #[test]
    fn a_value_that_is_missing_is_no_answer() {
        for answer in [r#"{"items":[{"key":"a"}]}"#, r#"{"items":{}}"#, "{}", "[]", "null"] {
            assert!(read_evaluations(answer.as_bytes()).is_err(), "{answer}");
        }
    }

    #[test]
    fn fewer_than_there_are_is_no_answer_where_all_are_wanted() {
        let short = br#"{"items":[{"key":"a","_value":1}],"totalCount":2}"#;
        assert!(matches!(read_all_evaluations(short), Err(Invalid::Incomplete)));
        assert_eq!(read_evaluations(short).unwrap().len(), 1);
        // One whose key is none of ours is there all the same.
        let whole =
            br#"{"items":[{"key":"a","_value":1},{"key":"a b","_value":1}],"totalCount":2}"#;
        assert_eq!(read_all_evaluations(whole).unwrap().len(), 1);
        assert!(read_all_evaluations(br#"{"items":[]}"#).unwrap().is_empty());
    }

    #[test]
    fn no_stored_attribute_makes_another_user_of_the_one_asked_about() {
        let record = br#"{"items":[{"lastSeen":"2026-01-01T00:00:00Z","context":
            {"kind":"user","key":"anna","name":"Anna","n":1.0,"_meta":{"redacted":[]}}},
            {"lastSeen":"2027-01-01T00:00:00Z","context":{"kind":"user","key":"other","n":2}},
            {"lastSeen":"2027-01-01T00:00:00Z","context":{"kind":"device","key":"anna","n":3}}]}"#;
        let user = "anna".parse().unwrap();
        let stored = read_records(record).unwrap().of(&user);
        let body = evaluate_body(&user, &stored);
        assert_eq!(body.get(), r#"{"kind":"user","key":"anna","n":1.0,"name":"Anna"}"#);
        let forged = Attributes::from([("key".to_owned(), Json::parse("\"other\"").unwrap())]);
        assert_eq!(evaluate_body(&user, &forged).get(), r#"{"kind":"user","key":"anna"}"#);
    }

    #[test]
    fn of_several_records_the_last_seen_counts() {
        let records = br#"{"items":[
            {"lastSeen":"2026-01-02T00:00:00Z","applicationId":"a","context":{"kind":"user","key":"u","n":2}},
            {"lastSeen":"2026-01-03T00:00:00Z","applicationId":"b","context":{"kind":"user","key":"u","n":3}},
            {"context":{"kind":"user","key":"u","n":1}}]}"#;
        let user = "u".parse().unwrap();
        assert_eq!(read_records(records).unwrap().of(&user)["n"].as_str(), "3");
        assert!(read_records(br#"{"items":[]}"#).unwrap().of(&user).is_empty());
        assert!(read_records(b"{}").is_err());
    }
}

//! What counts as a difference, and that nothing else does.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::value::RawValue;

use super::difference::{Flags, Kind, of_expirations, of_flags};
use crate::domain::{Expiration, FlagKey, Json};
use crate::upstream::{FlagSetting, Reason};

/// JSON texts that all mean something else, numbers by their spelling.
const TEXTS: [&str; 8] = ["null", "true", "1", "1.0", "\"1\"", "[1]", r#"{"a":1,"b":2}"#, "1e0"];
/// The same once more, written differently.
const AGAIN: [&str; 8] =
    [" null", "true ", " 1", "1.0 ", "\"\\u0031\"", "[ 1 ]", r#"{"b":2, "a" : 1}"#, "1e0"];

/// A flag setting by the places of its texts: value, setting, reason.
type Parts = (usize, usize, usize);

fn json(texts: &[&str], place: usize) -> Json {
    Json::parse(texts[place]).unwrap()
}

fn setting(texts: &[&str], (value, setting, reason): Parts) -> FlagSetting {
    let raw = |place: usize| RawValue::from_string(texts[place].trim().to_owned()).unwrap();
    FlagSetting {
        raw: RawValue::NULL.to_owned(),
        value: json(texts, value),
        setting: json(texts, setting),
        reason: Some(Reason { raw: raw(reason), prerequisite_key: None }),
    }
}

fn key(n: u8) -> FlagKey {
    format!("flag-{n}").parse().unwrap()
}

fn parts() -> impl Strategy<Value = Parts> {
    (0..TEXTS.len(), 0..TEXTS.len(), 0..TEXTS.len())
}

fn flags(texts: &[&str], all: &[(u8, Parts)]) -> Flags {
    all.iter().map(|(n, parts)| (key(*n), setting(texts, *parts))).collect()
}

fn many() -> impl Strategy<Value = Vec<(u8, Parts)>> {
    prop::collection::btree_map(0_u8..12, parts(), 0..8).prop_map(|all| all.into_iter().collect())
}

fn kinds(active: &Flags, other: &Flags) -> Vec<(String, Kind)> {
    let found = of_flags(active, other);
    found.iter().map(|one| (one.flag.to_string(), one.kind)).collect()
}

proptest! {
    #[test]
    fn an_answer_differs_in_nothing_from_itself_however_it_is_written(all in many()) {
        prop_assert_eq!(kinds(&flags(&TEXTS, &all), &flags(&AGAIN, &all)), []);
    }

    #[test]
    fn exactly_what_differs_is_named(one in many(), two in many()) {
        let mut expected = Vec::new();
        for n in 0..12 {
            let find = |all: &[(u8, Parts)]| all.iter().find(|(m, _)| *m == n).map(|(_, parts)| *parts);
            let mut add = |kind| expected.push((key(n).to_string(), kind));
            match (find(&one), find(&two)) {
                (Some(a), Some(b)) => {
                    for (kind, a, b) in [(Kind::Value, a.0, b.0), (Kind::Setting, a.1, b.1), (Kind::Reason, a.2, b.2)] {
                        if a != b {
                            add(kind);
                        }
                    }
                }
                (Some(_), None) => add(Kind::Missing),
                (None, Some(_)) => add(Kind::Extra),
                (None, None) => {}
            }
        }
        expected.sort();
        let mut found = kinds(&flags(&TEXTS, &one), &flags(&AGAIN, &two));
        found.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_other_side_finds_the_same_the_other_way_round(one in many(), two in many()) {
        let (one, two) = (flags(&TEXTS, &one), flags(&TEXTS, &two));
        let turned = |(flag, kind)| {
            let kind = match kind {
                Kind::Missing => Kind::Extra,
                Kind::Extra => Kind::Missing,
                Kind::Value | Kind::Setting | Kind::Reason | Kind::Expiration | Kind::Failed => kind,
            };
            (flag, kind)
        };
        let there: Vec<_> = kinds(&one, &two).into_iter().map(turned).collect();
        prop_assert_eq!(there, kinds(&two, &one));
    }

    #[test]
    fn removals_differ_by_flag_whatever_their_order(
        one in prop::collection::btree_map(0_u8..6, (0_i64..3, 0_i64..3), 0..5),
        two in prop::collection::btree_map(0_u8..6, (0_i64..3, 0_i64..3), 0..5),
    ) {
        let all = |ends: &std::collections::BTreeMap<u8, (i64, i64)>| -> Vec<_> {
            ends.iter().map(|(n, (second, version))| end(*n, *second, *version)).collect()
        };
        let (active, mut other) = (all(&one), all(&two));
        other.reverse();
        let found: Vec<_> = of_expirations(&active, &other).into_iter().map(|one| one.flag).collect();
        let differs = |n: &u8| one.get(n) != two.get(n);
        prop_assert_eq!(found, (0..6).filter(differs).map(key).collect::<Vec<_>>());
    }
}

fn end(n: u8, second: i64, version: i64) -> Expiration {
    let at = Timestamp::from_second(second).unwrap();
    Expiration { flag: key(n), variation_id: "v".to_owned(), at, version }
}

#[test]
fn both_sides_of_a_difference_are_told() {
    let (active, other) = (flags(&TEXTS, &[(1, (2, 0, 1))]), flags(&TEXTS, &[(1, (3, 0, 1))]));
    let text = |json: &Option<Json>| json.as_ref().map(|json| json.as_str().to_owned());
    let told = |active: &Flags, other: &Flags| {
        let found = of_flags(active, other);
        (text(&found[0].active), text(&found[0].other))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(told(&active, &other), (some("1"), some("1.0")));
    assert_eq!(told(&active, &Flags::new()), (some("1"), None));
    let ends = of_expirations(&[], &[end(1, 0, 7)]);
    let shown = r#"[{"variation_id":"v","expires_at":"1970-01-01T00:00:00Z","version":7}]"#;
    assert_eq!((text(&ends[0].active), text(&ends[0].other)), (None, some(shown)));
}

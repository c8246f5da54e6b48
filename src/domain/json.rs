//! JSON kept to the byte. A flag's value is its owner's text: `1` and `1.0` differ, and a number that no
//! machine type holds survives. Only the comparison of two values looks inside.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// How deeply a value may nest. The text is compared by recursion, so this bounds the stack; it is the
/// bound that `serde_json` itself uses.
const MAX_DEPTH: usize = 128;

/// A JSON value as the text it came in.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Json(Arc<RawValue>);

/// Why a text is no JSON value of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// The text is not JSON.
    #[error("must be JSON")]
    Syntax,
    /// The text nests deeper than we follow.
    #[error("must not nest more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

impl Json {
    /// Takes exactly one JSON value.
    pub fn parse(text: &str) -> Result<Self, JsonFault> {
        let raw: Box<RawValue> = serde_json::from_str(text).ok().ok_or(JsonFault::Syntax)?;
        Self::from_raw(raw)
    }

    /// Takes a value that was parsed as a part of something.
    pub fn from_raw(raw: Box<RawValue>) -> Result<Self, JsonFault> {
        if depth(raw.get()) > MAX_DEPTH {
            return Err(JsonFault::TooDeep);
        }
        Ok(Self(Arc::from(raw)))
    }

    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self(Arc::from(RawValue::NULL.to_owned()))
    }

    /// The text, exactly as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The value itself, for writing it into something larger.
    #[must_use]
    pub fn raw(&self) -> &RawValue {
        &self.0
    }

    /// Whether this is `null`, which as a setting means that there is none.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.as_str() == "null"
    }

    /// Whether both mean the same value: numbers by what they amount to, strings by their characters,
    /// objects whatever the order of their members.
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        same(self.as_str(), other.as_str(), same_number)
    }

    /// Whether both are the same value with each number spelled alike: `1` is not `1.0`. Blanks, the order of members
    /// and how characters are escaped don't count.
    #[must_use]
    pub fn same_spelling(&self, other: &Self) -> bool {
        same(self.as_str(), other.as_str(), |a, b| a == b)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        Self::from_raw(raw).map_err(serde::de::Error::custom)
    }
}

/// How deeply `text`, which is JSON, nests.
fn depth(text: &str) -> usize {
    let (mut now, mut most, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Whether two numbers are the same.
type Numbers = fn(&str, &str) -> bool;

fn same(a: &str, b: &str, numbers: Numbers) -> bool {
    match (a.bytes().next(), b.bytes().next()) {
        (Some(b'{'), Some(b'{')) => same_members(a, b, numbers),
        (Some(b'['), Some(b'[')) => same_elements(a, b, numbers),
        (Some(b'"'), Some(b'"')) => same_parsed::<String>(a, b),
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => numbers(a, b),
        _ => a == b,
    }
}

fn same_parsed<T: for<'de> Deserialize<'de> + PartialEq>(a: &str, b: &str) -> bool {
    matches!((serde_json::from_str::<T>(a), serde_json::from_str::<T>(b)), (Ok(a), Ok(b)) if a == b)
}

fn same_members(a: &str, b: &str, numbers: Numbers) -> bool {
    type Members<'a> = BTreeMap<String, &'a RawValue>;
    let (Ok(a), Ok(b)) =
        (serde_json::from_str::<Members<'_>>(a), serde_json::from_str::<Members<'_>>(b))
    else {
        return false;
    };
    a.len() == b.len()
        && a.iter()
            .zip(&b)
            .all(|((ka, va), (kb, vb))| ka == kb && same(va.get(), vb.get(), numbers))
}

fn same_elements(a: &str, b: &str, numbers: Numbers) -> bool {
    type Elements<'a> = Vec<&'a RawValue>;
    let (Ok(a), Ok(b)) =
        (serde_json::from_str::<Elements<'_>>(a), serde_json::from_str::<Elements<'_>>(b))
    else {
        return false;
    };
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(a.get(), b.get(), numbers))
}

fn same_number(a: &str, b: &str) -> bool {
    match (decimal(a), decimal(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// A JSON number as sign, significant digits and power of ten, so that `1`, `1.0` and `10e-1` are one;
/// none if its exponent is beyond counting.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let exponent: i64 = exponent.parse().ok()?;
    let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let digits = digits.trim_start_matches('0');
    let short = digits.trim_end_matches('0');
    if short.is_empty() {
        return Some((false, String::new(), 0));
    }
    let zeros = i64::try_from(digits.len() - short.len()).ok()?;
    Some((negative, short.to_owned(), exponent.checked_add(zeros)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_json(a: &str, b: &str) -> bool {
        Json::parse(a).unwrap().same_value(&Json::parse(b).unwrap())
    }

    #[test]
    fn equal_values_in_different_spellings_are_the_same() {
        for (a, b) in [
            ("1", "1.0"),
            ("10", "1e1"),
            ("-0", "0"),
            ("0.10", "1E-1"),
            ("12345678901234567890", "12345678901234567890.0"),
            (r#""é""#, r#""\u00e9""#),
            (r#"{"a":1,"b":[2]}"#, r#"{ "b" : [2.0], "a" : 1 }"#),
            ("null", "null"),
        ] {
            assert!(same_json(a, b), "{a} {b}");
        }
    }

    #[test]
    fn different_values_are_not_the_same() {
        for (a, b) in [
            ("1", "\"1\""),
            ("true", "false"),
            ("12345678901234567890", "12345678901234567891"),
            ("[1,2]", "[2,1]"),
            (r#"{"a":1}"#, r#"{"a":1,"b":null}"#),
            ("1e999999999999999999999", "1e999999999999999999998"),
            ("0", "null"),
        ] {
            assert!(!same_json(a, b), "{a} {b}");
        }
    }

    #[test]
    fn only_the_spelling_of_numbers_tells_equal_values_apart() {
        let alike =
            |a: &str, b: &str| Json::parse(a).unwrap().same_spelling(&Json::parse(b).unwrap());
        for (a, b) in [("1", "1.0"), ("[10]", "[1e1]"), (r#"{"a":0}"#, r#"{"a":-0}"#), ("1", "2")] {
            assert!(!alike(a, b), "{a} {b}");
        }
        for (a, b) in [
            (r#"{"a":1.0,"b":"é"}"#, r#"{ "b" : "\u00e9", "a" : 1.0 }"#),
            ("[1, 2]", "[1,2]"),
            ("12345678901234567890", "12345678901234567890"),
        ] {
            assert!(alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn text_is_kept_to_the_byte() {
        for text in ["1.0", "12345678901234567890", "[ 1 ]", r#""\u00e9""#] {
            assert_eq!(Json::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn nesting_that_would_exhaust_the_stack_is_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Json::parse(&deep).unwrap_err(), JsonFault::TooDeep);
        let brackets_in_text = format!("\"{}\\\"{}\"", "[".repeat(500), "{".repeat(500));
        assert!(Json::parse(&brackets_in_text).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_json_or_a_fault_and_json_equals_itself(text in "\\PC{0,40}") {
            if let Ok(json) = Json::parse(&text) {
                assert!(json.same_value(&json));
            }
        }
    }
}

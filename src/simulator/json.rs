//! JSON values kept to the byte: `1` and `1.0` are two texts, and a number that no machine type holds
//! stays as its owner wrote it.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// From here on a double no longer holds every integer (2^53), so that comparing by it would call two
/// different numbers equal.
const EXACT_IN_A_DOUBLE: f64 = 9_007_199_254_740_992.0;

/// A JSON value as the text it came in.
#[derive(Clone, Debug)]
pub(super) struct Json(Arc<RawValue>);

impl Json {
    /// The text, exactly as it came.
    pub(super) fn text(&self) -> &str {
        self.0.get()
    }

    /// Whether both are the same value, whatever their spelling. Numbers too large for a double are the
    /// same only when they are written the same.
    pub(super) fn same_value(&self, other: &Self) -> bool {
        self.text() == other.text() || same(&self.value(), &other.value())
    }

    fn value(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or(Value::Null)
    }

    /// Whether this is `true` or `false`, which makes its flag a boolean one.
    pub(super) fn is_boolean(&self) -> bool {
        matches!(self.text(), "true" | "false")
    }
}

impl From<Box<RawValue>> for Json {
    fn from(raw: Box<RawValue>) -> Self {
        Self(Arc::from(raw))
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::from(if value { RawValue::TRUE } else { RawValue::FALSE }.to_owned())
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(from).map(Self::from)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(into)
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b))
                if a.abs() < EXACT_IN_A_DOUBLE && a.total_cmp(&b).is_eq())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn values_are_the_same_whatever_their_spelling() {
        for (a, b) in [
            ("1", "1.0"),
            (r#"{"a":1,"b":[2]}"#, r#"{ "b": [2.0], "a": 1 }"#),
            ("12345678901234567890", "12345678901234567890"),
            ("null", "null"),
        ] {
            assert!(json(a).same_value(&json(b)), "{a} {b}");
        }
    }

    #[test]
    fn large_numbers_that_a_double_would_confuse_differ() {
        for (a, b) in [
            ("12345678901234567890", "12345678901234567000"),
            ("123456789012345678901234567890", "123456789012345678901234567891e0"),
            ("1", "true"),
            ("1", "\"1\""),
        ] {
            assert!(!json(a).same_value(&json(b)), "{a} {b}");
        }
    }

    #[test]
    fn the_text_survives_being_written() {
        for text in ["1.0", "12345678901234567890", r#"{ "b" : 1 }"#] {
            assert_eq!(serde_json::to_string(&json(text)).unwrap(), text);
        }
    }
}

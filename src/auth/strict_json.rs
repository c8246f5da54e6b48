//! JSON in which no member stands twice. serde takes the last of two, other parsers the first: a token that reads
//! differently here and at its issuer is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::refused::Refused;

/// How the visitor tells its own refusal from every other; serde's errors carry nothing but text.
const TWICE: &str = "a member stands twice";

/// The members of the object that `bytes` are.
pub(super) fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, Refused> {
    match serde_json::from_slice::<Strict>(bytes) {
        Ok(Strict(Value::Object(members))) => Ok(members),
        Err(error) if error.to_string().starts_with(TWICE) => Err(Refused::Duplicate),
        Ok(_) | Err(_) => Err(Refused::Malformed),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((key, Strict(value))) = map.next_entry::<String, Strict>()? {
            if members.insert(key, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_twice_is_refused_at_any_depth_and_in_any_spelling() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"x":{"a":1,"a":2}}"#,
            r#"{"x":[{"a":1,"a":2}]}"#,
        ] {
            assert_eq!(parse_object(text.as_bytes()), Err(Refused::Duplicate), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_malformed() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(2000), "]".repeat(2000));
        for text in ["", "[]", "1", "null", "{", "{} {}", "{\"a\":1e999}", "{\"\\ud800\":1}", &deep]
        {
            assert_eq!(parse_object(text.as_bytes()), Err(Refused::Malformed), "{text}");
        }
        assert_eq!(parse_object(b"{\"\xff\":1}"), Err(Refused::Malformed));
    }

    #[test]
    fn an_object_is_read_as_serde_reads_it() {
        let text = r#"{"a":[1,-1,1.5,true,null,"x"],"b":{"a":{}}}"#;
        let read = Value::Object(parse_object(text.as_bytes()).unwrap());
        assert_eq!(read, serde_json::from_str::<Value>(text).unwrap());
    }
}

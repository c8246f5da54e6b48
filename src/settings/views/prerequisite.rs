//! The flag that a flag needs, and its disappearance from `reason` for whoever may not read it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::domain::FlagKey;

/// The flag that a reason names.
#[derive(Debug)]
pub(super) enum Prerequisite {
    /// This one.
    Flag(FlagKey),
    /// A key that is none of ours: no grant covers it, so nobody sees it.
    Nameless,
}

impl Prerequisite {
    /// The prerequisite that `LaunchDarkly` names.
    pub(super) fn named(key: &str) -> Self {
        key.parse().map_or(Self::Nameless, Self::Flag)
    }

    /// Whether a caller who may read what `sees` says may know of it.
    pub(super) fn is_seen(&self, sees: impl Fn(&FlagKey) -> bool) -> bool {
        match self {
            Self::Flag(key) => sees(key),
            Self::Nameless => false,
        }
    }
}

/// A flag's body whose `reason` doesn't name the prerequisite that failed; all else stays in its order and to the byte.
pub(super) fn without_prerequisite(body: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut flag: Members<'_> = serde_json::from_slice(body)?;
    let mut shorter = Vec::new();
    for (name, value) in &mut flag.0 {
        if name == "reason" {
            let mut reason: Members<'_> = serde_json::from_str(value.get())?;
            reason.0.retain(|(name, _)| name != "prerequisiteKey");
            *value = Cow::Owned(serde_json::value::to_raw_value(&reason)?);
        }
    }
    serde_json::to_writer(&mut shorter, &flag)?;
    Ok(shorter)
}

/// The members of an object in their order.
struct Members<'a>(Vec<(Cow<'a, str>, Cow<'a, RawValue>)>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, &**value)?;
        }
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                    members.push((name, Cow::Borrowed(value)));
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_prerequisite_goes_whatever_its_spelling() {
        let body = r#"{"z":1.0,"reason":{"kind":"PREREQUISITE_FAILED","prerequisite\u004bey":"secret","prerequisiteKey":"secret","a":[ 1 ]},"a":"é"}"#;
        let shorter = String::from_utf8(without_prerequisite(body.as_bytes()).unwrap()).unwrap();
        assert_eq!(
            shorter,
            r#"{"z":1.0,"reason":{"kind":"PREREQUISITE_FAILED","a":[ 1 ]},"a":"é"}"#
        );
        let without = br#"{"reason":null}"#;
        assert!(
            without_prerequisite(without).is_err(),
            "it is called for those that have one only"
        );
    }

    #[test]
    fn a_prerequisite_that_has_no_key_of_ours_is_seen_by_nobody() {
        assert!(!Prerequisite::named("a b").is_seen(|_| true));
        assert!(Prerequisite::named("a.b").is_seen(|key| key.as_str() == "a.b"));
    }
}

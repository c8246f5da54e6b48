//! Refusals. `LaunchDarkly` documents one form and uses several: without `code`, with further objects, with an empty
//! body; proxies before it answer pages. All of them are read, and what is not there is not made up.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::domain::is_invisible;
use crate::upstream::failure::Says;

/// The longest sentence we hand on, in characters.
const MAX_MESSAGE: usize = 500;

/// What the body of a refusal says.
pub(in crate::upstream) fn read_says(status: u16, body: &[u8]) -> Says {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| {
        let text: String = serde_json::from_str(members.get(name)?.get()).ok()?;
        Some(bounded(&text)).filter(|text| !text.is_empty())
    };
    Says { status, code: text("code"), message: text("message") }
}

/// `text` for someone's eyes, in an answer or in the log: without what controls, hides or turns around, and not too much of
/// it.
pub(super) fn bounded(text: &str) -> String {
    let visible = text.chars().filter(|c| !c.is_control() && !is_invisible(*c));
    visible.take(MAX_MESSAGE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(body: &str) -> (Option<String>, Option<String>) {
        let says = read_says(400, body.as_bytes());
        (says.code, says.message)
    }

    #[test]
    fn every_form_of_refusal_is_read() {
        let some = |text: &str| Some(text.to_owned());
        let full = r#"{"code":"forbidden","message":"no","reason":{"effect":"deny"},"id":"1"}"#;
        assert_eq!(says(full), (some("forbidden"), some("no")));
        assert_eq!(says(r#"{"message":"no"}"#), (None, some("no")));
        for nothing in
            ["", "null", "<html>", "[]", r#"{"code":7,"message":null}"#, r#"{"message":""}"#]
        {
            assert_eq!(says(nothing), (None, None), "{nothing}");
        }
    }

    #[test]
    fn a_message_is_bounded_and_has_no_control_characters() {
        let body = format!(r#"{{"message":"a\u0000\r\n\u001b[31m\u202e{}"}}"#, "ü".repeat(1_000));
        let message = says(&body).1.unwrap();
        assert!(message.starts_with("a[31mü"));
        assert_eq!(message.chars().count(), MAX_MESSAGE);
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let says = read_says(500, &body);
            proptest::prop_assert_eq!(says.status, 500);
        }
    }
}

//! Why a user gets a value, in words.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::chat::answer::Line;

/// A reason as `LaunchDarkly` has it, as far as we have words for it.
#[derive(Deserialize)]
struct Reason {
    kind: String,
    #[serde(rename = "ruleIndex", default)]
    rule_index: Value,
    #[serde(rename = "prerequisiteKey", default)]
    prerequisite: Value,
    #[serde(rename = "errorKind", default)]
    error: Value,
}

impl Line {
    /// Why, after a value.
    pub(super) fn why(self, reason: Option<&RawValue>) -> Self {
        let reason = reason.and_then(|raw| serde_json::from_str::<Reason>(raw.get()).ok());
        let Some(reason) = reason else {
            return self.text("LaunchDarkly does not say why");
        };
        match reason.kind.as_str() {
            "OFF" => self.text("the flag is off"),
            "FALLTHROUGH" => self.text("no rule matched: the default applies"),
            "TARGET_MATCH" => self.text("this user is targeted by name"),
            // LaunchDarkly's pages count from 1.
            "RULE_MATCH" => match reason.rule_index.as_u64().and_then(|n| n.checked_add(1)) {
                Some(rule) => self.text(format!("rule {rule} matched")),
                None => self.text("a rule matched"),
            },
            "PREREQUISITE_FAILED" => match reason.prerequisite.as_str() {
                Some(key) => self.text("the prerequisite ").code(key).text(" is not met"),
                None => self.text("a prerequisite is not met"),
            },
            "ERROR" => match reason.error.as_str() {
                Some(kind) => self.text("LaunchDarkly could not evaluate it: ").code(kind),
                None => self.text("LaunchDarkly could not evaluate it"),
            },
            other => self.text("reason: ").code(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::line;
    use super::*;
    use crate::chat::answer::Span;

    fn words(reason: &str) -> String {
        let raw = RawValue::from_string(reason.to_owned()).unwrap();
        let spans = line().why(Some(&raw)).0;
        let text = |span: &Span| match span {
            Span::Text(text) | Span::Strong(text) => text.clone(),
            Span::Code(code) => format!("`{code}`"),
            Span::Time(_) | Span::Person(_) => panic!("{span:?}"),
        };
        spans.iter().map(text).collect()
    }

    #[test]
    fn every_reason_has_its_words() {
        for (reason, said) in [
            (r#"{"kind":"OFF"}"#, "the flag is off"),
            (r#"{"kind":"FALLTHROUGH"}"#, "no rule matched: the default applies"),
            (r#"{"kind":"TARGET_MATCH"}"#, "this user is targeted by name"),
            (r#"{"kind":"RULE_MATCH","ruleIndex":1,"ruleId":"x"}"#, "rule 2 matched"),
            (r#"{"kind":"RULE_MATCH","ruleIndex":-1}"#, "a rule matched"),
            (
                r#"{"kind":"PREREQUISITE_FAILED","prerequisiteKey":"a.b"}"#,
                "the prerequisite `a.b` is not met",
            ),
            (r#"{"kind":"PREREQUISITE_FAILED"}"#, "a prerequisite is not met"),
            (
                r#"{"kind":"ERROR","errorKind":"MALFORMED_FLAG"}"#,
                "LaunchDarkly could not evaluate it: `MALFORMED_FLAG`",
            ),
            (r#"{"kind":"ERROR"}"#, "LaunchDarkly could not evaluate it"),
            (r#"{"kind":"<!channel>"}"#, "reason: `<!channel>`"),
            ("null", "LaunchDarkly does not say why"),
            ("7", "LaunchDarkly does not say why"),
        ] {
            assert_eq!(words(reason), said, "{reason}");
        }
    }
}

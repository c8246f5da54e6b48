//! Who flags are evaluated for: a context, or several at once, as `LaunchDarkly` writes them.
//!
//! `{"kind": "user", "key": "…", …}` is one; `{"kind": "multi", "user": {"key": "…"}, "device": {"key": "…"}}` is
//! several, of which each kind is there once. Kinds are letters, digits and `._-`, and never `kind` or `multi`.
//!
//! Undocumented for the REST API and decided here: the form without `kind` of the time before contexts is
//! refused, so that a client that still sends it is found out.

use serde_json::{Map, Value};

/// The kind that the users of the User Settings operations have.
pub(in crate::simulator) const USER: &str = "user";

/// A context's attributes by name; `kind` and `key` are read elsewhere.
pub(in crate::simulator) type Attributes = Map<String, Value>;

/// Who a flag is evaluated for.
#[derive(Debug)]
pub(in crate::simulator) struct Context<'a>(Vec<Part<'a>>);

/// The context of one kind.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) kind: &'a str,
    pub(super) key: &'a str,
    attributes: Option<&'a Attributes>,
}

impl<'a> Context<'a> {
    /// A user with the attributes that are stored; an unknown user is known by the key alone.
    pub(in crate::simulator) fn user(key: &'a str, attributes: Option<&'a Attributes>) -> Self {
        Self(vec![Part { kind: USER, key, attributes }])
    }

    /// Reads a context as it was sent, or says what is wrong with it.
    pub(in crate::simulator) fn parse(sent: &'a Attributes) -> Result<Self, String> {
        match sent.get("kind").and_then(Value::as_str) {
            None => Err("context kind is missing or not a string".to_owned()),
            Some("multi") => Self::several(sent),
            Some(kind) => Ok(Self(vec![Part::parse(kind, sent)?])),
        }
    }

    fn several(sent: &'a Attributes) -> Result<Self, String> {
        let parts = sent.iter().filter(|(name, _)| *name != "kind").map(|(kind, part)| {
            let of_kind = part.as_object().filter(|part| !part.contains_key("kind"));
            let wrong = || format!("context {kind} of a multi-context is no single context");
            Part::parse(kind, of_kind.ok_or_else(wrong)?)
        });
        let parts: Vec<_> = parts.collect::<Result<_, _>>()?;
        if parts.is_empty() {
            return Err("a multi-context needs at least one context".to_owned());
        }
        Ok(Self(parts))
    }

    pub(super) fn parts(&self) -> &[Part<'a>] {
        &self.0
    }

    pub(super) fn part(&self, kind: &str) -> Option<&Part<'a>> {
        self.0.iter().find(|part| part.kind == kind)
    }
}

impl<'a> Part<'a> {
    fn parse(kind: &'a str, sent: &'a Attributes) -> Result<Self, String> {
        if !is_kind(kind) {
            return Err(format!("invalid context kind {kind}"));
        }
        let key = sent.get("key").and_then(Value::as_str).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| "context key is missing, empty or not a string".to_owned())?;
        let typed = |name: &str, right: fn(&Value) -> bool| match sent.get(name) {
            Some(value) if !value.is_null() && !right(value) => {
                Err(format!("context attribute {name} has the wrong type"))
            }
            _ => Ok(()),
        };
        typed("name", Value::is_string)?;
        typed("anonymous", Value::is_boolean)?;
        typed("_meta", Value::is_object)?;
        Ok(Self { kind, key, attributes: Some(sent) })
    }

    /// An attribute by its name, or by a path such as `/address/city`, in which `~1` is a slash and `~0` a tilde.
    /// `null` is as good as absent.
    pub(super) fn attribute(&self, reference: &str) -> Option<&Value> {
        let attributes = self.attributes?;
        let found = match reference.strip_prefix('/') {
            None => attributes.get(reference),
            Some(path) => {
                let mut names = path.split('/').map(|n| n.replace("~1", "/").replace("~0", "~"));
                let first = attributes.get(&names.next()?)?;
                names.try_fold(first, |value, name| value.as_object()?.get(&name))
            }
        };
        found.filter(|value| !value.is_null())
    }
}

/// Whether this can be the kind of a single context.
pub(in crate::simulator) fn is_kind(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !text.is_empty() && text.chars().all(allowed) && !matches!(text, "kind" | "multi")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<String>, String> {
        let sent: Attributes = serde_json::from_str(text).unwrap();
        let context = Context::parse(&sent)?;
        Ok(context.parts().iter().map(|part| format!("{}:{}", part.kind, part.key)).collect())
    }

    #[test]
    fn single_and_multiple_contexts_are_read() {
        assert_eq!(parse(r#"{"kind":"user","key":"a"}"#).unwrap(), ["user:a"]);
        let both = r#"{"kind":"multi","user":{"key":"a"},"device":{"key":"b","name":"B"}}"#;
        assert_eq!(parse(both).unwrap(), ["device:b", "user:a"]);
    }

    #[test]
    fn what_is_no_context_is_refused() {
        for text in [
            "{}",
            r#"{"key":"a"}"#,
            r#"{"kind":1,"key":"a"}"#,
            r#"{"kind":"user"}"#,
            r#"{"kind":"user","key":""}"#,
            r#"{"kind":"user","key":1}"#,
            r#"{"kind":"kind","key":"a"}"#,
            r#"{"kind":"a b","key":"a"}"#,
            r#"{"kind":"user","key":"a","anonymous":"yes"}"#,
            r#"{"kind":"user","key":"a","name":1}"#,
            r#"{"kind":"multi"}"#,
            r#"{"kind":"multi","user":"a"}"#,
            r#"{"kind":"multi","user":{"kind":"user","key":"a"}}"#,
            r#"{"kind":"multi","multi":{"key":"a"}}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn attributes_are_found_by_name_and_by_path() {
        let text = r#"{"kind":"user","key":"a","a/b":1,"address":{"city":{"x~y":2}},"none":null}"#;
        let sent: Attributes = serde_json::from_str(text).unwrap();
        let context = Context::parse(&sent).unwrap();
        let part = context.part(USER).unwrap();
        assert_eq!(part.attribute("a/b"), Some(&Value::from(1)));
        assert_eq!(part.attribute("/a~1b"), Some(&Value::from(1)));
        assert_eq!(part.attribute("/address/city/x~0y"), Some(&Value::from(2)));
        assert_eq!(part.attribute("/address/street"), None);
        assert_eq!(part.attribute("none"), None);
    }
}

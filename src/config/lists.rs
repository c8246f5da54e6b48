//! Lists of texts and of tables.

use super::fault::Place;
use super::section::{Section, Text};
use super::tree::{Node, Value};

impl Section<'_, '_> {
    /// The tables of the list `key`: at least one, or a fault.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Node> {
        let expected =
            format!("must be a list of tables with at least one `[[{}]]`", self.path_of(key));
        match self.node(key) {
            Some(Node { value: Value::List(items), .. }) if !items.is_empty() => return items,
            Some(Node { place, .. }) => self.fault(place, key, expected),
            None => self.missing(key, &expected),
        }
        Vec::new()
    }

    /// The tables of the list `key`; none where it isn't there.
    pub(super) fn optional_tables(&mut self, key: &'static str) -> Vec<Node> {
        if self.has(key) {
            return self.tables(key);
        }
        let _: Option<Node> = self.node(key); // now it is known
        Vec::new()
    }

    /// The same as [`Section::texts`] where `key` is there.
    pub(super) fn optional_texts(
        &mut self,
        key: &'static str,
        expected: &str,
    ) -> Option<Vec<Text>> {
        if self.has(key) {
            return Some(self.texts(key, expected));
        }
        let _: Option<Node> = self.node(key); // now it is known
        None
    }

    /// A list of texts that is there and not empty. From the environment it is `a,b` or `["a", "b"]`.
    pub(super) fn texts(&mut self, key: &'static str, expected: &str) -> Vec<Text> {
        let Some(Node { value, place }) = self.node(key) else {
            self.missing(key, expected);
            return Vec::new();
        };
        let items = match value {
            Value::List(items) => items.into_iter().map(only_text).collect(),
            Value::Variable(text) => from_variable(&text, &place),
            Value::Text(_)
            | Value::Integer(_)
            | Value::Switch(_)
            | Value::Table(_)
            | Value::Other => None,
        };
        let items = items.filter(|items: &Vec<Text>| {
            !items.is_empty() && items.iter().all(|item| !item.text.is_empty())
        });
        items.unwrap_or_else(|| {
            self.fault(place, key, expected);
            Vec::new()
        })
    }
}

fn only_text(node: Node) -> Option<Text> {
    match node.value {
        Value::Text(text) | Value::Variable(text) => Some(Text { text, place: node.place }),
        Value::Integer(_) | Value::Switch(_) | Value::List(_) | Value::Table(_) | Value::Other => {
            None
        }
    }
}

/// A list in one variable.
fn from_variable(text: &str, place: &Place) -> Option<Vec<Text>> {
    let item = |text: String| Text { text, place: place.clone() };
    if text.trim_start().starts_with('[') {
        let list: OneList = toml::from_str(&format!("list = {text}")).ok()?;
        return Some(list.list.into_iter().map(item).collect());
    }
    Some(text.split(',').map(|part| item(part.trim().to_owned())).collect())
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OneList {
    list: Vec<String>,
}

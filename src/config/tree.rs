//! What was written, before anyone knows what it means: the file as a tree of values that know their place.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place};

/// Keys and their values.
pub(super) type Table = BTreeMap<String, Node>;

/// A value and where it was written. Deliberately not `Debug`: it may be a secret.
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// A value as it was written.
pub(super) enum Value {
    /// A TOML string.
    Text(String),
    /// A TOML integer.
    Integer(i64),
    /// A TOML boolean.
    Switch(bool),
    /// Text from the environment, whose type is up to the key that it is for.
    Variable(String),
    List(Vec<Node>),
    Table(Table),
    /// Something that no key of ours takes.
    Other,
}

/// The tree that `text` is. Where TOML itself is broken only that is reported: what else stands in such a
/// file can't be trusted to mean what it says.
pub(super) fn parse(text: &str, file: &Path) -> Result<Table, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(read_table(table.into_inner(), text));
    }
    let faults = errors.iter().map(|error| {
        // The error's own text quotes the line, which may hold a secret; its message doesn't.
        let place = Place::Line(line_of(text, error.span().map_or(0, |span| span.start)));
        Fault::new(file, place, "", format!("is not TOML: {}", error.message()))
    });
    Err(faults.collect())
}

fn read_table(table: DeTable<'_>, text: &str) -> Table {
    table
        .into_iter()
        .map(|(key, value)| {
            let line = line_of(text, key.span().start);
            let node = read(value.into_inner(), Place::Line(line), text);
            (key.into_inner().into_owned(), node)
        })
        .collect()
}

fn read(value: DeValue<'_>, place: Place, text: &str) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other, Value::Integer),
        DeValue::Array(list) => {
            let items = list.into_iter().map(|item| {
                let line = line_of(text, item.span().start);
                read(item.into_inner(), Place::Line(line), text)
            });
            Value::List(items.collect())
        }
        DeValue::Table(table) => Value::Table(read_table(table, text)),
        DeValue::Boolean(switch) => Value::Switch(switch),
        DeValue::Float(_) | DeValue::Datetime(_) => Value::Other,
    };
    Node { value, place }
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.bytes().take(offset);
    before.filter(|byte| *byte == b'\n').count() + 1
}

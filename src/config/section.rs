//! Reads one table key by key, and keeps every fault instead of stopping at the first.
//!
//! A method that finds a fault notes it and answers `None` or the default, so that the reading goes on;
//! [`super::load`] hands nothing out when there was any.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::{HumanDuration, Size};

use super::fault::{Fault, Place};
use super::tree::{Node, Table, Value};

/// What all sections share while a configuration is read.
pub(super) struct Reading<'a> {
    pub(super) file: &'a Path,
    pub(super) faults: Vec<Fault>,
    /// Every key that was asked for: all that there are, when everything was read.
    pub(super) asked: BTreeSet<String>,
}

/// One table while it is read.
pub(super) struct Section<'a, 'f> {
    reading: &'a mut Reading<'f>,
    path: String,
    table: Table,
    /// Where the table starts; none if something else stands there, so that nothing is missing in it.
    place: Option<Place>,
    known: Vec<&'static str>,
}

/// A text and where it stands.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) place: Place,
}

impl<'a, 'f> Section<'a, 'f> {
    /// The table `node` at `path`; an empty one if there is none, so that what is missing is reported key by key.
    pub(super) fn new(reading: &'a mut Reading<'f>, path: &str, node: Option<Node>) -> Self {
        let (table, place) = match node {
            Some(Node { value: Value::Table(table), place }) => (table, Some(place)),
            Some(Node { place, .. }) => {
                let fault = Fault::new(reading.file, place, path, "must be a table");
                reading.faults.push(fault);
                (Table::new(), None)
            }
            None => (Table::new(), Some(Place::File)),
        };
        Self { reading, path: path.to_owned(), table, place, known: Vec::new() }
    }

    /// A table inside this one.
    pub(super) fn section(&mut self, key: &'static str) -> Section<'_, 'f> {
        let node = self.node(key);
        let path = self.path_of(key);
        Section::new(self.reading, &path, node)
    }

    /// A table inside this one, where it is there.
    pub(super) fn optional(&mut self, key: &'static str) -> Option<Section<'_, 'f>> {
        let node = self.node(key)?;
        let path = self.path_of(key);
        Some(Section::new(self.reading, &path, Some(node)))
    }

    /// The table `node`, number `index` of the list `key`.
    pub(super) fn item(&mut self, key: &str, index: usize, node: Node) -> Section<'_, 'f> {
        let path = format!("{}.{index}", self.path_of(key));
        Section::new(self.reading, &path, Some(node))
    }

    /// What `key` holds. Asking for a key is what makes it known.
    pub(super) fn node(&mut self, key: &'static str) -> Option<Node> {
        self.known.push(key);
        let path = self.path_of(key);
        self.reading.asked.insert(path);
        self.table.remove(key)
    }

    /// A text; `expected` says what it should be if it is none.
    pub(super) fn text(&mut self, key: &'static str, expected: &str) -> Option<Text> {
        let Node { value, place } = self.node(key)?;
        if let Value::Text(text) | Value::Variable(text) = value {
            return Some(Text { text, place });
        }
        self.fault(place, key, expected);
        None
    }

    /// A text that has to be there.
    pub(super) fn required(&mut self, key: &'static str, expected: &str) -> Option<Text> {
        if !self.table.contains_key(key) {
            self.missing(key, expected);
        }
        self.text(key, expected)
    }

    /// What `parse` makes of a text. Its refusal means that the text isn't what is `expected`.
    pub(super) fn parse<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let Text { text, place } = self.text(key, expected)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.fault(place, key, expected);
        }
        parsed
    }

    /// A length of time within `range`.
    pub(super) fn duration(
        &mut self,
        key: &'static str,
        default: Duration,
        range: std::ops::RangeInclusive<Duration>,
    ) -> Duration {
        let expected = format!(
            "must be a length of time from {} to {}, like \"90s\" or \"1h30m\"",
            shown(*range.start()),
            shown(*range.end())
        );
        let parse = |text: &str| Some(text.parse::<HumanDuration>().ok()?.get());
        let within = |text: &str| parse(text).filter(|length| range.contains(length));
        self.parse(key, &expected, within).unwrap_or(default)
    }

    /// A size from `least` up.
    pub(super) fn size(&mut self, key: &'static str, default: Size, least: Size) -> Size {
        let expected = format!(
            "must be a size of at least {} bytes, like \"64KiB\" or \"64MiB\"",
            least.bytes()
        );
        let within = |text: &str| text.parse::<Size>().ok().filter(|size| *size >= least);
        self.parse(key, &expected, within).unwrap_or(default)
    }

    /// A whole number within `range`.
    pub(super) fn number(
        &mut self,
        key: &'static str,
        range: std::ops::RangeInclusive<u16>,
    ) -> Option<u16> {
        let Node { value, place } = self.node(key)?;
        let number = match value {
            Value::Integer(number) => u16::try_from(number).ok(),
            Value::Variable(text) => text.parse().ok(),
            Value::Text(_) | Value::Switch(_) | Value::List(_) | Value::Table(_) | Value::Other => {
                None
            }
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = range.into_inner();
            self.fault(place, key, format!("must be a whole number from {least} to {most}"));
        }
        number
    }

    /// Whether something is on.
    pub(super) fn switch(&mut self, key: &'static str, default: bool) -> bool {
        let Some(Node { value, place }) = self.node(key) else {
            return default;
        };
        let switch = match value {
            Value::Switch(switch) => Some(switch),
            Value::Variable(text) => text.parse().ok(),
            Value::Text(_)
            | Value::Integer(_)
            | Value::List(_)
            | Value::Table(_)
            | Value::Other => None,
        };
        if switch.is_none() {
            self.fault(place, key, "must be true or false");
        }
        switch.unwrap_or(default)
    }

    /// A path; a relative one starts where the configuration file is.
    pub(super) fn path(&mut self, key: &'static str, expected: &str) -> Option<(PathBuf, Place)> {
        let Text { text, place } = self.text(key, expected)?;
        if text.is_empty() || text.contains('\0') {
            self.fault(place, key, expected);
            return None;
        }
        let folder = self.reading.file.parent().unwrap_or(Path::new(""));
        Some((folder.join(text), place))
    }

    /// Where `key` stands; none if nowhere.
    pub(super) fn place(&self, key: &str) -> Option<&Place> {
        self.table.get(key).map(|node| &node.place)
    }

    /// `key` as a fault names it, without anything that is wrong with it.
    pub(super) fn named(&self, place: Place, key: &str) -> String {
        let named = Fault::new(self.reading.file, place, &self.path_of(key), "").to_string();
        named.trim_end_matches(": ").to_owned()
    }

    /// Whether the file or the environment has `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Notes that `key` isn't there.
    pub(super) fn missing(&mut self, key: &str, expected: &str) {
        self.fault_here(key, format!("is missing: {expected}"));
    }

    /// Notes something that is wrong with the table as a whole.
    pub(super) fn fault_here(&mut self, key: &str, expected: impl Into<String>) {
        if let Some(place) = self.place.clone() {
            self.fault(place, key, expected);
        }
    }

    /// Notes that `key` isn't what is `expected`.
    pub(super) fn fault(&mut self, place: Place, key: &str, expected: impl Into<String>) {
        let path = self.path_of(key);
        let fault = Fault::new(self.reading.file, place, &path, expected);
        self.reading.faults.push(fault);
    }

    /// Ends the reading: what nobody asked for is a fault.
    pub(super) fn finish(mut self) {
        let known = self.known.join(", ");
        for (key, node) in std::mem::take(&mut self.table) {
            self.fault(node.place, &key, format!("is no key we know; those here are: {known}"));
        }
    }

    /// The whole path of one of this table's keys; of the table itself if `key` is empty.
    pub(super) fn path_of(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path if key.is_empty() => path.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

/// A length of time as one would write it into the file.
fn shown(length: Duration) -> String {
    match (length.as_millis(), length.as_secs()) {
        (millis, _) if millis % 1_000 != 0 => format!("{millis}ms"),
        (_, seconds) if seconds > 0 && seconds % 60 == 0 => format!("{}m", seconds / 60),
        (_, seconds) => format!("{seconds}s"),
    }
}

//! Reads a policy file table by table and collects every fault with its line, instead of stopping at the
//! first.

use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::action::{ActionKind, ActionSet};
use super::glob::Glob;
use crate::domain::{HumanDuration, rfc_3339};

/// A mistake in a policy file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {key}: {expected}")]
pub struct PolicyFault {
    /// The line it is on, from 1.
    pub line: usize,
    /// The key, with the tables it is in.
    pub key: String,
    /// What is expected there.
    pub expected: String,
}

/// The faults found so far, and the text they are found in.
pub(super) struct Faults<'t> {
    text: &'t str,
    found: RefCell<Vec<PolicyFault>>,
}

impl<'t> Faults<'t> {
    pub(super) fn in_text(text: &'t str) -> Self {
        Self { text, found: RefCell::default() }
    }

    pub(super) fn add(&self, span: &Range<usize>, key: &str, expected: impl Display) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        // Both may repeat what stands in the file, and a fault is one line wherever it is shown.
        let shown = |text: &str| crate::domain::visible(text);
        let fault = PolicyFault { line, key: shown(key), expected: shown(&expected.to_string()) };
        self.found.borrow_mut().push(fault);
    }

    pub(super) fn into_result<T>(self, good: T) -> Result<T, Vec<PolicyFault>> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|fault| fault.line);
        if found.is_empty() { Ok(good) } else { Err(found) }
    }
}

/// One table of the file.
pub(super) struct Reader<'a> {
    table: &'a DeTable<'a>,
    span: Range<usize>,
    path: String,
    faults: &'a Faults<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn root(table: &'a DeTable<'a>, faults: &'a Faults<'a>) -> Self {
        Self { table, span: 0..0, path: String::new(), faults }
    }

    /// Every key that is not among `known` is a fault.
    pub(super) fn refuse_others(&self, known: &[&str]) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let expected = format!("unknown key; known here: {}", known.join(", "));
            self.faults.add(&key.span(), &self.path_to(key.get_ref()), expected);
        }
    }

    /// The tables of the array `key`, of which there has to be one.
    pub(super) fn some_tables(&self, key: &str, expected: &str) -> Vec<Reader<'a>> {
        let value = self.table.get(key);
        let is_empty = |value: &Spanned<DeValue<'_>>| {
            value.get_ref().as_array().is_some_and(|array| array.is_empty())
        };
        if value.is_none_or(is_empty) {
            self.refuse(key, expected);
        }
        self.tables(key)
    }

    /// The tables of the array `key`; none if it is left out.
    pub(super) fn tables(&self, key: &str) -> Vec<Reader<'a>> {
        let Some(value) = self.table.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.fault(value, key, "must be an array of tables, each under its own [[…]]");
            return Vec::new();
        };
        let read = |(n, one): (usize, &'a Spanned<DeValue<'a>>)| {
            let path = format!("{}[{n}]", self.path_to(key));
            let Some(table) = one.get_ref().as_table() else {
                self.faults.add(&one.span(), &path, "must be a table");
                return None;
            };
            Some(Reader { table, span: one.span(), path, faults: self.faults })
        };
        array.iter().enumerate().filter_map(read).collect()
    }

    /// The text at `key`, which must be there.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let value = self.required(key)?;
        let text = value.get_ref().as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            self.fault(value, key, "must be a text that is not empty");
        }
        text
    }

    /// The texts of the list at `key`, each parsed; a fault for each that is none.
    pub(super) fn list<T, E: Display>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'a>>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let Some(array) = value.get_ref().as_array().filter(|array| array.iter().next().is_some())
        else {
            self.fault(value, key, "must be a list of texts that is not empty");
            return Vec::new();
        };
        let read = |one: &Spanned<DeValue<'a>>| {
            let parsed = one.get_ref().as_str().ok_or("must be a text".to_owned());
            let parsed = parsed.and_then(|text| parse(text).map_err(|e| format!("`{text}` {e}")));
            parsed
                .map_err(|expected| self.faults.add(&one.span(), &self.path_to(key), expected))
                .ok()
        };
        array.iter().filter_map(read).collect()
    }

    /// The patterns at `key`, which must be there.
    pub(super) fn globs(&self, key: &str) -> Vec<Glob> {
        self.required(key).map(|value| self.list(key, value, glob)).unwrap_or_default()
    }

    /// The patterns at `key`; everything if it is left out.
    pub(super) fn globs_or_any(&self, key: &str) -> Vec<Glob> {
        self.table.get(key).map_or_else(|| vec![Glob::Any], |value| self.list(key, value, glob))
    }

    /// The actions at `actions`, which must be there.
    pub(super) fn actions(&self) -> ActionSet {
        let parse = |name: &str| {
            ActionKind::named(name).ok_or("is no action (known: read, set, clear, schedule)")
        };
        let list = self.required("actions").map(|value| self.list("actions", value, parse));
        ActionSet::of(&list.unwrap_or_default())
    }

    /// The entries at `key`, each parsed; none if it is left out.
    pub(super) fn entries<T, E: Display>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        self.required(key).map(|value| self.list(key, value, parse)).unwrap_or_default()
    }

    /// The switch at `key`; off if it is left out.
    pub(super) fn switch(&self, key: &str) -> bool {
        let Some(value) = self.table.get(key) else {
            return false;
        };
        let switch = value.get_ref().as_bool();
        if switch.is_none() {
            self.fault(value, key, "must be true or false");
        }
        switch.unwrap_or_default()
    }

    /// The length of time at `key`; none if it is left out.
    pub(super) fn duration(&self, key: &str) -> Option<Duration> {
        let value = self.table.get(key)?;
        let parsed = value.get_ref().as_str().and_then(|text| text.parse::<HumanDuration>().ok());
        let parsed = parsed.map(HumanDuration::get).filter(|length| !length.is_zero());
        if parsed.is_none() {
            self.fault(value, key, "must be a length of time like \"30m\" or \"24h\"");
        }
        parsed
    }

    /// The moment at `key`, as a text or as TOML's own; none if it is left out.
    pub(super) fn moment(&self, key: &str) -> Option<Timestamp> {
        let value = self.table.get(key)?;
        let parsed = match value.get_ref() {
            DeValue::String(text) => rfc_3339(text),
            DeValue::Datetime(moment) => rfc_3339(&moment.to_string()),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        if parsed.is_none() {
            self.fault(value, key, "must be a time with its offset like \"2026-12-28T08:00:00Z\"");
        }
        parsed
    }

    /// Adds a fault about the text at `key`.
    pub(super) fn refuse(&self, key: &str, expected: impl Display) {
        let span = self.table.get(key).map_or_else(|| self.span.clone(), Spanned::span);
        self.faults.add(&span, &self.path_to(key), expected);
    }

    fn required(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let value = self.table.get(key);
        if value.is_none() {
            self.faults.add(&self.span, &self.path_to(key), "is missing");
        }
        value
    }

    fn fault(&self, value: &Spanned<DeValue<'a>>, key: &str, expected: &str) {
        self.faults.add(&value.span(), &self.path_to(key), expected);
    }

    fn path_to(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

fn glob(text: &str) -> Result<Glob, &'static str> {
    if text.is_empty() {
        Err("must not be empty (`*` is everything)")
    } else {
        Ok(Glob::parse(text))
    }
}

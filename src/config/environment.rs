//! The environment over the file: `FLAGWARD__SERVER__LISTEN` is the key `server.listen`, and
//! `FLAGWARD__AUTH__ISSUERS__0__ISSUER` is `issuer` of the first of `auth.issuers`. An index that is the number of
//! those there are adds one.
//!
//! A variable's text stays text until the key that it is for gives it a type, so that a secret `0012345` keeps its
//! zeros. Only `FLAGWARD__` with two underscores is ours: Kubernetes puts `FLAGWARD_SERVICE_HOST` there by itself.

use std::collections::BTreeMap;
use std::path::Path;

use super::fault::{Fault, Place};
use super::tree::{Node, Table, Value};

/// What the names of our variables start with.
const PREFIX: &str = "FLAGWARD__";
/// What is between the parts of a name.
const SEPARATOR: &str = "__";
const CAPITALS: &str = "must be parts in capitals with two underscores between them";

/// Our variables, by name.
pub type Environment = BTreeMap<String, String>;

/// Puts our variables over what `table` has.
pub(super) fn put_over(
    table: &mut Table,
    environment: &Environment,
    file: &Path,
    faults: &mut Vec<Fault>,
) {
    for (steps, name, text) in in_order(environment) {
        let place = Place::Variable(name.to_owned());
        let node = Node { value: Value::Variable(text.to_owned()), place: place.clone() };
        let put = if name.bytes().any(|b| b.is_ascii_lowercase()) {
            Err(CAPITALS.to_owned())
        } else {
            put(table, &steps, node)
        };
        if let Err(expected) = put {
            faults.push(Fault::new(file, place, &steps.join("."), expected));
        }
    }
}

/// Our variables with the keys that they stand for, list items by number: 2 before 10, so that both can be added.
fn in_order(environment: &Environment) -> Vec<(Vec<String>, &str, &str)> {
    let mut ours: Vec<_> = environment
        .iter()
        .filter_map(|(name, text)| {
            let steps = name.strip_prefix(PREFIX)?.split(SEPARATOR);
            let steps = steps.map(str::to_ascii_lowercase).collect::<Vec<_>>();
            Some((steps, name.as_str(), text.as_str()))
        })
        .collect();
    let rank = |step: &String| (step.parse::<usize>().ok(), step.clone());
    ours.sort_by_cached_key(|(steps, ..)| steps.iter().map(rank).collect::<Vec<_>>());
    ours
}

/// Puts `node` where `steps` lead, making what is missing on the way.
fn put(table: &mut Table, steps: &[String], node: Node) -> Result<(), String> {
    let Some((first, rest)) = steps.split_first() else {
        return Ok(());
    };
    if first.is_empty() {
        return Err(CAPITALS.to_owned());
    }
    let Some(next) = rest.first() else {
        table.insert(first.clone(), node);
        return Ok(());
    };
    let empty = || match next.parse::<usize>() {
        Ok(_) => Value::List(Vec::new()),
        Err(_) => Value::Table(Table::new()),
    };
    let place = node.place.clone();
    let under =
        table.entry(first.clone()).or_insert_with(|| Node { value: empty(), place: place.clone() });
    match (&mut under.value, next.parse::<usize>()) {
        (Value::Table(table), _) => put(table, rest, node),
        (Value::List(list), Ok(index)) => put_in_list(list, index, rest, node),
        (Value::List(_), Err(_)) => Err(format!(
            "`{first}` is a list: a number must stand where `{next}` does, 0 for the first"
        )),
        (
            Value::Text(_)
            | Value::Integer(_)
            | Value::Switch(_)
            | Value::Variable(_)
            | Value::Other,
            _,
        ) => Err(format!("`{first}` has no key `{next}` in it")),
    }
}

fn put_in_list(
    list: &mut Vec<Node>,
    index: usize,
    steps: &[String],
    node: Node,
) -> Result<(), String> {
    let count = list.len();
    if index > count {
        return Err(format!("there are only {count} before it: the next is number {count}"));
    }
    let rest = steps.get(1..).unwrap_or_default();
    if index == count {
        let place = node.place.clone();
        let value = if rest.is_empty() { Value::Other } else { Value::Table(Table::new()) };
        list.push(Node { value, place });
    }
    let Some(item) = list.get_mut(index) else {
        return Ok(());
    };
    match &mut item.value {
        _ if rest.is_empty() => *item = node,
        Value::Table(table) => return put(table, rest, node),
        Value::Text(_)
        | Value::Integer(_)
        | Value::Switch(_)
        | Value::Variable(_)
        | Value::List(_)
        | Value::Other => {
            return Err(format!("item {index} has no keys in it"));
        }
    }
    Ok(())
}

/// Our variables of the process, and the faults of those that aren't UTF-8.
pub(super) fn of_process(file: &Path) -> (Environment, Vec<Fault>) {
    let mut environment = Environment::new();
    let mut faults = Vec::new();
    for (name, text) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(PREFIX) {
            continue;
        }
        match text.into_string() {
            Ok(text) => drop(environment.insert(name, text)),
            Err(_) => faults.push(Fault::new(file, Place::Variable(name), "", "must be UTF-8")),
        }
    }
    (environment, faults)
}

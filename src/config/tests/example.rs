//! `deploy/flagward.example.toml` shows every key with its default.

use std::collections::BTreeSet;

use super::super::section::Reading;
use super::super::{Config, read};
use super::{environment, file};

const EXAMPLE: &str = include_str!("../../../deploy/flagward.example.toml");
/// What has no default.
const NEEDED: [(&str, &str); 7] = [
    ("FLAGWARD__LAUNCHDARKLY__TOKEN", "api-x"),
    ("FLAGWARD__AUTH__ISSUERS__0__SECRET", "0123456789abcdef0123456789abcdef"),
    ("FLAGWARD__AUTH__ISSUERS__0__NAME", "idp"),
    ("FLAGWARD__AUTH__ISSUERS__0__ISSUER", "https://idp.example.com"),
    ("FLAGWARD__AUTH__ISSUERS__0__AUDIENCES", "flagward"),
    ("FLAGWARD__AUTH__ISSUERS__0__ALGORITHMS", "HS256"),
    ("FLAGWARD__POLICY__FILE", "policy.example.toml"),
];

/// Keys whose files are not there.
const FILES: [&str; 8] = [
    "token_file",
    "ca_file",
    "hash_key_file",
    "secret_file",
    "public_key_file",
    "jwks_file",
    "signing_secret_file",
    "previous_signing_secret_file",
];
/// What `text` is with what is needed over it, its faults, and every key that there is.
fn load(text: &str) -> (Option<Config>, Vec<String>, BTreeSet<String>) {
    let file = file();
    let mut reading = Reading { file: &file, faults: Vec::new(), asked: BTreeSet::new() };
    let config = read(&mut reading, text, &environment(&NEEDED), &mut None);
    let faults = reading.faults.iter().map(ToString::to_string).collect();
    (config, faults, reading.asked)
}

/// The example with its commented sections and keys as such, except the keys that `leave` says, and the sections.
fn uncommented(leave: &[&str]) -> String {
    let is_left = |line: &str| leave.iter().any(|key| line.starts_with(key));
    let mut in_left_section = false;
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix("# ") {
        None => {
            in_left_section = false;
            line
        }
        Some(rest) => {
            in_left_section |= is_header(rest) && is_left(rest);
            let shown = is_header(rest) || is_key(rest) && !is_left(rest);
            if shown && !in_left_section { rest } else { line }
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_header(line: &str) -> bool {
    line.starts_with('[') && line.ends_with(']')
}

fn is_key(line: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b == b'_';
    line.split_once(" = ").is_some_and(|(key, _)| key.bytes().all(plain))
}

#[test]
fn the_example_loads_and_every_default_in_it_is_the_code_s() {
    let (shown, faults, _) = load(EXAMPLE);
    assert!(faults.is_empty(), "{faults:?}");
    let (code, faults, _) = load("");
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(format!("{:#?}", shown.unwrap()), format!("{:#?}", code.unwrap()));
}

#[test]
fn every_key_is_in_the_example_and_no_other() {
    let written: toml::Table = uncommented(&[]).parse().unwrap();
    let mut keys = BTreeSet::new();
    collect("", &toml::Value::Table(written), &mut keys);
    let (_, _, asked) = load(&uncommented(&[]));
    assert_eq!(keys, asked);
}

/// What has a default in the sections that are off.
const OFF: [&str; 4] = ["response_host", "projects", "environments", "actions"];

#[test]
fn every_default_in_the_sections_that_are_off_is_the_code_s_too() {
    let leave = [&FILES[..], &["jwks", "proxy", "[[auth.issuers.keys]]"]].concat();
    let (shown, faults, _) = load(&uncommented(&leave));
    assert!(faults.is_empty(), "{faults:?}");
    let (code, faults, _) = load(&uncommented(&[&leave[..], &OFF].concat()));
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(format!("{:#?}", shown.unwrap()), format!("{:#?}", code.unwrap()));
}

fn collect(path: &str, value: &toml::Value, keys: &mut BTreeSet<String>) {
    let mut under = |key: &str, value| {
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        collect(&path, value, keys);
        path
    };
    match value {
        toml::Value::Table(table) => {
            let found: Vec<_> = table.iter().map(|(key, value)| under(key, value)).collect();
            keys.extend(found);
        }
        // The items of a list of texts are no keys.
        toml::Value::Array(items) if items.iter().all(toml::Value::is_table) => {
            for (index, item) in items.iter().enumerate() {
                under(&index.to_string(), item);
            }
        }
        toml::Value::String(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_) => {}
    }
}

#[test]
fn the_commented_keys_of_the_example_are_right_too() {
    let (_, faults, _) = load(&uncommented(&[&FILES[..], &["[[auth.issuers.keys]]"]].concat()));
    let keys: Vec<_> = faults.iter().map(|fault| fault.split(": ").nth(1).unwrap()).collect();
    assert_eq!(keys, ["auth.issuers.0"], "{faults:?}");
}

#[test]
fn every_key_of_the_example_has_a_line_of_comment_before_it() {
    let mut before = "";
    for line in EXAMPLE.lines() {
        let key = line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line);
        if is_key(key) {
            assert!(before.starts_with("# "), "{line}");
        }
        before = line;
    }
}

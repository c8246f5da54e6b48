//! What a configuration may be, and the exact line of each fault.

#![expect(clippy::disallowed_methods, reason = "a test opens secrets to compare them")]

mod auth;
mod chat;
mod environment;
mod example;
mod faults;
mod keys;

use std::path::{Path, PathBuf};

use super::{Config, Environment, load, load_file};

/// The least that a configuration needs.
pub(super) const LEAST: &str = r#"
[launchdarkly]
token = "api-planted-token"

[[auth.issuers]]
name = "idp"
issuer = "https://idp.example.com"
audiences = ["flagward"]
algorithms = ["HS256"]
secret = "planted-secret-planted-secret-planted"

[policy]
file = "policy.toml"
"#;

/// The folder of test keys, where the configurations of these tests pretend to be.
pub(super) fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys/t.toml")
}

pub(super) fn load_text(text: &str) -> Config {
    load(text, &file(), &Environment::new()).unwrap()
}

/// The faults of `text` with `variables` over it, without the folder.
pub(super) fn faults_with(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let folder = file().parent().unwrap().display().to_string() + "/";
    let faults = load(text, &file(), &environment(variables)).unwrap_err();
    let lines: Vec<_> = faults.to_string().lines().map(|line| line.replace(&folder, "")).collect();
    assert_eq!(lines.len(), faults.iter().count(), "one line a fault");
    for planted in ["planted", "0012345"] {
        assert!(!faults.to_string().contains(planted), "{faults}");
    }
    lines
}

pub(super) fn faults(text: &str) -> Vec<String> {
    faults_with(text, &[])
}

pub(super) fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn a_configuration_is_loaded_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flagward.toml");
    std::fs::write(&path, LEAST).unwrap();
    let config = load_file(&path).unwrap();
    assert_eq!(config.policy.file, folder.path().join("policy.toml"));
}

#[test]
fn a_file_that_can_t_be_read_is_a_fault() {
    let faults = load_file(Path::new("nowhere/flagward.toml")).unwrap_err();
    let expected =
        "nowhere/flagward.toml: must be readable: No such file or directory (os error 2)";
    assert_eq!(faults.to_string(), expected);
}

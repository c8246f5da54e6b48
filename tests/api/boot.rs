//! What the suite's gateways have in common: where they listen, whose tokens they take, and a folder with their policy.

use std::time::Duration;

use flagward::auth::mint;
use flagward::config::{self, Config, Environment};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::wire::Served;

const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
management_listen = "127.0.0.1:0"
workers = 2
shutdown_grace = "5s"
[[auth.issuers]]
name = "idp"
issuer = "https://idp.example.com"
audiences = ["flagward"]
algorithms = ["HS256"]
secret = "a-secret-of-the-tests-and-nothing-else"
[policy]
file = "policy.toml"
"#;

/// The configuration of a gateway before `upstream`, and the folder with its policy, which it needs for as long as it
/// runs. Each setting is a section, a key and a value, as the environment has them; of one key the last counts.
pub(crate) fn prepare(
    policy: &str,
    upstream: &Served,
    settings: &[(&str, &str)],
) -> (TempDir, Config) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let (base, token) = (format!("http://{}", upstream.address()), upstream.simulator.token());
    let shared =
        [("FLAGWARD__LAUNCHDARKLY__BASE_URL", &*base), ("FLAGWARD__LAUNCHDARKLY__TOKEN", &*token)];
    let environment: Environment = shared
        .iter()
        .chain(settings)
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let file = folder.path().join("flagward.toml");
    let config = config::load(CONFIG, &file, &environment).unwrap();
    (folder, config)
}

/// What a member of `team` sends to say so.
pub(crate) fn bearer(config: &Config, team: &str, lasts: Duration, now: Timestamp) -> String {
    let token = mint(&config.auth.issuers[0], "alice", &[team.to_owned()], lasts, now).unwrap();
    format!("Bearer {token}")
}

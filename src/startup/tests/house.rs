//! A reloader at work on a file in a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::auth::Authenticator;
use crate::clock::Clock;
use crate::config::{self, Environment};
use crate::http::{Gate, Vitals};
use crate::policy::{Policies, Policy};
use crate::startup::PolicyFile;
use crate::startup::reloader::Reloader;
use crate::telemetry::Metrics;

/// How often the file is looked at here.
pub(super) const LOOK: Duration = Duration::from_millis(5);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(10);

const CONFIG: &str = r#"
[launchdarkly]
token = "api-of-the-tests"
[[auth.issuers]]
name = "idp"
issuer = "https://idp.example.com"
audiences = ["flagward"]
algorithms = ["HS256"]
secret = "a-secret-of-the-tests-and-nothing-else"
[policy]
file = "policy.toml"
"#;

/// A policy with so many teams.
pub(super) fn policy(teams: usize) -> String {
    let team = |n| format!("[[teams]]\nname = \"t{n}\"\nmembers = [\"idp/team:t{n}\"]\n");
    (0..teams).map(team).collect()
}

pub(super) struct House {
    pub(super) folder: TempDir,
    pub(super) metrics: Metrics,
    vitals: Vitals,
    policies: Arc<Policies>,
    task: JoinHandle<()>,
}

impl House {
    /// Starts with a policy of one team, which `lay` puts into the folder.
    pub(super) fn with(lay: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::new().unwrap();
        lay(folder.path());
        let file = folder.path().join("flagward.toml");
        let config = config::load(CONFIG, &file, &Environment::new()).unwrap();
        let metrics = Metrics::new("test").unwrap();
        let file = PolicyFile::of(&config);
        let loaded = file.load(&metrics).unwrap();
        let vitals =
            Vitals::new("test", loaded.policy.summary().clone(), Clock::system(), &metrics);
        let policies = Arc::new(Policies::new(loaded.policy));
        let clock = Clock::system();
        let authenticator = Authenticator::new(&config.auth).unwrap();
        let gate = Gate::new(authenticator, Arc::clone(&policies), clock.clone(), &metrics);
        let reloader = Reloader {
            file,
            seen: loaded.bytes,
            is_missing: false,
            look_every: LOOK,
            hangups: None,
            policies: Arc::clone(&policies),
            gate,
            metrics: metrics.clone(),
            vitals: vitals.clone(),
        };
        let task = tokio::spawn(reloader.run());
        Self { folder, metrics, vitals, policies, task }
    }

    /// The usual one: a plain file.
    pub(super) fn open() -> Self {
        Self::with(|folder| std::fs::write(folder.join("policy.toml"), policy(1)).unwrap())
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("policy.toml")
    }

    pub(super) fn current(&self) -> Arc<Policy> {
        self.policies.current()
    }

    /// What an operator sees of the policy.
    pub(super) fn shown(&self) -> serde_json::Value {
        serde_json::to_value(self.vitals.view()).unwrap()["policy"].take()
    }

    /// How many versions were loaded and refused.
    pub(super) fn reloads(&self) -> [u64; 2] {
        let reloads = &self.metrics.policy_reloads;
        ["loaded", "refused"].map(|outcome| reloads.with_label_values(&[outcome]).get())
    }

    /// Waits until so many versions were loaded and refused.
    pub(super) async fn see(&self, loaded: u64, refused: u64) {
        let began = Instant::now();
        while self.reloads() != [loaded, refused] {
            assert!(began.elapsed() < PATIENCE, "still {:?}", self.reloads());
            sleep(LOOK).await;
        }
    }

    /// Waits until the reloader must have looked several times.
    pub(super) async fn let_it_look(&self) {
        sleep(LOOK * 60).await;
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.task.abort();
    }
}

//! The whole gateway on free ports, with a simulator as its upstream and a clock that a test moves.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use flagward::auth::mint;
use flagward::clock::Clock;
use flagward::config::Config;
use flagward::startup::Gateway;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::boot;
use crate::scope;
use crate::wire::{Answer, Served, exchange};

/// When every test begins.
pub(crate) const START: &str = "2026-11-21T12:00:00Z";

/// Payments may do everything to `shop`, with a guard on production; readers may read `checkout.*` of it; the
/// bank's team has nothing to do with the shop.
pub(crate) const POLICY: &str = r#"
[[teams]]
name = "payments"
members = ["idp/team:payments"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["*"]
  actions = ["read", "set", "clear", "schedule"]
  [[teams.denies]]
  projects = ["*"]
  environments = ["*"]
  flags = ["kill-switch.*"]
  actions = ["set", "clear", "schedule"]

[[teams]]
name = "readers"
members = ["idp/team:readers"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["test"]
  flags = ["checkout.*"]
  actions = ["read"]

[[teams]]
name = "bank"
members = ["idp/team:bank"]
  [[teams.grants]]
  projects = ["bank"]
  environments = ["*"]
  actions = ["read", "set", "clear", "schedule"]

[[guards]]
projects = ["shop"]
environments = ["production"]
require_comment = true
max_override = "24h"
"#;

/// A running gateway and all around it. Close it at the end: that is where the promises that hold for every test
/// are checked.
pub(crate) struct House {
    pub(crate) gateway: Gateway,
    pub(crate) upstream: Served,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) folder: TempDir,
    /// Every path that was asked for.
    asked: Mutex<Vec<String>>,
    /// The policy at the start.
    policy: String,
}

impl House {
    /// The usual house.
    pub(crate) fn open() -> Self {
        Self::with(POLICY, &[])
    }

    /// A house with this policy, and these keys of the configuration set by the environment.
    pub(crate) fn with(policy: &str, settings: &[(&str, &str)]) -> Self {
        let clock = Clock::manual(START.parse().unwrap());
        let upstream = Served::start(clock.clone());
        let backend = Backend::of_this_run();
        backend.prepare(&upstream.simulator);
        let own = [backend.setting(), ("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "3s")];
        let (folder, config) = boot::prepare(policy, &upstream, &[&own, settings].concat());
        let gateway = Gateway::start(config.clone(), clock.clone()).unwrap();
        let (asked, policy) = (Mutex::default(), policy.to_owned());
        Self { gateway, upstream, clock, config, folder, asked, policy }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A token for a subject in these teams, good for an hour.
    pub(crate) fn token(&self, subject: &str, teams: &[&str]) -> String {
        let teams: Vec<_> = teams.iter().map(|team| (*team).to_owned()).collect();
        let hour = Duration::from_hours(1);
        mint(&self.config.auth.issuers[0], subject, &teams, hour, self.now()).unwrap()
    }

    /// Asks as a member of `payments`, with a JSON body.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.ask_as("payments", method, path, body).await
    }

    /// Asks as a member of `team`.
    pub(crate) async fn ask_as(&self, team: &str, method: &str, path: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token("alice", &[team]));
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        self.send(method, path, &headers, body).await
    }

    /// Sends exactly these headers, and the path as it is.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.note(path);
        send(self.gateway.address(), method, path, headers, body).await
    }

    /// Takes note that a path will be asked for by another way than this house's own: `close` asserts that
    /// `LaunchDarkly` was asked about nobody else.
    pub(crate) fn note(&self, path: &str) {
        self.asked.lock().unwrap().push(path.to_owned());
    }

    /// Asks the management listener.
    pub(crate) async fn ask_management(&self, path: &str) -> Answer {
        send(self.gateway.management_address(), "GET", path, &[], "").await
    }

    /// How many requests `LaunchDarkly` saw, but for the greeting at the start.
    pub(crate) fn upstream_calls(&self) -> usize {
        let greets = |path: &str| {
            path.starts_with("/api/v2/caller-identity") || path.starts_with("/api/v2/versions")
        };
        self.upstream.simulator.requests().iter().filter(|r| !greets(&r.path)).count()
    }

    /// Ends it.
    pub(crate) async fn close(self) {
        // Some tests leave a request behind that hangs for good.
        let _: Result<(), _> = self.gateway.stop().await;
        let now =
            std::fs::read_to_string(self.folder.path().join("policy.toml")).unwrap_or_default();
        let asked = self.asked.into_inner().unwrap();
        scope::check(&self.upstream.simulator.requests(), &[self.policy, now], &asked);
    }
}

async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let headers: Vec<(String, String)> = headers.iter().map(owned).collect();
    let (method, path, body) = (method.to_owned(), path.to_owned(), body.to_owned());
    let sent = tokio::task::spawn_blocking(move || {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        exchange(address, &method, &path, &headers, &body)
    });
    sent.await.unwrap().unwrap()
}

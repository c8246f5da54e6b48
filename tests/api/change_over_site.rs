//! A gateway that may change its backend, before a LaunchDarkly that ends its User Settings API.

use std::net::SocketAddr;
use std::time::Duration;

use flagward::clock::Clock;
use flagward::simulator::{Seed, Simulator};
use flagward::startup::Gateway;
use serde_json::Value;
use tempfile::TempDir;

use crate::boot;
use crate::house::{POLICY, START};
use crate::wire::{Answer, Served, exchange};

/// How often the gateway asks which versions there are, where a test does not wait for that.
pub(crate) const SELDOM: Duration = Duration::from_hours(1);
/// And where it does.
pub(crate) const OFTEN: Duration = Duration::from_millis(20);

/// The gateway and its LaunchDarkly.
pub(crate) struct Site {
    pub(crate) gateway: Gateway,
    pub(crate) upstream: Served,
    pub(crate) clock: Clock,
    bearers: [(&'static str, String); 2],
    _folder: TempDir,
}

impl Site {
    /// Starts the gateway once LaunchDarkly was made ready.
    pub(crate) fn open(every: Duration, make_ready: impl FnOnce(&Simulator)) -> Self {
        Self::of(Seed::built_in(), every, make_ready)
    }

    /// The same with this account.
    pub(crate) fn of(seed: Seed, every: Duration, make_ready: impl FnOnce(&Simulator)) -> Self {
        let clock = Clock::manual(START.parse().unwrap());
        let upstream = Served::of(Simulator::new(seed, clock.clone()));
        make_ready(&upstream.simulator);
        let settings = [
            ("FLAGWARD__LAUNCHDARKLY__BACKEND", "auto"),
            ("FLAGWARD__SERVER__SHUTDOWN_GRACE", "800ms"),
        ];
        let (folder, config) = boot::prepare(POLICY, &upstream, &settings);
        let hour = Duration::from_hours(1);
        let bearer = |team| (team, boot::bearer(&config, team, hour, clock.now()));
        let bearers = ["payments", "bank"].map(bearer);
        let gateway = Gateway::start_watching_for_test(config, clock.clone(), every).unwrap();
        Self { gateway, upstream, clock, bearers, _folder: folder }
    }

    pub(crate) fn ask(&self, team: &str, method: &str, path: &str, body: &str) -> Answer {
        let (_, bearer) = self.bearers.iter().find(|(known, _)| *known == team).unwrap();
        let headers = [("Authorization", &**bearer), ("Content-Type", "application/json")];
        tokio::task::block_in_place(|| {
            exchange(self.gateway.address(), method, path, &headers, body).unwrap()
        })
    }

    /// A member of `payments` reads.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("payments", "GET", path, "")
    }

    /// Whether LaunchDarkly was asked about settings in the old way.
    pub(crate) fn asked_in_the_old_way(&self) -> bool {
        let requests = self.upstream.simulator.requests();
        requests.iter().any(|one| one.path.starts_with("/api/v2/users/"))
    }
}

/// What operators read about the backend: where it is ready, and where it is counted.
pub(crate) fn told(gateway: &Gateway) -> (Value, [bool; 2]) {
    let address = gateway.management_address();
    let backend = fetch(address, "/readyz").json()["backend"].clone();
    let scrape = fetch(address, "/metrics").body;
    let is_one =
        |name: &str| scrape.contains(&format!("flagward_backend_info{{backend=\"{name}\"}} 1"));
    (backend, [is_one("user-settings"), is_one("contexts")])
}

fn fetch(address: SocketAddr, path: &str) -> Answer {
    tokio::task::block_in_place(|| exchange(address, "GET", path, &[], "").unwrap())
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waits = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(2), waits).await;
    waited.unwrap_or_else(|_| panic!("{what} did not come"));
}

//! The running gateway.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::task::TaskTracker;

use super::fault::StartFault;
use super::policy_file::PolicyFile;
use super::reloader::{LOOK_EVERY, Reloader};
use super::rooms::{self, Rooms};
use super::servers::{Ports, Servers};
use super::upstream_watch::{ask, watch, watch_backend};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::Readiness;
use crate::policy::Policies;
use crate::settings::Settings;
use crate::upstream::{CallerIdentity, Failure};

/// How long we stay reachable after we said that we are not ready: what a load balancer needs to notice, as a share
/// of the whole grace.
const NOTICE_SHARE: u32 = 8;
/// The longest such time.
const LONGEST_NOTICE: Duration = Duration::from_secs(3);

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    management_address: SocketAddr,
    readiness: Readiness,
    callers: ServerHandle,
    operators: ServerHandle,
    tasks: Vec<JoinHandle<()>>,
    under_way: TaskTracker,
    grace: Duration,
    policies: Arc<Policies>,
    settings: Settings,
}

impl Gateway {
    /// Starts on the runtime that calls this. Refuses a bad policy; does not wait for `LaunchDarkly`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "what a gateway was started with is its own, secrets included"
    )]
    pub fn start(config: Config, clock: Clock) -> Result<Self, StartFault> {
        let policy_file = PolicyFile::of(&config);
        let rooms = Rooms::join(&config, &policy_file, &clock)?;
        let ports = Ports::open(&config.server)?;
        let (address, management_address) = (ports.address, ports.management_address);
        let servers = Servers::build(ports, &rooms, &config.server, clock)?;
        let (callers, operators) = (servers.callers.handle(), servers.operators.handle());
        let Rooms { policies, client, state, vitals, under_way, .. } = &rooms;
        let (policies, under_way) = (Arc::clone(policies), under_way.clone());
        let (readiness, settings) = (state.readiness.clone(), state.settings.clone());
        let watching = watch(client.clone(), vitals.clone());
        let watching_backend = watch_backend(client.clone(), vitals.clone());
        let tasks = vec![
            tokio::spawn(run(servers.callers)),
            tokio::spawn(run(servers.operators)),
            tokio::spawn(watching),
            tokio::spawn(watching_backend),
            tokio::spawn(reloader(rooms, policy_file)?.run()),
        ];
        readiness.set(true);
        tracing::info!(%address, %management_address, "ready");
        Ok(Self {
            address,
            management_address,
            readiness,
            callers,
            operators,
            tasks,
            under_way,
            grace: config.server.shutdown_grace,
            policies,
            settings,
        })
    }

    /// Where callers reach it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where operators reach it.
    #[must_use]
    pub fn management_address(&self) -> SocketAddr {
        self.management_address
    }

    /// The policy in force.
    #[must_use]
    pub fn policies(&self) -> &Arc<Policies> {
        &self.policies
    }

    /// Ends it: readiness first, then the listener, then what is under way, all within the grace.
    pub async fn stop(self) {
        let deadline = Instant::now() + self.grace;
        self.readiness.set(false);
        tracing::info!("stopping: no longer ready");
        self.settings.stop();
        sleep((self.grace / NOTICE_SHARE).min(LONGEST_NOTICE)).await;
        let ending = async {
            self.callers.stop(true).await;
            self.under_way.close();
            self.under_way.wait().await;
            // The last, so that an operator can look on.
            self.operators.stop(true).await;
        };
        if timeout_at(deadline, ending).await.is_err() {
            tracing::error!("the grace is over: requests or writes under way are cut off");
        }
        for task in &self.tasks {
            task.abort();
        }
        tracing::info!("stopped");
    }
}

/// Whether `LaunchDarkly` takes the configured token: for `check --online`.
pub async fn check_token(
    config: &Config,
    clock: Clock,
) -> Result<Result<CallerIdentity, Failure>, StartFault> {
    let client = rooms::client(config, &rooms::metrics()?, &clock)?;
    Ok(ask(&client).await)
}

/// Takes SIGHUP from here on, which would else end the process.
fn reloader(rooms: Rooms, file: PolicyFile) -> Result<Reloader, StartFault> {
    let hangups = signal(SignalKind::hangup());
    let hangups = hangups.map_err(|cause| StartFault::System(format!("SIGHUP: {cause}")))?;
    Ok(Reloader {
        file,
        seen: rooms.policy_bytes,
        look_every: LOOK_EVERY,
        hangups: Some(hangups),
        policies: rooms.policies,
        gate: rooms.gate,
        metrics: rooms.metrics,
        vitals: rooms.vitals,
    })
}

async fn run(server: Server) {
    if let Err(fault) = server.await {
        tracing::error!(%fault, "a listener ended");
    }
}

//! The running gateway.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use futures_util::future::{join, join_all};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::task::TaskTracker;

use super::fault::StartFault;
use super::policy_file::PolicyFile;
use super::reloader::{LOOK_EVERY, Reloader};
use super::rooms::{self, Rooms};
use super::servers::{Ports, Servers};
use super::upstream_watch::{Pace, ask, watch, watch_backend};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::Readiness;
use crate::policy::{Errand, Policies};
use crate::settings::Settings;
use crate::upstream::{Backend, CallerIdentity, Failure, Versions};

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
    hooks_address: Option<SocketAddr>,
    readiness: Readiness,
    callers: ServerHandle,
    operators: ServerHandle,
    /// Of the listener for hooks, where they have one of their own.
    hooks: Option<ServerHandle>,
    tasks: Vec<JoinHandle<()>>,
    under_way: TaskTracker,
    grace: Duration,
    policies: Arc<Policies>,
    writes: Writes,
}

/// The grace was over before all was done.
#[derive(Debug, thiserror::Error)]
#[error(
    "the grace was over: what was still under way is cut off; writes among it are in the log with outcome=\"unknown\""
)]
pub struct CutOff;

/// The writes under way. When it falls, those that have no outcome yet are taken down as unknown: however the gateway
/// ends, none of them is lost without a word.
#[derive(Debug)]
struct Writes(Settings);

impl Drop for Writes {
    fn drop(&mut self) {
        self.0.cut_off_writes();
    }
}

impl Gateway {
    /// Starts on the runtime that calls this. Refuses a bad policy; does not wait for `LaunchDarkly`.
    pub fn start(config: Config, clock: Clock) -> Result<Self, StartFault> {
        Self::start_at(config, clock, Pace::USUAL)
    }

    /// The same, but asks whether `LaunchDarkly` still takes the token and still lists the version at this pace.
    pub fn start_watching_for_test(
        config: Config,
        clock: Clock,
        every: Duration,
    ) -> Result<Self, StartFault> {
        Self::start_at(config, clock, Pace::every(every))
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "what a gateway was started with is its own, secrets included"
    )]
    fn start_at(config: Config, clock: Clock, pace: Pace) -> Result<Self, StartFault> {
        let policy_file = PolicyFile::of(&config);
        let rooms = Rooms::join(&config, &policy_file, &clock)?;
        let ports = Ports::open(&config.server)?;
        let (address, management_address) = (ports.address, ports.management_address);
        let hooks_address = ports.hooks_address;
        let servers = Servers::build(ports, &rooms, &config.server, &clock)?;
        let (callers, operators) = (servers.callers.handle(), servers.operators.handle());
        let hooks = servers.hooks.as_ref().map(Server::handle);
        let Rooms { policies, client, state, vitals, under_way, .. } = &rooms;
        let (policies, under_way) = (Arc::clone(policies), under_way.clone());
        let (readiness, writes) = (state.readiness.clone(), Writes(state.settings.clone()));
        let watching = watch(client.clone(), vitals.clone(), pace);
        let watching_backend = watch_backend(client.clone(), vitals.clone());
        let watching_keys = rooms.key_watches.tasks(&rooms.gate, &rooms.vitals, &clock);
        let mut tasks = vec![
            tokio::spawn(run(servers.callers)),
            tokio::spawn(run(servers.operators)),
            tokio::spawn(watching),
            tokio::spawn(watching_backend),
            tokio::spawn(reloader(rooms, policy_file)?.run()),
        ];
        tasks.extend(watching_keys.into_iter().map(tokio::spawn));
        tasks.extend(servers.hooks.map(|server| tokio::spawn(run(server))));
        readiness.set(true);
        let policy = policies.current();
        let hooks_at = hooks_address.map(tracing::field::display);
        let policy = policy.summary();
        tracing::info!(%address, %management_address, hooks_address = hooks_at, %policy, "ready");
        Ok(Self {
            address,
            management_address,
            hooks_address,
            readiness,
            callers,
            operators,
            hooks,
            tasks,
            under_way,
            grace: config.server.shutdown_grace,
            policies,
            writes,
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

    /// Where chat platforms reach it, if that is a listener of its own.
    #[must_use]
    pub fn hooks_address(&self) -> Option<SocketAddr> {
        self.hooks_address
    }

    /// The policy in force.
    #[must_use]
    pub fn policies(&self) -> &Arc<Policies> {
        &self.policies
    }

    /// Ends it: readiness first, then the listeners, then what is under way, all within the grace. Where that was too
    /// short, and also where this is dropped half-way, every write that is cut off is in the log as unknown.
    pub async fn stop(self) -> Result<(), CutOff> {
        let deadline = Instant::now() + self.grace;
        self.readiness.set(false);
        tracing::info!("stopping: no longer ready");
        self.writes.0.stop();
        sleep((self.grace / NOTICE_SHARE).min(LONGEST_NOTICE)).await;
        let ending = async {
            // Both at once: neither waits for a request of the other.
            let hooks = self.hooks.iter().map(|hooks| hooks.stop(true));
            join(self.callers.stop(true), join_all(hooks)).await;
            self.under_way.close();
            self.under_way.wait().await;
            // The last, so that an operator can look on.
            self.operators.stop(true).await;
        };
        let ended = timeout_at(deadline, ending).await.or(Err(CutOff));
        if ended.is_err() {
            let writes = self.writes.0.writes_under_way();
            tracing::error!(writes, "the grace is over: requests or writes under way are cut off");
        }
        drop(self.writes);
        for task in &self.tasks {
            task.abort();
        }
        tracing::info!("stopped");
        ended
    }
}

/// What `LaunchDarkly` says to a configuration.
#[derive(Debug)]
pub struct Online {
    /// Whose token it takes.
    pub identity: CallerIdentity,
    /// The versions that it has.
    pub versions: Versions,
    /// The backend that would serve now.
    pub backend: Backend,
}

/// Asks `LaunchDarkly` whether it takes the configured token, and which versions it has: for `check --online`.
pub async fn check_online(
    config: &Config,
    clock: Clock,
) -> Result<Result<Online, Failure>, StartFault> {
    let client = rooms::client(config, &rooms::metrics()?, &clock)?;
    let asked = async {
        let identity = ask(&client).await?;
        let versions = client.versions(&Errand::of_startup()).await?;
        Ok(Online { identity, versions, backend: client.backend() })
    };
    Ok(asked.await)
}

/// Takes SIGHUP from here on, which would else end the process.
fn reloader(rooms: Rooms, file: PolicyFile) -> Result<Reloader, StartFault> {
    let hangups = signal(SignalKind::hangup());
    let hangups = hangups.map_err(|cause| StartFault::System(format!("SIGHUP: {cause}")))?;
    Ok(Reloader {
        file,
        seen: rooms.policy_bytes,
        is_missing: false,
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

//! The running gateway.

use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use super::greeting::{ask, greet};
use super::policy::{PolicyFileFault, Reloader, load_policy};
use crate::auth::{Authenticator, UnusableKey};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{Frame, Gate, Health, HttpState, Readiness, configure, configure_management};
use crate::policy::Policies;
use crate::settings::{Limits, Settings, Writers};
use crate::telemetry::Metrics;
use crate::upstream::{CallerIdentity, Client, ClientFault, Failure, Options};

/// How long we stay reachable after we said that we are not ready: what a load balancer needs to notice, as a share
/// of the whole grace.
const NOTICE_SHARE: u32 = 8;
/// The longest such time.
const LONGEST_NOTICE: Duration = Duration::from_secs(3);

/// Why the gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The policy is refused.
    #[error(transparent)]
    Policy(#[from] PolicyFileFault),
    /// An issuer's key can't be used.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The client of `LaunchDarkly` can't be built.
    #[error("[launchdarkly]: {0}")]
    Upstream(#[from] ClientFault),
    /// A port can't be opened.
    #[error("{address} can't be listened on: {cause}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
    /// Two metrics have one name, or the system is out of something.
    #[error("{0}")]
    System(String),
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    management_address: SocketAddr,
    readiness: Readiness,
    servers: Vec<ServerHandle>,
    tasks: Vec<JoinHandle<()>>,
    under_way: TaskTracker,
    grace: Duration,
    policies: Arc<Policies>,
}

impl Gateway {
    /// Starts on the runtime that calls this. Refuses a bad policy; does not wait for `LaunchDarkly`.
    pub fn start(config: Config, clock: Clock) -> Result<Self, StartFault> {
        let metrics = Metrics::new(env!("CARGO_PKG_VERSION"))
            .map_err(|e| StartFault::System(e.to_string()))?;
        let policies = Arc::new(Policies::new(load_policy(&config, &metrics)?));
        let authenticator = Authenticator::new(&config.auth)?;
        let gate = Gate::new(
            authenticator,
            Arc::clone(&policies),
            clock.clone(),
            &metrics,
        );
        let client = Client::new(options(&config), &metrics, clock.clone())?;
        metrics
            .backend_info
            .with_label_values(&["user-settings"])
            .set(1);
        let writers = Writers {
            runtime: Handle::current(),
            under_way: TaskTracker::new(),
        };
        let under_way = writers.under_way.clone();
        let settings = Settings::new(
            client.clone(),
            limits(&config),
            clock.clone(),
            &metrics,
            writers,
        );
        let state = state(&config, settings);
        let readiness = state.readiness.clone();

        let (listener, address) = listen(config.server.listen)?;
        let (management, management_address) = listen(config.server.management_listen)?;
        let parts = Parts {
            state: Data::new(state),
            gate: gate.clone(),
            frame: Frame::new(clock, &metrics),
            metrics: metrics.clone(),
        };
        let grace = config.server.shutdown_grace;
        let system = |cause: std::io::Error| StartFault::System(cause.to_string());
        let callers = parts
            .serve_callers(listener, config.server.workers, grace)
            .map_err(system)?;
        let operators = parts.serve_operators(management).map_err(system)?;
        let servers = vec![callers.handle(), operators.handle()];
        let reloader = Reloader {
            config: Arc::new(config),
            policies: Arc::clone(&policies),
            gate,
            metrics,
        };
        let tasks = vec![
            tokio::spawn(run(callers)),
            tokio::spawn(run(operators)),
            tokio::spawn(reloader.run()),
            tokio::spawn(greet(client)),
        ];
        readiness.set(true);
        tracing::info!(%address, %management_address, "ready");
        Ok(Self {
            address,
            management_address,
            readiness,
            servers,
            tasks,
            under_way,
            grace,
            policies,
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

    /// Ends it: readiness first, then the listener, then what is under way.
    pub async fn stop(self) {
        self.readiness.set(false);
        tracing::info!("stopping: no longer ready");
        let notice = (self.grace / NOTICE_SHARE).min(LONGEST_NOTICE);
        tokio::time::sleep(notice).await;
        let ending = async {
            for server in &self.servers {
                server.stop(true).await;
            }
            self.under_way.close();
            self.under_way.wait().await;
        };
        if tokio::time::timeout(self.grace, ending).await.is_err() {
            tracing::error!("stopped before everything under way had ended");
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
    let metrics =
        Metrics::new(env!("CARGO_PKG_VERSION")).map_err(|e| StartFault::System(e.to_string()))?;
    let client = Client::new(options(config), &metrics, clock)?;
    Ok(ask(&client).await)
}

/// What every worker gets.
struct Parts {
    state: Data<HttpState>,
    gate: Gate,
    frame: Frame,
    metrics: Metrics,
}

impl Parts {
    fn serve_callers(
        &self,
        listener: TcpListener,
        workers: Option<NonZeroU16>,
        grace: Duration,
    ) -> std::io::Result<Server> {
        let (state, gate, frame) = (self.state.clone(), self.gate.clone(), self.frame.clone());
        let metrics = self.metrics.clone();
        let mut server = HttpServer::new(move || {
            let base_path = state.base_path.to_string();
            App::new()
                .app_data(state.clone())
                .app_data(gate.clone())
                .app_data(frame.clone())
                .configure(|config| configure(config, &base_path, &metrics))
        })
        .disable_signals()
        .shutdown_timeout(grace.as_secs())
        .client_request_timeout(self.state.request_timeout);
        if let Some(workers) = workers {
            server = server.workers(workers.get().into());
        }
        Ok(server.listen(listener)?.run())
    }

    fn serve_operators(&self, listener: TcpListener) -> std::io::Result<Server> {
        let (state, metrics) = (self.state.clone(), Data::new(self.metrics.clone()));
        let health = Data::new(Health {
            version: env!("CARGO_PKG_VERSION"),
            backend: "user-settings",
        });
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .app_data(metrics.clone())
                .app_data(health.clone())
                .configure(configure_management)
        });
        Ok(server
            .disable_signals()
            .workers(1)
            .shutdown_timeout(1)
            .listen(listener)?
            .run())
    }
}

async fn run(server: Server) {
    if let Err(fault) = server.await {
        tracing::error!(%fault, "a listener ended");
    }
}

fn state(config: &Config, settings: Settings) -> HttpState {
    HttpState {
        settings,
        base_path: config.server.base_path.as_str().into(),
        request_timeout: config.server.request_timeout,
        max_body: usize::try_from(config.server.max_body.bytes()).unwrap_or(usize::MAX),
        readiness: Readiness::default(),
    }
}

fn limits(config: &Config) -> Limits {
    let cache = &config.cache;
    Limits {
        max_bytes: cache.max_size.bytes(),
        ttl: cache.ttl,
        min_age: cache.min_age,
    }
}

fn options(config: &Config) -> Options {
    let upstream = &config.launchdarkly;
    Options {
        base_url: upstream.base_url.clone(),
        token: upstream.token.clone(),
        user_settings_api_version: upstream.user_settings_api_version.as_str().to_owned(),
        connect_timeout: upstream.connect_timeout,
        request_timeout: upstream.request_timeout,
        max_concurrency: upstream.max_concurrency.get().into(),
        proxy: upstream.proxy.clone(),
        ca_pem: upstream.ca_certificates.clone(),
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartFault> {
    let fault = |cause| StartFault::Listen { address, cause };
    let listener = TcpListener::bind(address).map_err(fault)?;
    let address = listener.local_addr().map_err(fault)?;
    Ok((listener, address))
}

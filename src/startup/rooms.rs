//! What each room gets of the configuration, and the rooms joined.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use super::fault::StartFault;
use super::hooks::Hooks;
use super::key_watches::KeyWatches;
use super::policy_file::PolicyFile;
use crate::auth::Authenticator;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::http::{DropInNotice, Gate, HttpState, Readiness, Vitals};
use crate::policy::Policies;
use crate::settings::shadow::{self, Shadow, UserHash};
use crate::settings::{Limits, Settings, Writers};
use crate::telemetry::Metrics;
use crate::upstream::{Backend, Choice, Client, Options};

/// Everything behind the doors.
pub(super) struct Rooms {
    pub(super) metrics: Metrics,
    pub(super) policies: Arc<Policies>,
    /// What the policy in force was read from.
    pub(super) policy_bytes: Vec<u8>,
    pub(super) gate: Gate,
    pub(super) client: Client,
    pub(super) state: HttpState,
    pub(super) vitals: Vitals,
    /// Who refreshes the issuers' keys.
    pub(super) key_watches: KeyWatches,
    /// What chat platforms call.
    pub(super) hooks: Hooks,
    /// What callers of the drop-in are told; none for nothing.
    pub(super) notice: Option<DropInNotice>,
    /// Writes and commands of chats under way, which outlive whoever asked for them.
    pub(super) under_way: TaskTracker,
}

impl Rooms {
    /// Joins them. Opens no port and asks nothing yet.
    pub(super) fn join(
        config: &Config,
        policy_file: &PolicyFile,
        clock: &Clock,
    ) -> Result<Self, StartFault> {
        let metrics = metrics()?;
        let loaded = policy_file.load(&metrics)?;
        let policy = loaded.policy.summary().clone();
        let policies = Arc::new(Policies::new(loaded.policy));
        let authenticator = Authenticator::new(&config.auth)?;
        let client = client(config, &metrics, clock)?;
        let vitals = Vitals::new(client.backend().name(), policy, clock.clone(), &metrics);
        let key_watches = KeyWatches::of(&config.auth, &authenticator, &vitals)?;
        let gate = Gate::new(authenticator, Arc::clone(&policies), clock.clone(), &metrics);
        let under_way = TaskTracker::new();
        let writers = Writers { runtime: Handle::current(), under_way: under_way.clone() };
        let shadow = shadow(config, &client, clock, &metrics)?;
        let limits = limits(config);
        let settings =
            Settings::new(client.clone(), limits, clock.clone(), &metrics, writers.clone(), shadow);
        let hooks = Hooks::join(config, &settings, &policies, writers, clock, &metrics)?;
        Ok(Self {
            metrics,
            policies,
            policy_bytes: loaded.bytes,
            gate,
            client,
            state: state(config, settings),
            vitals,
            key_watches,
            hooks,
            notice: notice(config),
            under_way,
        })
    }
}

/// The metrics of a process.
pub(super) fn metrics() -> Result<Metrics, StartFault> {
    let made = Metrics::new(env!("CARGO_PKG_VERSION"));
    made.map_err(|fault| StartFault::System(fault.to_string()))
}

/// The client that the configuration describes.
pub(super) fn client(
    config: &Config,
    metrics: &Metrics,
    clock: &Clock,
) -> Result<Client, StartFault> {
    let upstream = &config.launchdarkly;
    let options = Options {
        base_url: upstream.base_url.clone(),
        token: upstream.token.clone(),
        backend: match upstream.backend {
            config::Backend::Auto => Choice::Auto,
            config::Backend::UserSettings => Choice::Always(Backend::UserSettings),
            config::Backend::Contexts => Choice::Always(Backend::Contexts),
        },
        stored_attributes: upstream.stored_attributes,
        user_settings_api_version: upstream.user_settings_api_version.as_str().to_owned(),
        connect_timeout: upstream.connect_timeout,
        request_timeout: upstream.request_timeout,
        max_concurrency: upstream.max_concurrency.get().into(),
        proxy: upstream.proxy.clone(),
        ca_pem: upstream.ca_certificates.clone(),
    };
    Ok(Client::new(options, metrics, clock.clone())?)
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

/// What compares the backends, where the operator wants it.
fn shadow(
    config: &Config,
    client: &Client,
    clock: &Clock,
    metrics: &Metrics,
) -> Result<Option<Shadow>, StartFault> {
    let wanted = &config.launchdarkly.shadow;
    if !wanted.enabled {
        return Ok(None);
    }
    let hash = UserHash::new(wanted.hash_key.as_ref());
    let options = shadow::Options {
        share: wanted.share,
        per_minute: wanted.per_minute,
        hash: hash.map_err(|fault| StartFault::System(fault.to_owned()))?,
    };
    let runtime = Handle::current();
    Ok(Some(Shadow::new(options, client, clock.clone(), metrics, runtime)))
}

fn notice(config: &Config) -> Option<DropInNotice> {
    let told = &config.drop_in;
    DropInNotice::new(told.deprecation, told.sunset, config.server.base_path.as_str())
}

fn limits(config: &Config) -> Limits {
    let cache = &config.cache;
    Limits { max_bytes: cache.max_size.bytes(), ttl: cache.ttl, min_age: cache.min_age }
}

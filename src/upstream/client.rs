//! The client: what it is built from, and what is asked alike whichever backend serves. The five functions are in
//! `functions`.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;
use url::Url;

use super::answers::{CallerIdentity, Versions};
use super::backends::{Backend, Backends, Choice};
use super::budget::Budget;
use super::call::{Call, Request};
use super::contexts::ContextsApi;
use super::failure::Failure;
use super::flags::{Attributes, FlagDocument, FlagDocuments};
use super::pages;
use super::paths::Paths;
use super::tally::Tally;
use super::transport::{Bounds, Credentials, Transport};
use super::user_settings::UserSettingsApi;
use super::wire;
use crate::clock::Clock;
use crate::domain::{EnvironmentKey, UserTarget};
use crate::outbound::{self, OutboundFault};
use crate::policy::{Errand, MayRead, Part, Permit, Read, Resource};
use crate::telemetry::Metrics;

/// What we call ourselves.
const USER_AGENT: &str = concat!("flagward/", env!("CARGO_PKG_VERSION"));

/// What a client is built from. Not to be printed: a proxy's URL may hold a password.
#[derive(Clone)]
pub struct Options {
    /// Where `LaunchDarkly` is: scheme, host, and a path that is kept.
    pub base_url: Url,
    /// The shared token.
    pub token: SecretString,
    /// Which of `LaunchDarkly`'s APIs serves.
    pub backend: Choice,
    /// Whether the replacement APIs evaluate users with the attributes that `LaunchDarkly` has stored of them.
    pub stored_attributes: bool,
    /// The `LD-API-Version` that the User Settings operations are asked under.
    pub user_settings_api_version: String,
    /// The longest that connecting may take.
    pub connect_timeout: Duration,
    /// The longest that one call may take in all: waiting for a free slot, attempts, and pauses between them.
    pub request_timeout: Duration,
    /// How many requests may be under way at once; at least one.
    pub max_concurrency: usize,
    /// The proxy; none for no proxy.
    pub proxy: Option<Url>,
    /// Certificates in PEM form that are trusted in addition to the system's.
    pub ca_pem: Option<Vec<u8>>,
}

/// Why no client could be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientFault {
    /// The base can't carry a path, or carries more than one.
    #[error("the base URL must be http or https, without user, query and fragment")]
    Base,
    /// The token can't be sent.
    #[error("the token must not be empty and may only have printable ASCII characters")]
    Token,
    /// The token is of the SDKs, and `LaunchDarkly` never takes those for its API.
    #[error("the token must be an access token (api-…), not an SDK or mobile key")]
    SdkKey,
    /// The version can't be sent.
    #[error("the API version may only have printable ASCII characters")]
    Version,
    /// Proxy or certificates are wrong.
    #[error(transparent)]
    Outbound(#[from] OutboundFault),
}

/// Asks `LaunchDarkly`. Cheap to clone; all clones share connections, limits and counters.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) paths: Paths,
    pub(super) transport: Transport,
    pub(super) backends: Backends,
    pub(super) user_settings: UserSettingsApi,
    pub(super) contexts: ContextsApi,
}

impl Client {
    /// A client with these options. Asks nothing yet.
    pub fn new(options: Options, metrics: &Metrics, clock: Clock) -> Result<Self, ClientFault> {
        let credentials = Credentials {
            token: token(&options.token)?,
            user_settings_version: version(&options.user_settings_api_version)?,
        };
        let bounds = Bounds {
            request_timeout: options.request_timeout,
            max_concurrency: options.max_concurrency,
        };
        let http = outbound::client(&outbound::Settings {
            connect_timeout: options.connect_timeout,
            request_timeout: options.request_timeout,
            proxy: options.proxy,
            ca_pem: options.ca_pem,
            user_agent: USER_AGENT.to_owned(),
        })?;
        let budget = Budget::new(clock, metrics);
        let transport = Transport::new(http, credentials, bounds, budget, Tally::new(metrics));
        let paths = Paths::below(options.base_url).ok_or(ClientFault::Base)?;
        Ok(Self {
            backends: Backends::new(options.backend, &options.user_settings_api_version, metrics),
            user_settings: UserSettingsApi::new(paths.clone(), transport.clone()),
            contexts: ContextsApi::new(paths.clone(), transport.clone(), options.stored_attributes),
            paths,
            transport,
        })
    }

    /// Returns when a call, but for that of [`Self::caller_identity`], went wrong in a way that lets one doubt that
    /// `LaunchDarkly` is well and takes the shared token: no answer, a 5xx, a 401 or 403.
    pub async fn trouble(&self) {
        self.transport.trouble().await;
    }

    /// The backend that serves.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backends.active()
    }

    /// Tells when another backend serves.
    #[must_use]
    pub fn watch_backend(&self) -> watch::Receiver<Backend> {
        self.backends.watch()
    }

    /// Whether another backend may yet serve.
    #[must_use]
    pub fn may_change_backend(&self) -> bool {
        self.backends.may_change()
    }

    /// The same client with this backend, whatever serves else: to compare both. Nothing that it meets changes which
    /// one serves.
    #[must_use]
    pub fn with_backend(&self, backend: Backend) -> Self {
        Self { backends: Backends::fixed(backend), ..self.clone() }
    }

    /// The same client, which leaves to callers what there is of `LaunchDarkly`'s rate limits when they are low: it
    /// then fails with [`Failure::RateLimited`] without having asked.
    #[must_use]
    pub fn sparing(&self) -> Self {
        self.over(self.transport.sparing())
    }

    /// The same client, which waits then, for minutes if need be.
    #[must_use]
    pub fn patient(&self) -> Self {
        self.over(self.transport.patient())
    }

    fn over(&self, transport: Transport) -> Self {
        Self {
            user_settings: UserSettingsApi::new(self.paths.clone(), transport.clone()),
            contexts: self.contexts.over(transport.clone()),
            transport,
            ..self.clone()
        }
    }

    /// The definitions of all flags of the project that something may be read in, with the targets in the environment:
    /// `GET /api/v2/flags/{project}`, a page at a time.
    pub async fn list_flags(&self, proof: &impl MayRead) -> Result<FlagDocuments, Failure> {
        let place = proof.target().place();
        let patient = &self.transport.for_many();
        // Who has nothing yet loses nothing by a refusal; who has some pages goes on with them.
        let has_some = &AtomicBool::new(false);
        pages::all(|page| async move {
            let request = Request::read(Call::ListFlags, self.paths.flags(place, page)?);
            let transport =
                if has_some.load(Ordering::Relaxed) { patient } else { &self.transport };
            let page = transport.exchange(&request, wire::read_flags).await?;
            has_some.store(true, Ordering::Relaxed);
            Ok(page)
        })
        .await
        .map(|list| documents(list, &place.environment))
    }

    /// The definition of a flag: `GET /api/v2/flags/{project}/{flag}?env={environment}`.
    pub async fn get_flag(&self, part: &Part) -> Result<FlagDocument, Failure> {
        let url = self.paths.flag(part.target())?;
        let request = Request::read(Call::GetFlag, url);
        let record = self.transport.exchange(&request, wire::read_flag).await?;
        Ok(record.in_environment(&part.target().user.place.environment))
    }

    /// What `LaunchDarkly` has stored of the permit's user:
    /// `GET /api/v2/projects/{project}/environments/{environment}/contexts/user/{user}`. None where the shared token
    /// may not ask.
    pub async fn get_attributes<T: Resource>(
        &self,
        permit: &Permit<Read, T>,
    ) -> Result<Option<Attributes>, Failure> {
        let target = permit.target();
        let user = UserTarget { place: target.place().clone(), user: target.user().clone() };
        let request = Request::read(Call::GetContext, self.paths.context(&user)?);
        match self.transport.exchange(&request, wire::read_records).await {
            Ok(records) => Ok(Some(records.of(&user.user))),
            Err(Failure::TokenRefused(says)) if says.status == 403 => Ok(None),
            // Of a user whom it never saw, `LaunchDarkly` has nothing stored; such a user is none that is not found.
            Err(Failure::NotFound(_)) => Ok(Some(Attributes::new())),
            Err(failure) => Err(failure),
        }
    }

    /// Whose token we hold: `GET /api/v2/caller-identity`.
    pub async fn caller_identity(&self, _proof: &Errand) -> Result<CallerIdentity, Failure> {
        let request = Request::read(Call::CallerIdentity, self.paths.caller_identity()?);
        self.transport.exchange(&request, wire::read_caller_identity).await
    }

    /// Which API versions there are: `GET /api/v2/versions`. Where the one of the User Settings API is no longer among
    /// them, the backend changes.
    pub async fn versions(&self, _proof: &Errand) -> Result<Versions, Failure> {
        let request = Request::read(Call::Versions, self.paths.versions()?);
        let versions = self.transport.exchange(&request, wire::read_versions).await?;
        self.backends.note(&versions);
        Ok(versions)
    }
}

fn documents(list: pages::List, environment: &EnvironmentKey) -> FlagDocuments {
    let is_whole = list.is_whole();
    let each = list.flags.into_iter().filter_map(|record| {
        let key = record.key.clone()?;
        Some((key, Arc::new(record.in_environment(environment))))
    });
    FlagDocuments::new(each.collect(), is_whole)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the token is opened here, into the header that only the transport holds"
)]
fn token(secret: &SecretString) -> Result<HeaderValue, ClientFault> {
    let text = secret.expose_secret();
    if text.starts_with("sdk-") || text.starts_with("mob-") {
        return Err(ClientFault::SdkKey);
    }
    let mut token = printable(text).ok_or(ClientFault::Token)?;
    token.set_sensitive(true);
    Ok(token)
}

fn version(text: &str) -> Result<HeaderValue, ClientFault> {
    printable(text).ok_or(ClientFault::Version)
}

fn printable(text: &str) -> Option<HeaderValue> {
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| HeaderValue::from_str(text).ok()).flatten()
}

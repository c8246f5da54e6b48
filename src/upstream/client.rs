//! The client: one method per operation, in our words.

use std::fmt::Debug;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::answers::{
    CallerIdentity, Expirations, FlagDocument, FlagSetting, PatchReport, UserSettings, Versions,
};
use super::budget::Budget;
use super::call::{Call, Draft, Request};
use super::failure::Failure;
use super::paths::Paths;
use super::tally::Tally;
use super::transport::{Bounds, Credentials, Transport};
use super::user_settings::UserSettingsApi;
use super::wire;
use crate::clock::Clock;
use crate::domain::{FlagTarget, UserTarget};
use crate::outbound::{self, OutboundFault};
use crate::policy::{Errand, Patch, Permit, Put, Read, Resource};
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
    paths: Paths,
    transport: Transport,
    backend: UserSettingsApi,
}

impl Client {
    /// A client with these options. Asks nothing yet.
    pub fn new(options: Options, metrics: &Metrics, clock: Clock) -> Result<Self, ClientFault> {
        let credentials = Credentials {
            token: token(&options.token)?,
            version: version(&options.user_settings_api_version)?,
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
            backend: UserSettingsApi::new(paths.clone(), transport.clone()),
            paths,
            transport,
        })
    }

    /// Returns when a call, but for that of [`Self::caller_identity`], went wrong in a way that lets one doubt that
    /// `LaunchDarkly` is well and takes the shared token: no answer, a 5xx, a 401 or 403.
    pub async fn trouble(&self) {
        self.transport.trouble().await;
    }

    /// All flags of a user: `GET /api/v2/users/{project}/{environment}/{user}/flags`.
    ///
    /// The permit is for some of the flags; leave out what it does not see.
    pub async fn list_settings(
        &self,
        permit: &Permit<Read, UserTarget>,
    ) -> Result<UserSettings, Failure> {
        self.backend.list_settings(permit).await
    }

    /// One flag of a user: `GET /api/v2/users/{project}/{environment}/{user}/flags/{flag}`.
    pub async fn get_setting(&self, permit: &Permit<Read>) -> Result<FlagSetting, Failure> {
        self.backend.get_setting(permit).await
    }

    /// Sets or erases: `PUT /api/v2/users/{project}/{environment}/{user}/flags/{flag}`.
    pub async fn put_setting(&self, put: &Put<'_>) -> Result<(), Failure> {
        self.backend.put_setting(put).await
    }

    /// What [`Client::put_setting`] would send.
    pub fn draft_put(&self, put: &Put<'_>) -> Result<Draft, Failure> {
        self.backend.draft_put(put)
    }

    /// The scheduled removals of a user, for all flags:
    /// `GET /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`.
    ///
    /// The permit may be for one flag only; leave out what it does not see.
    pub async fn list_expirations<T: Resource>(
        &self,
        permit: &Permit<Read, T>,
    ) -> Result<Expirations, Failure> {
        self.backend.list_expirations(permit).await
    }

    /// Changes scheduled removals: `PATCH /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`.
    ///
    /// An answer may report instructions that failed: ask [`PatchReport::is_complete`].
    pub async fn patch_expirations(&self, patch: &Patch<'_>) -> Result<PatchReport, Failure> {
        self.backend.patch_expirations(patch).await
    }

    /// What [`Client::patch_expirations`] would send.
    pub fn draft_patch(&self, patch: &Patch<'_>) -> Result<Draft, Failure> {
        self.backend.draft_patch(patch)
    }

    /// The definition of a flag: `GET /api/v2/flags/{project}/{flag}?env={environment}`.
    pub async fn get_flag(
        &self,
        permit: &Permit<Read, FlagTarget>,
    ) -> Result<FlagDocument, Failure> {
        let url = self.paths.flag(permit.target())?;
        let request = Request::read(Call::GetFlag, url);
        self.transport.exchange(&request, wire::read_flag).await
    }

    /// Whose token we hold: `GET /api/v2/caller-identity`.
    pub async fn caller_identity(&self, _proof: &Errand) -> Result<CallerIdentity, Failure> {
        let request = Request::read(Call::CallerIdentity, self.paths.caller_identity()?);
        self.transport.exchange(&request, wire::read_caller_identity).await
    }

    /// Which API versions there are: `GET /api/v2/versions`.
    pub async fn versions(&self, _proof: &Errand) -> Result<Versions, Failure> {
        let request = Request::read(Call::Versions, self.paths.versions()?);
        self.transport.exchange(&request, wire::read_versions).await
    }
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

//! `[launchdarkly]`: how we reach the upstream.

use std::num::NonZeroU16;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::section::Section;
use super::shadow::Shadow;
use super::way_out::plain_url;

/// How we reach the upstream.
#[derive(Clone, Debug)]
pub struct LaunchDarkly {
    /// Where the API is. Default `https://app.launchdarkly.com`. Unencrypted `http` is taken only for hosts that
    /// can't be on the internet: the shared token would pass it readable.
    pub base_url: Url,
    /// The shared token, from `token` or `token_file`. No default.
    pub token: SecretString,
    /// Which of `LaunchDarkly`'s APIs serves settings. Default `auto`.
    pub backend: Backend,
    /// Whether the APIs that take the place of the User Settings API evaluate a user with the attributes that
    /// `LaunchDarkly` has stored, as that one does. Costs one call more for each user; the token must be allowed to read
    /// contexts. Default `true`.
    pub stored_attributes: bool,
    /// The `LD-API-Version` for the User Settings API. Default `20220603`, the last one whose
    /// documents have it without doubt.
    pub user_settings_api_version: ApiVersion,
    /// The longest time to make a connection. Default `3s`.
    pub connect_timeout: Duration,
    /// The longest time for one answer, from the connection to its last byte. Default `10s`.
    pub request_timeout: Duration,
    /// How many requests may be under way at once, 1 to 1024. Default 32: enough for 300 answers a second at
    /// LaunchDarkly's usual 100 ms, which is far beyond its rate limit.
    pub max_concurrency: NonZeroU16,
    /// The HTTP proxy on the way. Default none; the usual `HTTPS_PROXY` is not looked at.
    pub proxy: Option<Url>,
    /// PEM certificates to trust besides the system's: what the file in `ca_file` holds. Default none.
    pub ca_certificates: Option<Vec<u8>>,
    /// Whether some reads are also asked of the other backend.
    pub shadow: Shadow,
}

/// Which of `LaunchDarkly`'s APIs serves settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The User Settings API for as long as `LaunchDarkly` serves it, then what takes its place, without a restart.
    Auto,
    /// The User Settings API, which `LaunchDarkly` removes after 2026-12-31.
    UserSettings,
    /// The APIs that take its place.
    Contexts,
}

/// A version of `LaunchDarkly`'s API: the eight digits of a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiVersion(String);

impl ApiVersion {
    /// The text for `LD-API-Version`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Any date: whether the operations answer under a version after `20220603` is for upstream to say, and
    /// `LaunchDarkly`'s own documents disagree about it.
    fn parse(text: &str) -> Option<Self> {
        let date = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
        date.then(|| Self(text.to_owned()))
    }
}

/// Where the API is for everybody.
const BASE_URL: &str = "https://app.launchdarkly.com";
/// See [`LaunchDarkly::user_settings_api_version`].
const API_VERSION: &str = "20220603";
/// See [`LaunchDarkly::connect_timeout`].
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// See [`LaunchDarkly::request_timeout`].
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// No answer of `LaunchDarkly`'s is worth waiting longer.
const LONGEST: Duration = Duration::from_mins(2);
const SHORTEST: Duration = Duration::from_millis(1);
/// See [`LaunchDarkly::max_concurrency`].
const MAX_CONCURRENCY: NonZeroU16 = NonZeroU16::MIN.saturating_add(31);
const MOST_CONCURRENCY: u16 = 1024;
/// Ends of host names that no public name has: RFC 6761, RFC 6762, and what ICANN reserved in 2024.
const PRIVATE_NAMES: [&str; 4] = [".localhost", ".local", ".internal", ".test"];

impl LaunchDarkly {
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Self> {
        let base_url = section.parse("base_url", BASE_URL_EXPECTED, base_url);
        let token = token(&mut section);
        let backend = backend(&mut section);
        let stored_attributes = section.switch("stored_attributes", true);
        let version = "must be the eight digits of a version, like \"20220603\"";
        let version = section.parse("user_settings_api_version", version, ApiVersion::parse);
        let connect_timeout =
            section.duration("connect_timeout", CONNECT_TIMEOUT, SHORTEST..=LONGEST);
        let request_timeout =
            section.duration("request_timeout", REQUEST_TIMEOUT, SHORTEST..=LONGEST);
        let max_concurrency = section.number("max_concurrency", 1..=MOST_CONCURRENCY);
        let proxy = section.proxy("proxy");
        let ca_certificates = section.ca_certificates("ca_file");
        let shadow = Shadow::read(section.section("shadow"));
        section.finish();
        Some(Self {
            base_url: base_url.or_else(|| BASE_URL.parse().ok())?,
            token: token?,
            backend,
            stored_attributes,
            user_settings_api_version: version.unwrap_or(ApiVersion(API_VERSION.to_owned())),
            connect_timeout,
            request_timeout,
            max_concurrency: max_concurrency.and_then(NonZeroU16::new).unwrap_or(MAX_CONCURRENCY),
            proxy,
            ca_certificates,
            shadow,
        })
    }
}

const BASE_URL_EXPECTED: &str = "must be an https URL like \"https://app.launchdarkly.com\" without \
     user name, query or fragment; http only for loopback and private addresses, host names \
     without a dot, and those ending in .localhost, .local, .internal or .test";

fn base_url(text: &str) -> Option<Url> {
    let url = plain_url(text)?;
    let good = match url.scheme() {
        "https" => true,
        "http" => url.host().is_some_and(|host| is_private(&host)),
        _ => false,
    };
    good.then_some(url)
}

/// Whether a host can't be on the internet.
fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback() || address.is_private(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unique_local(),
        Host::Domain(name) => {
            !name.contains('.') || PRIVATE_NAMES.iter().any(|end| name.ends_with(end))
        }
    }
}

/// The shared token. `LaunchDarkly`'s other keys are refused here, because upstream's answer to them is a bare 401.
#[expect(
    clippy::disallowed_methods,
    reason = "a token that can't work is refused before any port is open"
)]
fn token(section: &mut Section<'_, '_>) -> Option<SecretString> {
    let given = section.has("token") || section.has("token_file");
    let Some(secret) = section.secret("token", "token_file") else {
        if !given {
            let expected = "give an access token with write rights, or its file in `token_file`";
            section.missing("token", expected);
        }
        return None;
    };
    let text = secret.text.expose_secret();
    let fault = if text.starts_with("sdk-") || text.starts_with("mob-") {
        "is an SDK or mobile key, and the API doesn't take those: give an access token (`api-…`)"
    } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
        "must be printable ASCII without spaces: it goes into a header"
    } else {
        return Some(secret.text);
    };
    section.fault(secret.place, secret.key, fault);
    None
}

fn backend(section: &mut Section<'_, '_>) -> Backend {
    let expected = "must be \"auto\", \"user-settings\" or \"contexts\"";
    let Some(given) = section.text("backend", expected) else {
        return Backend::Auto;
    };
    match given.text.as_str() {
        "auto" => Backend::Auto,
        "user-settings" => Backend::UserSettings,
        "contexts" => Backend::Contexts,
        _ => {
            section.fault(given.place, "backend", expected);
            Backend::Auto
        }
    }
}

//! Building a client.
//!
//! - **No redirects.** The server that answers is the one that was asked; a token never travels on.
//! - **No proxy but the configured one.** `HTTP_PROXY` and its kind are not looked at: what may see the
//!   shared token is the operator's written decision, not a leftover of the environment.
//! - **A configured authority is added** to those of the system, so that one bundle works behind a company's
//!   inspecting proxy and beside it.
//! - **No authorities at all** (a bare container) is no reason to fail: plain `http` still works, and every
//!   `https` call fails with a certificate that nobody vouches for. It is said once, as a warning.

use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Proxy, redirect, tls};
use url::Url;

/// How long an idle connection is kept. Shorter than the minute after which common load balancers drop
/// one, so that a call seldom meets a connection that is already gone.
const IDLE: Duration = Duration::from_secs(45);
/// How much of one answer may be on its way over HTTP/2 without having been read, in bytes: at 50 ms to the server and
/// back, 20 MiB come in a second.
const STREAM_WINDOW: u32 = 1 << 20;
/// The same for all answers of one connection together: those of 1,024 requests, the most that may be configured to be
/// under way, so that answers which nobody reads yet never hold up one that is being read.
const CONNECTION_WINDOW: u32 = STREAM_WINDOW << 10;
/// How often a silent connection is probed, so that a lost peer is noticed.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// What a client is built from. Not to be printed: a proxy's URL may hold a password.
#[derive(Clone)]
pub struct Settings {
    /// The longest that connecting may take, TLS included.
    pub connect_timeout: Duration,
    /// The longest that one request may take, from connecting to the last byte of the body.
    pub request_timeout: Duration,
    /// The proxy that all requests take; none for no proxy, whatever the environment says.
    pub proxy: Option<Url>,
    /// Certificates in PEM form that are trusted in addition to the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// What the client calls itself.
    pub user_agent: String,
}

/// Why no client could be built.
#[derive(Debug, thiserror::Error)]
pub enum OutboundFault {
    /// The configured certificates are none.
    #[error("the certificate authority must be one or more certificates in PEM form")]
    Authority(#[source] Option<reqwest::Error>),
    /// The configured proxy is none.
    #[error("the proxy must be a URL with the scheme http or https")]
    Proxy(#[source] Option<reqwest::Error>),
    /// Anything else, the user agent among it.
    #[error("the HTTP client could not be built")]
    Build(#[source] reqwest::Error),
}

/// A client with these settings. Fails instead of panicking, whatever they are.
pub fn client(settings: &Settings) -> Result<reqwest::Client, OutboundFault> {
    let authorities = authorities(settings)?;
    let added = builder(settings)?.tls_certs_merge(authorities.clone());
    match added.build() {
        Ok(client) => Ok(client),
        Err(_) if authorities.is_empty() => without_authorities(settings),
        Err(fault) if builds_without_authorities(settings) => {
            Err(OutboundFault::Authority(Some(fault)))
        }
        Err(fault) => Err(OutboundFault::Build(fault)),
    }
}

/// Whether nothing but the certificates is wrong.
fn builds_without_authorities(settings: &Settings) -> bool {
    builder(settings).is_ok_and(|builder| builder.tls_certs_only([]).build().is_ok())
}

/// Building fails where the system has no authorities, even for plain `http`. It does not with an empty set.
fn without_authorities(settings: &Settings) -> Result<reqwest::Client, OutboundFault> {
    let none = builder(settings)?.tls_certs_only([]);
    let client = none.build().map_err(OutboundFault::Build)?;
    tracing::warn!("the system has no certificate authorities, so every https call will fail");
    Ok(client)
}

#[expect(clippy::disallowed_methods, reason = "this is the room that builds clients")]
fn builder(settings: &Settings) -> Result<ClientBuilder, OutboundFault> {
    let builder = reqwest::Client::builder()
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.request_timeout)
        .user_agent(&settings.user_agent)
        .redirect(redirect::Policy::none())
        .referer(false)
        .tls_backend_rustls()
        .tls_version_min(tls::Version::TLS_1_2)
        .gzip(true)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .pool_idle_timeout(IDLE)
        .tcp_keepalive(KEEPALIVE)
        .tcp_nodelay(true);
    Ok(match &settings.proxy {
        Some(url) => builder.proxy(proxy(url)?),
        None => builder.no_proxy(),
    })
}

fn proxy(url: &Url) -> Result<Proxy, OutboundFault> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(OutboundFault::Proxy(None));
    }
    let whole = Proxy::all(url.clone());
    whole.map_err(|fault| OutboundFault::Proxy(Some(fault.without_url())))
}

fn authorities(settings: &Settings) -> Result<Vec<Certificate>, OutboundFault> {
    let Some(pem) = &settings.ca_pem else {
        return Ok(Vec::new());
    };
    let found = Certificate::from_pem_bundle(pem);
    let found = found.map_err(|fault| OutboundFault::Authority(Some(fault)))?;
    if found.is_empty() {
        return Err(OutboundFault::Authority(None));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            connect_timeout: Duration::from_secs(1),
            request_timeout: Duration::from_secs(1),
            proxy: None,
            ca_pem: None,
            user_agent: "flagward/test".to_owned(),
        }
    }

    #[test]
    fn a_client_is_built_with_the_systems_authorities_and_without_any() {
        assert!(client(&settings()).is_ok());
        assert!(without_authorities(&settings()).is_ok());
    }

    #[tokio::test]
    async fn answers_that_nobody_reads_hold_up_no_other_of_their_connection() {
        let server = wiremock::MockServer::start().await;
        let large = wiremock::ResponseTemplate::new(200).set_body_raw(vec![b' '; 4 << 20], "a/b");
        let [small, large] = [wiremock::ResponseTemplate::new(200).set_body_string("small"), large]
            .map(|answer| wiremock::Mock::given(wiremock::matchers::any()).respond_with(answer));
        large.up_to_n_times(16).mount(&server).await;
        let client = builder(&settings()).unwrap().http2_prior_knowledge().build().unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test looks at what a client sends")]
        let ask = || client.get(server.uri()).send();
        let mut unread = Vec::new();
        for _ in 0..16 {
            let mut answer = ask().await.unwrap();
            answer.chunk().await.unwrap();
            unread.push(answer);
        }
        small.mount(&server).await;
        assert_eq!(ask().await.unwrap().text().await.unwrap(), "small");
    }

    #[test]
    fn a_bundle_without_certificates_is_refused() {
        for pem in ["", "not a certificate"] {
            let ca_pem = Some(pem.as_bytes().to_vec());
            let fault = client(&Settings { ca_pem, ..settings() });
            assert!(matches!(fault, Err(OutboundFault::Authority(None))));
        }
    }

    #[test]
    fn a_broken_certificate_or_user_agent_is_a_fault_and_no_panic() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let ca_pem = Some(broken.as_bytes().to_vec());
        let fault = client(&Settings { ca_pem, ..settings() });
        assert!(matches!(fault, Err(OutboundFault::Authority(Some(_)))));
        let user_agent = "a\nb".to_owned();
        let fault = client(&Settings { user_agent, ..settings() });
        assert!(matches!(fault, Err(OutboundFault::Build(_))));
    }

    #[test]
    fn a_proxy_is_an_http_proxy() {
        let proxy = Some("ftp://proxy.example".parse().unwrap());
        let fault = client(&Settings { proxy, ..settings() });
        assert!(matches!(fault, Err(OutboundFault::Proxy(None))));
    }

    #[tokio::test]
    async fn all_requests_take_the_configured_proxy_and_redirects_are_not_followed() {
        let proxy = wiremock::MockServer::start().await;
        wiremock::Mock::given(wiremock::matchers::any())
            .respond_with(
                wiremock::ResponseTemplate::new(302)
                    .insert_header("location", "http://elsewhere.example/"),
            )
            .expect(1)
            .mount(&proxy)
            .await;
        let through =
            client(&Settings { proxy: Some(proxy.uri().parse().unwrap()), ..settings() }).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test looks at what a client sends")]
        let answer = through.get("http://launchdarkly.example/x").send().await.unwrap();
        assert_eq!(answer.status(), 302);
    }
}

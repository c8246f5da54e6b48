//! Getting a small document from an address that an operator, or a document fetched before, named: over TLS (without it
//! only on this machine), without following redirects, without any credential, and no more of it than was asked for.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{ACCEPT, CACHE_CONTROL};
use url::{Host, Url};

use super::client::{OutboundFault, Settings, client};

/// Gets documents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Getter {
    outside: reqwest::Client,
    /// For this machine's own addresses: without the proxy, to which nothing may go unencrypted.
    here: reqwest::Client,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    /// All of it.
    pub body: Vec<u8>,
    /// For how long the server says that it will stay as it is.
    pub max_age: Option<Duration>,
}

/// Why there is no document. It never names the address, which may have a secret in its query.
#[derive(Debug, thiserror::Error)]
pub enum GetFault {
    /// The address is neither `https` nor one of this machine.
    #[error("the address must be https; http only on a loopback address")]
    NotAllowed,
    /// It can't be had there.
    #[error("the server answered {0}")]
    Status(u16),
    /// It is elsewhere.
    #[error("the server answered {0}, a redirect, which is not followed")]
    Redirected(u16),
    /// It is longer than was asked for.
    #[error("the answer is too large")]
    TooLarge,
    /// There was none in time.
    #[error("no answer in time")]
    Timeout(#[source] reqwest::Error),
    /// The server could not be reached, or hung up.
    #[error("the server could not be reached, or hung up")]
    Unreachable(#[source] reqwest::Error),
}

impl Getter {
    /// A getter with these settings.
    pub fn new(settings: &Settings) -> Result<Self, OutboundFault> {
        let here = Settings { proxy: None, ..settings.clone() };
        Ok(Self { outside: client(settings)?, here: client(&here)? })
    }

    /// Gets JSON of at most `most` bytes, once. Whether it is JSON is for the caller to see.
    pub async fn get(&self, url: &Url, most: usize) -> Result<Got, GetFault> {
        let client = match url.scheme() {
            "https" => &self.outside,
            "http" if is_here(url) => &self.here,
            _ => return Err(GetFault::NotAllowed),
        };
        let request = client.get(url.clone()).header(ACCEPT, JSON);
        #[expect(
            clippy::disallowed_methods,
            reason = "bounds are the client's; there is no token to send"
        )]
        let mut answer = request.send().await.map_err(fault)?;
        match answer.status() {
            StatusCode::OK => {}
            status if status.is_redirection() => return Err(GetFault::Redirected(status.as_u16())),
            status => return Err(GetFault::Status(status.as_u16())),
        }
        let headers = answer.headers().get_all(CACHE_CONTROL).iter();
        let max_age = headers.filter_map(|value| max_age(value.to_str().ok()?)).min();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(fault)? {
            if body.len().saturating_add(chunk.len()) > most {
                return Err(GetFault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Got { body, max_age })
    }
}

const JSON: &str = "application/json, application/jwk-set+json";

/// Whether the address is one of this machine's own, so that nobody on the way can change what comes from there.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The `max-age` of a `Cache-Control` header.
fn max_age(header: &str) -> Option<Duration> {
    header.split(',').find_map(|directive| {
        let (name, seconds) = directive.trim().split_once('=')?;
        let is_max_age = name.eq_ignore_ascii_case("max-age");
        let seconds = seconds.trim_matches('"').parse().ok().filter(|_| is_max_age)?;
        Some(Duration::from_secs(seconds))
    })
}

fn fault(fault: reqwest::Error) -> GetFault {
    let fault = fault.without_url();
    if fault.is_timeout() { GetFault::Timeout(fault) } else { GetFault::Unreachable(fault) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use wiremock::matchers::any;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    const MOST: usize = 1000;

    async fn get(answer: ResponseTemplate) -> Result<Got, GetFault> {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).expect(1).mount(&server).await;
        getter().get(&server.uri().parse().unwrap(), MOST).await
    }

    fn settings() -> Settings {
        Settings {
            connect_timeout: Duration::from_secs(1),
            request_timeout: Duration::from_millis(300),
            proxy: None,
            ca_pem: None,
            user_agent: "flagward/test".to_owned(),
        }
    }

    fn getter() -> Getter {
        Getter::new(&settings()).unwrap()
    }

    #[tokio::test]
    async fn a_document_comes_with_the_age_that_it_may_have() {
        let answer = ResponseTemplate::new(200).set_body_string("{}");
        let got = get(answer.clone().insert_header("cache-control", "public, Max-Age=600")).await;
        let max_age = Some(Duration::from_mins(10));
        assert_eq!(got.unwrap(), Got { body: b"{}".to_vec(), max_age });
        for none in ["no-store", "max-age", "max-age=soon", "s-maxage=60"] {
            let got = get(answer.clone().insert_header("cache-control", none)).await.unwrap();
            assert_eq!(got.max_age, None, "{none}");
        }
    }

    #[tokio::test]
    async fn what_is_too_long_also_once_it_is_unpacked_is_refused() {
        let body =
            |length: usize| ResponseTemplate::new(200).set_body_raw(vec![b' '; length], "a/b");
        assert_eq!(get(body(MOST)).await.unwrap().body.len(), MOST);
        assert!(matches!(get(body(MOST + 1)).await, Err(GetFault::TooLarge)));
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
        let packed = ResponseTemplate::new(200).set_body_raw(packed.finish().unwrap(), "a/b");
        let packed = get(packed.insert_header("content-encoding", "gzip")).await;
        assert!(matches!(packed, Err(GetFault::TooLarge)), "{packed:?}");
    }

    #[tokio::test]
    async fn redirects_other_statuses_and_slow_answers_are_no_document() {
        let moved = ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/");
        assert!(matches!(get(moved).await, Err(GetFault::Redirected(302))));
        assert!(matches!(get(ResponseTemplate::new(404)).await, Err(GetFault::Status(404))));
        let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(2));
        assert!(matches!(get(slow).await, Err(GetFault::Timeout(_))));
    }

    #[tokio::test]
    async fn nothing_is_asked_for_without_tls_but_on_this_machine() {
        for address in [
            "http://idp.example.com/",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
            "http://localhost.example.com/",
        ] {
            let fault = getter().get(&address.parse().unwrap(), MOST).await;
            assert!(matches!(fault, Err(GetFault::NotAllowed)), "{address}");
        }
        for address in ["http://127.0.0.1/", "http://[::1]:80/", "http://localhost/"] {
            assert!(is_here(&address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn what_is_not_encrypted_does_not_go_through_the_proxy() {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
        let proxy = Some("http://127.0.0.1:1".parse().unwrap());
        let getter = Getter::new(&Settings { proxy, ..settings() }).unwrap();
        assert!(getter.get(&server.uri().parse().unwrap(), MOST).await.is_ok());
        let outside = getter.get(&"https://localhost/".parse().unwrap(), MOST).await;
        assert!(matches!(outside, Err(GetFault::Unreachable(_))));
    }

    #[tokio::test]
    async fn a_fault_never_names_the_address() {
        let fault = getter().get(&"http://127.0.0.1:1/secret".parse().unwrap(), MOST).await;
        let fault = fault.unwrap_err();
        let said = format!("{fault} {fault:?} {}", crate::telemetry::Causes(&fault));
        assert!(matches!(fault, GetFault::Unreachable(_)) && !said.contains("secret"), "{said}");
    }
}

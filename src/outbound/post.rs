//! Posting JSON to an address that somebody else has chosen: over TLS only, without following redirects, and reading
//! no more of the answer than its short word.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use url::Url;

use super::client::{OutboundFault, Settings, client};

/// The most that is read of an answer, in bytes: a word, or a few members of JSON.
const MOST_READ: usize = 4096;
/// The most of a word in an answer that is shown, in bytes.
const LONGEST_WORD: usize = 64;

/// Posts JSON. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Poster(reqwest::Client);

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// How long the server wants us to wait, where it says so in seconds.
    pub retry_after: Option<Duration>,
    /// The word that says what is wrong, if there is one: `expired_url`, or the member `error` of an object.
    pub word: Option<String>,
}

/// Why there is no answer. It never names the address, which may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum PostFault {
    /// The address is not one of `https`.
    #[error("the address is not https")]
    NotHttps,
    /// There was none in time.
    #[error("no answer in time")]
    Timeout(#[source] reqwest::Error),
    /// The server could not be reached, or hung up.
    #[error("the server could not be reached, or hung up")]
    Unreachable(#[source] reqwest::Error),
}

impl Poster {
    /// A poster with these settings.
    pub fn new(settings: &Settings) -> Result<Self, OutboundFault> {
        Ok(Self(client(settings)?))
    }

    /// Posts `json` to `url`, once. Whatever status comes back is an answer.
    pub async fn post(&self, url: &Url, json: String) -> Result<Posted, PostFault> {
        if url.scheme() != "https" {
            return Err(PostFault::NotHttps);
        }
        let request = self.0.post(url.clone()).header(CONTENT_TYPE, JSON).body(json);
        #[expect(
            clippy::disallowed_methods,
            reason = "bounds are the client's; there is no token to send"
        )]
        let answer = request.send().await.map_err(fault)?;
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|text| text.trim().parse().ok());
        let retry_after = retry_after.map(Duration::from_secs);
        Ok(Posted { status, retry_after, word: word(&beginning(answer).await) })
    }
}

/// What Slack wants to be told.
const JSON: &str = "application/json; charset=utf-8";

fn fault(fault: reqwest::Error) -> PostFault {
    let fault = fault.without_url();
    if fault.is_timeout() { PostFault::Timeout(fault) } else { PostFault::Unreachable(fault) }
}

/// As much of the body as comes, and no more than we want: the status is known, so that nothing here is a failure.
async fn beginning(mut answer: reqwest::Response) -> Vec<u8> {
    let mut read = Vec::new();
    while read.len() < MOST_READ
        && let Ok(Some(chunk)) = answer.chunk().await
    {
        let room = MOST_READ - read.len();
        read.extend(chunk.iter().take(room));
    }
    read
}

/// The one word that a body is, or that its member `error` has.
fn word(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let error = json.as_ref().and_then(|json| json.get("error")?.as_str());
    let word = error.unwrap_or(text);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let good = (1..=LONGEST_WORD).contains(&word.len()) && word.bytes().all(plain);
    good.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poster() -> Poster {
        let second = Duration::from_secs(1);
        let settings = Settings {
            connect_timeout: second,
            request_timeout: second,
            proxy: None,
            ca_pem: None,
            user_agent: "flagward/test".to_owned(),
        };
        Poster::new(&settings).unwrap()
    }

    #[test]
    fn the_word_of_an_answer_is_found_and_nothing_else_is_shown() {
        for (body, expected) in [
            ("expired_url", Some("expired_url")),
            (" used_url\n", Some("used_url")),
            (r#"{"ok":false,"error":"invalid_blocks"}"#, Some("invalid_blocks")),
            (r#"{"ok":false,"error":"no such thing"}"#, None),
            ("<html>Bad Gateway</html>", None),
            ("", None),
            (r#"{"error":7}"#, None),
        ] {
            assert_eq!(word(body.as_bytes()).as_deref(), expected, "{body}");
        }
        assert_eq!(word(b"\xff"), None);
        assert_eq!(word("x".repeat(LONGEST_WORD + 1).as_bytes()), None);
    }

    #[tokio::test]
    async fn nothing_is_posted_without_tls() {
        let server = wiremock::MockServer::start().await;
        let any = wiremock::Mock::given(wiremock::matchers::any());
        any.respond_with(wiremock::ResponseTemplate::new(200)).expect(0).mount(&server).await;
        let url: Url = format!("{}/secret", server.uri()).parse().unwrap();
        let refused = poster().post(&url, "{}".to_owned()).await;
        assert!(matches!(refused, Err(PostFault::NotHttps)));
    }

    #[tokio::test]
    async fn a_fault_never_names_the_address() {
        let server = wiremock::MockServer::start().await; // speaks no TLS
        let url: Url =
            format!("{}/secret", server.uri().replace("http:", "https:")).parse().unwrap();
        let fault = poster().post(&url, "{}".to_owned()).await.unwrap_err();
        let said = format!("{fault} {fault:?} {}", crate::telemetry::Causes(&fault));
        assert!(!said.contains("secret"), "{said}");
        assert!(matches!(fault, PostFault::Unreachable(_)));
    }
}

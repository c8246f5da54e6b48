//! Answers that come later: to the address that Slack gave with the request, which takes five posts in half an hour.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;
use url::Url;

use crate::clock::Clock;
use crate::config::chat as config;
use crate::outbound::{OutboundFault, PostFault, Posted, Poster, Settings};
use crate::telemetry::{Causes, ChatMetrics};

use super::PLATFORM;

/// How long to wait before each attempt but the first. With them there are five, as many as Slack takes.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];
/// The longest that Slack may tell us to wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long an address is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(30);
/// The longest that one attempt may take, and the longest that connecting may.
const ATTEMPT: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);

/// An address of Slack's that takes answers. It is a secret: whoever has it can post.
#[derive(Clone)]
pub(super) struct ResponseUrl(Url);

impl fmt::Debug for ResponseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseUrl")
    }
}

/// Delivers answers. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Courier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    poster: Poster,
    /// The host, and the port, that may be posted to.
    host: String,
    clock: Clock,
    metrics: ChatMetrics,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delivery {
    Delivered,
    /// Slack was not there, or out of order, until we gave up.
    Failed,
    /// The address is no longer good.
    Expired,
    /// Slack does not want the message.
    Refused,
}

/// What to do after an attempt.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    End(Delivery),
    /// Try again, after this long if Slack has said it.
    Again(Option<Duration>),
}

impl Courier {
    pub(super) fn new(
        config: &config::Slack,
        clock: Clock,
        metrics: ChatMetrics,
    ) -> Result<Self, OutboundFault> {
        let poster = Poster::new(&Settings {
            connect_timeout: CONNECT,
            request_timeout: ATTEMPT,
            proxy: config.proxy.clone(),
            ca_pem: config.ca_certificates.clone(),
            user_agent: concat!("flagward/", env!("CARGO_PKG_VERSION")).to_owned(),
        })?;
        let host = config.response_host.clone();
        Ok(Self(Arc::new(Inner { poster, host, clock, metrics })))
    }

    /// The address, if it is one that may be posted to: of the configured host, over TLS. A signature alone does not make
    /// it so, or whoever holds the secret could have us post to any server that we can reach.
    pub(super) fn address(&self, text: Option<&str>) -> Option<ResponseUrl> {
        let url: Url = text?.parse().ok()?;
        let ours = url.scheme() == "https" && url.authority() == self.0.host;
        ours.then_some(ResponseUrl(url))
    }

    /// Delivers a message to an address that came at `received`, trying again where that may help. `request_id` is for the
    /// log.
    pub(super) async fn deliver(
        &self,
        to: ResponseUrl,
        received: Timestamp,
        message: String,
        request_id: &str,
    ) {
        let outcome = self.attempts(&to, received, message, request_id).await;
        let labels = [PLATFORM, outcome.name()];
        self.0.metrics.deliveries.with_label_values(&labels).inc();
    }

    async fn attempts(
        &self,
        to: &ResponseUrl,
        received: Timestamp,
        message: String,
        id: &str,
    ) -> Delivery {
        let mut pauses = PAUSES.into_iter();
        loop {
            if self.0.clock.now().duration_since(received) >= GOOD_FOR {
                tracing::warn!(request.id = id, "an answer came too late for Slack");
                return Delivery::Expired;
            }
            let posted = self.0.poster.post(&to.0, message.clone()).await;
            let (pause, asked) = match (next(&posted), pauses.next()) {
                (Next::End(Delivery::Delivered), _) => return Delivery::Delivered,
                (Next::End(end), _) => {
                    log(&posted, id, "an answer could not be delivered to Slack");
                    return end;
                }
                (Next::Again(_), None) => {
                    log(&posted, id, "an answer could not be delivered to Slack: given up");
                    return Delivery::Failed;
                }
                (Next::Again(asked), Some(pause)) => (pause, asked),
            };
            sleep(asked.unwrap_or(pause).min(LONGEST_PAUSE)).await;
        }
    }
}

impl Delivery {
    const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }
}

/// Only what may pass by itself is tried again: a redirect leads elsewhere, and what is wrong with a message stays wrong.
fn next(posted: &Result<Posted, PostFault>) -> Next {
    match posted {
        Err(PostFault::NotHttps) => Next::End(Delivery::Refused),
        Err(PostFault::Timeout(_) | PostFault::Unreachable(_)) => Next::Again(None),
        Ok(posted) => match posted.status {
            200..=299 => Next::End(Delivery::Delivered),
            429 => Next::Again(posted.retry_after),
            500..=599 => Next::Again(None),
            404 | 410 => Next::End(Delivery::Expired),
            _ if posted.word.as_deref().is_some_and(is_over) => Next::End(Delivery::Expired),
            _ => Next::End(Delivery::Refused),
        },
    }
}

/// Slack's words for an address that takes nothing any more.
fn is_over(word: &str) -> bool {
    matches!(word, "expired_url" | "used_url")
}

fn log(posted: &Result<Posted, PostFault>, id: &str, message: &'static str) {
    match posted {
        Ok(Posted { status, word, .. }) => {
            tracing::warn!(request.id = id, http.status = status, word, message);
        }
        Err(fault) => tracing::warn!(request.id = id, cause = %Causes(fault), message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courier(host: &str) -> Courier {
        let config = config::Slack {
            signing_secret: "secret".into(),
            previous_signing_secret: None,
            response_host: host.to_owned(),
            proxy: None,
            ca_certificates: None,
            channels: Vec::new(),
        };
        let metrics = crate::telemetry::Metrics::new("test").unwrap();
        Courier::new(&config, Clock::system(), metrics.chat).unwrap()
    }

    #[test]
    fn only_slacks_own_host_is_posted_to_and_only_over_tls() {
        let slack = courier("hooks.slack.com");
        for good in [
            "https://hooks.slack.com/commands/T1/2/x",
            "https://hooks.slack.com:443/actions/x",
            "HTTPS://HOOKS.SLACK.COM/x",
        ] {
            assert!(slack.address(Some(good)).is_some(), "{good}");
        }
        for bad in [
            "http://hooks.slack.com/x",
            "https://hooks.slack.com.example/x",
            "https://hooks.slack.com:8443/x",
            "https://user@hooks.slack.com/x",
            "https://user:word@hooks.slack.com/x",
            "https://hooks.slack.com@example.com/x",
            "https://example.com/hooks.slack.com",
            "https://evil.hooks.slack.com/x",
            "https://169.254.169.254/latest",
            "https://hooks.slack.com\u{ff0e}example/x",
            "//hooks.slack.com/x",
            "hooks.slack.com/x",
            "",
        ] {
            assert!(slack.address(Some(bad)).is_none(), "{bad}");
        }
        assert!(slack.address(None).is_none());
        let local = courier("localhost:8443");
        assert!(local.address(Some("https://localhost:8443/x")).is_some());
        assert!(local.address(Some("https://localhost/x")).is_none());
        assert!(!format!("{:?}", local.address(Some("https://localhost:8443/x"))).contains("8443"));
    }

    #[test]
    fn only_what_may_pass_by_itself_is_tried_again() {
        let answer = |status, seconds: Option<u64>, word: Option<&str>| {
            let retry_after = seconds.map(Duration::from_secs);
            Ok(Posted { status, retry_after, word: word.map(str::to_owned) })
        };
        for (posted, expected) in [
            (answer(200, None, None), Next::End(Delivery::Delivered)),
            (answer(302, None, None), Next::End(Delivery::Refused)),
            (answer(400, None, Some("invalid_blocks")), Next::End(Delivery::Refused)),
            (answer(403, None, Some("expired_url")), Next::End(Delivery::Expired)),
            (answer(404, None, None), Next::End(Delivery::Expired)),
            (answer(410, None, Some("used_url")), Next::End(Delivery::Expired)),
            (answer(429, Some(3), None), Next::Again(Some(Duration::from_secs(3)))),
            (answer(503, None, None), Next::Again(None)),
            (Err(PostFault::NotHttps), Next::End(Delivery::Refused)),
        ] {
            assert_eq!(next(&posted), expected, "{posted:?}");
        }
    }
}

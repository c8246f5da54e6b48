//! What the three endpoints share.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse, Route};
use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use prometheus::IntCounterVec;

use super::blocks::{Standing, render};
use super::receive::{Received, is_ssl_check, receive, refused};
use super::respond::Courier;
use super::{PLATFORM, command, event, interaction};
use crate::auth::{BadSignature, SlackSecrets, SlackSigned};
use crate::chat::once::{Claim, Once};
use crate::chat::work::Work;
use crate::chat::{Answer, Audience, Desk, Hook, Line, Refusal, Span};
use crate::clock::Clock;
use crate::config::chat as config;
use crate::outbound::OutboundFault;
use crate::settings::Writers;
use crate::telemetry::{ChatMetrics, Metrics};

/// How long a delivery is remembered: its signature is good for five minutes after it was made, and that may have been five
/// minutes ahead of our clock.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);
/// The header in which the request's id comes: whoever serves the hooks has put it there.
const REQUEST_ID: &str = "x-request-id";
/// When Slack signed; a part of what tells one delivery from another that has no id.
const TIMESTAMP: &str = "x-slack-request-timestamp";

static POST: [Method; 1] = [Method::POST];
static READ: [Method; 2] = [Method::GET, Method::HEAD];
const METHODS: &[&str] = &["GET", "HEAD", "POST"];

/// Slack's door. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Slack(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    secrets: SlackSecrets,
    desk: Desk,
    work: Work,
    once: Once,
    courier: Courier,
    clock: Clock,
    failures: IntCounterVec,
    metrics: ChatMetrics,
}

/// What is known of any request that Slack has signed.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) signed: SlackSigned,
    /// When it came.
    pub(super) received: Timestamp,
    /// Its id with us, for the log and the journal.
    pub(super) request_id: String,
    /// When Slack signed it, as it stands in the header.
    signed_at: Vec<u8>,
}

/// What an endpoint does with what Slack has signed.
type Handled = Result<HttpResponse, Refusal>;

impl Slack {
    /// A door with these keys, whose commands `desk` carries out, among the tasks that `writers` waits for.
    pub fn new(
        config: &config::Slack,
        desk: Desk,
        writers: Writers,
        clock: Clock,
        metrics: &Metrics,
    ) -> Result<Self, OutboundFault> {
        let previous = config.previous_signing_secret.as_ref();
        let failures = metrics.auth_failures.clone();
        for bad in BadSignature::ALL {
            failures.with_label_values(&[bad.kind()]);
        }
        let metrics = metrics.chat.clone();
        Ok(Self(Arc::new(Inner {
            secrets: SlackSecrets::new(&config.signing_secret, previous),
            desk,
            work: Work::new(writers, metrics.under_way.clone()),
            once: Once::default(),
            courier: Courier::new(config, clock.clone(), metrics.clone())?,
            clock,
            failures,
            metrics,
        })))
    }

    /// The routes that Slack calls.
    #[must_use]
    pub fn hooks(&self) -> Vec<Hook> {
        let hook = |pattern, route| {
            let handlers = vec![(&POST[..], route), (&READ[..], self.read())];
            Hook { pattern, methods: METHODS, handlers }
        };
        vec![
            hook("/hooks/slack/command", self.route(command::handle)),
            hook("/hooks/slack/interaction", self.route(interaction::handle)),
            hook("/hooks/slack/event", self.route(event::handle)),
        ]
    }

    /// A route whose handler sees only what Slack has signed.
    fn route(&self, handle: impl AsyncFn(&Slack, Delivery) -> Handled + Copy + 'static) -> Route {
        let slack = self.clone();
        web::to(move |request: HttpRequest, body: Payload| {
            let slack = slack.clone();
            async move {
                match slack.receive(&request, body).await? {
                    None => Ok(nothing()),
                    Some(delivery) => handle(&slack, delivery).await,
                }
            }
        })
    }

    /// Where Slack only posts: reading is for its look at our certificate.
    fn read(&self) -> Route {
        let slack = self.clone();
        web::to(move |request: HttpRequest| {
            let is_check = is_ssl_check(request.query_string().as_bytes());
            let missing = || refused(BadSignature::Missing, &slack.0.failures);
            let answer = if is_check { Ok(nothing()) } else { Err(missing()) };
            std::future::ready(answer)
        })
    }

    /// What Slack has signed; none where it only looks at our certificate.
    async fn receive(
        &self,
        request: &HttpRequest,
        body: Payload,
    ) -> Result<Option<Delivery>, Refusal> {
        let Inner { secrets, clock, failures, .. } = &*self.0;
        let (received, header) = (clock.now(), |name| request.headers().get(name));
        let signed = match receive(request, body, secrets, received, failures).await? {
            Received::SslCheck => return Ok(None),
            Received::Signed(signed) => signed,
        };
        let request_id = header(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or("none");
        let signed_at = header(TIMESTAMP).map(|value| value.as_bytes().to_vec());
        Ok(Some(Delivery {
            signed,
            received,
            request_id: request_id.to_owned(),
            signed_at: signed_at.unwrap_or_default(),
        }))
    }

    pub(super) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    pub(super) fn work(&self) -> &Work {
        &self.0.work
    }

    pub(super) fn courier(&self) -> &Courier {
        &self.0.courier
    }

    /// Takes a delivery for done. `id` is Slack's own for it: it stays the same when Slack sends it again.
    pub(super) fn claim(&self, delivery: &Delivery, id: Option<&str>) -> Claim {
        let body = delivery.signed.body();
        let key = match id {
            Some(id) => digest(&SHA256, &[b"id\0", id.as_bytes()].concat()),
            None => digest(&SHA256, &[b"body\0", &*delivery.signed_at, b"\0", body].concat()),
        };
        let key = key.as_ref().first_chunk().copied().unwrap_or_default();
        let now = self.0.clock.now();
        let until = now.saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
        let claim = self.0.once.claim(key, until, now);
        match claim {
            Claim::First => {}
            Claim::Again => self.count("duplicate"),
            Claim::Full => self.count("busy"),
        }
        claim
    }

    /// Counts a request that is not carried out.
    pub(super) fn count(&self, kind: &str) {
        self.0.metrics.passed_over.with_label_values(&[PLATFORM, kind]).inc();
    }
}

/// The answer that says nothing: Slack shows nothing.
pub(super) fn nothing() -> HttpResponse {
    HttpResponse::build(StatusCode::OK).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// The answer to a command that says this at once.
pub(super) fn said(answer: &Answer) -> HttpResponse {
    HttpResponse::build(StatusCode::OK)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_TYPE, "application/json; charset=utf-8"))
        .body(render(answer, Standing::New))
}

/// A sentence of ours, only for who asked.
pub(super) fn sentence(words: &str) -> Answer {
    Answer {
        audience: Audience::Asker,
        summary: words.to_owned(),
        lines: vec![Line(vec![Span::Text(words.to_owned())])],
        buttons: Vec::new(),
    }
}

/// There is no room to do anything.
pub(super) fn busy() -> Answer {
    sentence(
        "Flagward is busy with other people's commands, so nothing was done: try again in a minute.",
    )
}

/// What was being done broke down.
pub(super) fn lost() -> Answer {
    sentence(
        "This is our fault, and it is in our log. If it was a change, nobody knows whether it was made: look at the flag before you try again.",
    )
}

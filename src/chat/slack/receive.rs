//! Taking a request in: its raw bytes, and whether Slack has signed them. Nothing is parsed before.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::Payload;
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::form::Form;
use crate::auth::{BadSignature, SlackSecrets, SlackSigned};
use crate::chat::Refusal;
use crate::problem::{Problem, Slug};
use jiff::Timestamp;
use prometheus::IntCounterVec;

/// The largest body: Slack's have a few KiB.
const MOST: usize = 1 << 20;
/// The longest that one may take to arrive: after three seconds Slack has given up.
const PATIENCE: Duration = Duration::from_secs(3);
/// When Slack signed.
const TIMESTAMP: &str = "x-slack-request-timestamp";
/// The signature.
const SIGNATURE: &str = "x-slack-signature";

/// What came.
#[derive(Debug)]
pub(super) enum Received {
    /// What Slack has signed.
    Signed(SlackSigned),
    /// Slack looks whether our certificate is good. That comes unsigned, so nothing else in it counts.
    SslCheck,
}

/// Why a request is not taken for Slack's, for the log.
#[derive(Debug, thiserror::Error)]
#[error("signature refused: {0}")]
struct Unsigned(&'static str);

/// Takes a request's body in and verifies it.
pub(super) async fn receive(
    request: &HttpRequest,
    body: Payload,
    secrets: &SlackSecrets,
    now: Timestamp,
    failures: &IntCounterVec,
) -> Result<Received, Refusal> {
    let body = timeout(PATIENCE, read(body)).await.unwrap_or_else(|_| {
        Err(Problem::new(Slug::RequestTimeout, "the body did not arrive in three seconds"))
    })?;
    let [timestamp, signature] = [TIMESTAMP, SIGNATURE].map(|name| only(request, name));
    match secrets.verify(timestamp, signature, body.clone(), now) {
        Ok(signed) => Ok(Received::Signed(signed)),
        Err(BadSignature::Missing) if is_ssl_check(&body) => Ok(Received::SslCheck),
        Err(bad) => Err(refused(bad, failures)),
    }
}

/// The answer to whatever is not signed by Slack: one and the same for every cause.
pub(super) fn refused(bad: BadSignature, failures: &IntCounterVec) -> Refusal {
    failures.with_label_values(&[bad.kind()]).inc();
    let detail = "only what Slack has signed just now for this app is taken here";
    let problem = Problem::new(Slug::Unauthenticated, detail);
    Refusal::from(Problem { cause: Some(Box::new(Unsigned(bad.kind()))), ..problem })
}

/// Whether a query, or an unsigned body, is Slack's look at our certificate.
pub(super) fn is_ssl_check(form: &[u8]) -> bool {
    Form::parse(form).is_ok_and(|form| form.is_ssl_check())
}

/// The value of a header that is given once.
fn only<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a [u8]> {
    let mut values = request.headers().get_all(name);
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes())
}

async fn read(mut body: Payload) -> Result<Bytes, Problem> {
    let mut read = Vec::new();
    while let Some(chunk) = body.next().await {
        let broken = || Problem::new(Slug::InvalidRequest, "the body broke off");
        let chunk = chunk.ok().ok_or_else(broken)?;
        if read.len() + chunk.len() > MOST {
            return Err(Problem::new(Slug::ContentTooLarge, "send at most 1 MiB"));
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read.into())
}

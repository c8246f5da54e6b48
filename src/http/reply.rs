//! The answer to a read: its body, or that the caller has it already, and what the caches of the world should know.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, VARY,
};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use crate::settings::{Answer, Freshness, Origin, Outcome};

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// A caller's own cache must ask before it shows again what it has.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// What an answer to a read depends on besides.
pub(super) const ENCODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");

/// What a reader has and what they will take.
#[derive(Debug)]
pub(super) struct Reading {
    /// `Cache-Control: no-cache` asks `LaunchDarkly`.
    pub(super) freshness: Freshness,
    known: Vec<HeaderValue>,
}

impl FromRequest for Reading {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.headers().get_all(IF_NONE_MATCH).cloned().collect();
        ready(Ok(Self { freshness: freshness(request.headers()), known }))
    }
}

impl Reading {
    /// The answer to the reader.
    pub(super) fn reply(&self, answer: Answer) -> HttpResponse {
        let mut response = if self.has(&answer.body.tag) {
            HttpResponse::new(StatusCode::NOT_MODIFIED)
        } else {
            let body = HttpResponse::with_body(StatusCode::OK, answer.body.bytes);
            let mut response = body.map_into_boxed_body();
            response.headers_mut().insert(CONTENT_TYPE, JSON);
            response
        };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::from_maybe_shared(answer.body.tag) {
            headers.insert(ETAG, tag);
        }
        headers.insert(CACHE_CONTROL, ASK_AGAIN);
        headers.insert(VARY, ENCODING);
        headers.insert(AGE, counted("", answer.origin.age.as_secs()));
        headers.insert(CACHE_STATUS, cache_status(answer.origin));
        response
    }

    /// Whether one of the tags that the caller has is this one, compared weakly (RFC 9110, 13.1.2).
    fn has(&self, tag: &[u8]) -> bool {
        let tag = std::str::from_utf8(tag).unwrap_or_default();
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        self.known
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|list| list.trim() == "*" || list.split(',').any(|one| opaque(one) == opaque(tag)))
    }
}

/// What `Cache-Control` asks for, on as many lines as it comes.
fn freshness(headers: &HeaderMap) -> Freshness {
    let asks = |directive: &str| {
        ["no-cache", "no-store", "max-age=0"]
            .iter()
            .any(|known| directive.trim().eq_ignore_ascii_case(known))
    };
    let mut lines = headers.get_all(CACHE_CONTROL).filter_map(|line| line.to_str().ok());
    if lines.any(|line| line.split(',').any(asks)) { Freshness::Now } else { Freshness::Kept }
}

/// The answer to a write.
pub(super) fn receipt(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, JSON))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body)
}

/// `Cache-Status` (RFC 9211).
fn cache_status(origin: Origin) -> HeaderValue {
    match origin.outcome {
        Outcome::Hit => counted("flagward; hit; ttl=", origin.ttl.as_secs()),
        Outcome::Miss => HeaderValue::from_static("flagward; fwd=miss; stored"),
        Outcome::Collapsed => HeaderValue::from_static("flagward; fwd=miss; collapsed"),
        Outcome::Forced => HeaderValue::from_static("flagward; fwd=request"),
    }
}

/// A value that ends with a number. Every hit has two, and `format!` takes twice as long.
fn counted(start: &str, number: u64) -> HeaderValue {
    let text = Bytes::from([start, &number.to_string()].concat());
    HeaderValue::from_maybe_shared(text).unwrap_or(HeaderValue::from_static(""))
}

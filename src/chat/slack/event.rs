//! `POST /hooks/slack/event`: Slack asks whether this address is ours, or tells of something that happened.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use serde::Deserialize;

use super::command::invalid;
use super::door::{Delivery, Slack, nothing};
use crate::chat::Refusal;
use crate::chat::once::Claim;
use crate::problem::{Fault, Problem};

/// The longest challenge that is repeated, in bytes: Slack's have about fifty.
const LONGEST_CHALLENGE: usize = 1024;

/// Anything that comes here, as far as we look at it.
#[derive(Debug, Deserialize)]
struct Told {
    r#type: String,
    #[serde(default)]
    challenge: Option<String>,
    #[serde(default)]
    event_id: Option<String>,
}

/// Repeats Slack's challenge. Of events we want none yet: they are acknowledged, so that Slack does not send them again.
pub(super) async fn handle(slack: &Slack, delivery: Delivery) -> Result<HttpResponse, Refusal> {
    std::future::ready(answer(slack, &delivery)).await
}

fn answer(slack: &Slack, delivery: &Delivery) -> Result<HttpResponse, Refusal> {
    let told = read(delivery.signed.body())?;
    if told.r#type == "url_verification" {
        let wrong = || invalid(Fault::pointer("/challenge", "must be a short text"));
        let challenge = told.challenge.filter(|text| text.len() <= LONGEST_CHALLENGE);
        let mut answer = nothing();
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        // It repeats what came: nobody shall take it for a page.
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        return Ok(answer.set_body(challenge.ok_or_else(wrong)?).map_into_boxed_body());
    }
    if slack.claim(delivery, told.event_id.as_deref()) == Claim::First {
        slack.count("ignored");
    }
    Ok(nothing())
}

fn read(body: &[u8]) -> Result<Told, Problem> {
    let told = serde_json::from_slice(body).ok();
    told.ok_or_else(|| invalid(Fault::pointer("", "must be JSON as Slack sends it")))
}

#[cfg(test)]
#[path = "tests/event.rs"]
mod tests;

//! `POST /hooks/slack/command`: what someone has typed after `/flags`.

use std::time::Duration;

use actix_web::HttpResponse;

use super::PLATFORM;
use super::blocks::{Standing, render};
use super::door::{Delivery, Slack, busy, lost, nothing, said, sentence};
use super::form::Form;
use super::respond::Courier;
use crate::auth::SlackSigned;
use crate::chat::once::Claim;
use crate::chat::{Refusal, Speaker};
use crate::problem::{Fault, Problem};

/// How long Slack, which waits for three seconds, is kept waiting for the answer itself. What is remembered, and what needs no
/// asking, is ready much sooner.
const PATIENCE: Duration = Duration::from_millis(500);
/// The most bytes of a command's name that are repeated in answers: Slack lets a name have 32 characters.
const LONGEST_NAME: usize = 128;

/// What Slack says of a command, as far as we believe it: ids, never names. Not to be printed: it has an address that
/// anybody can answer at.
struct Typed<'a> {
    command: &'a str,
    text: &'a str,
    team: &'a str,
    user: &'a str,
    channel: &'a str,
    trigger: Option<&'a str>,
    response_url: Option<&'a str>,
}

impl<'a> Typed<'a> {
    fn of(form: &'a Form<'_>) -> Result<Self, Fault> {
        Ok(Self {
            command: form.required("command")?,
            text: form.one("text")?.unwrap_or_default(),
            team: form.required("team_id")?,
            user: form.required("user_id")?,
            channel: form.required("channel_id")?,
            trigger: form.one("trigger_id")?.filter(|id| !id.is_empty()),
            response_url: form.one("response_url")?,
        })
    }

    fn speaker(&self, signed: &SlackSigned, request_id: &str) -> Result<Speaker, Fault> {
        let no_id = |name| Fault::parameter(name, "must be an id of Slack's");
        let caller = signed.caller(self.team, self.user).ok_or_else(|| no_id("user_id"))?;
        if !is_id(self.channel) {
            return Err(no_id("channel_id"));
        }
        if !self.command.starts_with('/') || self.command.len() > LONGEST_NAME {
            return Err(Fault::parameter("command", "must begin with a slash, and be short"));
        }
        Ok(Speaker {
            caller,
            platform: PLATFORM,
            person: self.user.to_owned(),
            channel: self.channel.to_owned(),
            command: self.command.to_owned(),
            request_id: request_id.to_owned(),
        })
    }
}

/// Carries a command out. What is ready at once is the answer; else an acknowledgement is, and the answer follows.
pub(super) async fn handle(slack: &Slack, delivery: Delivery) -> Result<HttpResponse, Refusal> {
    let form = Form::parse(delivery.signed.body())?;
    if form.is_ssl_check() {
        return Ok(nothing());
    }
    let typed = Typed::of(&form).map_err(invalid)?;
    let speaker = typed.speaker(&delivery.signed, &delivery.request_id).map_err(invalid)?;
    match slack.claim(&delivery, typed.trigger) {
        Claim::First => {}
        Claim::Again => return Ok(nothing()),
        Claim::Full => return Ok(said(&busy())),
    }
    let Some(to) = slack.courier().address(typed.response_url) else {
        tracing::warn!(
            request.id = delivery.request_id,
            host = Courier::host_of(typed.response_url),
            "no address of the configured response_host"
        );
        return Ok(said(&sentence(
            "Slack gave no address of its own for the answer, so nothing was done. Tell the operators of Flagward: `response_host` may not fit.",
        )));
    };
    let Some(slot) = slack.work().slot(&delivery.request_id) else {
        slack.count("busy");
        return Ok(said(&busy()));
    };
    let text = super::text::plain(typed.text);
    let (received, request_id) = (delivery.received, delivery.request_id);
    let (desk, courier) = (slack.desk().clone(), slack.courier().clone());
    let work = async move { desk.hear(&speaker, &text).await };
    let late = async move |answer| {
        courier.deliver(to, received, render(&answer, Standing::New), &request_id).await;
    };
    let answer = slot.run_and_wait(PATIENCE, work, lost(), late).await;
    Ok(said(&answer.unwrap_or_else(|| sentence("Asking LaunchDarkly: the answer follows."))))
}

pub(super) fn invalid(fault: Fault) -> Problem {
    Problem::invalid(vec![fault])
}

/// An id as Slack makes them.
pub(super) fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (1..=32).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
#[path = "tests/command.rs"]
mod tests;

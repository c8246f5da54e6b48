//! `POST /hooks/slack/interaction`: someone has pressed a button.

use actix_web::HttpResponse;
use serde::Deserialize;

use super::PLATFORM;
use super::actions::says;
use super::blocks::{Standing, render};
use super::command::{invalid, is_id};
use super::door::{Delivery, Slack, busy, lost, nothing};
use super::form::Form;
use super::respond::{Courier, ResponseUrl};
use crate::auth::SlackSigned;
use crate::chat::once::Claim;
use crate::chat::work::Slot;
use crate::chat::{Reaction, Refusal, Says, Speaker};
use crate::problem::{Fault, Problem};

/// What the command is called in answers to a press, which does not say it: the name in our manifest.
const COMMAND: &str = "/flags";
/// The only kind of interaction that is ours.
const BLOCK_ACTIONS: &str = "block_actions";

/// Any interaction.
#[derive(Deserialize)]
struct Kind {
    r#type: String,
}

/// A press, as far as we look at it. Slack adds fields as it likes. Not to be printed: it has an address that anybody can
/// answer at.
#[derive(Deserialize)]
struct Press {
    user: User,
    /// Null where the app is installed for a whole Enterprise Grid organization.
    #[serde(default)]
    team: Option<Id>,
    #[serde(default)]
    enterprise: Option<Id>,
    #[serde(default)]
    channel: Option<Id>,
    #[serde(default)]
    trigger_id: Option<String>,
    #[serde(default)]
    response_url: Option<String>,
    #[serde(default)]
    actions: Vec<Action>,
}

#[derive(Debug, Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    team_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Id {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Action {
    #[serde(default)]
    action_id: String,
    #[serde(default)]
    value: Option<String>,
}

/// A payload.
enum Payload {
    Press(Press),
    Other,
}

impl Payload {
    fn read(body: &[u8]) -> Result<Self, Problem> {
        let wrong = |detail| invalid(Fault::parameter("payload", detail));
        let form = Form::parse(body)?;
        if form.is_ssl_check() {
            return Ok(Self::Other);
        }
        let payload = form.required("payload").map_err(invalid)?;
        let unreadable = || wrong("must be JSON as Slack sends it");
        let kind: Kind = serde_json::from_str(payload).ok().ok_or_else(unreadable)?;
        if kind.r#type != BLOCK_ACTIONS {
            return Ok(Self::Other);
        }
        serde_json::from_str(payload).ok().map(Self::Press).ok_or_else(unreadable)
    }
}

impl Press {
    /// The workspace that the presser is of: where it was pressed, unless they are a guest from another one. In an
    /// organization with several workspaces (`enterprise`) a member's own may differ from the one where they are.
    fn workspace(&self) -> Option<&str> {
        let (here, home) =
            (self.team.as_ref().map(|team| team.id.as_str()), self.user.team_id.as_deref());
        match (here, home) {
            (Some(here), Some(home)) if here != home && self.enterprise.is_none() => Some(home),
            (Some(here), _) => Some(here),
            (None, home) => home,
        }
    }

    fn speaker(&self, signed: &SlackSigned, request_id: &str) -> Result<Speaker, Problem> {
        let wrong =
            || invalid(Fault::parameter("payload", "must name a user, a team and a channel"));
        let caller = self.workspace().and_then(|team| signed.caller(team, &self.user.id));
        let channel = self.channel.as_ref().map(|channel| &channel.id).filter(|id| is_id(id));
        Ok(Speaker {
            caller: caller.ok_or_else(wrong)?,
            platform: PLATFORM,
            person: self.user.id.clone(),
            channel: channel.ok_or_else(wrong)?.clone(),
            command: COMMAND.to_owned(),
            request_id: request_id.to_owned(),
        })
    }

    fn says(&self) -> Option<Says> {
        let action = self.actions.first()?;
        says(&action.action_id, action.value.as_deref()?)
    }
}

/// Acknowledges a press, and then does what it says.
pub(super) async fn handle(slack: &Slack, delivery: Delivery) -> Result<HttpResponse, Refusal> {
    let Payload::Press(press) = Payload::read(delivery.signed.body())? else {
        slack.count("ignored");
        return Ok(nothing());
    };
    let speaker = press.speaker(&delivery.signed, &delivery.request_id)?;
    let Some(says) = press.says() else {
        slack.count("ignored");
        return Ok(nothing());
    };
    let claim = slack.claim(&delivery, press.trigger_id.as_deref());
    if claim == Claim::Again {
        return Ok(nothing());
    }
    let Some(to) = slack.courier().address(press.response_url.as_deref()) else {
        tracing::warn!(
            request.id = delivery.request_id,
            host = Courier::host_of(press.response_url.as_deref()),
            "a press without an address of the configured response_host: nothing was done"
        );
        slack.count("ignored");
        return Ok(nothing());
    };
    let answers = Answers { courier: slack.courier().clone(), to, delivery };
    let has_room = claim == Claim::First;
    if let Some(slot) = slack.work().slot(&answers.delivery.request_id).filter(|_| has_room) {
        let desk = slack.desk().clone();
        answers.follow(slot, async move { desk.press(&speaker, says).await });
    } else {
        if has_room {
            slack.count("busy");
        }
        if let Some(slot) = slack.work().notice(&answers.delivery.request_id) {
            answers.follow(slot, async { Reaction { answer: busy(), replaces: false } });
        }
    }
    Ok(nothing())
}

/// Where the outcome of a press goes.
struct Answers {
    courier: Courier,
    to: ResponseUrl,
    delivery: Delivery,
}

impl Answers {
    /// Does `work`, and delivers what comes of it.
    fn follow(self, slot: Slot, work: impl Future<Output = Reaction> + Send + 'static) {
        let Self { courier, to, delivery: Delivery { received, request_id, .. } } = self;
        let lost = Reaction { answer: lost(), replaces: false };
        slot.run(work, lost, async move |Reaction { answer, replaces }| {
            let standing = if replaces { Standing::InPlace } else { Standing::Beside };
            courier.deliver(to, received, render(&answer, standing), &request_id).await;
        });
    }
}

#[cfg(test)]
#[path = "tests/interaction.rs"]
mod tests;

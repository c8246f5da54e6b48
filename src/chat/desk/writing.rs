//! Changes: made at once, or asked back where a guard wants a confirmation.

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::hearing::Said;
use super::noting::Outcome;
use super::{Desk, Refused, Trouble, timing};
use crate::chat::answer::Answer;
use crate::chat::answers::{self, Done};
use crate::chat::command::{Aim, NewEnd};
use crate::chat::confirmation::{Asker, Confirmation};
use crate::chat::speaker::Speaker;
use crate::chat::wish::{Act, Permitted, Wish};
use crate::domain::{HumanDuration, Json, expiry_in};
use crate::policy::Guards;
use crate::problem::{Problem, Slug};
use crate::settings::views::{StateTag, StateView, Written};
use crate::settings::{Asking, Change};

/// How a wish is carried out.
#[derive(Debug, Default)]
pub(super) struct Terms<'a> {
    /// Whether only to say what would be.
    pub(super) dry_run: bool,
    /// The subject of the second person.
    pub(super) confirmed_by: Option<&'a str>,
    /// The state that was shown.
    pub(super) shown: Option<StateTag>,
}

impl Desk {
    /// Overrides a flag.
    pub(super) async fn set(
        &self,
        speaker: &Speaker,
        aim: &Aim,
        value: Json,
        lasts: Option<HumanDuration>,
        note: Option<String>,
    ) -> Result<Said, Trouble> {
        let end = lasts.map(|length| self.end_in(length)).transpose()?;
        self.change(speaker, aim, Act::Set { value, end }, note).await
    }

    /// Takes an override away.
    pub(super) async fn clear(
        &self,
        speaker: &Speaker,
        aim: &Aim,
        note: Option<String>,
    ) -> Result<Said, Trouble> {
        self.change(speaker, aim, Act::Clear, note).await
    }

    /// Changes when an override ends.
    pub(super) async fn expire(
        &self,
        speaker: &Speaker,
        aim: &Aim,
        end: NewEnd,
        note: Option<String>,
    ) -> Result<Said, Trouble> {
        let end = match end {
            NewEnd::In(length) => Some(self.end_in(length)?),
            // To the millisecond that LaunchDarkly keeps.
            NewEnd::At(at) => Timestamp::from_millisecond(at.as_millisecond()).ok(),
            NewEnd::Never => None,
        };
        self.change(speaker, aim, Act::Schedule(end), note).await
    }

    async fn change(
        &self,
        speaker: &Speaker,
        aim: &Aim,
        act: Act,
        note: Option<String>,
    ) -> Result<Said, Trouble> {
        let identity = self.identify(speaker);
        let user = self.admit(speaker, &identity, &aim.user, &aim.place, act.action())?;
        let target = user.flag(aim.flag.clone());
        let wish = Wish { target, act, note };
        let permitted = wish.authorize(&identity)?;
        let guards = identity.policy().guards_on(&wish.target);
        if guards.confirm_in_chat || guards.second_person {
            return self.ask(speaker, permitted, wish, guards).await;
        }
        let written = self.carry_out(speaker, permitted, &wish, Terms::default()).await?;
        let answer = done(&wish, &speaker.person, None, &written)?;
        Ok((answer, Outcome::Answered))
    }

    /// Asks back, after everything was checked that can be checked without writing.
    async fn ask(
        &self,
        speaker: &Speaker,
        permitted: Permitted,
        wish: Wish,
        guards: Guards,
    ) -> Result<Said, Trouble> {
        let made_at = self.0.clock.now();
        let terms = Terms { dry_run: true, ..Terms::default() };
        let written = self.carry_out(speaker, permitted, &wish, terms).await?;
        let (before, after) = states(&written);
        let randomness = "the system gives no randomness";
        let nonce =
            Confirmation::nonce().ok_or_else(|| Problem::new(Slug::InternalError, randomness))?;
        let asked = Confirmation {
            nonce,
            made_at,
            asker: Asker::of(speaker),
            channel: speaker.channel.clone(),
            wish,
            shown: before.tag(),
            second_person: guards.second_person,
        };
        let sealed = asked.seal(&self.0.seal).ok_or(Refused::TooLong)?;
        Ok((answers::question(&asked, before, after, &sealed), Outcome::Asked))
    }

    /// Does it, by the use case that HTTP calls too.
    pub(super) async fn carry_out(
        &self,
        speaker: &Speaker,
        permitted: Permitted,
        wish: &Wish,
        terms: Terms<'_>,
    ) -> Result<Written, Trouble> {
        let asking = Asking::of(&speaker.request_id);
        let change = Change {
            door: speaker.door(terms.confirmed_by),
            comment: wish.note.clone(),
            dry_run: terms.dry_run,
            asking: asking.clone(),
            expected: terms.shown,
        };
        let settings = &self.0.settings;
        let write = match permitted {
            Permitted::Set(permit, value, end) => settings.set(permit, value, end, change).boxed(),
            Permitted::Clear(permit) => settings.clear(permit, change).boxed(),
            Permitted::Schedule(permit, end) => settings.schedule(permit, end, change).boxed(),
        };
        timing::write(&asking, write).await
    }

    fn end_in(&self, length: HumanDuration) -> Result<Timestamp, Trouble> {
        expiry_in(self.0.clock.now(), length).ok_or(Trouble::EndIsTooFar)
    }
}

/// The receipt of what was written.
pub(super) fn done(
    wish: &Wish,
    by: &str,
    confirmed_by: Option<&str>,
    written: &Written,
) -> Result<Answer, Trouble> {
    let Written::Made { operation, before, after } = written else {
        return Err(Problem::new(Slug::InternalError, "a write was a dry run").into());
    };
    Ok(answers::receipt(&Done { wish, by, confirmed_by, operation, before, after }))
}

fn states(written: &Written) -> (&StateView, &StateView) {
    match written {
        Written::Made { before, after, .. } | Written::WouldBe { before, after, .. } => {
            (before, after)
        }
    }
}

//! Changes: made at once, or asked back where a guard wants a confirmation.

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::hearing::Said;
use super::noting::Outcome;
use super::{Desk, Refused, Trouble, guarding, timing};
use crate::chat::answer::Answer;
use crate::chat::answers::{self, Done, Question, Received};
use crate::chat::command::{Aim, NewEnd};
use crate::chat::confirmation::{Asker, Confirmation};
use crate::chat::speaker::Speaker;
use crate::chat::wish::{Act, Permitted, Wish};
use crate::domain::{HumanDuration, Json, expiry_in};
use crate::policy::{Guards, Permit, Read};
use crate::problem::{Problem, Slug};
use crate::settings::views::{Shape, StateTag, StateView, Written};
use crate::settings::{Asking, Change, Freshness};

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

/// Whose change it is, by their ids in the platform's markup.
#[derive(Clone, Copy, Debug)]
pub(super) struct By<'a> {
    /// Whoever asked for it.
    pub(super) person: &'a str,
    /// The second person.
    pub(super) confirmed_by: Option<&'a str>,
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
        let said = if guards.confirm_in_chat || guards.second_person {
            self.ask(speaker, permitted, &wish, guards).await
        } else {
            let by = By { person: &speaker.person, confirmed_by: None };
            let made = self.make(speaker, permitted, &wish, Terms::default(), by).await;
            made.map(|answer| (answer, Outcome::Answered))
        };
        said.map_err(|trouble| guarding::whole(trouble, guards, &wish, self.0.clock.now()))
    }

    /// Asks back, after everything was checked that can be checked without writing.
    async fn ask(
        &self,
        speaker: &Speaker,
        permitted: Permitted,
        wish: &Wish,
        guards: Guards,
    ) -> Result<Said, Trouble> {
        let made_at = self.0.clock.now();
        let terms = Terms { dry_run: true, ..Terms::default() };
        let read = permitted.to_read();
        let written = self.carry_out(speaker, permitted, wish, terms).await?;
        let (before, after) = states(&written);
        if let Some(nothing) = answers::nothing_to_do(wish, before) {
            return Ok((nothing, Outcome::Answered));
        }
        let randomness = "the system gives no randomness";
        let nonce =
            Confirmation::nonce().ok_or_else(|| Problem::new(Slug::InternalError, randomness))?;
        let asked = Confirmation {
            nonce,
            made_at,
            asker: Asker::of(speaker),
            channel: speaker.channel.clone(),
            wish: wish.clone(),
            shown: before.tag(),
            second_person: guards.second_person,
        };
        let sealed = asked.seal(&self.0.seal).ok_or(Refused::TooLong)?;
        let received = self.received(&read, after).await;
        let question = Question { asked: &asked, before, after, received, sealed: &sealed };
        Ok((answers::question(&question), Outcome::Asked))
    }

    /// Does it, and says what became of it.
    pub(super) async fn make(
        &self,
        speaker: &Speaker,
        permitted: Permitted,
        wish: &Wish,
        terms: Terms<'_>,
        by: By<'_>,
    ) -> Result<Answer, Trouble> {
        let read = permitted.to_read();
        let written = self.carry_out(speaker, permitted, wish, terms).await?;
        let Written::Made { operation, before, after } = &written else {
            return Err(Problem::new(Slug::InternalError, "a write was a dry run").into());
        };
        let received = self.received(&read, after).await;
        let By { person: by, confirmed_by } = by;
        let done = Done { wish, by, confirmed_by, operation, before, after, received };
        Ok(answers::receipt(&done))
    }

    /// What the user receives, where `after` has an override that may not show in it. It costs a call after a write; an
    /// answer does not wait for it long, and does without it.
    async fn received(&self, permit: &Permit<Read>, after: &StateView) -> Option<Received> {
        after.setting.as_ref()?;
        let found = self.0.settings.flag(permit, Shape::V1, Freshness::Kept);
        let found = timing::glance(found).await?;
        Received::read(&found.body.bytes)
    }

    /// Does it, by the use case that HTTP calls too.
    async fn carry_out(
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

fn states(written: &Written) -> (&StateView, &StateView) {
    match written {
        Written::Made { before, after, .. } | Written::WouldBe { before, after, .. } => {
            (before, after)
        }
    }
}

//! Presses of our buttons.
//!
//! Whoever presses is told so beside the message where their press does not count, and nothing is spent. Where it counts the
//! confirmation is decided, once, and the message becomes what came of it.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::noting::Outcome;
use super::writing::{Terms, done};
use super::{Desk, Reaction, Trouble, Unpressed};
use crate::auth::Caller;
use crate::chat::answer::{Answer, Says};
use crate::chat::answers;
use crate::chat::command::{self, Command};
use crate::chat::confirmation::Confirmation;
use crate::chat::once::Claim;
use crate::chat::speaker::Speaker;
use crate::policy::Policy;

/// What stopped a press.
struct Stopped {
    trouble: Trouble,
    /// The confirmation that was spent on it: its message becomes the outcome.
    spent: Option<Box<Confirmation>>,
}

impl<T: Into<Trouble>> From<T> for Stopped {
    fn from(trouble: T) -> Self {
        Self { trouble: trouble.into(), spent: None }
    }
}

impl Desk {
    /// Takes a press.
    pub async fn press(&self, speaker: &Speaker, says: Says) -> Reaction {
        let (verb, pressed) = match says {
            Says::Confirm(sealed) => ("confirm", self.confirm(speaker, &sealed).boxed().await),
            Says::Cancel(sealed) => ("cancel", self.cancel(speaker, &sealed)),
            Says::Show(command) => ("show", self.show(speaker, &command).boxed().await),
        };
        match pressed {
            Ok(answer) => {
                self.note(speaker, verb, Outcome::Answered);
                Reaction { answer, replaces: true }
            }
            Err(Stopped { trouble, spent }) => {
                self.note_trouble(speaker, verb, &trouble);
                let (answer, replaces) = match &spent {
                    Some(asked) => (answers::not_done(asked, speaker, &trouble), true),
                    None => (answers::trouble(speaker, &trouble), false),
                };
                Reaction { answer, replaces }
            }
        }
    }

    /// Another page of a list.
    async fn show(&self, speaker: &Speaker, text: &str) -> Result<Answer, Stopped> {
        match command::parse(text) {
            Ok(Command::List { user, place, overridden, page }) => {
                Ok(self.list(speaker, &user, &place, overridden, page).await?)
            }
            Ok(_) | Err(_) => Err(Unpressed::NotOurs.into()),
        }
    }

    async fn confirm(&self, speaker: &Speaker, sealed: &str) -> Result<Answer, Stopped> {
        let (asked, who) = self.open(speaker, sealed)?;
        let policy = self.0.policies.current();
        let second = needs_second(&asked, &policy);
        self.check_presser(speaker, &asked, &policy, second)?;
        let permitted = self.permit(speaker, &policy.identify(who), &asked.wish);
        let permitted = permitted.or(Err(Unpressed::AskerMayNot))?;
        self.decide(&asked)?;
        let terms = Terms {
            dry_run: false,
            confirmed_by: second.then_some(speaker.caller.subject()),
            shown: Some(asked.shown.clone()),
        };
        let written = self.carry_out(speaker, permitted, &asked.wish, terms).await;
        let by = second.then_some(speaker.person.as_str());
        let receipt =
            written.and_then(|written| done(&asked.wish, &asked.asker.person, by, &written));
        receipt.map_err(|trouble| {
            // It may have moved since another replica carried this very confirmation out, whose receipt stands there now.
            let spent = !matches!(trouble, Trouble::Moved);
            Stopped { trouble, spent: spent.then(|| Box::new(asked)) }
        })
    }

    /// Who asked may always cancel, and so may whoever could confirm.
    fn cancel(&self, speaker: &Speaker, sealed: &str) -> Result<Answer, Stopped> {
        let (asked, _) = self.open(speaker, sealed)?;
        if !asked.asker.is(speaker) {
            let policy = self.0.policies.current();
            self.check_presser(speaker, &asked, &policy, needs_second(&asked, &policy))?;
        }
        self.decide(&asked)?;
        // For the next who presses to be told so; if there is no room for it, they are told less.
        let _: Claim =
            self.0.decided.claim(asked.cancelled(), asked.deadline(), self.0.clock.now());
        Ok(answers::cancelled(&asked, speaker))
    }

    /// What a button says, if it is still good here.
    fn open(&self, speaker: &Speaker, sealed: &str) -> Result<(Confirmation, Caller), Unpressed> {
        let opened = Confirmation::open(&self.0.seal, sealed);
        let (asked, who) = opened.ok_or(Unpressed::NotOurs)?;
        if asked.asker.platform != speaker.platform || asked.channel != speaker.channel {
            return Err(Unpressed::OtherChannel);
        }
        if self.0.clock.now() >= asked.deadline() {
            return Err(Unpressed::Late);
        }
        Ok((asked, who))
    }

    /// Whether it is for `speaker` to decide.
    fn check_presser(
        &self,
        speaker: &Speaker,
        asked: &Confirmation,
        policy: &Arc<Policy>,
        second: bool,
    ) -> Result<(), Unpressed> {
        match (second, asked.asker.is(speaker)) {
            (false, true) => Ok(()),
            (false, false) => Err(Unpressed::NotTheAsker),
            (true, true) => Err(Unpressed::NeedsAnother),
            (true, false) => {
                let presser = policy.identify(speaker.caller.clone());
                let may = self.permit(speaker, &presser, &asked.wish);
                may.map(drop).map_err(Unpressed::PresserMayNot)
            }
        }
    }

    /// Takes the decision for whoever is first.
    fn decide(&self, asked: &Confirmation) -> Result<(), Unpressed> {
        let decided = &self.0.decided;
        match decided.claim(asked.nonce, asked.deadline(), self.0.clock.now()) {
            Claim::First => Ok(()),
            Claim::Again if decided.has(&asked.cancelled()) => Err(Unpressed::Cancelled),
            Claim::Again => Err(Unpressed::Again),
            Claim::Full => Err(Unpressed::Full),
        }
    }
}

/// Whether somebody else has to agree: the stricter of what was said when it was asked and what holds now.
fn needs_second(asked: &Confirmation, policy: &Policy) -> bool {
    asked.second_person || policy.guards_on(&asked.wish.target).second_person
}

//! Presses of our buttons.
//!
//! Whoever presses is told so beside the message where their press does not count, and nothing is spent. Where it counts the
//! confirmation is decided, once, and the message becomes what came of it. So it does where the confirmation is over for
//! good: too old, or by somebody who may not do it any more. Where the flag has changed meanwhile it stays as it is, since
//! another replica may have carried this very confirmation out, and its receipt stands there now.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::noting::Outcome;
use super::writing::{By, Terms};
use super::{About, Desk, Reaction, Trouble, Unpressed};
use crate::auth::Caller;
use crate::chat::answer::{Answer, Says};
use crate::chat::answers;
use crate::chat::command::{self, Command};
use crate::chat::confirmation::Confirmation;
use crate::chat::once::{Claim, Key};
use crate::chat::speaker::Speaker;
use crate::policy::Policy;

/// What stopped a press.
struct Stopped {
    trouble: Trouble,
    /// The confirmation that is over with it: its message becomes the outcome.
    spent: Option<Box<Confirmation>>,
    /// What it was about, where that is known.
    about: Option<About>,
}

impl<T: Into<Trouble>> From<T> for Stopped {
    fn from(trouble: T) -> Self {
        Self { trouble: trouble.into(), spent: None, about: None }
    }
}

impl Stopped {
    /// Stopped by what ends the confirmation.
    fn over(trouble: impl Into<Trouble>, asked: Confirmation) -> Self {
        Self { spent: Some(Box::new(asked)), ..trouble.into().into() }
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
            Err(Stopped { trouble, spent, about }) => {
                self.note_trouble(speaker, verb, &trouble);
                let (answer, replaces) = match &spent {
                    Some(asked) => (answers::not_done(asked, speaker, &trouble), true),
                    None => (answers::trouble(speaker, about.as_ref(), &trouble), false),
                };
                Reaction { answer, replaces }
            }
        }
    }

    /// Another page of a list.
    async fn show(&self, speaker: &Speaker, text: &str) -> Result<Answer, Stopped> {
        match command::parse(text) {
            Ok(command @ Command::List { .. }) => {
                let about = self.about(speaker, &command);
                let Command::List { user, place, overridden, page } = command else {
                    return Err(Unpressed::NotOurs.into());
                };
                let list = self.list(speaker, &user, &place, overridden, page).await;
                list.map_err(|trouble| Stopped { about, ..trouble.into() })
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
        // Nothing is spent on it: the freeze may be over before the question is too old.
        let place = &asked.wish.target.user.place;
        if let Some(frozen) = policy.freeze_at(place, self.0.clock.now()) {
            return Err(Trouble::Frozen(frozen).into());
        }
        self.decide(&asked)?;
        let Ok(permitted) = permitted else {
            return Err(Stopped::over(Unpressed::AskerMayNot, asked));
        };
        let terms = Terms {
            dry_run: false,
            confirmed_by: second.then_some(speaker.caller.subject()),
            shown: Some(asked.shown.clone()),
        };
        let confirmed_by = second.then_some(speaker.person.as_str());
        let by = By { person: &asked.asker.person, confirmed_by };
        let receipt = self.make(speaker, permitted, &asked.wish, terms, by).await;
        receipt.map_err(|trouble| {
            if !matches!(trouble, Trouble::Moved) {
                return Stopped::over(trouble, asked);
            }
            self.remember(asked.moved(), &asked);
            Stopped { about: Some(About::asked(&asked)), ..trouble.into() }
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
        self.remember(asked.cancelled(), &asked);
        Ok(answers::cancelled(&asked, speaker))
    }

    /// What a button says, if it is still good here.
    fn open(&self, speaker: &Speaker, sealed: &str) -> Result<(Confirmation, Caller), Stopped> {
        let opened = Confirmation::open(&self.0.seal, sealed);
        let (asked, who) = opened.ok_or(Unpressed::NotOurs)?;
        if asked.asker.platform != speaker.platform || asked.channel != speaker.channel {
            return Err(Unpressed::OtherChannel.into());
        }
        if self.0.clock.now() >= asked.deadline() {
            // What was decided has its outcome there already.
            let decided = self.0.decided.has(&asked.nonce);
            let late = Unpressed::Late;
            return Err(if decided { late.into() } else { Stopped::over(late, asked) });
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
        match second {
            false if asked.asker.is(speaker) => Ok(()),
            false => Err(Unpressed::NotTheAsker),
            true if asked.asker.may_be(speaker) => Err(Unpressed::NeedsAnother),
            true => {
                let presser = policy.identify(speaker.caller.clone());
                let may = self.permit(speaker, &presser, &asked.wish);
                may.map(drop).map_err(Unpressed::PresserMayNot)
            }
        }
    }

    /// For the next who presses to be told what became of it; if there is no room to remember it, they are told less.
    fn remember(&self, fate: Key, asked: &Confirmation) {
        let _: Claim = self.0.decided.claim(fate, asked.deadline(), self.0.clock.now());
    }

    /// Takes the decision for whoever is first.
    fn decide(&self, asked: &Confirmation) -> Result<(), Unpressed> {
        let decided = &self.0.decided;
        match decided.claim(asked.nonce, asked.deadline(), self.0.clock.now()) {
            Claim::First => Ok(()),
            Claim::Again if decided.has(&asked.cancelled()) => Err(Unpressed::Cancelled),
            Claim::Again if decided.has(&asked.moved()) => Err(Unpressed::MovedBefore),
            Claim::Again => Err(Unpressed::Again),
            Claim::Full => Err(Unpressed::Full),
        }
    }
}

/// Whether somebody else has to agree: the stricter of what was said when it was asked and what holds now.
fn needs_second(asked: &Confirmation, policy: &Policy) -> bool {
    asked.second_person || policy.guards_on(&asked.wish.target).second_person
}

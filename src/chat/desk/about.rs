//! What a command is about: said again where it was not carried out, since that may come long after it was typed.

use super::Desk;
use crate::chat::command::{Aim, Command, Named};
use crate::chat::confirmation::Confirmation;
use crate::chat::speaker::Speaker;
use crate::domain::{FlagKey, UserKey, UserTarget};
use crate::policy::ActionKind;

/// What a command is about.
#[derive(Clone, Debug)]
pub(in crate::chat) struct About {
    /// What was to be done: `get`.
    pub(in crate::chat) verb: &'static str,
    /// To whom, and where.
    pub(in crate::chat) user: UserTarget,
    /// To which flag; none for all of them.
    pub(in crate::chat) flag: Option<FlagKey>,
    /// Who said where.
    pub(in crate::chat) place_from: PlaceFrom,
}

/// Who said which project and environment are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chat) enum PlaceFrom {
    /// Whoever typed the command.
    Typed,
    /// They, and the channel's default the project.
    DefaultProject,
    /// They, and the channel's default the environment.
    DefaultEnvironment,
    /// The channel's default.
    Default,
    /// It was asked before, by a command that is not at hand.
    Asked,
}

impl About {
    /// Whether it changes something.
    pub(in crate::chat) fn writes(&self) -> bool {
        matches!(self.verb, "set" | "clear" | "expire")
    }

    /// What a confirmation is about.
    pub(in crate::chat) fn asked(asked: &Confirmation) -> Self {
        let target = &asked.wish.target;
        let verb = match asked.wish.act.action() {
            ActionKind::Set => "set",
            ActionKind::Clear => "clear",
            ActionKind::Schedule | ActionKind::Read => "expire",
        };
        let (user, flag) = (target.user.clone(), Some(target.flag.clone()));
        Self { verb, user, flag, place_from: PlaceFrom::Asked }
    }
}

impl Desk {
    /// What `command` is about; none of one that is about nobody, or without a place.
    pub(super) fn about(&self, speaker: &Speaker, command: &Command) -> Option<About> {
        let verb = command.verb().name();
        match command {
            Command::Help { .. } | Command::Whoami => None,
            Command::List { user, place, .. } => self.about_user(speaker, verb, user, place),
            Command::Get(aim)
            | Command::Set { aim, .. }
            | Command::Clear { aim, .. }
            | Command::Expire { aim, .. } => {
                let Aim { flag, user, place } = aim;
                let about = self.about_user(speaker, verb, user, place)?;
                Some(About { flag: Some(flag.clone()), ..about })
            }
        }
    }

    fn about_user(
        &self,
        speaker: &Speaker,
        verb: &'static str,
        user: &UserKey,
        named: &Named,
    ) -> Option<About> {
        let place_from = match (&named.project, &named.environment) {
            (Some(_), Some(_)) => PlaceFrom::Typed,
            (None, Some(_)) => PlaceFrom::DefaultProject,
            (Some(_), None) => PlaceFrom::DefaultEnvironment,
            (None, None) => PlaceFrom::Default,
        };
        let user = UserTarget { place: self.place(speaker, named)?, user: user.clone() };
        Some(About { verb, user, flag: None, place_from })
    }
}

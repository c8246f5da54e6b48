//! Carrying a command out.

use futures_util::FutureExt as _;

use super::noting::Outcome;
use super::{Desk, Trouble};
use crate::chat::answer::Answer;
use crate::chat::answers;
use crate::chat::command::{self, Command};
use crate::chat::speaker::Speaker;

/// An answer, and how the command that it answers is counted.
pub(super) type Said = (Answer, Outcome);

/// What a text is counted as that is no command.
const UNREADABLE: &str = "unreadable";

impl Desk {
    /// Carries out what `text`, without the command's own name, says.
    pub async fn hear(&self, speaker: &Speaker, text: &str) -> Answer {
        let (verb, said) = match command::parse(text) {
            Ok(command) => (name(&command), self.follow(speaker, command).boxed().await),
            Err(misread) => (UNREADABLE, Err(Trouble::Misread(misread))),
        };
        match said {
            Ok((answer, outcome)) => {
                self.note(speaker, verb, outcome);
                answer
            }
            Err(trouble) => {
                self.note_trouble(speaker, verb, &trouble);
                answers::trouble(speaker, &trouble)
            }
        }
    }

    async fn follow(&self, speaker: &Speaker, command: Command) -> Result<Said, Trouble> {
        let answered = |answer| Ok((answer, Outcome::Answered));
        match command {
            Command::Help { about } => answered(answers::help(speaker, about)),
            Command::Whoami => answered(self.whoami(speaker)),
            Command::List { user, place, overridden, page } => {
                answered(self.list(speaker, &user, &place, overridden, page).await?)
            }
            Command::Get(aim) => answered(self.get(speaker, &aim).await?),
            Command::Set { aim, value, lasts, note } => {
                self.set(speaker, &aim, value, lasts, note).await
            }
            Command::Clear { aim, note } => self.clear(speaker, &aim, note).await,
            Command::Expire { aim, end, note } => self.expire(speaker, &aim, end, note).await,
        }
    }

    fn whoami(&self, speaker: &Speaker) -> Answer {
        let channels = &self.0.channels;
        let limits = channels.limits(&speaker.channel);
        let default = channels.default_of(&speaker.channel);
        answers::whoami(speaker, &self.identify(speaker), &limits, default)
    }
}

/// The value of the label `verb`.
const fn name(command: &Command) -> &'static str {
    match command {
        Command::Help { .. } => "help",
        Command::Whoami => "whoami",
        Command::List { .. } => "list",
        Command::Get(_) => "get",
        Command::Set { .. } => "set",
        Command::Clear { .. } => "clear",
        Command::Expire { .. } => "expire",
    }
}

//! Why a command, or a press, was not carried out.

use super::noting::Outcome;
use crate::chat::command::Misread;
use crate::domain::{Json, Place};
use crate::policy::{ActionKind, Denied, Frozen, GuardUnmet};
use crate::problem::{Problem, Slug};
use crate::settings;

/// Why something was not carried out. Each has its own sentence.
#[derive(Debug)]
pub(in crate::chat) enum Trouble {
    /// It is no command.
    Misread(Misread),
    /// Nobody said where, and the channel has no default.
    NoPlace,
    /// LaunchDarkly's own paths mean something else by this user or environment.
    Ambiguous,
    /// They may not.
    Refused(Refused),
    /// Nobody writes there now.
    Frozen(Frozen),
    /// Guards ask for more.
    Guard {
        /// All that they ask for.
        unmet: Vec<GuardUnmet>,
        /// A command that brings it, where there is one.
        ready: Option<String>,
    },
    /// The press does not count.
    Unpressed(Unpressed),
    /// The value is none of the flag's variations, which are these.
    NoSuchVariation(Vec<Json>),
    /// There is no override whose end could be scheduled.
    NotOverridden,
    /// The end is not in the future.
    EndIsPast,
    /// The end lies beyond the calendar.
    EndIsTooFar,
    /// The flag is being changed by others.
    Busy,
    /// It was changed since it was shown.
    Moved,
    /// What the problem says.
    Failed(Box<Problem>),
}

/// Why somebody may not.
#[derive(Debug)]
pub(in crate::chat) enum Refused {
    /// They are in no team.
    Unmapped,
    /// There are rules for channels, and none for this one.
    UnknownChannel,
    /// The channel's rules don't let it.
    Channel(ActionKind, Place),
    /// The policy says no.
    Policy(Denied),
    /// It needs a confirmation, and no button can carry it.
    TooLong,
}

/// Why a press of a confirmation's button does not count.
#[derive(Debug)]
pub(in crate::chat) enum Unpressed {
    /// We have not made this button, or can't know any more that we have.
    NotOurs,
    /// It belongs into another channel.
    OtherChannel,
    /// It is too old.
    Late,
    /// Only who asked may decide it.
    NotTheAsker,
    /// Anybody but who asked may decide it.
    NeedsAnother,
    /// Whoever pressed may not do it.
    PresserMayNot(Refused),
    /// Who asked may not do it any more.
    AskerMayNot,
    /// It was decided before.
    Again,
    /// It was cancelled before.
    Cancelled,
    /// It was pressed before, when the flag had changed already.
    MovedBefore,
    /// Too many are decided at once to remember one more.
    Full,
}

impl Trouble {
    /// How it is counted.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Misread(_) | Self::NoPlace => Outcome::Misread,
            Self::Refused(_) | Self::Frozen(_) | Self::Guard { .. } | Self::Unpressed(_) => {
                Outcome::Refused
            }
            Self::NoSuchVariation(_)
            | Self::Ambiguous
            | Self::NotOverridden
            | Self::EndIsPast
            | Self::EndIsTooFar
            | Self::Busy
            | Self::Moved => Outcome::Mistaken,
            Self::Failed(problem) => failed(problem.slug),
        }
    }

    /// The problem behind it, for the log.
    pub(in crate::chat) fn problem(&self) -> Option<&Problem> {
        if let Self::Failed(problem) = self { Some(problem) } else { None }
    }
}

/// What is the way things are, and nobody's to mend, is no failure.
fn failed(slug: Slug) -> Outcome {
    if matches!(slug, Slug::NotFound | Slug::Conflict) {
        Outcome::Mistaken
    } else if slug == Slug::ApprovalRequired {
        Outcome::Refused
    } else {
        Outcome::Failed
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Unpressed> for Trouble {
    fn from(unpressed: Unpressed) -> Self {
        Self::Unpressed(unpressed)
    }
}

impl From<Denied> for Trouble {
    fn from(denied: Denied) -> Self {
        Self::Refused(Refused::Policy(denied))
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Failed(Box::new(problem))
    }
}

/// What HTTP says of the members of a body has words of its own here; all else is said as HTTP says it.
impl From<settings::Error> for Trouble {
    fn from(error: settings::Error) -> Self {
        match error {
            settings::Error::Frozen(frozen) => Self::Frozen(frozen),
            settings::Error::Guard(unmet) => Self::Guard { unmet: vec![unmet], ready: None },
            settings::Error::Denied(denied) => denied.into(),
            settings::Error::NoSuchVariation { valid } => Self::NoSuchVariation(valid),
            settings::Error::NotOverridden => Self::NotOverridden,
            settings::Error::EndIsPast => Self::EndIsPast,
            settings::Error::Busy => Self::Busy,
            settings::Error::Moved => Self::Moved,
            other @ (settings::Error::Upstream(_)
            | settings::Error::Unfinished(_)
            | settings::Error::Unwritable(_)
            | settings::Error::Crashed
            | settings::Error::Lost(_)) => Problem::from(other).into(),
        }
    }
}

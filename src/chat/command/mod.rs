//! The command language, one for every platform: text becomes a [`Command`], or a [`Misread`] that says what was meant.
//! No I/O, no platform's markup: that is taken off before.

use std::num::NonZeroU32;

use jiff::Timestamp;

use crate::domain::{EnvironmentKey, FlagKey, HumanDuration, Json, ProjectKey, UserKey};

/// What someone wants.
#[derive(Clone, Debug)]
pub enum Command {
    /// What there is to say, or how one verb is used.
    Help {
        /// The verb, if one was named.
        about: Option<Verb>,
    },
    /// Who am I here, and what may I do?
    Whoami,
    /// What a user gets.
    List {
        /// The user.
        user: UserKey,
        /// Where.
        place: Named,
        /// Only what is overridden.
        overridden: bool,
        /// Which page, from 1.
        page: NonZeroU32,
    },
    /// What a user gets of one flag.
    Get(Aim),
    /// Override a flag.
    Set {
        /// The flag of the user.
        aim: Aim,
        /// To what; never null.
        value: Json,
        /// How long; none for until it is cleared.
        lasts: Option<HumanDuration>,
        /// Why.
        note: Option<String>,
    },
    /// Take an override away.
    Clear {
        /// The flag of the user.
        aim: Aim,
        /// Why.
        note: Option<String>,
    },
    /// Change when an override ends.
    Expire {
        /// The flag of the user.
        aim: Aim,
        /// When.
        end: NewEnd,
        /// Why.
        note: Option<String>,
    },
}

/// One flag of one user, and where, as far as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The flag.
    pub flag: FlagKey,
    /// The user.
    pub user: UserKey,
    /// Where.
    pub place: Named,
}

/// A project and an environment, as far as they were named; the channel may know the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// `-p`.
    pub project: Option<ProjectKey>,
    /// `-e`.
    pub environment: Option<EnvironmentKey>,
}

/// When an override shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewEnd {
    /// After this long: `--in 2h`.
    In(HumanDuration),
    /// At this moment: `--at 2026-12-01T10:00:00Z`.
    At(Timestamp),
    /// Never: `--never`.
    Never,
}

/// The verbs, as one types them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its own name; the grammar says what it does")]
pub enum Verb {
    Help,
    Whoami,
    List,
    Get,
    Set,
    On,
    Off,
    Clear,
    Expire,
}

/// A text that is no command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// What is wrong, in a sentence; it repeats no more of the text than a word.
    pub detail: String,
    /// The nearest commands that would be understood, best first, without the command's own name; at most three.
    pub nearest: Vec<String>,
    /// How the verb is used, if it is known which is meant.
    pub usage: Option<String>,
}

//! The command language, one for every platform: text becomes a [`Command`], or a [`Misread`] that says what was meant.
//! No I/O, no platform's markup: that is taken off before.
//!
//! ```text
//! text  →  lexer (words, options)  →  said (which verb, what belongs to it)  →  read (keys, values, ends)  →  Command
//! ```
//!
//! `grammar` is the one table: what is parsed, usage lines, [`help`] and suggestions are all made from it.
//!
//! One rule decides every doubt: a command never means something else than what a person sees in it. Where it could
//! (`True`, `01`, a curly apostrophe in a key, a character that nobody sees), it is refused, and the nearest commands that
//! leave no doubt are suggested. Every suggestion is a command that would be understood.
//!
//! [`Command::text`] spells a command in its one canonical way, which is read as the same command again.

mod aim;
mod fault;
mod fixes;
mod grammar;
mod help;
mod lexer;
mod options;
mod parse;
mod read;
mod said;
mod spell;
mod suggest;
mod surplus;
mod terms;
#[cfg(test)]
mod tests;
mod unseen;
mod user;
mod value;
mod verb;
mod word;

use std::num::NonZeroU32;

use crate::domain::{HumanDuration, Json, UserKey};

pub use aim::{Aim, Named, NewEnd};
pub use help::help;
pub use parse::parse;
pub use verb::Verb;

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

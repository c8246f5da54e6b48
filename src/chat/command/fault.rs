//! What is wrong with a text, on its way to becoming a [`Misread`](super::Misread).

use super::unseen::must_be_escaped;
use super::verb::Verb;

/// The longest word of the asker's that a sentence repeats, in characters.
const MOST_SHOWN: usize = 24;

/// Why a word is not what it should be, and what could stand instead of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    /// In a sentence without its end.
    pub(super) detail: String,
    /// Words as they would be typed, best first.
    pub(super) instead: Vec<String>,
}

impl Doubt {
    pub(super) fn new(detail: impl Into<String>, instead: Vec<String>) -> Self {
        Self { detail: detail.into(), instead }
    }
}

/// Why a text is no command, and which texts might have been meant. Not all of these need be commands.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) detail: String,
    pub(super) verb: Option<Verb>,
    pub(super) fixes: Vec<String>,
}

impl Fault {
    pub(super) fn new(detail: impl Into<String>, verb: Option<Verb>, fixes: Vec<String>) -> Self {
        Self { detail: detail.into(), verb, fixes }
    }
}

/// A word of the asker's as a sentence repeats it: short, and every character to be seen.
pub(super) fn shown(word: &str) -> String {
    let mut shown = String::from("`");
    for (n, c) in word.chars().enumerate() {
        if n == MOST_SHOWN {
            shown.push('…');
            break;
        }
        match c {
            '`' => shown.push('\''),
            c if must_be_escaped(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown.push('`');
    shown
}

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
    /// Whether the word is the placeholder of a template.
    pub(super) is_gap: bool,
}

impl Doubt {
    pub(super) fn new(detail: impl Into<String>, instead: Vec<String>) -> Self {
        Self { detail: detail.into(), instead, is_gap: false }
    }

    /// The doubt of a placeholder that nobody has put anything in the place of; `what` it stands for.
    pub(super) fn gap(what: &str, word: &str) -> Self {
        let detail = format!("put {what} in the place of {}", shown(word));
        Self { detail, instead: Vec::new(), is_gap: true }
    }
}

/// Why a text is no command, and which texts might have been meant. Not all of these need be commands.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) detail: String,
    pub(super) verb: Option<Verb>,
    pub(super) fixes: Vec<String>,
    /// The text itself, if nothing is wrong with it but that it is a template whose gaps are not filled.
    pub(super) template: Option<String>,
}

impl Fault {
    pub(super) fn new(detail: impl Into<String>, verb: Option<Verb>, fixes: Vec<String>) -> Self {
        Self { detail: detail.into(), verb, fixes, template: None }
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

//! What was done.

use super::in_channel;
use super::words::line;
use crate::chat::answer::{Answer, Line};
use crate::chat::wish::{Act, Wish};
use crate::settings::views::StateView;

/// The most characters of a value in the middle of a sentence; it stands in full below it.
const IN_A_SENTENCE: usize = 80;

/// What a write did.
#[derive(Debug)]
pub(in crate::chat) struct Done<'a> {
    /// What was wanted.
    pub(in crate::chat) wish: &'a Wish,
    /// Whoever wanted it, by their id in the platform's markup.
    pub(in crate::chat) by: &'a str,
    /// Whoever confirmed it, where that was somebody else.
    pub(in crate::chat) confirmed_by: Option<&'a str>,
    pub(in crate::chat) operation: &'a str,
    pub(in crate::chat) before: &'a StateView,
    pub(in crate::chat) after: &'a StateView,
}

/// The receipt.
pub(in crate::chat) fn receipt(done: &Done<'_>) -> Answer {
    let wish = done.wish;
    let first = past(line().person(done.by).text(" "), wish).text(".");
    let mut lines = vec![
        first,
        line().strong("Before: ").state(done.before),
        line().strong("Now: ").state(done.after),
    ];
    if let Some(note) = &wish.note {
        lines.push(line().strong("Why: ").said(note));
    }
    if let Some(second) = done.confirmed_by {
        lines.push(line().strong("Confirmed by: ").person(second));
    }
    lines.push(line().text("Operation ").code(done.operation));
    in_channel(format!("Done: {}", in_few_words(wish)), lines)
}

/// What was wanted, after "wants to".
pub(super) fn wanted(start: Line, wish: &Wish) -> Line {
    match &wish.act {
        Act::Set { value, end } => start
            .text("set ")
            .target(&wish.target)
            .text(" to ")
            .value(value.as_str(), IN_A_SENTENCE)
            .text(" ")
            .until(*end),
        Act::Clear => start.text("clear the override of ").target(&wish.target),
        Act::Schedule(Some(end)) => {
            start.text("end the override of ").target(&wish.target).text(" at ").time(*end)
        }
        Act::Schedule(None) => {
            start.text("keep the override of ").target(&wish.target).text(" until it is cleared")
        }
    }
}

/// What was done, after who did it.
fn past(start: Line, wish: &Wish) -> Line {
    match &wish.act {
        // Its past is spelled alike.
        Act::Set { .. } => wanted(start, wish),
        Act::Clear => start.text("cleared the override of ").target(&wish.target),
        Act::Schedule(Some(end)) => {
            start.text("made the override of ").target(&wish.target).text(" end at ").time(*end)
        }
        Act::Schedule(None) => {
            start.text("took away the end of the override of ").target(&wish.target)
        }
    }
}

/// What was wanted, in our own words and keys that are not a user's.
pub(super) fn in_few_words(wish: &Wish) -> String {
    let place = &wish.target.user.place;
    let does = match wish.act {
        Act::Set { .. } => "set",
        Act::Clear => "clear",
        Act::Schedule(Some(_)) => "change the end of",
        Act::Schedule(None) => "take away the end of",
    };
    format!("{does} {} in {}/{}", wish.target.flag, place.project, place.environment)
}

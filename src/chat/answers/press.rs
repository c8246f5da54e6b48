//! What becomes of a question that was decided.

use super::in_channel;
use super::receipt::{in_few_words, wanted};
use super::trouble::lines_of;
use super::words::line;
use crate::chat::answer::Answer;
use crate::chat::confirmation::Confirmation;
use crate::chat::desk::Trouble;
use crate::chat::speaker::Speaker;

/// Somebody pressed Cancel.
pub(in crate::chat) fn cancelled(asked: &Confirmation, by: &Speaker) -> Answer {
    let start = line().person(&by.person).text(" cancelled it: ").person(&asked.asker.person);
    let lines = vec![
        wanted(start.text(" wanted to "), &asked.wish).text("."),
        line().text("Nothing was done."),
    ];
    in_channel(format!("Cancelled: {}", in_few_words(&asked.wish)), lines)
}

/// Somebody confirmed it, and then it could not be done, or nobody knows whether it was.
pub(in crate::chat) fn not_done(asked: &Confirmation, by: &Speaker, trouble: &Trouble) -> Answer {
    let start = line().person(&asked.asker.person).text(" wanted to ");
    let mut lines = vec![wanted(start, &asked.wish).text(".")];
    if !asked.asker.is(by) {
        lines.push(line().strong("Confirmed by: ").person(&by.person));
    }
    lines.extend(lines_of(by, trouble));
    in_channel(format!("It did not go well: {}", in_few_words(&asked.wish)), lines)
}

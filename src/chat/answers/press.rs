//! What becomes of a question that was decided.

use super::in_channel;
use super::receipt::{in_few_words, wanted};
use super::trouble::lines_of;
use super::words::line;
use crate::chat::answer::Answer;
use crate::chat::confirmation::Confirmation;
use crate::chat::desk::{About, Trouble, Unpressed};
use crate::chat::speaker::Speaker;
use crate::settings::views::Applied;

/// Somebody pressed Cancel.
pub(in crate::chat) fn cancelled(asked: &Confirmation, by: &Speaker) -> Answer {
    let start = line().person(&by.person).text(" cancelled it: ").person(&asked.asker.person);
    let lines = vec![
        wanted(start.text(" wanted to "), &asked.wish).text("."),
        line().text("Nothing was done."),
    ];
    in_channel(format!("Cancelled: {}", in_few_words(&asked.wish)), lines)
}

/// It is over: too old, or its asker may not do it any more; or somebody confirmed it, and then it could not be done, or
/// nobody knows whether it was.
pub(in crate::chat) fn not_done(asked: &Confirmation, by: &Speaker, trouble: &Trouble) -> Answer {
    let start = line().person(&asked.asker.person).text(" wanted to ");
    let mut lines = vec![wanted(start, &asked.wish).text(".")];
    let is_confirmed = !matches!(trouble, Trouble::Unpressed(_));
    if is_confirmed && !asked.asker.is(by) {
        lines.push(line().strong("Confirmed by: ").person(&by.person));
    }
    lines.extend(lines_of(by, Some(&About::asked(asked)), trouble));
    in_channel(format!("{}: {}", became(trouble), in_few_words(&asked.wish)), lines)
}

/// What became of it, in a few words.
fn became(trouble: &Trouble) -> &'static str {
    if matches!(trouble, Trouble::Unpressed(Unpressed::Late)) {
        return "Expired";
    }
    let progress = trouble.problem().and_then(|problem| problem.progress.as_ref());
    match progress.map(|progress| progress.applied) {
        None | Some(Applied::No) => "Not done",
        Some(Applied::Partly) => "Done in part",
        Some(Applied::Yes) => "Done",
        Some(Applied::Unknown) => "Perhaps done",
    }
}

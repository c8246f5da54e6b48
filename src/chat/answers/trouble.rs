//! What is said where something was not carried out.

use super::misread::misread;
use super::only_asker;
use super::problems::failed;
use super::refusals::refused;
use super::words::{line, says, values};
use crate::chat::answer::{Answer, Line};
use crate::chat::desk::{Trouble, Unpressed};
use crate::chat::speaker::Speaker;
use crate::policy::GuardUnmet;

/// The most variations that are listed.
const MOST_LISTED: usize = 20;

/// The answer, for whoever asked or pressed alone.
pub(in crate::chat) fn trouble(speaker: &Speaker, trouble: &Trouble) -> Answer {
    let summary = match trouble {
        Trouble::Misread(_) | Trouble::NoPlace => "Flagward did not understand",
        Trouble::Refused(_) | Trouble::Guard(_) => "Flagward may not do this",
        Trouble::Unpressed(_) => "The button did nothing",
        Trouble::NoSuchVariation(_)
        | Trouble::Ambiguous
        | Trouble::NotOverridden
        | Trouble::EndIsPast
        | Trouble::EndIsTooFar
        | Trouble::Busy
        | Trouble::Moved
        | Trouble::Failed(_) => "It did not go well",
    };
    only_asker(summary, lines_of(speaker, trouble))
}

/// What was wrong, and what to do.
pub(super) fn lines_of(speaker: &Speaker, trouble: &Trouble) -> Vec<Line> {
    match trouble {
        Trouble::Misread(text) => misread(speaker, text),
        Trouble::NoPlace => vec![
            line()
                .text("In which project and environment? Add ")
                .code("-p PROJECT -e ENVIRONMENT")
                .text("."),
            says("Flagward's operators can give this channel a default, so that you need not."),
        ],
        Trouble::Ambiguous => vec![says(
            "LaunchDarkly's own paths mean something else by this user or environment, so Flagward can't ask it about them.",
        )],
        Trouble::Refused(why) => refused(speaker, why),
        Trouble::Guard(unmet) => vec![guard(unmet)],
        Trouble::Unpressed(why) => unpressed(speaker, why),
        Trouble::NoSuchVariation(valid) => {
            let line = line().text("The flag has no such value, so nothing was done. It has: ");
            vec![values(line, valid, MOST_LISTED).text(".")]
        }
        Trouble::NotOverridden => vec![
            line()
                .text("There is no override that could end. Set one, and its end with it: ")
                .command(speaker, "set FLAG VALUE USER --for 2h"),
        ],
        Trouble::EndIsPast => {
            vec![says("The end is not in the future, so nothing was done. Give a later one.")]
        }
        Trouble::EndIsTooFar => {
            vec![says(
                "The end lies beyond the calendar, so nothing was done. Give an earlier one.",
            )]
        }
        Trouble::Busy => vec![says(
            "Other changes of this flag are under way, so nothing was done. Try again in a moment.",
        )],
        Trouble::Moved => vec![says(
            "The override, or its end, was changed since you were asked, so your press did nothing. Look at the flag, and ask again if it is still needed.",
        )],
        Trouble::Failed(problem) => failed(speaker, problem),
    }
}

/// What HTTP asks for in members of a body is asked for in options here.
fn guard(unmet: &GuardUnmet) -> Line {
    let most = unmet.longest().unwrap_or_default();
    let nothing = "Nothing was done: ";
    match unmet {
        GuardUnmet::Comment => line()
            .text(nothing)
            .text("here one has to say why. Add ")
            .code("--note \"why\"")
            .text("."),
        GuardUnmet::NoEnd(_) => line()
            .text(nothing)
            .text(format!("here an override has to end, after {most} at most. Add "))
            .code(&format!("--for {most}"))
            .text(" or less."),
        GuardUnmet::TooLong(_) => line()
            .text(nothing)
            .text(format!("here an override may last {most} at most. Choose an earlier end.")),
        GuardUnmet::Endless(_) => line()
            .text(nothing)
            .text(format!(
                "here an override may last {most} at most, so its end can't be taken away. Clear the override, or move its end with "
            ))
            .code("--in")
            .text("."),
    }
}

fn unpressed(speaker: &Speaker, why: &Unpressed) -> Vec<Line> {
    let one = |words: &str| vec![says(words)];
    match why {
        Unpressed::NotOurs => one(
            "This button is not good any more: Flagward can't tell that it is its own. Ask again.",
        ),
        Unpressed::OtherChannel => {
            one("This button belongs into another channel, so pressing it here does nothing.")
        }
        Unpressed::Late => one(
            "This is more than ten minutes old, so the press came too late and did nothing. Ask again if it is still needed.",
        ),
        Unpressed::NotTheAsker => {
            one("Only who asked for this can confirm or cancel it. Your press did nothing.")
        }
        Unpressed::NeedsAnother => one(
            "Here a second person has to agree: somebody else than you has to press Confirm. You can cancel it.",
        ),
        Unpressed::PresserMayNot(refusal) => {
            let mut lines = one(
                "Only somebody who may do this themselves can agree to it. Your press did nothing.",
            );
            lines.extend(refused(speaker, refusal));
            lines
        }
        Unpressed::AskerMayNot => one(
            "Who asked for this may not do it any more: the policy, or this channel's rules, changed since. Nothing was done.",
        ),
        Unpressed::Again => one(
            "Somebody has pressed this before, and it is done only once. Look at the flag to see what holds now.",
        ),
        Unpressed::Cancelled => one("This was cancelled before. Ask again if it is still needed."),
        Unpressed::Full => one(
            "Too many confirmations are being given at once, so your press did nothing. Press again in a minute.",
        ),
    }
}

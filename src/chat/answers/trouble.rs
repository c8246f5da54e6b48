//! What is said where something was not carried out.

use super::misread::misread;
use super::only_asker;
use super::problems::failed;
use super::refusals::{refused, sentence};
use super::words::{line, says, values};
use crate::chat::answer::{Answer, Line};
use crate::chat::desk::{About, Refused, Trouble, Unpressed};
use crate::chat::speaker::Speaker;
use crate::domain::Place;
use crate::policy::{Frozen, GuardUnmet};

/// The most variations that are listed.
const MOST_LISTED: usize = 20;

/// The answer, for whoever asked or pressed alone.
pub(in crate::chat) fn trouble(
    speaker: &Speaker,
    about: Option<&About>,
    trouble: &Trouble,
) -> Answer {
    let (title, lines) = (title(trouble), lines_of(speaker, about, trouble));
    match about.filter(|_| needs_subject(trouble)) {
        Some(about) => only_asker(format!("{}: {title}", in_few_words(about)), put(about, lines)),
        None => only_asker(title, lines),
    }
}

/// What was wrong, in a few words.
pub(super) fn title(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Misread(_) | Trouble::NoPlace => "Flagward did not understand",
        Trouble::Refused(_) => "Flagward may not do this",
        Trouble::Frozen(_) => "Changes are frozen here",
        Trouble::Guard { .. } => "A guard asks for more",
        Trouble::Unpressed(_) => "The button did nothing",
        Trouble::NoSuchVariation(_) => "The flag has no such value",
        Trouble::Ambiguous => "LaunchDarkly can't be asked about it",
        Trouble::NotOverridden => "There is no override that could end",
        Trouble::EndIsPast => "The end is not in the future",
        Trouble::EndIsTooFar => "The end is too far away",
        Trouble::Busy => "Others are changing the flag",
        Trouble::Moved => "It was changed meanwhile",
        Trouble::Failed(problem) => problem.slug.title(),
    }
}

/// Whether it has to be said what it is about. What comes at once, and what names it, need not.
fn needs_subject(trouble: &Trouble) -> bool {
    if let Trouble::Refused(why) = trouble {
        return matches!(why, Refused::TooLong);
    }
    !matches!(trouble, Trouble::Misread(_) | Trouble::NoPlace | Trouble::Unpressed(_))
}

/// What a command is about, without a user.
fn in_few_words(about: &About) -> String {
    let Place { project, environment } = &about.user.place;
    let flag = about.flag.as_ref().map(|flag| format!(" {flag}")).unwrap_or_default();
    format!("{}{flag} in {project}/{environment}", about.verb)
}

/// `get FLAG` for `USER` in `PROJECT/ENVIRONMENT`, before the first of the lines.
fn put(about: &About, lines: Vec<Line>) -> Vec<Line> {
    let flag = about.flag.as_ref().map(|flag| format!(" {flag}")).unwrap_or_default();
    let start = line().code(&format!("{}{flag}", about.verb)).text(" for ").user(&about.user);
    let mut lines = lines.into_iter();
    let first = lines.next().unwrap_or_default();
    let first = Line([start.text(": ").0, first.0].concat());
    std::iter::once(first).chain(lines).collect()
}

/// What was wrong, and what to do.
pub(super) fn lines_of(speaker: &Speaker, about: Option<&About>, trouble: &Trouble) -> Vec<Line> {
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
        Trouble::Frozen(why) => vec![frozen(why)],
        Trouble::Guard { unmet, ready } => guards(speaker, unmet, ready.as_deref()),
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
        Trouble::Failed(problem) => failed(speaker, about, problem),
    }
}

/// Nobody writes there now, in whose words, and until when.
fn frozen(frozen: &Frozen) -> Line {
    let line = line().text("Nothing was done: changes are frozen here ");
    let line = match frozen.until() {
        Some(until) => line.text("until ").time(until),
        None => line.text("until further notice"),
    };
    line.text(". Why: ").said(&sentence(frozen.reason())).text(" You can still look.")
}

/// What HTTP asks for in members of a body is asked for in options here.
fn guards(speaker: &Speaker, unmet: &[GuardUnmet], ready: Option<&str>) -> Vec<Line> {
    let starts = std::iter::once("Nothing was done: ").chain(std::iter::repeat("And "));
    let mut lines: Vec<_> = starts.zip(unmet).map(|(start, unmet)| guard(start, unmet)).collect();
    if let Some(ready) = ready {
        let words = if unmet.contains(&GuardUnmet::Comment) {
            "To paste, with your reason between the quotes: "
        } else {
            "To paste: "
        };
        lines.push(line().text(words).command(speaker, ready));
    }
    lines
}

fn guard(nothing: &str, unmet: &GuardUnmet) -> Line {
    let most = unmet.longest().unwrap_or_default();
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
            "Here a second person has to agree: somebody other than you has to press Confirm. Who asked can cancel it.",
        ),
        Unpressed::PresserMayNot(refusal) => {
            let mut lines = one(
                "Only somebody who may do this themselves can decide it. Your press did nothing.",
            );
            lines.extend(refused(speaker, refusal));
            lines
        }
        Unpressed::AskerMayNot => one(
            "Who asked for this may not do it any more: the policy, or this channel's rules, changed since. Nothing was done.",
        ),
        Unpressed::Again => one(
            "This was confirmed already, and it is done only once. The message says what came of it, or soon will.",
        ),
        Unpressed::Cancelled => one("This was cancelled before. Ask again if it is still needed."),
        Unpressed::MovedBefore => one(
            "This was confirmed already, when the flag had changed since it was asked, so nothing was done then. Look at the flag, and ask again if it is still needed.",
        ),
        Unpressed::Full => one(
            "Too many confirmations are being given at once, so your press did nothing. Press again in a minute.",
        ),
    }
}

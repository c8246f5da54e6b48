//! What guards ask, told all at once, with a command that brings it along.

use jiff::{SignedDuration, Timestamp};

use super::Trouble;
use crate::chat::command::{Command, NewEnd};
use crate::chat::wish::{Act, Wish};
use crate::domain::{HumanDuration, says_something};
use crate::policy::{GuardUnmet, Guards};

/// The longest command that is offered to be pasted, in characters.
const LONGEST: usize = 300;
/// A note whose words are yet to come. As it stands it satisfies no guard.
const NOTE: &str = " --note \"\"";

/// `trouble`, with whatever else `guards` ask of the wish where it is that they ask for more.
pub(super) fn whole(trouble: Trouble, guards: Guards, wish: &Wish, now: Timestamp) -> Trouble {
    let Trouble::Guard { unmet: first, ready } = trouble else {
        return trouble;
    };
    let mut unmet = unmet(guards, wish, now);
    unmet.extend(first.into_iter().filter(|one| !unmet.contains(one)).collect::<Vec<_>>());
    Trouble::Guard { unmet, ready }
}

/// What can be told of the wish alone, without the state of the flag.
fn unmet(guards: Guards, wish: &Wish, now: Timestamp) -> Vec<GuardUnmet> {
    let says_why = wish.note.as_deref().is_some_and(says_something);
    let comment = (guards.require_comment && !says_why).then_some(GuardUnmet::Comment);
    let end = guards.max_override.and_then(|most| {
        let latest = SignedDuration::try_from(most).ok().and_then(|d| now.checked_add(d).ok());
        match wish.act {
            Act::Set { end: None, .. } => Some(GuardUnmet::NoEnd(most)),
            Act::Set { end: Some(at), .. } | Act::Schedule(Some(at)) => {
                latest.is_some_and(|latest| at > latest).then_some(GuardUnmet::TooLong(most))
            }
            Act::Clear | Act::Schedule(None) => None,
        }
    });
    comment.into_iter().chain(end).collect()
}

/// `command` with what is asked for; only the words of the note are left to whoever says it. None where no option would do,
/// or where it is too long to be pasted.
pub(super) fn ready(command: &Command, unmet: &[GuardUnmet]) -> Option<String> {
    let mut command = command.clone();
    let mut wants_note = false;
    for one in unmet {
        let longest = || one.longest()?.parse::<HumanDuration>().ok();
        match (one, &mut command) {
            (
                GuardUnmet::Comment,
                Command::Set { note, .. }
                | Command::Clear { note, .. }
                | Command::Expire { note, .. },
            ) => {
                *note = None;
                wants_note = true;
            }
            (GuardUnmet::NoEnd(_) | GuardUnmet::TooLong(_), Command::Set { lasts, .. }) => {
                *lasts = Some(longest()?);
            }
            (GuardUnmet::NoEnd(_) | GuardUnmet::TooLong(_), Command::Expire { end, .. }) => {
                *end = NewEnd::In(longest()?);
            }
            _ => return None,
        }
    }
    let text = format!("{}{}", command.text(), if wants_note { NOTE } else { "" });
    (text.chars().count() <= LONGEST).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::chat::command::parse;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn what_is_ready_brings_all_but_the_words() {
        for (typed, unmet, expected) in [
            (
                "on f u -p a -e b",
                vec![GuardUnmet::Comment, GuardUnmet::NoEnd(DAY)],
                Some("set f true u -p a -e b --for 1d --note \"\""),
            ),
            (
                "on f u --for 48h --note x",
                vec![GuardUnmet::TooLong(DAY)],
                Some("set f true u --for 1d --note \"x\""),
            ),
            ("clear f u", vec![GuardUnmet::Comment], Some("clear f u --note \"\"")),
            ("expire f u --in 48h", vec![GuardUnmet::TooLong(DAY)], Some("expire f u --in 1d")),
            ("expire f u --never", vec![GuardUnmet::Endless(DAY)], None),
        ] {
            let command = parse(typed).unwrap();
            assert_eq!(ready(&command, &unmet).as_deref(), expected, "{typed}");
        }
    }
}

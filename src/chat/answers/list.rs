//! What a user gets of all flags, ten at a time.

use std::num::NonZeroU32;

use serde::Deserialize;

use super::flag::FlagBody;
use super::only_asker;
use super::words::{line, says};
use crate::chat::answer::{Answer, Button, Says, Style};
use crate::chat::command::{Command, Named};
use crate::domain::{Place, UserTarget};

/// How many flags a page has: what a phone shows without much scrolling.
const ON_A_PAGE: usize = 10;
/// The longest text that a button may carry, in characters.
const LONGEST: usize = 2_000;

/// A list of flag settings of `/v1`.
#[derive(Debug, Deserialize)]
pub(in crate::chat) struct ListBody<'a> {
    #[serde(borrow)]
    flags: Vec<FlagBody<'a>>,
}

/// Which part of the list, of whom.
#[derive(Clone, Debug)]
pub(in crate::chat) struct Wanted {
    pub(in crate::chat) user: UserTarget,
    pub(in crate::chat) overridden: bool,
    pub(in crate::chat) page: NonZeroU32,
}

impl Wanted {
    /// The command that asks for another page of the same. It names the place, whatever the channel's default is by then.
    fn command(&self, page: usize) -> Option<String> {
        let Place { project, environment } = self.user.place.clone();
        let command = Command::List {
            user: self.user.user.clone(),
            place: Named { project: Some(project), environment: Some(environment) },
            overridden: self.overridden,
            page: u32::try_from(page).ok().and_then(NonZeroU32::new)?,
        };
        Some(command.text()).filter(|text| text.chars().count() <= LONGEST)
    }

    fn button(&self, label: &str, page: usize) -> Option<Button> {
        let says = Says::Show(self.command(page)?);
        Some(Button { label: label.to_owned(), style: Style::Plain, says })
    }
}

/// The answer to `list`. A page beyond the last is the last.
pub(in crate::chat) fn list(wanted: &Wanted, body: &ListBody<'_>) -> Answer {
    let total = body.flags.len();
    let pages = total.div_ceil(ON_A_PAGE).max(1);
    let page = usize::try_from(wanted.page.get()).unwrap_or(usize::MAX).min(pages);
    let kind = if wanted.overridden { "overridden flags" } else { "flags" };
    let of = &wanted.user.place;
    let summary = format!("{total} {kind} in {}/{}", of.project, of.environment);
    if total == 0 {
        let none = line().user(&wanted.user).text(if wanted.overridden {
            ": nothing is overridden that you may read."
        } else {
            ": there are no flags that you may read."
        });
        return only_asker(summary, vec![none]);
    }
    let mut head = line().user(&wanted.user).text(format!(": {total} {kind}"));
    if pages > 1 {
        head = head.text(format!(", page {page} of {pages}"));
    }
    let shown = body.flags.iter().skip((page - 1) * ON_A_PAGE).take(ON_A_PAGE);
    let mut lines = vec![head];
    lines.extend(shown.map(FlagBody::in_short));
    let previous = (page > 1).then(|| wanted.button("Previous", page - 1)).flatten();
    let next = (page < pages).then(|| wanted.button("Next", page + 1)).flatten();
    if pages > 1 && previous.is_none() && next.is_none() {
        lines.push(says("Add --page to see more."));
    }
    let buttons = previous.into_iter().chain(next).collect();
    Answer { buttons, ..only_asker(summary, lines) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::answer::Span;

    fn body(count: usize) -> String {
        let one = |n| {
            format!(
                r#"{{"project":"shop","environment":"test","user":"u","flag":"f{n:03}","value":{n},"setting":null,"overridden":false,"reason":{{"kind":"OFF"}},"expires_at":null}}"#
            )
        };
        format!(r#"{{"flags":[{}]}}"#, (0..count).map(one).collect::<Vec<_>>().join(","))
    }

    fn answer(count: usize, page: u32, user: &str) -> Answer {
        let place =
            Place { project: "shop".parse().unwrap(), environment: "test".parse().unwrap() };
        let user = UserTarget { place, user: user.parse().unwrap() };
        let page = NonZeroU32::new(page).unwrap();
        let wanted = Wanted { user, overridden: false, page };
        list(&wanted, &serde_json::from_str(&body(count)).unwrap())
    }

    fn flags(answer: &Answer) -> Vec<String> {
        let first = |line: &crate::chat::answer::Line| match line.0.first() {
            Some(Span::Code(code)) => code.clone(),
            other => panic!("{other:?}"),
        };
        answer.lines.iter().skip(1).map(first).collect()
    }

    fn labels(answer: &Answer) -> Vec<&str> {
        answer.buttons.iter().map(|button| button.label.as_str()).collect()
    }

    #[test]
    fn pages_have_ten_flags_and_buttons_to_their_neighbours() {
        let first = answer(21, 1, "u");
        assert_eq!(flags(&first).len(), 10);
        assert_eq!(labels(&first), ["Next"]);
        let second = answer(21, 2, "u");
        assert_eq!(flags(&second).first().unwrap(), "f010");
        assert_eq!(labels(&second), ["Previous", "Next"]);
        let third = answer(21, 3, "u");
        assert_eq!(flags(&third), ["f020"]);
        assert_eq!(labels(&third), ["Previous"]);
        assert_eq!(answer(21, 4_000_000_000, "u"), third, "beyond the last is the last");
        assert_eq!(labels(&answer(10, 1, "u")), Vec::<&str>::new());
        assert_eq!(answer(0, 1, "u").lines.len(), 1);
    }

    #[test]
    fn a_button_says_the_command_that_it_stands_for() {
        let first = answer(11, 1, "u");
        let [Button { says: Says::Show(command), .. }] = first.buttons.as_slice() else {
            panic!("{first:?}");
        };
        let read = crate::chat::command::parse(command).unwrap();
        let Command::List { page, place, .. } = read else { panic!("{read:?}") };
        assert_eq!(page.get(), 2);
        assert_eq!(place.project, "shop".parse().ok());
        assert_eq!(place.environment, "test".parse().ok());
    }

    #[test]
    fn the_largest_page_of_the_longest_keys_still_fits() {
        let answer = answer(30, 2, &"ü".repeat(512));
        let texts = |span: &Span| match span {
            Span::Text(text) | Span::Strong(text) | Span::Code(text) => text.chars().count(),
            Span::Time(_) | Span::Person(_) => 0,
        };
        let total: usize = answer.lines.iter().flat_map(|line| &line.0).map(texts).sum();
        assert!(total < 12_000);
        assert!(!answer.summary.contains('ü'), "a user is not in the summary");
    }
}

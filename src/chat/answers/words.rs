//! Lines, span by span. Our own words are `text` and `strong`; what others wrote (values, users, notes, patterns,
//! `LaunchDarkly`'s messages) goes through `code`, `value` and `said`, which show what hides in it.

use jiff::Timestamp;

use crate::chat::answer::{Line, Span};
use crate::chat::speaker::Speaker;
use crate::domain::{FlagTarget, Json, Place, UserTarget, visible};
use crate::settings::views::StateView;

/// The most characters of a value, a user or a note that are shown where there is room.
const MOST_SHOWN: usize = 300;
/// The most characters of a sentence of somebody else: as many as we keep of LaunchDarkly's.
const MOST_SAID: usize = 500;

/// A line without words.
pub(super) fn line() -> Line {
    Line::default()
}

/// A line of our own words alone.
pub(super) fn says(words: impl Into<String>) -> Line {
    line().text(words)
}

impl Line {
    /// Our own words.
    pub(super) fn text(self, words: impl Into<String>) -> Self {
        self.and(Span::Text(words.into()))
    }

    /// Our own words that stand out.
    pub(super) fn strong(self, words: impl Into<String>) -> Self {
        self.and(Span::Strong(words.into()))
    }

    /// What is to be read letter by letter, whoever wrote it.
    pub(super) fn code(self, text: &str) -> Self {
        self.cut(text, MOST_SHOWN, Span::Code)
    }

    /// Somebody else's words.
    pub(super) fn said(self, words: &str) -> Self {
        self.cut(words, MOST_SAID, Span::Text)
    }

    /// A value, as far as there is room for it.
    pub(super) fn value(self, value: &str, most: usize) -> Self {
        self.cut(value, most, Span::Code)
    }

    /// What one types to say `command`.
    pub(super) fn command(self, speaker: &Speaker, command: &str) -> Self {
        self.and(Span::Code(visible(&format!("{} {command}", speaker.command))))
    }

    pub(super) fn time(self, at: Timestamp) -> Self {
        self.and(Span::Time(at))
    }

    pub(super) fn person(self, id: &str) -> Self {
        self.and(Span::Person(id.to_owned()))
    }

    /// `PROJECT/ENVIRONMENT`.
    pub(super) fn place(self, place: &Place) -> Self {
        self.code(&format!("{}/{}", place.project, place.environment))
    }

    /// `USER` in `PROJECT/ENVIRONMENT`.
    pub(super) fn user(self, user: &UserTarget) -> Self {
        self.code(user.user.as_str()).text(" in ").place(&user.place)
    }

    /// `FLAG` for `USER` in `PROJECT/ENVIRONMENT`.
    pub(super) fn target(self, target: &FlagTarget) -> Self {
        self.code(target.flag.as_str()).text(" for ").user(&target.user)
    }

    /// Until when.
    pub(super) fn until(self, end: Option<Timestamp>) -> Self {
        match end {
            Some(end) => self.text("until ").time(end),
            None => self.text("until it is cleared"),
        }
    }

    /// An override and its end.
    pub(super) fn state(self, state: &StateView) -> Self {
        match &state.setting {
            Some(setting) => {
                self.value(setting.as_str(), MOST_SHOWN).text(", ").until(state.expires_at)
            }
            None => self.text("no override"),
        }
    }

    fn and(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }

    /// As much of `text` as `most` characters show, the sign of a cut among them, and how long the whole is.
    fn cut(self, text: &str, most: usize, span: impl FnOnce(String) -> Span) -> Self {
        let head: String = text.chars().take(most).collect();
        let mut shown: String = visible(&head);
        let whole = head.len() == text.len() && shown.chars().count() <= most;
        if whole {
            return self.and(span(shown));
        }
        let room = shown.char_indices().nth(most.saturating_sub(1)).map(|(at, _)| at);
        shown.truncate(room.unwrap_or(shown.len()));
        shown.push('…');
        let length = text.chars().count();
        self.and(span(shown)).text(format!(" (cut: it has {length} characters)"))
    }
}

/// Values side by side, the first few of many.
pub(super) fn values(mut all: Line, values: &[Json], most: usize) -> Line {
    for (n, value) in values.iter().take(most).enumerate() {
        all = if n == 0 { all } else { all.text(", ") };
        all = all.value(value.as_str(), 80);
    }
    if values.len() > most { all.text(" and more") } else { all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_at_a_character_and_says_so() {
        let long = "ü".repeat(301);
        let shown = format!("{}…", "ü".repeat(299));
        let told = " (cut: it has 301 characters)";
        assert_eq!(line().code(&long), Line(vec![Span::Code(shown), Span::Text(told.to_owned())]));
        let fits = "ü".repeat(300);
        assert_eq!(line().code(&fits), Line(vec![Span::Code(fits)]));
    }

    #[test]
    fn what_hides_is_seen_and_takes_the_room_that_it_needs() {
        let hidden = "\u{202e}".repeat(100);
        let Line(spans) = line().code(&hidden);
        let [Span::Code(shown), Span::Text(told)] = spans.as_slice() else { panic!("{spans:?}") };
        assert_eq!(shown.chars().count(), 300);
        assert!(shown.starts_with("\\u{202e}\\u{202e}"));
        assert_eq!(told, " (cut: it has 100 characters)");
    }
}

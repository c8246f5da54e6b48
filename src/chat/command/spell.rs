//! How things are spelled so that they are read as the same again, and so that each character is seen.

use std::fmt::Write as _;

use crate::domain::{HumanDuration, Json};

use super::options::Opt;
use super::unseen::must_be_escaped;
use super::user::is_reserved;
use super::{Aim, Command, Named, NewEnd, Verb};

/// The units of a length of time in milliseconds, the largest first.
const UNITS: [(u128, &str); 5] =
    [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];

impl Command {
    /// The command in its canonical spelling, without its own name. It is read as the same command again.
    #[must_use]
    pub fn text(&self) -> String {
        self.spelled_with(self.verb())
    }

    /// The verb that the canonical spelling has: `on` and `off` are `set`.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Help { .. } => Verb::Help,
            Self::Whoami => Verb::Whoami,
            Self::List { .. } => Verb::List,
            Self::Get(_) => Verb::Get,
            Self::Set { .. } => Verb::Set,
            Self::Clear { .. } => Verb::Clear,
            Self::Expire { .. } => Verb::Expire,
        }
    }

    /// The command as it is spelled with `verb`, which may be `on` or `off` for a `set`.
    pub(super) fn spelled_with(&self, verb: Verb) -> String {
        let mut text = verb.name().to_owned();
        match self {
            Self::Help { about } => push(&mut text, about.map(|verb| verb.name().to_owned())),
            Self::Whoami => {}
            Self::List { user, place, overridden, page } => {
                push(&mut text, [word(user.as_str())]);
                push(&mut text, overridden.then(|| Opt::Overridden.name().to_owned()));
                let page = Some(page.get()).filter(|page| *page > 1);
                push(&mut text, page.map(|page| with(Opt::Page, &page.to_string())));
                push(&mut text, named(place));
            }
            Self::Get(aim) => push(&mut text, aimed(aim, None)),
            Self::Set { aim, value, lasts, note } => {
                push(&mut text, aimed(aim, Some(value).filter(|_| verb == Verb::Set)));
                push(&mut text, lasts.map(|lasts| with(Opt::For, &duration(lasts))));
                push(&mut text, noted(note.as_deref()));
            }
            Self::Clear { aim, note } => {
                push(&mut text, aimed(aim, None));
                push(&mut text, noted(note.as_deref()));
            }
            Self::Expire { aim, end, note } => {
                push(&mut text, aimed(aim, None));
                push(&mut text, [ended(*end)]);
                push(&mut text, noted(note.as_deref()));
            }
        }
        text
    }
}

fn push(text: &mut String, words: impl IntoIterator<Item = String>) {
    for word in words {
        text.push(' ');
        text.push_str(&word);
    }
}

fn with(option: Opt, value: &str) -> String {
    format!("{} {value}", option.name())
}

fn aimed(aim: &Aim, value: Option<&Json>) -> Vec<String> {
    let mut words = vec![word(aim.flag.as_str())];
    words.extend(value.map(json));
    words.push(word(aim.user.as_str()));
    words.extend(named(&aim.place));
    words
}

fn named(place: &Named) -> Vec<String> {
    let project = place.project.as_ref().map(|key| with(Opt::Project, &word(key.as_str())));
    let environment =
        place.environment.as_ref().map(|key| with(Opt::Environment, &word(key.as_str())));
    project.into_iter().chain(environment).collect()
}

fn noted(note: Option<&str>) -> Option<String> {
    note.map(|note| with(Opt::Note, &quoted(note)))
}

fn ended(end: NewEnd) -> String {
    match end {
        NewEnd::In(length) => with(Opt::In, &duration(length)),
        NewEnd::At(at) => with(Opt::At, &at.to_string()),
        NewEnd::Never => Opt::Never.name().to_owned(),
    }
}

/// A word, in quotes where it needs them.
pub(super) fn word(text: &str) -> String {
    let plain =
        |c: char| (c.is_alphanumeric() && !must_be_escaped(c)) || "._-@+:/|~%=,".contains(c);
    let begins_plain = text.starts_with(char::is_alphanumeric);
    if begins_plain && text.chars().all(plain) && !is_reserved(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A text in double quotes, with escapes for what nobody would see.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if must_be_escaped(c) => escape(c, &mut quoted),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Adds a character as JSON escapes it: `\u200b`.
pub(super) fn escape(c: char, to: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing into a string cannot fail.
        let _ = write!(to, "\\u{unit:04x}");
    }
}

/// A value as it is spelled; what nobody would see stands in strings only, and is escaped there.
fn json(value: &Json) -> String {
    let text = value.as_str();
    if super::unseen::first_invisible(text).is_none() {
        return text.to_owned();
    }
    let mut spelled = String::with_capacity(text.len());
    for c in text.chars() {
        if must_be_escaped(c) && !c.is_ascii_whitespace() {
            escape(c, &mut spelled);
        } else {
            spelled.push(c);
        }
    }
    spelled
}

/// A length of time as one types it: `1h30m`.
pub(super) fn duration(length: HumanDuration) -> String {
    let mut rest = length.get().as_millis();
    let mut spelled = String::new();
    for (size, unit) in UNITS {
        let count = rest.checked_div(size).unwrap_or_default();
        if count > 0 {
            spelled.push_str(&count.to_string());
            spelled.push_str(unit);
        }
        rest = rest.checked_rem(size).unwrap_or_default();
    }
    spelled
}

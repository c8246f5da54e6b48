//! What is said back, without any platform's markup. Texts in it may come from anywhere: a platform's room shows them as
//! they are, and nothing in them becomes markup, a mention or a link.

use jiff::Timestamp;

/// What is said back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who shall see it.
    pub audience: Audience,
    /// All of it in a few words, for notifications and screen readers: our own words and keys of projects, environments
    /// and flags, never a user, a value or a note.
    pub summary: String,
    /// What it says.
    pub lines: Vec<Line>,
    /// What can be pressed below it.
    pub buttons: Vec<Button>,
}

/// Who sees an answer. What changes something is said in the channel, where others can see it; all else only to who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Only who asked.
    Asker,
    /// Everybody in the channel.
    Channel,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Plain words.
    Text(String),
    /// Words that stand out.
    Strong(String),
    /// What is to be read letter by letter: keys, values, commands.
    Code(String),
    /// A moment, in the reader's own time zone where the platform can.
    Time(Timestamp),
    /// Someone on the platform, by their id.
    Person(String),
}

/// Something to press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// How it looks.
    pub style: Style,
    /// What pressing it says to us.
    pub says: Says,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Like any.
    Plain,
    /// As the one to press.
    Primary,
    /// As one to be careful with.
    Danger,
}

/// What pressing a button says to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Do what this sealed text states.
    Confirm(String),
    /// Don't do what this sealed text states.
    Cancel(String),
    /// Show this instead: a `list` command's text, run as whoever presses.
    Show(String),
}

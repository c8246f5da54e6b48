//! The verbs.

use super::grammar::{self, EVERYWHERE, Rule};

/// The verbs, as one types them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its own name; the grammar says what it does")]
pub enum Verb {
    Help,
    Whoami,
    List,
    Get,
    Set,
    On,
    Off,
    Clear,
    Expire,
}

impl Verb {
    /// All of them, in the order in which help shows them.
    pub const ALL: [Self; 9] = [
        Self::Help,
        Self::Whoami,
        Self::List,
        Self::Get,
        Self::Set,
        Self::On,
        Self::Off,
        Self::Clear,
        Self::Expire,
    ];

    pub(super) fn rule(self) -> &'static Rule {
        match self {
            Self::Help => &grammar::HELP,
            Self::Whoami => &grammar::WHOAMI,
            Self::List => &grammar::LIST,
            Self::Get => &grammar::GET,
            Self::Set => &grammar::SET,
            Self::On => &grammar::ON,
            Self::Off => &grammar::OFF,
            Self::Clear => &grammar::CLEAR,
            Self::Expire => &grammar::EXPIRE,
        }
    }

    /// As one types it; its case does not matter.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.rule().name
    }

    /// How it is used, with all its options and without the command's own name.
    #[must_use]
    pub fn usage(self) -> String {
        let everywhere = EVERYWHERE.iter().map(|option| format!(" [{}]", option.shown()));
        let everywhere: String = everywhere.collect();
        format!("{}{everywhere}", self.rule().short_usage())
    }

    /// What it does, in few words.
    #[must_use]
    pub fn does(self) -> &'static str {
        self.rule().does
    }

    /// Whole commands with it.
    #[must_use]
    pub fn examples(self) -> &'static [&'static str] {
        self.rule().examples
    }

    /// The verb of this name.
    pub(super) fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name().eq_ignore_ascii_case(text))
    }
}

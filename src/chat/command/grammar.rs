//! The grammar as one table: each verb, what stands behind it, and which options it has. What is parsed, usage lines, help
//! and suggestions are all made from it.

use super::options::Opt;

/// How one verb is used.
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// What it does, in few words.
    pub(super) does: &'static str,
    /// What must stand behind it, in this order.
    pub(super) arguments: &'static [Argument],
    /// Its options, beside those that every verb has.
    pub(super) options: &'static [Part],
    pub(super) examples: &'static [&'static str],
    /// What people call it too; it is only suggested for these, never carried out.
    pub(super) also: &'static [&'static str],
}

/// What stands at one place behind a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// A verb, or nothing.
    About,
    Flag,
    Value,
    User,
}

/// A part of a verb's options.
pub(super) enum Part {
    Maybe(Opt),
    /// Exactly one of these.
    OneOf(&'static [Opt]),
}

/// The options of every verb.
pub(super) const EVERYWHERE: [Opt; 2] = [Opt::Project, Opt::Environment];

const NOTE: Part = Part::Maybe(Opt::Note);
const LASTING: &[Part] = &[Part::Maybe(Opt::For), NOTE];
const FLAG_OF_USER: &[Argument] = &[Argument::Flag, Argument::User];

pub(super) const HELP: Rule = Rule {
    name: "help",
    does: "shows this, or how one verb is used",
    arguments: &[Argument::About],
    options: &[],
    examples: &["help", "help set"],
    also: &["?", "h", "man", "usage", "commands", "hello", "hi"],
};

pub(super) const WHOAMI: Rule = Rule {
    name: "whoami",
    does: "shows who you are here and what you may do",
    arguments: &[],
    options: &[],
    examples: &["whoami"],
    also: &["who", "me", "id", "teams", "permissions"],
};

pub(super) const LIST: Rule = Rule {
    name: "list",
    does: "shows what a user gets",
    arguments: &[Argument::User],
    options: &[Part::Maybe(Opt::Overridden), Part::Maybe(Opt::Page)],
    examples: &["list anna@example.com", "list \"anna b\" --overridden -p shop -e test"],
    also: &["ls", "all", "flags", "show"],
};

pub(super) const GET: Rule = Rule {
    name: "get",
    does: "shows what a user gets of one flag, and why",
    arguments: FLAG_OF_USER,
    options: &[],
    examples: &["get sort.order anna@example.com"],
    also: &["show", "read", "why", "check", "explain"],
};

pub(super) const SET: Rule = Rule {
    name: "set",
    does: "overrides a flag for a user",
    arguments: &[Argument::Flag, Argument::Value, Argument::User],
    options: LASTING,
    examples: &[
        "set sort.order true anna@example.com --for 2h --note \"asked for in a ticket\"",
        "set theme \"dark\" anna@example.com",
        "set limits {\"a\": 1} anna@example.com -e test",
    ],
    also: &["override", "put", "update", "change", "add"],
};

pub(super) const ON: Rule = Rule {
    name: "on",
    does: "is `set` with true",
    arguments: FLAG_OF_USER,
    options: LASTING,
    examples: &["on sort.order anna@example.com --for 2h"],
    also: &["enable", "true", "activate", "start"],
};

pub(super) const OFF: Rule = Rule {
    name: "off",
    does: "is `set` with false",
    arguments: FLAG_OF_USER,
    options: LASTING,
    examples: &["off sort.order anna@example.com --for 2h"],
    also: &["disable", "false", "deactivate", "stop", "kill"],
};

pub(super) const CLEAR: Rule = Rule {
    name: "clear",
    does: "takes an override away, and its end",
    arguments: FLAG_OF_USER,
    options: &[NOTE],
    examples: &["clear sort.order anna@example.com"],
    also: &["reset", "unset", "remove", "delete", "del", "rm", "undo"],
};

pub(super) const EXPIRE: Rule = Rule {
    name: "expire",
    does: "changes when an override ends",
    arguments: FLAG_OF_USER,
    options: &[Part::OneOf(&[Opt::In, Opt::At, Opt::Never]), NOTE],
    examples: &[
        "expire sort.order anna@example.com --in 2h",
        "expire sort.order anna@example.com --at 2026-12-01T10:00:00Z",
        "expire sort.order anna@example.com --never",
    ],
    also: &["schedule", "extend", "expiry", "expiration", "until", "end"],
};

impl Rule {
    /// The options of this verb alone.
    pub(super) fn own_options(&self) -> Vec<Opt> {
        let of = |part: &Part| match part {
            Part::Maybe(one) => vec![*one],
            Part::OneOf(some) => some.to_vec(),
        };
        self.options.iter().flat_map(of).collect()
    }

    /// Whether the verb has this option.
    pub(super) fn has(&self, option: Opt) -> bool {
        EVERYWHERE.contains(&option) || self.own_options().contains(&option)
    }

    /// Those of which exactly one must be given.
    pub(super) fn one_of(&self) -> Option<&'static [Opt]> {
        self.options.iter().find_map(|part| match part {
            Part::OneOf(some) => Some(*some),
            Part::Maybe(_) => None,
        })
    }

    /// How many arguments it must have.
    pub(super) fn needs(&self) -> usize {
        self.arguments.iter().filter(|one| **one != Argument::About).count()
    }

    /// `set FLAG VALUE USER [--for 2h] [--note "why"]`: without the options of every verb.
    pub(super) fn short_usage(&self) -> String {
        let arguments = self.arguments.iter().map(|one| one.shown().to_owned());
        let options = self.options.iter().map(|part| match part {
            Part::Maybe(one) => format!("[{}]", one.shown()),
            Part::OneOf(some) => {
                let some: Vec<_> = some.iter().map(|one| one.shown()).collect();
                format!("({})", some.join(" | "))
            }
        });
        let name = std::iter::once(self.name.to_owned());
        name.chain(arguments).chain(options).collect::<Vec<_>>().join(" ")
    }
}

impl Argument {
    /// As usage lines show it.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::About => "[VERB]",
            Self::Flag => "FLAG",
            Self::Value => "VALUE",
            Self::User => "USER",
        }
    }

    /// As sentences call it.
    pub(super) fn called(self) -> &'static str {
        match self {
            Self::About => "verb",
            Self::Flag => "flag",
            Self::Value => "value",
            Self::User => "user",
        }
    }

    /// Such an argument, for examples.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::About => "set",
            Self::Flag => "sort.order",
            Self::Value => "true",
            Self::User => "anna@example.com",
        }
    }
}

//! What is printed.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;

use crate::domain::{Json, Place, UserKey};
use crate::settings::shadow::Difference;

/// What comparing has found. As JSON, what `--json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    project: String,
    environment: String,
    users: Users,
    /// How many flag settings were compared, of all users together.
    flags: usize,
    /// How many scheduled removals.
    expirations: usize,
    differences: Vec<Found>,
    differences_by_kind: BTreeMap<&'static str, usize>,
    not_comparable: Vec<NotComparable>,
    /// Whether the User Settings API does not answer where its replacement does.
    user_settings_removed: bool,
    /// Why it ended before all users were asked about; none if it did not.
    ended_early: Option<String>,
}

#[derive(Debug, Default, Serialize)]
struct Users {
    given: usize,
    compared: usize,
}

/// A difference with both values.
#[derive(Debug, Serialize)]
struct Found {
    user: String,
    flag: String,
    kind: &'static str,
    user_settings: Option<Json>,
    contexts: Option<Json>,
}

/// A user who could not be compared.
#[derive(Debug, Serialize)]
struct NotComparable {
    user: String,
    why: String,
}

/// What was found of one user.
#[derive(Debug, Default)]
pub(super) struct OfUser {
    pub(super) flags: usize,
    pub(super) expirations: usize,
    pub(super) differences: Vec<Difference>,
}

impl Report {
    /// One of nobody yet.
    pub(super) fn new(place: &Place, given: usize) -> Self {
        Self {
            project: place.project.to_string(),
            environment: place.environment.to_string(),
            users: Users { given, compared: 0 },
            flags: 0,
            expirations: 0,
            differences: Vec::new(),
            differences_by_kind: BTreeMap::new(),
            not_comparable: Vec::new(),
            user_settings_removed: false,
            ended_early: None,
        }
    }

    /// Takes down what was found of a user.
    pub(super) fn compared(&mut self, user: &UserKey, found: OfUser) {
        self.users.compared += 1;
        self.flags += found.flags;
        self.expirations += found.expirations;
        for one in found.differences {
            *self.differences_by_kind.entry(one.kind.name()).or_default() += 1;
            self.differences.push(Found {
                user: user.to_string(),
                flag: one.flag.to_string(),
                kind: one.kind.name(),
                user_settings: one.active,
                contexts: one.other,
            });
        }
    }

    /// Takes down why a user could not be compared.
    pub(super) fn not_comparable(&mut self, user: &UserKey, why: String) {
        self.not_comparable.push(NotComparable { user: user.to_string(), why });
    }

    /// Takes down that only the replacement answers.
    pub(super) fn removed(&mut self) {
        self.user_settings_removed = true;
    }

    /// Takes down why it ended before its end.
    pub(super) fn ends_early(&mut self, why: &str) {
        self.ended_early = Some(why.to_owned());
    }

    /// How many users are done.
    pub(super) fn done(&self) -> usize {
        self.users.compared + self.not_comparable.len()
    }

    /// How many differences there are.
    pub(super) fn differences(&self) -> usize {
        self.differences.len()
    }

    /// Whether every user was compared and nothing differs.
    pub(super) fn is_good(&self) -> bool {
        self.differences.is_empty() && self.users.compared == self.users.given
    }
}

/// For people: a line a difference, then the summary.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Found { user, flag, kind, user_settings, contexts } in &self.differences {
            let (old, new) = (shown(user_settings.as_ref()), shown(contexts.as_ref()));
            writeln!(f, "{user}: {flag}: {kind}: user-settings {old}, contexts {new}")?;
        }
        for NotComparable { user, why } in &self.not_comparable {
            writeln!(f, "{user}: not comparable: {why}")?;
        }
        let Users { given, compared } = self.users;
        writeln!(f, "users compared: {compared} of {given}")?;
        let (flags, expirations) = (self.flags, self.expirations);
        writeln!(f, "flag settings compared: {flags}, scheduled removals: {expirations}")?;
        let mut kinds = String::new();
        for (kind, count) in &self.differences_by_kind {
            write!(kinds, ", {kind} {count}")?;
        }
        write!(f, "differences: {}", self.differences.len())?;
        writeln!(f, "{}", kinds.replacen(", ", ": ", 1))?;
        write!(f, "not comparable: {}", given - compared)?;
        if self.user_settings_removed {
            write!(f, "\nthe User Settings API answers as removed, while its replacement answers")?;
        }
        if let Some(why) = &self.ended_early {
            write!(f, "\nended early: {why}")?;
        }
        Ok(())
    }
}

/// A value on one line.
fn shown(value: Option<&Json>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.as_str().replace(['\n', '\r'], " "))
}

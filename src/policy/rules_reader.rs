//! From the tables of a policy file to rules.

use super::file::NO_TEAM;
use super::freeze::FreezeRule;
use super::guard::{GuardRule, Guards};
use super::member::Member;
use super::reader::Reader;
use super::rules::{Clause, Rules, Scope, Team};
use crate::domain::{says_something, visible};

/// The longest name of a team, in bytes: it is a label of metrics and a part of every stamp.
const LONGEST_NAME: usize = 64;

/// The longest reason of a freeze, in characters: it is a sentence in every refusal, not a page.
const LONGEST_REASON: usize = 200;

/// Reads the whole file.
pub(super) fn read_rules(root: &Reader<'_>, issuers: &[&str]) -> Rules {
    root.refuse_others(&["teams", "guards", "freezes"]);
    let mut teams: Vec<Team> = Vec::new();
    // A file that was emptied on its way here must not lock everybody out.
    let expected =
        "must have at least one team, under [[teams]]: without one nobody may do anything";
    for reader in root.some_tables("teams", expected) {
        let team = read_team(&reader, issuers);
        if !team.name.is_empty() && teams.iter().any(|other| other.name == team.name) {
            reader.refuse("name", "must be the name of one team only");
        }
        teams.push(team);
    }
    let guards = root.tables("guards").iter().map(read_guard).collect();
    let freezes = root.tables("freezes").iter().map(read_freeze).collect();
    Rules { teams, guards, freezes }
}

fn read_team(reader: &Reader<'_>, issuers: &[&str]) -> Team {
    reader.refuse_others(&["name", "members", "grants", "denies"]);
    let name = reader.text("name").unwrap_or_default();
    if name == NO_TEAM || name.len() > LONGEST_NAME || name.contains(char::is_control) {
        reader
            .refuse("name", "must have at most 64 bytes, no control characters, and not be `none`");
    }
    Team {
        name: name.to_owned(),
        members: reader.entries("members", |text| Member::parse(text, issuers)),
        grants: reader.tables("grants").iter().map(|one| read_clause(one, true)).collect(),
        denies: reader.tables("denies").iter().map(|one| read_clause(one, false)).collect(),
    }
}

fn read_clause(reader: &Reader<'_>, grants: bool) -> Clause {
    reader.refuse_others(&["projects", "environments", "flags", "users", "actions"]);
    let actions = reader.actions();
    let actions = if grants { actions.with_included() } else { actions };
    Clause { scope: read_scope(reader), actions }
}

fn read_scope(reader: &Reader<'_>) -> Scope {
    Scope {
        projects: reader.globs("projects"),
        environments: reader.globs("environments"),
        flags: reader.globs_or_any("flags"),
        users: reader.globs_or_any("users"),
    }
}

fn read_guard(reader: &Reader<'_>) -> GuardRule {
    reader.refuse_others(&[
        "projects",
        "environments",
        "flags",
        "users",
        "require_comment",
        "max_override",
        "confirm_in_chat",
        "second_person",
    ]);
    let asks = Guards {
        require_comment: reader.switch("require_comment"),
        max_override: reader.duration("max_override"),
        confirm_in_chat: reader.switch("confirm_in_chat"),
        second_person: reader.switch("second_person"),
    };
    GuardRule { scope: read_scope(reader), asks }
}

fn read_freeze(reader: &Reader<'_>) -> FreezeRule {
    reader.refuse_others(&["projects", "environments", "until", "reason"]);
    let reason = reader.text("reason").unwrap_or_default();
    let is_said = reason.is_empty() || says_something(reason);
    if !is_said || reason.chars().count() > LONGEST_REASON || visible(reason) != reason {
        reader.refuse("reason", "must say something in at most 200 characters that can be seen");
    }
    FreezeRule {
        projects: reader.globs("projects"),
        environments: reader.globs("environments"),
        until: reader.moment("until"),
        reason: reason.to_owned(),
    }
}

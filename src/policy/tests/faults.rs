//! Every kind of mistake in a policy file, with its line.

use super::*;

fn faults(text: &str) -> Vec<String> {
    let parsed = Policy::parse(text, &ISSUERS, &metrics());
    let faults = parsed.err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

/// A team with this line in its grant.
fn grant(line: &str) -> String {
    format!("[[teams]]\nname = \"t\"\nmembers = [\"idp/team:t\"]\n[[teams.grants]]\n{line}\n")
}

const SCOPE: &str = "projects = [\"*\"]\nenvironments = [\"*\"]";

fn team(line: &str) -> String {
    format!("[[teams]]\n{line}\nmembers = [\"idp/team:t\"]\n")
}

fn members(entry: &str) -> String {
    format!("[[teams]]\nname = \"t\"\nmembers = {entry}\n")
}

fn guard(line: &str) -> String {
    format!("[[guards]]\n{SCOPE}\n{line}\n{}", members("[\"idp/team:t\"]"))
}

fn freeze(lines: &str) -> String {
    format!("[[freezes]]\n{SCOPE}\n{lines}\n{}", members("[\"idp/team:t\"]"))
}

/// Each text has exactly this fault.
fn assert_faults(table: &[(String, &str)]) {
    for (text, fault) in table {
        assert_eq!(faults(text), [*fault], "{text}");
    }
}

#[test]
fn each_mistake_in_the_file_and_the_names_of_its_teams_is_reported_with_its_line() {
    assert_faults(&[
        (
            format!("colour = 1\n{}", members("[\"idp/team:t\"]")),
            "line 1: colour: unknown key; known here: teams, guards, freezes",
        ),
        ("teams = 1".into(), "line 1: teams: must be an array of tables, each under its own [[…]]"),
        ("teams = [1]".into(), "line 1: teams[0]: must be a table"),
        (team("name = \"\""), "line 2: teams[0].name: must be a text that is not empty"),
        (team("name = 7"), "line 2: teams[0].name: must be a text that is not empty"),
        (
            team("name = \"none\""),
            "line 2: teams[0].name: must have at most 64 bytes, no control characters, and not be `none`",
        ),
        (
            team(&format!("name = \"{}\"", "x".repeat(65))),
            "line 2: teams[0].name: must have at most 64 bytes, no control characters, and not be `none`",
        ),
        (team(""), "line 1: teams[0].name: is missing"),
        (
            format!("{}{}", team("name = \"t\""), team("name = \"t\"")),
            "line 5: teams[1].name: must be the name of one team only",
        ),
    ]);
}

#[test]
fn each_mistake_in_members_is_reported_with_its_line() {
    assert_faults(&[
        (
            team("name = \"t\"\nmembres = 1"),
            "line 3: teams[0].membres: unknown key; known here: name, members, grants, denies",
        ),
        ("[[teams]]\nname = \"t\"".into(), "line 1: teams[0].members: is missing"),
        (members("[]"), "line 3: teams[0].members: must be a list of texts that is not empty"),
        (members("\"x\""), "line 3: teams[0].members: must be a list of texts that is not empty"),
        (members("[1]"), "line 3: teams[0].members: must be a text"),
        (
            members("[\n\"idp/team:a\",\n\"idp\"]"),
            "line 5: teams[0].members: `idp` must be `ISSUER/team:NAME`, `ISSUER/sub:SUBJECT` or `slack/WORKSPACE/USER`",
        ),
        (
            members("[\"other/team:a\"]"),
            "line 3: teams[0].members: `other/team:a` names the issuer `other`, which is not configured (known: idp, k8s)",
        ),
        (
            members("[\"team:a\"]"),
            "line 3: teams[0].members: `team:a` must name its issuer (`ISSUER/team:a`): more than one is configured, or none",
        ),
    ]);
}

#[test]
fn each_mistake_in_grants_and_denies_is_reported_with_its_line() {
    assert_faults(&[
        (
            grant("environments = [\"*\"]\nactions = [\"read\"]"),
            "line 4: teams[0].grants[0].projects: is missing",
        ),
        (
            grant("projects = [\"*\"]\nactions = [\"read\"]"),
            "line 4: teams[0].grants[0].environments: is missing",
        ),
        (grant(SCOPE), "line 4: teams[0].grants[0].actions: is missing"),
        (
            grant(&format!("{SCOPE}\nactions = []")),
            "line 7: teams[0].grants[0].actions: must be a list of texts that is not empty",
        ),
        (
            grant(&format!("{SCOPE}\nactions = [\"red\"]")),
            "line 7: teams[0].grants[0].actions: `red` is no action (known: read, set, clear, schedule)",
        ),
        (
            grant(&format!("{SCOPE}\nactions = [\"read\"]\nflags = []")),
            "line 8: teams[0].grants[0].flags: must be a list of texts that is not empty",
        ),
        (
            grant(&format!("{SCOPE}\nactions = [\"read\"]\nusers = [\"\"]")),
            "line 8: teams[0].grants[0].users: `` must not be empty (`*` is everything)",
        ),
        (
            grant(&format!("{SCOPE}\nactions = [\"read\"]\nflag = [\"x\"]")),
            "line 8: teams[0].grants[0].flag: unknown key; known here: projects, environments, flags, users, actions",
        ),
    ]);
}

#[test]
fn each_mistake_in_guards_is_reported_with_its_line() {
    assert_faults(&[
        (
            guard("require_comment = \"yes\""),
            "line 4: guards[0].require_comment: must be true or false",
        ),
        (
            guard("max_override = 24"),
            "line 4: guards[0].max_override: must be a length of time like \"30m\" or \"24h\"",
        ),
        (
            guard("max_override = \"0s\""),
            "line 4: guards[0].max_override: must be a length of time like \"30m\" or \"24h\"",
        ),
        (
            guard("actions = [\"set\"]"),
            "line 4: guards[0].actions: unknown key; known here: projects, environments, flags, users, \
             require_comment, max_override, confirm_in_chat, second_person",
        ),
    ]);
}

#[test]
fn each_mistake_in_freezes_is_reported_with_its_line() {
    let reason =
        "line 5: freezes[0].reason: must say something in at most 200 characters that can be seen";
    let until =
        "line 4: freezes[0].until: must be a time with its offset like \"2026-12-28T08:00:00Z\"";
    assert_faults(&[
        (
            freeze("reason = \"r\"\nprojects = []").replacen("projects = [\"*\"]\n", "", 1),
            "line 4: freezes[0].projects: must be a list of texts that is not empty",
        ),
        (freeze(""), "line 1: freezes[0].reason: is missing"),
        (freeze("\nreason = \"\""), "line 5: freezes[0].reason: must be a text that is not empty"),
        (freeze("\nreason = \" \\u3164\""), reason),
        (freeze("\nreason = \"a\\nb\""), reason),
        (freeze("\nreason = \"a\\u202eb\""), reason),
        (freeze(&format!("\nreason = \"{}\"", "ü".repeat(201))), reason),
        (freeze("until = \"tomorrow\"\nreason = \"r\""), until),
        (freeze("until = \"2026-12-28\"\nreason = \"r\""), until),
        (freeze("until = 2026-12-28T08:00:00\nreason = \"r\""), until),
        (freeze("until = 7\nreason = \"r\""), until),
        (
            freeze("flags = [\"f\"]\nreason = \"r\""),
            "line 4: freezes[0].flags: unknown key; known here: projects, environments, until, reason",
        ),
    ]);
    let longest = format!("until = 2026-12-28T08:00:00+01:00\nreason = \"{}\"", "ü".repeat(200));
    assert!(faults(&freeze(&longest)).is_empty());
}

#[test]
fn a_file_that_is_no_toml_is_reported_with_its_line() {
    let found = faults("[[teams]]\nname = \"t\nmembers = []\n");
    assert!(found[0].starts_with("line 2: the file: "), "{found:?}");
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_their_lines() {
    let text = "[[guards]]\nprojects = [\"*\"]\n[[teams]]\nname = \"none\"\nmembers = []\n\
                [[teams.denies]]\nactions = [\"x\", 1]\nprojects = [\"*\"]\n";
    let lines: Vec<_> = faults(text)
        .iter()
        .map(|fault| fault.split_inclusive(':').next().unwrap().to_owned())
        .collect();
    let expected = ["line 1:", "line 4:", "line 5:", "line 6:", "line 7:", "line 7:"];
    assert_eq!(lines, expected);
}

#[test]
fn a_fault_is_one_line_that_controls_no_terminal_whatever_stands_in_the_file() {
    assert_faults(&[
        (
            members("[\"a\\nb\"]"),
            "line 3: teams[0].members: `a b` must be `ISSUER/team:NAME`, `ISSUER/sub:SUBJECT` or `slack/WORKSPACE/USER`",
        ),
        (
            grant(&format!("{SCOPE}\nactions = [\"read\"]\n\"x\\u001b[2J\" = 1")),
            "line 8: teams[0].grants[0].x\\u{1b}[2J: unknown key; known here: projects, environments, flags, users, actions",
        ),
    ]);
}

#[test]
fn a_refused_file_leaves_no_series_in_the_metrics() {
    let metrics = metrics();
    let text = "[[teams]]\nname = \"ghost\"\nmembers = []\n";
    assert!(Policy::parse(text, &ISSUERS, &metrics).is_err());
    assert!(!metrics.scrape().unwrap().contains("ghost"));
}

#[test]
fn a_policy_without_teams_is_refused_since_it_would_lock_everybody_out() {
    let fault = "line 1: teams: must have at least one team, under [[teams]]: without one nobody may do anything";
    for text in ["", "# words", "teams = []"] {
        assert_eq!(faults(text), [fault], "{text}");
    }
}

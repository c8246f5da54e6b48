//! The example policy: that it is one, and everything that it decides.

use std::fmt::Write as _;

use super::*;

fn example() -> Arc<Policy> {
    policy(include_str!("../../../deploy/policy.example.toml"))
}

fn verdict(identity: &Identity, action: ActionKind, target: &FlagTarget) -> String {
    let decision = Policy::explain(identity, action, target);
    let rule = decision.rule().to_string();
    let rule = match rule.split_once(" of team") {
        Some((place, _)) => place.replace("teams[0].", ""),
        None => rule.replace("no grant of your teams allows it", "no grant"),
    };
    let rule = rule.replace("you are in no team of the policy", "no team");
    let verdict = if decision.is_allowed() { "allow" } else { "deny" };
    format!("{verdict} {rule}")
}

/// Read the difference of this table before you accept it: it is what the example lets people do.
#[test]
fn the_truth_table_of_the_example() {
    let policy = example();
    let callers =
        [("payments", member(&policy, &["payments"])), ("nobody", member(&policy, &["shipping"]))];
    let targets = [
        ("checkout", "test", "checkout.new", "u1"),
        ("checkout", "test", "kill-switch.pay", "u1"),
        ("billing-eu", "staging", "any", "u1"),
        ("billing", "staging", "any", "u1"),
        ("checkout", "production", "checkout.new", "ann@example.com"),
        ("checkout", "production", "checkout.new", "ann@example.org"),
        ("checkout", "production", "other", "ann@example.com"),
        ("checkout", "production", "kill-switch.pay", "ann@example.com"),
        ("billing-eu", "production", "checkout.new", "ann@example.com"),
        ("shop", "test", "checkout.new", "u1"),
    ];
    let mut table = format!("{:9}{:62}", "team", "target");
    for action in ActionKind::ALL {
        write!(table, "{:17}", action.name()).unwrap();
    }
    for (team, identity) in &callers {
        for (project, environment, key, user) in targets {
            let target = at(project, environment, user).flag(key.parse().unwrap());
            let place = format!("{project}/{environment}/{key} {user}");
            write!(table, "\n{team:9}{place:62}").unwrap();
            for action in ActionKind::ALL {
                write!(table, "{:17}", verdict(identity, action, &target)).unwrap();
            }
        }
    }
    let table: Vec<_> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"));
}

#[test]
fn the_guard_of_the_example_binds_in_production_only() {
    let policy = example();
    let asked = |environment| policy.guards_on(&at("checkout", environment, "u"));
    let production = asked("production");
    assert!(production.require_comment && production.confirm_in_chat);
    let day = std::time::Duration::from_hours(24);
    assert_eq!(production.max_override, Some(day));
    assert_eq!(asked("test"), Guards::default());
}

#[test]
fn the_freeze_of_the_example_stops_its_places_until_its_end_and_the_read_only_mode_everything() {
    let frozen = |policy: &Policy, project, environment, now: &str| {
        let place = at(project, environment, "u").place;
        policy.freeze_at(&place, now.parse().unwrap()).map(|frozen| frozen.to_string())
    };
    let policy = example();
    let said = frozen(&policy, "billing-eu", "production", "2026-12-28T07:59:59Z").unwrap();
    assert!(said.starts_with("writes are frozen here until 2026-12-28T08:00:00Z: the books"));
    assert_eq!(frozen(&policy, "billing-eu", "production", "2026-12-28T08:00:00Z"), None);
    assert_eq!(frozen(&policy, "checkout", "production", "2026-12-01T00:00:00Z"), None);
    let text = include_str!("../../../deploy/policy.example.toml");
    let (rest, mode) = text.split_once("# [[freezes]]\n").unwrap();
    let mode = mode.lines().map(|line| line.trim_start_matches("# ")).collect::<Vec<_>>();
    let read_only = super::policy(&format!("{rest}[[freezes]]\n{}", mode.join("\n")));
    let said = frozen(&read_only, "checkout", "test", "2026-12-01T00:00:00Z").unwrap();
    assert!(said.starts_with("writes are frozen here until further notice: read-only mode"));
}

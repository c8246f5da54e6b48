//! Freezes, through the exchange of permits that every write takes.

use std::time::Duration;

use super::*;
use crate::domain::{Door, OperationId};

const POLICY: &str = r#"
[[teams]]
name = "t"
members = ["idp/team:t"]
grants = [{ projects = ["*"], environments = ["*"], actions = ["set", "clear", "schedule"] }]

[[guards]]
projects = ["*"]
environments = ["*"]
require_comment = true

[[freezes]]
projects = ["shop"]
environments = ["prod*"]
until = "1970-01-01T01:00:00+00:00"
reason = "the first"

[[freezes]]
projects = ["sh*"]
environments = ["production"]
until = 1970-01-01T02:00:00Z
reason = "the second"

[[freezes]]
projects = ["bank"]
environments = ["*"]
reason = "for good"

[[freezes]]
projects = ["ba*"]
environments = ["*"]
until = "9999-01-01T00:00:00Z"
reason = "for long"
"#;

fn seconds(n: i64) -> Timestamp {
    Timestamp::from_second(n).unwrap()
}

fn permit<A: Action>(target: FlagTarget) -> Permit<A> {
    Policy::authorize(&member(&policy(POLICY), &["t"]), target).unwrap()
}

fn declared(now: Timestamp) -> Declared<'static> {
    Declared { id: OperationId::new(now), door: Door::Http, comment: Some("why"), now }
}

/// What clearing a flag in this place brings at this second.
fn clear(project: &str, environment: &str, second: i64) -> Result<(), String> {
    let target = at(project, environment, "u").flag(key("f"));
    let begun = permit::<Clear>(target).begin(&declared(seconds(second)));
    begun.map(|_| ()).map_err(|why| why.to_string())
}

#[test]
fn nobody_writes_until_the_last_freeze_is_over_and_from_that_very_moment_on() {
    let until_two = Err("writes are frozen here until 1970-01-01T02:00:00Z: the second".to_owned());
    for (second, outcome) in
        [(0, &until_two), (3_600, &until_two), (7_199, &until_two), (7_200, &Ok(()))]
    {
        assert_eq!(clear("shop", "production", second), *outcome, "{second}");
    }
    let until_one = Err("writes are frozen here until 1970-01-01T01:00:00Z: the first".to_owned());
    assert_eq!(clear("shop", "prod-eu", 3_599), until_one);
    assert_eq!(clear("shop", "prod-eu", 3_600), Ok(()));
    assert_eq!(clear("shop", "test", 0), Ok(()));
    assert_eq!(clear("tank", "production", 0), Ok(()));
}

#[test]
fn a_freeze_without_an_end_stands_whatever_ends_beside_it() {
    let lifted = Err("writes are frozen here until further notice: for good".to_owned());
    assert_eq!(clear("bank", "test", 0), lifted);
    assert_eq!(clear("bank", "test", seconds(253_000_000_000).as_second()), lifted);
    let policy = policy(POLICY);
    let left = |project, second| {
        let frozen = policy.freeze_at(&at(project, "production", "u").place, seconds(second));
        frozen.unwrap().left()
    };
    assert_eq!(left("bank", 0), None);
    assert_eq!(left("shop", 100), Some(Duration::from_secs(7_100)));
}

#[test]
fn every_write_is_held_up_whatever_it_brings_along_and_reading_is_not() {
    let now = declared(seconds(0));
    let said = |why: NotBegun| match why {
        NotBegun::Frozen(frozen) => frozen.reason().to_owned(),
        NotBegun::Guard(unmet) => panic!("{unmet}"),
    };
    let end = Some(seconds(60));
    assert_eq!(permit::<Set>(flag("f")).begin(&now, end).map_err(said).unwrap_err(), "the second");
    assert_eq!(permit::<Clear>(flag("f")).begin(&now).map_err(said).unwrap_err(), "the second");
    for end in [End::At(seconds(60)), End::Never { override_stands: false }] {
        let begun = permit::<Schedule>(flag("f")).begin(&now, end);
        assert_eq!(begun.map_err(said).unwrap_err(), "the second");
    }
    // What a guard asks for is told when it can help.
    let silent = Declared { comment: None, ..now };
    assert_eq!(permit::<Clear>(flag("f")).begin(&silent).map_err(said).unwrap_err(), "the second");
    let identity = member(&policy(POLICY), &["t"]);
    assert!(Policy::authorize::<Read, _>(&identity, flag("f")).is_ok());
    assert!(Policy::explain(&identity, ActionKind::Set, &flag("f")).is_allowed());
}

#[test]
fn what_was_begun_before_is_not_held_up_by_a_later_version() {
    let open = POLICY.split("[[freezes]]").next().unwrap();
    let policies = Policies::new(Arc::into_inner(policy(open)).unwrap());
    let identity = member(&policies.current(), &["t"]);
    let permit: Permit<Set> = Policy::authorize(&identity, flag("f")).unwrap();
    policies.replace(Arc::into_inner(policy(POLICY)).unwrap());
    let operation = permit.begin(&declared(seconds(0)), None).unwrap();
    assert!(operation.undo(None).setting().is_none());
}

#[test]
fn those_in_force_are_counted_and_those_that_are_over_are_not() {
    let summary = policy(POLICY).summary().clone();
    let in_force = [0, 3_599, 3_600, 7_200].map(|second| summary.freezes_in_force(seconds(second)));
    assert_eq!((summary.freezes, in_force), (4, [4, 4, 3, 2]));
    assert!(summary.to_string().ends_with("guards: 1, freezes: 4"), "{summary}");
}

//! Guards, through the exchange of permits that every write takes.

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
environments = ["production"]
require_comment = true
max_override = "24h"

[[guards]]
projects = ["shop"]
environments = ["prod*"]
flags = ["short.*"]
users = ["u"]
max_override = "1h"
second_person = true
"#;

fn permit<A: Action>(target: FlagTarget) -> Permit<A> {
    Policy::authorize(&member(&policy(POLICY), &["t"]), target).unwrap()
}

fn declared(comment: Option<&str>) -> Declared<'_> {
    let now = Timestamp::UNIX_EPOCH;
    Declared { id: OperationId::new(now), door: Door::Http, comment, now }
}

fn hours(n: i64) -> Option<Timestamp> {
    Timestamp::from_second(n * 3_600).ok()
}

#[test]
fn the_strictest_of_the_guards_that_match_binds() {
    let most = |target: FlagTarget| permit::<Set>(target).guards().max_override;
    assert_eq!(most(flag("f")), Some(Duration::from_hours(24)));
    assert_eq!(most(flag("short.f")), Some(Duration::from_hours(1)));
    let elsewhere = at("shop", "production", "v").flag(key("short.f"));
    assert_eq!(most(elsewhere), Some(Duration::from_hours(24)));
    assert_eq!(most(at("shop", "test", "u").flag(key("short.f"))), None);
    assert!(permit::<Set>(flag("short.f")).guards().second_person);
}

#[test]
fn every_write_in_a_guarded_place_needs_a_comment() {
    let (quiet, said) = (declared(None), declared(Some("why")));
    let set = permit::<Set>(flag("f")).begin(&quiet, hours(1));
    assert_eq!(set.unwrap_err(), GuardUnmet::Comment.into());
    let clear = permit::<Clear>(flag("f")).begin(&quiet);
    assert_eq!(clear.unwrap_err(), GuardUnmet::Comment.into());
    let end = End::At(hours(1).unwrap());
    let schedule = permit::<Schedule>(flag("f")).begin(&quiet, end);
    assert_eq!(schedule.unwrap_err(), GuardUnmet::Comment.into());
    assert!(permit::<Set>(flag("f")).begin(&said, hours(1)).is_ok());
    assert!(permit::<Clear>(flag("f")).begin(&said).is_ok());
    assert!(permit::<Schedule>(flag("f")).begin(&said, end).is_ok());
    let test = at("shop", "test", "u").flag(key("f"));
    assert!(permit::<Clear>(test).begin(&quiet).is_ok());
}

#[test]
fn an_override_cannot_be_made_or_moved_beyond_the_limit() {
    let said = declared(Some("why"));
    let day = Duration::from_hours(24);
    let set = |end| permit::<Set>(flag("f")).begin(&said, end).map(|_| ());
    assert_eq!(set(None), Err(GuardUnmet::NoEnd(day).into()));
    assert_eq!(set(hours(25)), Err(GuardUnmet::TooLong(day).into()));
    assert_eq!(set(hours(24)), Ok(()));
    let schedule = |end| permit::<Schedule>(flag("f")).begin(&said, end).map(|_| ());
    let moved = End::At(hours(25).unwrap());
    assert_eq!(schedule(moved), Err(GuardUnmet::TooLong(day).into()));
    let never = |override_stands| End::Never { override_stands };
    assert_eq!(schedule(never(true)), Err(GuardUnmet::Endless(day).into()));
    assert_eq!(schedule(never(false)), Ok(()));
}

#[test]
fn an_operation_carries_its_author_and_its_end_into_every_step() {
    let declared = declared(Some("why"));
    let operation = permit::<Set>(flag("f")).begin(&declared, hours(1)).unwrap();
    let put = operation.put(serde_json::from_str("true").unwrap());
    let stamp = format!("[flagward idp/alice · t · http · {}] why", declared.id);
    assert_eq!(put.comment(), stamp);
    assert_eq!(put.target(), &flag("f"));
    let patch = operation.schedule(None, "v").unwrap();
    assert_eq!(patch.comment(), stamp);
    let add = ExpirationStep::Add { variation_id: "v".to_owned(), at: hours(1).unwrap() };
    assert_eq!(patch.steps(), [(key("f"), add)]);
}

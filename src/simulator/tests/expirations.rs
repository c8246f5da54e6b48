//! Scheduled removals, and time.

use std::time::Duration;

use super::*;

#[test]
fn an_expiration_is_added_moved_under_its_version_and_removed() {
    let world = World::new();
    assert_eq!(world.put("u", "sort.order", r#"{"setting":"price"}"#), 204);
    let make = |kind: &str, rest: String| world.instruction(kind, "sort.order", "\"price\"", &rest);
    let at = START_MS + 60_000;
    let added = world.patch("u", &make("addExpireUserTargetDate", format!(",\"value\":{at}")));
    assert_eq!(added["successfulInstructions"], 1);
    assert_eq!(added["items"][0]["_version"], 1);
    let update = |version: i64| {
        let rest = format!(",\"value\":{},\"version\":{version}", at + 1);
        world.patch("u", &make("updateExpireUserTargetDate", rest))
    };
    assert_eq!(update(2)["failedInstructions"], 1);
    let moved = update(1);
    assert_eq!(moved["items"][0]["_version"], 2);
    assert_eq!(moved["items"][0]["expirationDate"], at + 1);
    let removed = world.patch("u", &make("removeExpireUserTargetDate", String::new()));
    assert_eq!(removed["items"], value("[]"));
    let kept = world.simulator.setting("shop", "test", "u", "sort.order");
    assert_eq!(kept.as_deref(), Some("\"price\""));
}

#[test]
fn instructions_that_cannot_be_followed_are_counted_in_a_200() {
    let world = World::new();
    let later = format!(",\"value\":{}", START_MS + 1);
    let past = format!(",\"value\":{START_MS}");
    let anna = |kind: &str, rest: &str| world.instruction(kind, "checkout.new-flow", "true", rest);
    let add = "addExpireUserTargetDate";
    for (instruction, words) in [
        (world.instruction(add, "sort.order", "\"price\"", &later), "not individually targeted"),
        (world.instruction(add, "checkout.new-flow", "false", &later), "not individually targeted"),
        (anna(add, &past), "must be in the future"),
        (anna("updateExpireUserTargetDate", &later), "not scheduled"),
        (anna("removeExpireUserTargetDate", ""), "not scheduled"),
        (anna(add, &later).replace("checkout.new-flow", "none"), "flag none not found"),
        (format!("{0},{0}", anna(add, &later)), "already scheduled"),
    ] {
        let answer = world.patch("anna@example.com", &instruction);
        assert_eq!(answer["failedInstructions"], 1, "{answer}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_target_is_gone_from_the_moment_it_expires() {
    let world = World::new();
    let at = format!(",\"value\":{}", START_MS + 60_000);
    let add = "addExpireUserTargetDate";
    world.patch("anna@example.com", &world.instruction(add, "checkout.new-flow", "true", &at));
    let setting =
        || world.simulator.setting("shop", "test", "anna@example.com", "checkout.new-flow");
    world.clock.advance(Duration::from_millis(59_999));
    assert_eq!(setting().as_deref(), Some("true"));
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(setting(), None);
    assert!(world.simulator.expirations("shop", "test", "anna@example.com").is_empty());
    let last = world.simulator.history().pop().unwrap();
    assert_eq!((last.kind, last.by.as_str()), (ChangeKind::Expired, "LaunchDarkly"));
    assert_eq!(last.at.as_millisecond(), START_MS + 60_000);
    assert_eq!((last.before.as_deref(), last.after), (Some("true"), None));
}

#[test]
fn clearing_or_moving_a_target_drops_its_expiration() {
    for body in ["{}", r#"{"setting":false}"#] {
        let world = World::new();
        let at = format!(",\"value\":{}", START_MS + 60_000);
        let add = "addExpireUserTargetDate";
        world.patch("anna@example.com", &world.instruction(add, "checkout.new-flow", "true", &at));
        assert_eq!(world.put("anna@example.com", "checkout.new-flow", body), 204);
        assert!(world.simulator.expirations("shop", "test", "anna@example.com").is_empty());
        let last = world.simulator.history().pop().unwrap();
        assert_eq!(last.kind, ChangeKind::ExpirationRemoved);
    }
}

#[test]
fn what_came_due_during_one_leap_is_recorded_in_the_order_of_its_time() {
    let world = World::new();
    for (flag, setting, after) in [("sort.order", "\"price\"", 9), ("checkout.limit", "1", 5)] {
        assert_eq!(world.put("u", flag, &format!(r#"{{"setting":{setting}}}"#)), 204);
        let at = format!(",\"value\":{}", START_MS + after);
        world.patch("u", &world.instruction("addExpireUserTargetDate", flag, setting, &at));
    }
    world.clock.advance(Duration::from_secs(1));
    let history = world.simulator.history();
    let expired = history.iter().filter(|c| c.kind == ChangeKind::Expired);
    let flags: Vec<_> = expired.map(|c| c.flag.as_str()).collect();
    assert_eq!(flags, ["checkout.limit", "sort.order"]);
}

#[test]
fn an_expiration_belongs_to_its_environment_alone() {
    let world = World::new();
    let at = format!(",\"value\":{}", START_MS + 60_000);
    let add = "addExpireUserTargetDate";
    let add = world.instruction(add, "checkout.new-flow", "true", &at);
    world.patch("anna@example.com", &add);
    let scheduled = |environment, user| {
        let target = format!("/api/v2/users/shop/{user}/expiring-user-targets/{environment}");
        json(&world.get(&target))["items"].as_array().unwrap().len()
    };
    assert_eq!(scheduled("test", "anna@example.com"), 1);
    assert_eq!(scheduled("staging", "anna@example.com"), 0);
    assert_eq!(scheduled("test", "ben@example.org"), 0);
}

//! Settings, flags and versions, as they are read.

use super::*;

#[test]
fn every_kind_of_reason_is_given() {
    let world = World::new();
    for (user, flag, received, reason) in [
        ("anna@example.com", "checkout.new-flow", "true", r#"{"kind":"TARGET_MATCH"}"#),
        ("x", "checkout.new-flow", "false", r#"{"kind":"FALLTHROUGH"}"#),
        ("ben@example.org", "legacy.search", "false", r#"{"kind":"OFF"}"#),
        ("x", "legacy.greeting", "null", r#"{"kind":"OFF"}"#),
        ("x", "unfinished.flag", "null", r#"{"kind":"ERROR","errorKind":"MALFORMED_FLAG"}"#),
        (
            "x",
            "checkout.express",
            "false",
            r#"{"kind":"PREREQUISITE_FAILED","prerequisiteKey":"checkout.new-flow"}"#,
        ),
        ("anna@example.com", "checkout.express", "true", r#"{"kind":"FALLTHROUGH"}"#),
    ] {
        let expected = (value(received), value(reason));
        assert_eq!(world.received(user, flag), expected, "{user} {flag}");
    }
}

#[test]
fn a_rule_is_named_by_its_index_and_id() {
    let world = World::new();
    for (user, index) in [("anna@example.com", 0), ("ü", 1), ("a/b", 1)] {
        let (received, reason) = world.received(user, "beta.features");
        assert_eq!(received, Value::Bool(true));
        assert_eq!(reason["kind"], "RULE_MATCH");
        assert_eq!(reason["ruleIndex"], index);
        assert!(reason["ruleID"].is_string());
    }
    assert_eq!(world.received("ben@example.org", "beta.features").0, Value::Bool(false));
}

#[test]
fn a_setting_stays_while_the_flag_is_off() {
    let world = World::new();
    let answer = json(&world.get(&setting("ben@example.org", "legacy.search")));
    assert_eq!((&answer["setting"], &answer["_value"]), (&Value::Bool(true), &Value::Bool(false)));
}

#[test]
fn a_rollout_gives_a_user_the_same_in_every_run_and_spreads_users() {
    let (one, other) = (World::new(), World::new());
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for number in 0..300 {
        let user = format!("user-{number}");
        let (received, _) = one.received(&user, "sort.order");
        assert_eq!(received, other.received(&user, "sort.order").0);
        *seen.entry(received.to_string()).or_default() += 1;
    }
    assert!(seen["\"relevance\""] > 120 && seen["\"price\""] > 50, "{seen:?}");
    assert!(seen["\"newest\""] > 5, "{seen:?}");
}

#[test]
fn the_version_in_use_is_the_one_asked_for() {
    let world = World::new();
    for (asked, current, beta) in [("20220603", 20_220_603, false), ("beta", 20_240_415, true)] {
        let headers = [("ld-api-version", asked)];
        let answer = json(&world.ask("GET", "/api/v2/versions", &headers, ""));
        assert_eq!(answer["currentVersion"], current);
        assert_eq!(answer["beta"], beta);
    }
}

#[test]
fn a_flag_is_read_with_the_environments_asked_for() {
    let world = World::new();
    let keys = |query: &str| {
        let answer = json(&world.get(&format!("/api/v2/flags/shop/checkout.new-flow{query}")));
        let found: Vec<_> = answer["environments"].as_object().unwrap().keys().cloned().collect();
        found.join(" ")
    };
    assert_eq!(keys(""), "production staging test");
    assert_eq!(keys("?env=test"), "test");
    assert_eq!(keys("?env=test&env=staging&summary=0"), "staging test");
    let unknown = world.get("/api/v2/flags/shop/checkout.new-flow?env=none");
    assert_eq!(unknown.status, 400);
}

#[test]
fn the_handle_knows_what_a_user_receives() {
    let simulator = World::new().simulator;
    let received = |flag| simulator.received("shop", "test", "anna@example.com", flag);
    assert_eq!(received("checkout.limit").as_deref(), Some("2.0"));
    assert_eq!(received("legacy.greeting"), None);
    assert_eq!(received("none"), None);
}

#[test]
fn an_archived_flag_is_read_by_key_and_not_listed() {
    let world = World::new();
    let list = json(&world.get("/api/v2/users/shop/test/u/flags"));
    assert!(list["items"].get("sort.order").is_some());
    assert!(list["items"].get("retired.flag").is_none());
    assert_eq!(world.get(&setting("u", "retired.flag")).status, 200);
}

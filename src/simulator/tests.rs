//! What the simulator answers, asked without a socket.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::wire::{Answer, Request, encode};
use super::*;
use crate::clock::Clock;

/// 2023-11-14T22:13:20Z.
const START_MS: i64 = 1_700_000_000_000;

const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

struct World {
    simulator: Simulator,
    clock: Clock,
}

impl World {
    fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_millisecond(START_MS).unwrap());
        Self {
            simulator: Simulator::new(Seed::built_in(), clock.clone()),
            clock,
        }
    }

    fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let defaults = [
            ("authorization", BUILT_IN_TOKEN),
            ("content-type", SEMANTIC),
        ];
        let own = |name| headers.iter().any(|(given, _)| *given == name);
        let all = headers.iter().copied();
        let all = all.chain(defaults.into_iter().filter(|(name, _)| !own(*name)));
        let request = Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: all.map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            body: body.as_bytes().to_vec(),
        };
        self.simulator.receive(&request);
        self.simulator.answer(&request)
    }

    fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, &[], "")
    }

    fn put(&self, user: &str, flag: &str, body: &str) -> u16 {
        self.ask("PUT", &setting(user, flag), &[], body).status
    }

    fn patch(&self, user: &str, instructions: &str) -> Value {
        let target = expirations(user);
        let body = format!(r#"{{"comment":"why","instructions":[{instructions}]}}"#);
        let answer = self.ask("PATCH", &target, &[], &body);
        assert_eq!(answer.status, 200, "{}", text(&answer));
        json(&answer)
    }

    fn instruction(&self, kind: &str, flag: &str, value: &str, rest: &str) -> String {
        let id = self.simulator.variation_id("shop", flag, value).unwrap();
        format!(r#"{{"kind":"{kind}","flagKey":"{flag}","variationId":"{id}"{rest}}}"#)
    }

    /// What the user receives, and why.
    fn received(&self, user: &str, flag: &str) -> (Value, Value) {
        let answer = json(&self.get(&setting(user, flag)));
        (answer["_value"].clone(), answer["reason"].clone())
    }
}

fn setting(user: &str, flag: &str) -> String {
    format!("/api/v2/users/shop/test/{}/flags/{flag}", encode(user))
}

fn expirations(user: &str) -> String {
    format!(
        "/api/v2/users/shop/{}/expiring-user-targets/test",
        encode(user)
    )
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_kind_of_reason_is_given() {
    let world = World::new();
    for (user, flag, received, reason) in [
        (
            "anna@example.com",
            "checkout.new-flow",
            "true",
            r#"{"kind":"TARGET_MATCH"}"#,
        ),
        (
            "x",
            "checkout.new-flow",
            "false",
            r#"{"kind":"FALLTHROUGH"}"#,
        ),
        (
            "ben@example.org",
            "legacy.search",
            "false",
            r#"{"kind":"OFF"}"#,
        ),
        ("x", "legacy.greeting", "null", r#"{"kind":"OFF"}"#),
        (
            "x",
            "unfinished.flag",
            "null",
            r#"{"kind":"ERROR","errorKind":"MALFORMED_FLAG"}"#,
        ),
        (
            "x",
            "checkout.express",
            "false",
            r#"{"kind":"PREREQUISITE_FAILED","prerequisiteKey":"checkout.new-flow"}"#,
        ),
        (
            "anna@example.com",
            "checkout.express",
            "true",
            r#"{"kind":"FALLTHROUGH"}"#,
        ),
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
    assert_eq!(
        world.received("ben@example.org", "beta.features").0,
        Value::Bool(false)
    );
}

#[test]
fn a_setting_stays_while_the_flag_is_off() {
    let world = World::new();
    let answer = json(&world.get(&setting("ben@example.org", "legacy.search")));
    assert_eq!(
        (&answer["setting"], &answer["_value"]),
        (&Value::Bool(true), &Value::Bool(false))
    );
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
    assert!(
        seen["\"relevance\""] > 120 && seen["\"price\""] > 50,
        "{seen:?}"
    );
    assert!(seen["\"newest\""] > 5, "{seen:?}");
}

#[test]
fn values_are_written_to_the_byte() {
    let world = World::new();
    for (sent, kept) in [
        ("1", "1"),
        ("2", "2.0"),
        ("12345678901234567890", "12345678901234567890"),
    ] {
        assert_eq!(
            world.put("x", "checkout.limit", &format!(r#"{{"setting":{sent}}}"#)),
            204
        );
        let answer = world.get(&setting("x", "checkout.limit"));
        let expected = format!(r#""_value":{kept},"setting":{kept},"#);
        assert!(text(&answer).contains(&expected), "{}", text(&answer));
    }
    assert_eq!(
        world.put("x", "checkout.limit", r#"{"setting":12345678901234567000}"#),
        400
    );
}

#[test]
fn an_absent_setting_erases_and_unknown_members_are_ignored() {
    for body in [
        "{}",
        r#"{"setting":null}"#,
        r#"{"settings":false,"Setting":false}"#,
    ] {
        let world = World::new();
        assert_eq!(
            world.put("anna@example.com", "checkout.new-flow", body),
            204
        );
        let set = world
            .simulator
            .setting("shop", "test", "anna@example.com", "checkout.new-flow");
        assert_eq!(set, None, "{body}");
    }
}

#[test]
fn a_put_answers_204_without_body_and_leaves_its_words_in_the_history() {
    let world = World::new();
    let body = r#"{"setting":"price","comment":"for a demo"}"#;
    let answer = world.ask("PUT", &setting("ü", "sort.order"), &[], body);
    assert_eq!(
        (answer.status, answer.content_type, answer.body.len()),
        (204, None, 0)
    );
    let history = world.simulator.history();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].kind, ChangeKind::SettingSet);
    assert_eq!(history[0].by, "simulator");
    assert_eq!(history[0].user, "ü");
    assert_eq!(history[0].comment.as_deref(), Some("for a demo"));
    assert_eq!(history[0].after.as_deref(), Some("\"price\""));
}

#[test]
fn refusals_have_the_documented_or_observed_bodies() {
    let world = World::new();
    let anna = "/api/v2/users/shop/test/anna/flags";
    let reader = ("authorization", BUILT_IN_READER_TOKEN);
    let plain = ("content-type", "text/plain");
    let not_found = r#"{"code":"not_found","message":"Invalid resource identifier"}"#;
    let one = format!("{anna}/sort.order");
    let none = format!("{anna}/none");
    for (method, target, headers, body, status, words) in [
        (
            "GET",
            anna,
            vec![("authorization", "Bearer x")],
            "",
            401,
            "",
        ),
        ("GET", anna, vec![("authorization", "")], "", 401, ""),
        (
            "GET",
            "/api/v2/users/none/test/u/flags",
            vec![],
            "",
            404,
            not_found,
        ),
        ("GET", &none, vec![], "", 404, not_found),
        ("GET", "/api/v2/none", vec![], "", 404, not_found),
        (
            "GET",
            "/api/v2/users/shop/None/u/flags",
            vec![],
            "",
            400,
            r#"{"message":"Unknown environment key: None"}"#,
        ),
        (
            "DELETE",
            &one,
            vec![],
            "",
            405,
            r#""message":"Method not allowed""#,
        ),
        (
            "PUT",
            &one,
            vec![reader],
            "{}",
            403,
            r#""action":"updateTargets""#,
        ),
        (
            "PUT",
            &one,
            vec![],
            r#"{"setting":"none"}"#,
            400,
            "invalid_request",
        ),
        ("PUT", &one, vec![], "null", 400, "invalid_request"),
        ("PUT", &one, vec![], "", 400, "invalid_request"),
        ("PUT", &one, vec![plain], "{}", 400, "invalid_request"),
        (
            "GET",
            anna,
            vec![("ld-api-version", "1")],
            "",
            400,
            "invalid_request",
        ),
    ] {
        let answer = world.ask(method, target, &headers, body);
        assert_eq!(answer.status, status, "{method} {target}");
        assert!(text(&answer).contains(words), "{}", text(&answer));
        assert_eq!(answer.body.is_empty(), status == 401, "{method} {target}");
    }
    assert!(world.simulator.history().is_empty());
}

#[test]
fn where_approval_is_required_every_write_is_refused_with_405() {
    let world = World::new();
    assert!(world.simulator.set_approval_required("shop", "test", true));
    let put = world.ask("PUT", &setting("u", "sort.order"), &[], "{}");
    let patch = world.ask("PATCH", &expirations("u"), &[], r#"{"instructions":[]}"#);
    for (answer, action) in [(put, "updateTargets"), (patch, "updateExpiringTargets")] {
        assert_eq!(answer.status, 405);
        let message =
            format!("Flag configuration updates require approval: action '{action}' not allowed");
        assert_eq!(json(&answer)["message"], message);
    }
    assert_eq!(world.get(&setting("u", "sort.order")).status, 200);
}

#[test]
fn an_expiration_is_added_moved_under_its_version_and_removed() {
    let world = World::new();
    assert_eq!(world.put("u", "sort.order", r#"{"setting":"price"}"#), 204);
    let make = |kind: &str, rest: String| world.instruction(kind, "sort.order", "\"price\"", &rest);
    let at = START_MS + 60_000;
    let added = world.patch(
        "u",
        &make("addExpireUserTargetDate", format!(",\"value\":{at}")),
    );
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
        (
            world.instruction(add, "sort.order", "\"price\"", &later),
            "not individually targeted",
        ),
        (
            world.instruction(add, "checkout.new-flow", "false", &later),
            "not individually targeted",
        ),
        (anna(add, &past), "must be in the future"),
        (anna("updateExpireUserTargetDate", &later), "not scheduled"),
        (anna("removeExpireUserTargetDate", ""), "not scheduled"),
        (
            anna(add, &later).replace("checkout.new-flow", "none"),
            "flag none not found",
        ),
        (format!("{0},{0}", anna(add, &later)), "already scheduled"),
    ] {
        let answer = world.patch("anna@example.com", &instruction);
        assert_eq!(answer["failedInstructions"], 1, "{answer}");
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_patch_that_is_no_semantic_patch_is_refused_whole() {
    let world = World::new();
    let add = world.instruction("addExpireUserTargetDate", "checkout.new-flow", "true", "");
    let plain = ("content-type", "application/json");
    let empty = r#"{"instructions":[]}"#;
    let without_value = format!(r#"{{"instructions":[{add}]}}"#);
    for (headers, body) in [
        (vec![plain], empty),
        (vec![], r#"{"patch":[],"comment":"x"}"#),
        (vec![], r#"{"instructions":[{"kind":"none"}]}"#),
        (vec![], without_value.as_str()),
        (vec![], "[]"),
    ] {
        let answer = world.ask("PATCH", &expirations("anna@example.com"), &headers, body);
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(json(&answer)["code"], "invalid_request");
    }
}

#[test]
fn a_target_is_gone_from_the_moment_it_expires() {
    let world = World::new();
    let at = format!(",\"value\":{}", START_MS + 60_000);
    let add = "addExpireUserTargetDate";
    world.patch(
        "anna@example.com",
        &world.instruction(add, "checkout.new-flow", "true", &at),
    );
    let setting = || {
        world
            .simulator
            .setting("shop", "test", "anna@example.com", "checkout.new-flow")
    };
    world.clock.advance(Duration::from_millis(59_999));
    assert_eq!(setting().as_deref(), Some("true"));
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(setting(), None);
    assert!(
        world
            .simulator
            .expirations("shop", "test", "anna@example.com")
            .is_empty()
    );
    let last = world.simulator.history().pop().unwrap();
    assert_eq!(
        (last.kind, last.by.as_str()),
        (ChangeKind::Expired, "LaunchDarkly")
    );
    assert_eq!(last.at.as_millisecond(), START_MS + 60_000);
    assert_eq!((last.before.as_deref(), last.after), (Some("true"), None));
}

#[test]
fn clearing_or_moving_a_target_drops_its_expiration() {
    for body in ["{}", r#"{"setting":false}"#] {
        let world = World::new();
        let at = format!(",\"value\":{}", START_MS + 60_000);
        let add = "addExpireUserTargetDate";
        world.patch(
            "anna@example.com",
            &world.instruction(add, "checkout.new-flow", "true", &at),
        );
        assert_eq!(
            world.put("anna@example.com", "checkout.new-flow", body),
            204
        );
        assert!(
            world
                .simulator
                .expirations("shop", "test", "anna@example.com")
                .is_empty()
        );
        let last = world.simulator.history().pop().unwrap();
        assert_eq!(last.kind, ChangeKind::ExpirationRemoved);
    }
}

#[test]
fn a_spent_window_is_a_429_with_headers_until_the_clock_leaves_it() {
    let world = World::new();
    world.simulator.set_limits(Limits {
        route: Some(1),
        retry_after: Some(3),
        ..Limits::default()
    });
    assert_eq!(world.get("/api/v2/versions").status, 200);
    let refused = world.get("/api/v2/versions");
    assert_eq!(refused.status, 429);
    assert_eq!(json(&refused)["code"], "rate_limited");
    let reset = (
        "X-Ratelimit-Reset".to_owned(),
        (START_MS + 10_000).to_string(),
    );
    assert!(refused.headers.contains(&reset), "{:?}", refused.headers);
    assert!(
        refused
            .headers
            .contains(&("Retry-After".to_owned(), "3".to_owned()))
    );
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(world.get("/api/v2/versions").status, 200);
}

#[test]
fn the_five_operations_can_be_retired_by_version_or_altogether() {
    let world = World::new();
    let list = "/api/v2/users/shop/test/u/flags";
    let under = |version| {
        world
            .ask("GET", list, &[("ld-api-version", version)], "")
            .status
    };
    assert_eq!((under("20220603"), under("20240415")), (200, 200));
    world
        .simulator
        .set_user_settings(UserSettings::RemovedFrom20240415);
    assert_eq!(
        (under("20220603"), under("20240415"), under("beta")),
        (200, 404, 404)
    );
    assert_eq!(world.get(list).status, 404);
    world.simulator.set_user_settings(UserSettings::Gone);
    assert_eq!(under("20220603"), 404);
    assert_eq!(world.get("/api/v2/flags/shop/sort.order").status, 200);
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
        let found: Vec<_> = answer["environments"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        found.join(" ")
    };
    assert_eq!(keys(""), "production staging test");
    assert_eq!(keys("?env=test"), "test");
    assert_eq!(keys("?env=test&env=staging&summary=0"), "staging test");
    let unknown = world.get("/api/v2/flags/shop/checkout.new-flow?env=none");
    assert_eq!(unknown.status, 400);
}

#[test]
fn requests_are_recorded_raw_and_without_the_token() {
    let world = World::new();
    world.get("/api/v2/users/shop/test/a%2Fb/flags?x=%20");
    let requests = world.simulator.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].path,
        "/api/v2/users/shop/test/a%2Fb/flags?x=%20"
    );
    assert_eq!(requests[0].header("authorization"), Some("api-…"));
}

#[test]
fn a_reset_brings_the_start_back() {
    let world = World::new();
    world.put("u", "sort.order", r#"{"setting":"price"}"#);
    world.simulator.add_fault(Fault::status(500));
    world.simulator.reset();
    assert!(world.simulator.requests().is_empty() && world.simulator.history().is_empty());
    assert!(world.simulator.faults().is_empty());
    assert_eq!(
        world.simulator.setting("shop", "test", "u", "sort.order"),
        None
    );
}

#[test]
fn a_change_made_elsewhere_is_somebody_elses() {
    let world = World::new();
    let place = ("shop", "test", "u", "sort.order");
    assert!(world.simulator.change_elsewhere(place, Some("\"newest\"")));
    assert!(!world.simulator.change_elsewhere(place, Some("\"none\"")));
    assert!(world.simulator.turn("shop", "test", "sort.order", false));
    let answer = json(&world.get(&setting("u", "sort.order")));
    assert_eq!(
        (&answer["setting"], &answer["_value"]),
        (&value("\"newest\""), &value("\"relevance\""))
    );
    let history = world.simulator.history();
    assert!(history.iter().all(|change| change.by == "somebody else"));
}

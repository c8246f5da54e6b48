//! Errors, in `LaunchDarkly`'s words.

use super::*;

const ANNA: &str = "/api/v2/users/shop/test/anna/flags";
const ONE: &str = "/api/v2/users/shop/test/anna/flags/sort.order";
const NOT_FOUND: &str = r#"{"code":"not_found","message":"Invalid resource identifier"}"#;

#[test]
fn a_token_has_to_be_bare_and_known() {
    let world = World::new();
    let with_scheme = format!("Bearer {BUILT_IN_TOKEN}");
    for token in ["", "api-none", with_scheme.as_str()] {
        let answer = world.ask("GET", ANNA, &[("authorization", token)], "");
        assert_eq!((answer.status, text(&answer)), (401, ""), "{token}");
    }
}

#[test]
fn what_is_unknown_is_a_404_but_an_unknown_environment_is_a_400() {
    let world = World::new();
    let environment = r#"{"message":"Unknown environment key: Test"}"#;
    for (target, status, body) in [
        ("/api/v2/users/none/test/u/flags", 404, NOT_FOUND),
        ("/api/v2/users/shop/test/u/flags/none", 404, NOT_FOUND),
        ("/api/v2/users/none/u/expiring-user-targets/test", 404, NOT_FOUND),
        ("/api/v2/flags/shop/none", 404, NOT_FOUND),
        ("/api/v2/none", 404, NOT_FOUND),
        ("/api/v2/users/shop/Test/u/flags", 400, environment),
        ("/api/v2/users/shop/u/expiring-user-targets/Test", 400, environment),
        ("/api/v2/flags/shop/sort.order?env=test&env=Test", 400, environment),
    ] {
        let answer = world.get(target);
        assert_eq!((answer.status, text(&answer)), (status, body), "{target}");
    }
}

#[test]
fn a_bad_put_is_refused_and_changes_nothing() {
    let world = World::new();
    let plain = ("content-type", "text/plain");
    let none = ("ld-api-version", "1");
    for (headers, body) in [
        (vec![], r#"{"setting":"none"}"#),
        (vec![], r#"{"setting":"price","comment":1}"#),
        (vec![], "null"),
        (vec![], "[]"),
        (vec![], ""),
        (vec![plain], "{}"),
        (vec![none], "{}"),
    ] {
        let answer = world.ask("PUT", ONE, &headers, body);
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(json(&answer)["code"], "invalid_request");
    }
    assert_eq!(world.ask("DELETE", ONE, &[], "").status, 405);
    assert!(world.simulator.history().is_empty());
}

#[test]
fn a_token_that_may_only_read_is_denied_with_the_action_it_lacks() {
    let world = World::new();
    let reader = [("authorization", BUILT_IN_READER_TOKEN)];
    assert_eq!(world.ask("GET", ONE, &reader, "").status, 200);
    let denied = world.ask("PUT", ONE, &reader, r#"{"setting":"price"}"#);
    assert_eq!(denied.status, 403);
    assert_eq!(json(&denied)["access"]["action"], "updateTargets");
    assert_eq!(json(&denied)["access"]["resource"], "proj/shop:env/test:flag/sort.order");
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

/// Every write to the flag `checkout.new-flow`, with a body that would do.
fn writes(world: &World) -> [Answer; 5] {
    let user = "anna@example.com";
    let flag = "/api/v2/flags/shop/checkout.new-flow";
    let context =
        "/api/v2/projects/shop/environments/test/contexts/user/anna/flags/checkout.new-flow";
    let id = world.simulator.variation_id("shop", "checkout.new-flow", "true").unwrap();
    let value = START_MS + 1;
    let patch = |kind: &str, who: &str| {
        format!(
            r#"{{"instructions":[{{"kind":"{kind}",{who},"variationId":"{id}","value":{value}}}]}}"#
        )
    };
    let (of_user, add) = (format!(r#""userKey":"{user}""#), "addExpireUserTargetDate");
    let of_context = format!(r#""contextKind":"user","contextKey":"{user}""#);
    let send = |method, target: &str, body: &str| world.ask(method, target, &[], body);
    [
        send("PUT", &setting(user, "checkout.new-flow"), "{}"),
        send("PUT", context, "{}"),
        send("PATCH", &expirations(user), &patch(add, r#""flagKey":"checkout.new-flow""#)),
        send("PATCH", &format!("{flag}/expiring-user-targets/test"), &patch(add, &of_user)),
        send(
            "PATCH",
            &format!("{flag}/expiring-targets/test"),
            &patch("addExpiringTarget", &of_context),
        ),
    ]
}

#[test]
fn approvals_by_tag_hold_on_every_way_to_a_tagged_flag_and_on_no_other() {
    let world = World::new();
    assert!(world.simulator.set_approval_tags("shop", "test", &["checkout"]));
    for answer in writes(&world) {
        assert_eq!(answer.status, 405, "{}", text(&answer));
        let message = json(&answer)["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("Flag configuration updates require approval: action "));
    }
    assert!(world.simulator.history().is_empty());
    assert_eq!(world.put("u", "sort.order", r#"{"setting":"price"}"#), 204);
    assert!(world.simulator.set_approval_tags("shop", "test", &[]));
    assert_eq!(writes(&world)[0].status, 204);
    assert!(!world.simulator.set_approval_tags("shop", "none", &[]));
}

#[test]
fn a_lost_lock_is_a_409_on_every_way_as_often_as_asked() {
    let world = World::new();
    assert!(world.simulator.lose_locks("shop", "checkout.new-flow", 6));
    for answer in writes(&world) {
        assert_eq!(
            (answer.status, &json(&answer)["code"]),
            (409, &value("\"optimistic_locking_error\""))
        );
    }
    assert!(world.simulator.history().is_empty());
    assert_eq!(world.put("u", "sort.order", r#"{"setting":"price"}"#), 204);
    assert_eq!(world.put("u", "checkout.new-flow", "{}"), 409);
    assert_eq!(world.put("u", "checkout.new-flow", "{}"), 204);
    assert!(!world.simulator.lose_locks("shop", "none", 1));
}

#[test]
fn a_reader_may_write_on_no_way() {
    let world = World::new();
    let reader = [("authorization", BUILT_IN_READER_TOKEN)];
    let flag = "/api/v2/flags/shop/checkout.new-flow";
    for (method, target, action) in [
        (
            "PUT",
            "/api/v2/projects/shop/environments/test/contexts/user/u/flags/checkout.new-flow"
                .to_owned(),
            "updateTargets",
        ),
        ("PATCH", format!("{flag}/expiring-targets/test"), "updateExpiringTargets"),
        ("PATCH", format!("{flag}/expiring-user-targets/test"), "updateExpiringTargets"),
    ] {
        let denied = world.ask(method, &target, &reader, r#"{"instructions":[]}"#);
        assert_eq!(denied.status, 403, "{target}");
        let access = &json(&denied)["access"];
        assert_eq!(access["action"], action);
        assert_eq!(access["resource"], "proj/shop:env/test:flag/checkout.new-flow");
    }
}

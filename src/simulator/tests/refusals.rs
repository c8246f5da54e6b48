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

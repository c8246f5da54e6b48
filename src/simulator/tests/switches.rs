//! Limits, the end of the API, the record of requests.

use std::time::Duration;

use super::*;

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
    let reset = ("X-Ratelimit-Reset".to_owned(), (START_MS + 10_000).to_string());
    assert!(refused.headers.contains(&reset), "{:?}", refused.headers);
    assert!(refused.headers.contains(&("Retry-After".to_owned(), "3".to_owned())));
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(world.get("/api/v2/versions").status, 200);
}

#[test]
fn the_five_operations_can_be_retired_by_version_or_altogether() {
    let world = World::new();
    let list = "/api/v2/users/shop/test/u/flags";
    let under = |version| world.ask("GET", list, &[("ld-api-version", version)], "").status;
    assert_eq!((under("20220603"), under("20240415")), (200, 200));
    world.simulator.set_user_settings(UserSettings::RemovedFrom20240415);
    assert_eq!((under("20220603"), under("20240415"), under("beta")), (200, 404, 404));
    assert_eq!(world.get(list).status, 404);
    world.simulator.set_user_settings(UserSettings::Gone);
    assert_eq!(under("20220603"), 404);
    assert_eq!(world.get("/api/v2/flags/shop/sort.order").status, 200);
}

#[test]
fn a_retired_version_is_neither_listed_nor_answered() {
    let world = World::new();
    let versions = || json(&world.get("/api/v2/versions"))["validVersions"].clone();
    let under = |target: &str| {
        let answer = world.ask("GET", target, &[("ld-api-version", "20220603")], "");
        (answer.status, answer.body.is_empty() || json(&answer)["code"] == "invalid_request")
    };
    let list = "/api/v2/users/shop/test/u/flags";
    assert!(versions().to_string().contains("20220603"));
    world.simulator.set_user_settings(UserSettings::Gone);
    assert!(versions().to_string().contains("20220603"));
    world.simulator.set_user_settings(UserSettings::Retired);
    assert_eq!(versions(), value("[20240415]"));
    for target in [list, "/api/v2/versions", "/api/v2/flags/shop"] {
        assert_eq!(under(target), (400, true), "{target}");
    }
    for target in [list, "/api/v2/users/shop/u/expiring-user-targets/test"] {
        assert_eq!(world.get(target).status, 404, "{target}");
    }
    let kept = "/api/v2/flags/shop/sort.order/expiring-user-targets/test";
    assert_eq!(world.get(kept).status, 200);
    world.simulator.set_user_settings(UserSettings::Served);
    assert_eq!(under(list).0, 200);
}

#[test]
fn requests_are_recorded_raw_and_without_the_token() {
    let world = World::new();
    world.get("/api/v2/users/shop/test/a%2Fb/flags?x=%20");
    let requests = world.simulator.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].path, "/api/v2/users/shop/test/a%2Fb/flags?x=%20");
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
    assert_eq!(world.simulator.setting("shop", "test", "u", "sort.order"), None);
}

#[test]
fn a_seed_can_be_given_another_token() {
    let simulator = Simulator::new(Seed::built_in().with_token("api-mine"), Clock::system());
    assert_eq!(simulator.token(), "api-mine");
    let world = World { simulator, clock: Clock::system() };
    assert_eq!(world.get("/api/v2/versions").status, 401);
    let mine = [("authorization", "api-mine")];
    assert_eq!(world.ask("GET", "/api/v2/versions", &mine, "").status, 200);
}

#[test]
fn the_record_of_requests_forgets_the_oldest() {
    let world = World::new();
    for number in 0..10_001 {
        world.get(&format!("/{number}"));
    }
    let requests = world.simulator.requests();
    assert_eq!((requests.len(), requests[0].path.as_str()), (10_000, "/1"));
    world.simulator.forget_requests();
    assert!(world.simulator.requests().is_empty());
}

#[test]
fn each_token_has_a_window_of_its_own() {
    let world = World::new();
    world.simulator.set_limits(Limits { auth_token: Some(1), ..Limits::default() });
    let reader = [("authorization", BUILT_IN_READER_TOKEN)];
    assert_eq!(world.get("/api/v2/versions").status, 200);
    assert_eq!(world.ask("GET", "/api/v2/versions", &reader, "").status, 200);
    assert_eq!(world.get("/api/v2/versions").status, 429);
}

#[test]
fn a_routes_window_is_that_of_its_pattern_and_verb() {
    let world = World::new();
    world.simulator.set_limits(Limits { route: Some(1), ..Limits::default() });
    let context = r#"{"kind":"user","key":"u"}"#;
    let evaluate = |environment: &str| {
        let target = format!("/api/v2/projects/shop/environments/{environment}/flags/evaluate");
        world.ask("POST", &target, &[], context).status
    };
    assert_eq!((evaluate("test"), evaluate("staging")), (200, 429));
    let side = |word: &str| {
        let target = |flag| format!("/api/v2/flags/shop/{flag}/{word}/test");
        (world.get(&target("sort.order")).status, world.get(&target("banner.text")).status)
    };
    assert_eq!(side("expiring-targets"), (200, 429));
    assert_eq!(side("expiring-user-targets"), (200, 429));
    assert_eq!(world.get("/api/v2/flags/shop").status, 200);
}

//! Holds every answer of the simulator to `LaunchDarkly`'s own specification, schema by schema, and to its
//! official examples. Both lie beside the clone where the project is developed; elsewhere these tests say so
//! and step aside.

use flagward::clock::Clock;
use flagward::simulator::{BUILT_IN_READER_TOKEN, BUILT_IN_TOKEN, Fault, Limits};
use jiff::Timestamp;
use serde_json::json;

use crate::official::{EXPIRING, FLAG, Official, USER, USER_FLAG, compare, same_members};
use crate::wire::{Answer, Served};

const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

/// A simulator in which something of everything is there.
fn furnished() -> Served {
    let clock = Clock::manual(Timestamp::from_second(1_700_000_000).unwrap());
    let served = Served::start(clock);
    let setting = r#"{"setting":"price","comment":"a test"}"#;
    for user in ["a%2Fb", "auth0%7Cx%20y", "%C3%BC"] {
        let target = format!("/api/v2/users/shop/test/{user}/flags/sort.order");
        assert_eq!(served.ask("PUT", &target, setting).status, 204);
    }
    served
}

fn patch(served: &Served, user: &str, kind: &str) -> Answer {
    let id = served.simulator.variation_id("shop", "sort.order", "\"price\"");
    let good = json!({ "kind": kind, "flagKey": "sort.order", "variationId": id, "value": 1_800_000_000_000_i64 });
    let bad = json!({ "kind": kind, "flagKey": "none", "variationId": id, "value": 1_800_000_000_000_i64 });
    let body = json!({ "comment": "a test", "instructions": [good, bad] }).to_string();
    let target = format!("/api/v2/users/shop/{user}/expiring-user-targets/test");
    let headers = [("Authorization", BUILT_IN_TOKEN), ("Content-Type", SEMANTIC)];
    served.send("PATCH", &target, &headers, &body).unwrap()
}

#[test]
fn every_success_fits_its_schema() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    for user in ["a%2Fb", "auth0%7Cx%20y", "%C3%BC", "anna@example.com", "nobody"] {
        let list = served.ask("GET", &format!("/api/v2/users/shop/test/{user}/flags"), "");
        official.check("get", USER, &list);
        for flag in list.json()["items"].as_object().unwrap().keys() {
            let target = format!("/api/v2/users/shop/test/{user}/flags/{flag}");
            official.check("get", USER_FLAG, &served.ask("GET", &target, ""));
            official.check("put", USER_FLAG, &served.ask("PUT", &target, "{}"));
            let flag = format!("/api/v2/flags/shop/{flag}?env=test&env=production");
            official.check("get", FLAG, &served.ask("GET", &flag, ""));
        }
    }
    let served = furnished();
    for user in ["a%2Fb", "auth0%7Cx%20y", "%C3%BC"] {
        official.check("patch", EXPIRING, &patch(&served, user, "addExpireUserTargetDate"));
        let target = format!("/api/v2/users/shop/{user}/expiring-user-targets/test");
        let read = served.ask("GET", &target, "");
        assert_eq!(read.json()["items"].as_array().unwrap().len(), 1);
        official.check("get", EXPIRING, &read);
    }
    for path in ["/api/v2/versions", "/api/v2/caller-identity"] {
        official.check("get", path, &served.ask("GET", path, ""));
    }
}

const PUT: &str = "/api/v2/users/shop/test/u/flags/sort.order";

fn token(token: &str) -> [(&str, &str); 2] {
    [("Authorization", token), ("Content-Type", "application/json")]
}

/// Method, pattern, target, body, and the status expected.
const REFUSED: [(&str, &str, &str, &str, u16); 11] = [
    ("get", USER, "/api/v2/users/none/test/u/flags", "", 404),
    ("get", USER, "/api/v2/users/shop/none/u/flags", "", 400),
    ("get", USER_FLAG, "/api/v2/users/shop/test/u/flags/none", "", 404),
    ("put", USER_FLAG, "/api/v2/users/shop/test/u/flags/none", "{}", 404),
    ("put", USER_FLAG, PUT, "[", 400),
    ("put", USER_FLAG, PUT, r#"{"setting":1}"#, 400),
    ("get", EXPIRING, "/api/v2/users/none/u/expiring-user-targets/test", "", 404),
    ("get", EXPIRING, "/api/v2/users/shop/u/expiring-user-targets/none", "", 400),
    ("patch", EXPIRING, "/api/v2/users/shop/u/expiring-user-targets/test", "{}", 400),
    ("get", FLAG, "/api/v2/flags/shop/none", "", 404),
    ("get", FLAG, "/api/v2/flags/shop/sort.order?env=none", "", 400),
];

#[test]
fn every_refusal_of_a_request_is_declared_or_has_been_seen() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    for (method, pattern, target, body, status) in REFUSED {
        let verb = method.to_uppercase();
        let answer = served.ask(&verb, target, body);
        assert_eq!(answer.status, status, "{method} {target}");
        official.check(method, pattern, &answer);
        let refused = served.send(&verb, target, &token("api-none"), body).unwrap();
        assert_eq!(refused.status, 401);
        official.check(method, pattern, &refused);
    }
}

#[test]
fn every_refusal_of_a_change_is_declared_or_has_been_seen() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    let check = |answer: &Answer, status| {
        assert_eq!(answer.status, status);
        official.check("put", USER_FLAG, answer);
    };
    let denied = served.send("PUT", PUT, &token(BUILT_IN_READER_TOKEN), "{}").unwrap();
    check(&denied, 403);
    let seen = &official.example("observed-errors")[2]["body"];
    assert!(same_members(seen, &denied.json()));
    served.simulator.add_fault(Fault::status(409));
    check(&served.ask("PUT", PUT, "{}"), 409);
    assert!(served.simulator.set_approval_required("shop", "test", true));
    check(&served.ask("PUT", PUT, "{}"), 405);
    official.check("patch", EXPIRING, &patch(&served, "u", "addExpireUserTargetDate"));
    served.simulator.set_limits(Limits { global: Some(0), ..Limits::default() });
    check(&served.ask("PUT", PUT, "{}"), 429);
}

#[test]
fn documented_errors_have_the_examples_words() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    for status in [400, 401, 403, 404, 405, 409, 422, 429] {
        served.simulator.add_fault(Fault::status(status));
        let answer = served.ask("GET", "/api/v2/versions", "");
        assert_eq!(answer.status, status);
        assert_eq!(answer.json(), official.example(&format!("error.{status}")));
    }
}

#[test]
fn answers_have_every_member_of_the_official_examples() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    let patched = patch(&served, "a%2Fb", "addExpireUserTargetDate");
    assert_eq!(patched.json()["failedInstructions"], 1);
    let get = |target: &str| served.ask("GET", target, "");
    for (name, answer) in [
        ("getUserFlagSettings.200", get("/api/v2/users/shop/test/a%2Fb/flags")),
        ("getUserFlagSetting.200", get("/api/v2/users/shop/test/a%2Fb/flags/sort.order")),
        ("getExpiringFlagsForUser.200", get("/api/v2/users/shop/a%2Fb/expiring-user-targets/test")),
        ("patchExpiringFlagsForUser.200", patched),
        ("getFeatureFlag.200", get("/api/v2/flags/shop/checkout.new-flow")),
        ("getVersions.200", get("/api/v2/versions")),
        ("getCallerIdentity.200", get("/api/v2/caller-identity")),
    ] {
        let mut faults = Vec::new();
        compare(&official.example(name), &answer.json(), "", &mut faults);
        assert!(faults.is_empty(), "{name}: {faults:#?}\n{}", answer.body);
    }
}

#[test]
fn the_check_itself_finds_what_does_not_fit() {
    let Some(official) = Official::find() else {
        return;
    };
    let schema = json!({ "$ref": "#/components/schemas/UserFlagSetting" });
    let good =
        json!({ "_links": {}, "_value": null, "setting": null, "reason": { "kind": "OFF" } });
    assert!(official.faults(&schema, &good).is_empty());
    for bad in [
        json!({ "_links": {}, "_value": null }),
        json!({ "_links": [], "_value": null, "setting": null }),
        json!({ "_links": {}, "_value": null, "setting": null, "reason": {} }),
        json!({ "_links": {}, "_value": null, "setting": null, "reason": { "kind": 1 } }),
    ] {
        assert!(!official.faults(&schema, &bad).is_empty(), "{bad}");
    }
    let mut faults = Vec::new();
    compare(
        &json!({ "a": 1, "b": [{ "c": "" }] }),
        &json!({ "a": 1.5, "b": [{}] }),
        "",
        &mut faults,
    );
    assert_eq!(faults.len(), 2, "{faults:?}");
}

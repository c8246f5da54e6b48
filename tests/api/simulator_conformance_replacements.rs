//! Holds the calls that replace the User Settings operations to `LaunchDarkly`'s specification and examples, as
//! `simulator_conformance` does for the operations themselves; steps aside in the same way.

use flagward::clock::Clock;
use flagward::simulator::{BUILT_IN_READER_TOKEN, BUILT_IN_TOKEN, Limits, Seed, Simulator};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::official::{
    CONTEXT_FLAG, CONTEXTS, EVALUATE, FLAG, FLAG_CONTEXTS, FLAG_USERS, FLAGS, Official, compare,
};
use crate::wire::{Answer, Served};

const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";
const EVALUATE_TEST: &str = "/api/v2/projects/shop/environments/test/flags/evaluate";
const OF_CONTEXTS: &str = "/api/v2/flags/shop/sort.order/expiring-targets/test";
const OF_USERS: &str = "/api/v2/flags/shop/sort.order/expiring-user-targets/test";
const PUT: &str = "/api/v2/projects/shop/environments/test/contexts/user/u/flags/sort.order";

/// A simulator with more flags than fit into a page, where users and a device are targeted.
fn furnished() -> Served {
    let clock = Clock::manual(Timestamp::from_second(1_700_000_000).unwrap());
    let seed = Seed::built_in().with_many_flags("shop", 120);
    let served = Served::of(Simulator::new(seed, clock));
    for context in ["user/u", "user/a%2Fb", "user/%C3%BC", "device/till-1"] {
        let put =
            format!("/api/v2/projects/shop/environments/test/contexts/{context}/flags/sort.order");
        assert_eq!(served.ask("PUT", &put, r#"{"setting":"price"}"#).status, 204);
    }
    served
}

/// One of the official requests, with a variation that there is; a second instruction cannot be followed.
fn patch(served: &Served, official: &Official, name: &str, target: &str) -> Answer {
    let id = served.simulator.variation_id("shop", "sort.order", "\"price\"");
    let mut body = official.example(&format!("{name}.request"));
    let mut good = body["instructions"][0].clone();
    good["variationId"] = json!(id);
    good["value"] = json!(1_800_000_000_000_i64);
    let mut bad = good.clone();
    for key in ["userKey", "contextKey"] {
        if good.get(key).is_some() {
            good[key] = json!("u");
            bad[key] = json!("not targeted");
        }
    }
    body["instructions"] = json!([good, bad]);
    send(served, "PATCH", target, BUILT_IN_TOKEN, &body.to_string())
}

fn send(served: &Served, method: &str, target: &str, token: &str, body: &str) -> Answer {
    let headers = [("Authorization", token), ("Content-Type", SEMANTIC)];
    served.send(method, target, &headers, body).unwrap()
}

fn contexts(official: &Official) -> Vec<Value> {
    vec![
        official.example("evaluateContextInstance.request"),
        json!({ "kind": "user", "key": "a/b", "country": "FR" }),
        json!({ "kind": "multi", "user": { "key": "u" }, "device": { "key": "till-1" } }),
        json!({ "kind": "device", "key": "till-7" }),
    ]
}

#[test]
fn every_success_of_the_replacements_fits_its_schema() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    for context in contexts(&official) {
        for query in ["", "?limit=3&offset=1&sort=-name", "?filter=query+equals+sort"] {
            let target = format!("{EVALUATE_TEST}{query}");
            let answer = served.ask("POST", &target, &context.to_string());
            assert_eq!(answer.status, 200, "{answer:?}");
            official.check("post", EVALUATE, &answer);
        }
    }
    for query in ["", "?env=test&env=production&summary=0&limit=100", "?filter=state:archived"] {
        let listed = served.ask("GET", &format!("/api/v2/flags/shop{query}"), "");
        assert_eq!(listed.status, 200, "{listed:?}");
        official.check("get", FLAGS, &listed);
        for flag in listed.json()["items"].as_array().unwrap() {
            let target = format!("/api/v2/flags/shop/{}?env=test", flag["key"].as_str().unwrap());
            official.check("get", FLAG, &served.ask("GET", &target, ""));
        }
    }
    for user in ["anna@example.com", "a%2Fb", "nobody"] {
        let target =
            format!("/api/v2/projects/shop/environments/test/contexts/user/{user}?limit=1");
        let records = served.ask("GET", &target, "");
        assert_eq!(records.status, 200, "{records:?}");
        official.check("get", CONTEXTS, &records);
    }
    let mut put = official.example("putContextFlagSetting.request");
    put["setting"] = json!("newest");
    let put = served.ask("PUT", PUT, &put.to_string());
    assert_eq!(put.status, 204);
    official.check("put", CONTEXT_FLAG, &put);
}

#[test]
fn scheduled_removals_on_a_flag_fit_their_schemas_and_examples() {
    let Some(official) = Official::find() else {
        return;
    };
    for (pattern, target, changed, read) in [
        (FLAG_CONTEXTS, OF_CONTEXTS, "patchExpiringTargets", "getExpiringContextTargets"),
        (FLAG_USERS, OF_USERS, "patchExpiringUserTargets", "getExpiringUserTargets"),
    ] {
        let served = furnished();
        let patched = patch(&served, &official, changed, target);
        assert_eq!(patched.json()["successfulInstructions"], 1, "{patched:?}");
        assert_eq!(patched.json()["failedInstructions"], 1, "{patched:?}");
        official.check("patch", pattern, &patched);
        let answer = served.ask("GET", target, "");
        assert_eq!(answer.json()["items"].as_array().unwrap().len(), 1);
        official.check("get", pattern, &answer);
        for (name, answer) in [(changed, &patched), (read, &answer)] {
            let mut faults = Vec::new();
            let example = official.example(&format!("{name}.200"));
            compare(&example, &answer.json(), "", &mut faults);
            assert!(faults.is_empty(), "{name}: {faults:#?}\n{}", answer.body);
        }
    }
}

#[test]
fn evaluations_have_every_member_of_the_official_example() {
    let Some(official) = Official::find() else {
        return;
    };
    let sent = official.example("evaluateContextInstance.request").to_string();
    let answer = furnished().ask("POST", EVALUATE_TEST, &sent);
    let mut faults = Vec::new();
    compare(&official.example("evaluateContextInstance.200"), &answer.json(), "", &mut faults);
    assert!(faults.is_empty(), "{faults:#?}\n{}", answer.body);
}

/// Method, pattern, target, body, and the status expected.
const REFUSED: [(&str, &str, &str, &str, u16); 17] = [
    ("post", EVALUATE, "/api/v2/projects/none/environments/test/flags/evaluate", "{}", 404),
    ("post", EVALUATE, "/api/v2/projects/shop/environments/none/flags/evaluate", "{}", 400),
    ("post", EVALUATE, EVALUATE_TEST, r#"{"key":"u"}"#, 400),
    ("post", EVALUATE, EVALUATE_TEST, "[", 400),
    ("put", CONTEXT_FLAG, PUT, r#"{"setting":1}"#, 400),
    ("get", FLAGS, "/api/v2/flags/none", "", 404),
    ("get", FLAGS, "/api/v2/flags/shop?limit=101", "", 400),
    ("get", FLAGS, "/api/v2/flags/shop?env=none", "", 400),
    ("get", FLAG_CONTEXTS, "/api/v2/flags/shop/none/expiring-targets/test", "", 404),
    ("get", FLAG_CONTEXTS, "/api/v2/flags/shop/sort.order/expiring-targets/none", "", 400),
    ("get", FLAG_USERS, "/api/v2/flags/shop/none/expiring-user-targets/test", "", 404),
    ("get", FLAG_USERS, "/api/v2/flags/shop/sort.order/expiring-user-targets/none", "", 400),
    ("patch", FLAG_CONTEXTS, OF_CONTEXTS, "{}", 400),
    ("patch", FLAG_CONTEXTS, "/api/v2/flags/none/f/expiring-targets/test", "{}", 404),
    ("patch", FLAG_USERS, OF_USERS, "{}", 400),
    ("get", CONTEXTS, "/api/v2/projects/shop/environments/none/contexts/user/u", "", 400),
    ("get", CONTEXTS, "/api/v2/projects/shop/environments/test/contexts/user/u?limit=51", "", 400),
];

#[test]
fn every_refusal_of_a_replacement_is_declared_or_has_been_seen() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    for (method, pattern, target, body, status) in REFUSED {
        let verb = method.to_uppercase();
        let answer = send(&served, &verb, target, BUILT_IN_TOKEN, body);
        assert_eq!(answer.status, status, "{method} {target}");
        official.check(method, pattern, &answer);
        let refused = send(&served, &verb, target, "api-none", body);
        assert_eq!(refused.status, 401);
        official.check(method, pattern, &refused);
    }
}

#[test]
fn every_refusal_of_a_replaced_change_is_declared_or_has_been_seen() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    let empty = r#"{"instructions":[]}"#;
    let writes = [
        ("put", CONTEXT_FLAG, PUT, "{}".to_owned()),
        ("patch", FLAG_CONTEXTS, OF_CONTEXTS, empty.to_owned()),
        ("patch", FLAG_USERS, OF_USERS, empty.to_owned()),
    ];
    let check = |token: &str, status: u16| {
        for (method, pattern, target, body) in &writes {
            let answer = send(&served, &method.to_uppercase(), target, token, body);
            assert_eq!(answer.status, status, "{method} {target}: {answer:?}");
            official.check(method, pattern, &answer);
        }
    };
    check(BUILT_IN_READER_TOKEN, 403);
    assert!(served.simulator.set_approval_required("shop", "test", true));
    check(BUILT_IN_TOKEN, 405);
    assert!(served.simulator.set_approval_required("shop", "test", false));
    assert!(served.simulator.lose_locks("shop", "sort.order", 3));
    let lost = served.ask("PUT", PUT, "{}");
    assert_eq!(lost.status, 409);
    official.check("put", CONTEXT_FLAG, &lost);
    for (pattern, target, name) in [
        (FLAG_CONTEXTS, OF_CONTEXTS, "patchExpiringTargets"),
        (FLAG_USERS, OF_USERS, "patchExpiringUserTargets"),
    ] {
        let lost = patch(&served, &official, name, target);
        assert_eq!(lost.status, 409);
        official.check("patch", pattern, &lost);
    }
    served.simulator.set_contexts_forbidden(true);
    let records = "/api/v2/projects/shop/environments/test/contexts/user/u";
    let forbidden = served.ask("GET", records, "");
    assert_eq!(forbidden.status, 403);
    official.check("get", CONTEXTS, &forbidden);
    served.simulator.set_limits(Limits { global: Some(0), ..Limits::default() });
    check(BUILT_IN_TOKEN, 429);
}

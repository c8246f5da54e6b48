//! Holds every answer of the simulator to `LaunchDarkly`'s own specification, schema by schema, and to its
//! official examples. Both lie beside the clone where the project is developed; elsewhere these tests say so
//! and step aside.

use std::path::{Path, PathBuf};

use flagward::clock::Clock;
use flagward::simulator::{BUILT_IN_READER_TOKEN, BUILT_IN_TOKEN, Fault, Limits};
use jiff::Timestamp;
use jsonschema::Draft;
use serde_json::{Value, json};

use crate::wire::{Answer, Served};

const USER: &str = "/api/v2/users/{projectKey}/{environmentKey}/{userKey}/flags";
const USER_FLAG: &str =
    "/api/v2/users/{projectKey}/{environmentKey}/{userKey}/flags/{featureFlagKey}";
const EXPIRING: &str =
    "/api/v2/users/{projectKey}/{userKey}/expiring-user-targets/{environmentKey}";
const FLAG: &str = "/api/v2/flags/{projectKey}/{featureFlagKey}";
const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

/// What `LaunchDarkly` does beside its specification: seen by others, in `examples/observed-errors.json`.
const UNDECLARED: [(&str, &str, u16); 5] = [
    ("get", EXPIRING, 400),  // an unknown environment
    ("get", FLAG, 400),      // the same
    ("put", USER_FLAG, 405), // approvals
    ("patch", EXPIRING, 405),
    ("put", USER_FLAG, 409), // an optimistic lock
];

/// The specification and the examples.
struct Official {
    folder: PathBuf,
    document: Value,
}

impl Official {
    /// None, with a notice, where they are not there.
    fn find() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/launchdarkly");
        let Ok(text) = std::fs::read_to_string(folder.join("openapi-user-settings.json")) else {
            eprintln!(
                "stepped aside: no LaunchDarkly specification in {}",
                folder.display()
            );
            return None;
        };
        let document = serde_json::from_str(&text).unwrap();
        Some(Self { folder, document })
    }

    fn example(&self, name: &str) -> Value {
        let file = self.folder.join("examples").join(format!("{name}.json"));
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    /// Holds an answer to what the specification says about this operation and status.
    fn check(&self, method: &str, pattern: &str, answer: &Answer) {
        let said = &self.document["paths"][pattern][method]["responses"];
        assert!(said.is_object(), "no operation {method} {pattern}");
        let place = format!("{method} {pattern}: {answer:?}");
        if answer.status == 401 {
            assert_eq!(answer.body, "", "{place}");
            return;
        }
        let said = &said[answer.status.to_string()];
        if said.is_null() {
            assert!(
                UNDECLARED.contains(&(method, pattern, answer.status)),
                "{place}"
            );
            self.check_observed(answer);
            return;
        }
        let schema = &said["content"]["application/json"]["schema"];
        if schema.is_null() {
            assert_eq!(
                (answer.body.as_str(), answer.header("content-type")),
                ("", None),
                "{place}"
            );
            return;
        }
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{place}"
        );
        if answer.status == 400 && answer.json()["code"].is_null() {
            self.check_observed(answer);
            return;
        }
        let faults = self.faults(schema, &answer.json());
        assert!(faults.is_empty(), "{place}\n{faults:#?}");
    }

    fn faults(&self, schema: &Value, instance: &Value) -> Vec<String> {
        let mut schema = schema.clone();
        schema["components"] = self.document["components"].clone();
        let options = jsonschema::options().with_draft(Draft::Draft4);
        let validator = options.build(&schema).unwrap();
        let faults = validator.iter_errors(instance);
        faults
            .map(|f| format!("{}: {f}", f.instance_path()))
            .collect()
    }

    /// An error that the specification does not declare has to be one that others have seen.
    fn check_observed(&self, answer: &Answer) {
        let body = answer.json();
        let observed = self.example("observed-errors");
        let of_code = self.example("error.409");
        let known = observed
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (&one["status"], &one["body"]));
        let status = json!(answer.status);
        let known = known
            .chain([(&json!(409), &of_code)])
            .any(|(code, example)| {
                *code == status && same_members(example, &body) && same_start(example, &body)
            });
        assert!(known, "nobody has seen {answer:?}");
    }
}

fn same_members(a: &Value, b: &Value) -> bool {
    let keys = |value: &Value| {
        let members = value.as_object().into_iter().flatten();
        members.map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    keys(a) == keys(b)
}

/// Messages may name different keys at their end.
fn same_start(example: &Value, body: &Value) -> bool {
    let start = |value: &Value| {
        let message = value["message"].as_str().unwrap_or_default();
        message.split(':').next().unwrap_or_default().to_owned()
    };
    start(example) == start(body)
}

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
    let id = served
        .simulator
        .variation_id("shop", "sort.order", "\"price\"");
    let good = json!({ "kind": kind, "flagKey": "sort.order", "variationId": id, "value": 1_800_000_000_000_i64 });
    let bad = json!({ "kind": kind, "flagKey": "none", "variationId": id, "value": 1_800_000_000_000_i64 });
    let body = json!({ "comment": "a test", "instructions": [good, bad] }).to_string();
    let target = format!("/api/v2/users/shop/{user}/expiring-user-targets/test");
    let headers = [
        ("Authorization", BUILT_IN_TOKEN),
        ("Content-Type", SEMANTIC),
    ];
    served.send("PATCH", &target, &headers, &body).unwrap()
}

#[test]
fn every_success_fits_its_schema() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    for user in [
        "a%2Fb",
        "auth0%7Cx%20y",
        "%C3%BC",
        "anna@example.com",
        "nobody",
    ] {
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
        official.check(
            "patch",
            EXPIRING,
            &patch(&served, user, "addExpireUserTargetDate"),
        );
        let target = format!("/api/v2/users/shop/{user}/expiring-user-targets/test");
        let read = served.ask("GET", &target, "");
        assert_eq!(read.json()["items"].as_array().unwrap().len(), 1);
        official.check("get", EXPIRING, &read);
    }
    for path in ["/api/v2/versions", "/api/v2/caller-identity"] {
        official.check("get", path, &served.ask("GET", path, ""));
    }
}

#[test]
fn every_refusal_is_declared_or_has_been_seen() {
    let Some(official) = Official::find() else {
        return;
    };
    let served = furnished();
    let token = |token| {
        [
            ("Authorization", token),
            ("Content-Type", "application/json"),
        ]
    };
    for (method, pattern, target, body, status) in [
        ("get", USER, "/api/v2/users/none/test/u/flags", "", 404),
        ("get", USER, "/api/v2/users/shop/none/u/flags", "", 400),
        (
            "get",
            USER_FLAG,
            "/api/v2/users/shop/test/u/flags/none",
            "",
            404,
        ),
        (
            "put",
            USER_FLAG,
            "/api/v2/users/shop/test/u/flags/none",
            "{}",
            404,
        ),
        (
            "put",
            USER_FLAG,
            "/api/v2/users/shop/test/u/flags/sort.order",
            "[",
            400,
        ),
        (
            "put",
            USER_FLAG,
            "/api/v2/users/shop/test/u/flags/sort.order",
            r#"{"setting":1}"#,
            400,
        ),
        (
            "get",
            EXPIRING,
            "/api/v2/users/none/u/expiring-user-targets/test",
            "",
            404,
        ),
        (
            "get",
            EXPIRING,
            "/api/v2/users/shop/u/expiring-user-targets/none",
            "",
            400,
        ),
        (
            "patch",
            EXPIRING,
            "/api/v2/users/shop/u/expiring-user-targets/test",
            "{}",
            400,
        ),
        ("get", FLAG, "/api/v2/flags/shop/none", "", 404),
        (
            "get",
            FLAG,
            "/api/v2/flags/shop/sort.order?env=none",
            "",
            400,
        ),
    ] {
        let method = method.to_uppercase();
        let answer = served.ask(&method, target, body);
        assert_eq!(answer.status, status, "{method} {target}");
        official.check(&method.to_lowercase(), pattern, &answer);
        let refused = served
            .send(&method, target, &token("api-none"), body)
            .unwrap();
        assert_eq!(refused.status, 401);
        official.check(&method.to_lowercase(), pattern, &refused);
    }
    let target = "/api/v2/users/shop/test/u/flags/sort.order";
    let denied = served
        .send("PUT", target, &token(BUILT_IN_READER_TOKEN), "{}")
        .unwrap();
    assert_eq!(denied.status, 403);
    official.check("put", USER_FLAG, &denied);
    assert!(same_members(
        &official.example("observed-errors")[2]["body"],
        &denied.json()
    ));
    served.simulator.add_fault(Fault::status(409));
    official.check("put", USER_FLAG, &served.ask("PUT", target, "{}"));
    assert!(served.simulator.set_approval_required("shop", "test", true));
    official.check("put", USER_FLAG, &served.ask("PUT", target, "{}"));
    official.check(
        "patch",
        EXPIRING,
        &patch(&served, "u", "addExpireUserTargetDate"),
    );
    served.simulator.set_limits(Limits {
        global: Some(0),
        ..Limits::default()
    });
    let spent = served.ask("GET", target, "");
    assert_eq!(spent.status, 429);
    official.check("get", USER_FLAG, &spent);
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

/// Members of the examples that the simulator leaves out, and why.
const LEFT_OUT: [&str; 8] = [
    "/items/0/targetType",                                 // segments only
    "/maintainerTeamKey",                                  // its flags belong to a member
    "/_maintainerTeam",                                    // the same
    "/environments/*/_summary/variations/*/isFallthrough", // only where it holds
    "/environments/*/_summary/variations/*/isOff",         // the same
    "/clientName",                                         // OAuth tokens only
    "/audience",                                           // the same
    "/expiresAt",                                          // tokens that end
];

/// Objects whose members are named by data: any member of theirs is compared with the example's first.
const MAPS: [&str; 5] = [
    "/items",
    "/_links",
    "/environments",
    "/environments/*/_summary/variations",
    "/customProperties",
];

/// Members that may hold any JSON.
const ANY: [&str; 5] = [
    "/_value",
    "/setting",
    "/items/*/_value",
    "/items/*/setting",
    "/variations/0/value",
];

fn compare(example: &Value, actual: &Value, path: &str, faults: &mut Vec<String>) {
    if ANY.contains(&path) {
        return;
    }
    match (example, actual) {
        (Value::Object(example), Value::Object(actual)) if MAPS.contains(&path) => {
            let Some(first) = example.values().next() else {
                return;
            };
            for one in actual.values() {
                compare(first, one, &format!("{path}/*"), faults);
            }
        }
        (Value::Object(example), Value::Object(actual)) => {
            for (name, expected) in example {
                let path = format!("{path}/{name}");
                match actual.get(name) {
                    Some(found) => compare(expected, found, &path, faults),
                    None if LEFT_OUT.contains(&path.as_str()) => {}
                    None => faults.push(format!("{path} is missing")),
                }
            }
        }
        (Value::Array(example), Value::Array(actual)) => {
            let Some(first) = example.first() else { return };
            for one in actual {
                compare(first, one, &format!("{path}/0"), faults);
            }
        }
        _ => {
            let same = std::mem::discriminant(example) == std::mem::discriminant(actual)
                && example.is_i64() == actual.is_i64();
            if !same {
                faults.push(format!("{path} should be like {example}, but is {actual}"));
            }
        }
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
        (
            "getUserFlagSettings.200",
            get("/api/v2/users/shop/test/a%2Fb/flags"),
        ),
        (
            "getUserFlagSetting.200",
            get("/api/v2/users/shop/test/a%2Fb/flags/sort.order"),
        ),
        (
            "getExpiringFlagsForUser.200",
            get("/api/v2/users/shop/a%2Fb/expiring-user-targets/test"),
        ),
        ("patchExpiringFlagsForUser.200", patched),
        (
            "getFeatureFlag.200",
            get("/api/v2/flags/shop/checkout.new-flow"),
        ),
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

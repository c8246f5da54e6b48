//! `LaunchDarkly`'s specification and official examples, and how an answer is held to them.

use std::path::{Path, PathBuf};

use jsonschema::Draft;
use serde_json::{Value, json};

use crate::wire::Answer;

pub(crate) const USER: &str = "/api/v2/users/{projectKey}/{environmentKey}/{userKey}/flags";
pub(crate) const USER_FLAG: &str =
    "/api/v2/users/{projectKey}/{environmentKey}/{userKey}/flags/{featureFlagKey}";
pub(crate) const EXPIRING: &str =
    "/api/v2/users/{projectKey}/{userKey}/expiring-user-targets/{environmentKey}";
pub(crate) const FLAG: &str = "/api/v2/flags/{projectKey}/{featureFlagKey}";
pub(crate) const FLAGS: &str = "/api/v2/flags/{projectKey}";
pub(crate) const FLAG_CONTEXTS: &str =
    "/api/v2/flags/{projectKey}/{featureFlagKey}/expiring-targets/{environmentKey}";
pub(crate) const FLAG_USERS: &str =
    "/api/v2/flags/{projectKey}/{featureFlagKey}/expiring-user-targets/{environmentKey}";
pub(crate) const EVALUATE: &str =
    "/api/v2/projects/{projectKey}/environments/{environmentKey}/flags/evaluate";
pub(crate) const CONTEXTS: &str =
    "/api/v2/projects/{projectKey}/environments/{environmentKey}/contexts/{kind}/{key}";
pub(crate) const CONTEXT_FLAG: &str = "/api/v2/projects/{projectKey}/environments/{environmentKey}/contexts/{contextKind}/{contextKey}/flags/{featureFlagKey}";

/// What `LaunchDarkly` does beside its specification: seen by others, in `examples/observed-errors.json`.
pub(crate) const UNDECLARED: [(&str, &str, u16); 13] = [
    ("get", EXPIRING, 400),  // an unknown environment
    ("get", FLAG, 400),      // the same
    ("put", USER_FLAG, 405), // approvals
    ("patch", EXPIRING, 405),
    ("put", USER_FLAG, 409), // an optimistic lock
    ("patch", EXPIRING, 409),
    ("put", CONTEXT_FLAG, 405), // the same of the calls that replace them
    ("patch", FLAG_CONTEXTS, 405),
    ("patch", FLAG_CONTEXTS, 409),
    ("patch", FLAG_USERS, 405),
    ("patch", FLAG_USERS, 409),
    ("get", FLAG_CONTEXTS, 400),
    ("get", FLAG_USERS, 400),
];

/// The specification and the examples.
pub(crate) struct Official {
    folder: PathBuf,
    document: Value,
}

impl Official {
    /// None, with a notice, where they are not there.
    pub(crate) fn find() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/launchdarkly");
        let Ok(text) = std::fs::read_to_string(folder.join("openapi-user-settings.json")) else {
            eprintln!("stepped aside: no LaunchDarkly specification in {}", folder.display());
            return None;
        };
        let document = serde_json::from_str(&text).unwrap();
        Some(Self { folder, document })
    }

    pub(crate) fn example(&self, name: &str) -> Value {
        let file = self.folder.join("examples").join(format!("{name}.json"));
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    /// Holds an answer to what the specification says about this operation and status.
    pub(crate) fn check(&self, method: &str, pattern: &str, answer: &Answer) {
        let said = &self.document["paths"][pattern][method]["responses"];
        assert!(said.is_object(), "no operation {method} {pattern}");
        let place = format!("{method} {pattern}: {answer:?}");
        if answer.status == 401 {
            assert_eq!(answer.body, "", "{place}");
            return;
        }
        let said = &said[answer.status.to_string()];
        if said.is_null() {
            assert!(UNDECLARED.contains(&(method, pattern, answer.status)), "{place}");
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
        assert_eq!(answer.header("content-type"), Some("application/json"), "{place}");
        if answer.status == 400 && answer.json()["code"].is_null() {
            self.check_observed(answer);
            return;
        }
        let faults = self.faults(schema, &answer.json());
        assert!(faults.is_empty(), "{place}\n{faults:#?}");
    }

    pub(crate) fn faults(&self, schema: &Value, instance: &Value) -> Vec<String> {
        let mut schema = schema.clone();
        schema["components"] = self.document["components"].clone();
        let options = jsonschema::options().with_draft(Draft::Draft4);
        let validator = options.build(&schema).unwrap();
        let faults = validator.iter_errors(instance);
        faults.map(|f| format!("{}: {f}", f.instance_path())).collect()
    }

    /// An error that the specification does not declare has to be one that others have seen.
    pub(crate) fn check_observed(&self, answer: &Answer) {
        let body = answer.json();
        let observed = self.example("observed-errors");
        let of_code = self.example("error.409");
        let known = observed.as_array().unwrap().iter().map(|one| (&one["status"], &one["body"]));
        let status = json!(answer.status);
        let known = known.chain([(&json!(409), &of_code)]).any(|(code, example)| {
            *code == status && same_members(example, &body) && same_start(example, &body)
        });
        assert!(known, "nobody has seen {answer:?}");
    }
}

pub(crate) fn same_members(a: &Value, b: &Value) -> bool {
    let keys = |value: &Value| {
        let members = value.as_object().into_iter().flatten();
        members.map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    keys(a) == keys(b)
}

/// Messages may name different keys at their end.
pub(crate) fn same_start(example: &Value, body: &Value) -> bool {
    let start = |value: &Value| {
        let message = value["message"].as_str().unwrap_or_default();
        message.split(':').next().unwrap_or_default().to_owned()
    };
    start(example) == start(body)
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
const ANY: [&str; 6] = [
    "/_value",
    "/setting",
    "/items/*/_value",
    "/items/*/setting",
    "/items/0/_value",
    "/variations/0/value",
];

pub(crate) fn compare(example: &Value, actual: &Value, path: &str, faults: &mut Vec<String>) {
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

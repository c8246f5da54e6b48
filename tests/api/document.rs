//! The document says what the gateway does, and the gateway does what the document says.

use std::collections::BTreeSet;
use std::path::Path;

use flagward::http::{ROUTES, openapi_document};
use serde_json::{Value, json};

use crate::house::{House, POLICY};
use crate::wire::Answer;

/// What is served beside the operations: the document itself, and its page.
const BESIDE: [&str; 3] = ["/openapi.json", "/docs", "/docs/{tail:.*}"];
pub(crate) const FLAG: &str =
    "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}";
const OVERRIDE: &str = r#"{"setting": false, "expires_in": "2h"}"#;

pub(crate) fn document() -> Value {
    serde_json::from_str(&openapi_document()).unwrap()
}

/// An operation of the document.
pub(crate) struct Operation<'a> {
    document: &'a Value,
    pub(crate) path: &'a str,
    pub(crate) method: String,
    content: &'a Value,
}

pub(crate) fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, content) in item.as_object().unwrap() {
            let method = method.to_uppercase();
            operations.push(Operation { document, path, method, content });
        }
    }
    operations
}

pub(crate) fn operation<'a>(document: &'a Value, path: &str, method: &str) -> Operation<'a> {
    let mut all = operations(document).into_iter();
    all.find(|one| one.path == path && one.method == method).unwrap()
}

impl Operation<'_> {
    /// The path with the examples of its parameters.
    pub(crate) fn example_path(&self) -> String {
        let mut path = self.path.to_owned();
        for parameter in self.content["parameters"].as_array().into_iter().flatten() {
            let parameter = self.resolve(parameter);
            if parameter["in"] == "path" {
                let example = parameter["example"].as_str().unwrap();
                path =
                    path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), example);
            }
        }
        path
    }

    /// The bodies that it shows; an empty one where it takes none.
    pub(crate) fn example_bodies(&self) -> Vec<String> {
        let Some(body) = self.content.get("requestBody") else {
            return vec![String::new()];
        };
        examples(&body["content"]["application/json"]).iter().map(Value::to_string).collect()
    }

    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        value.get("$ref").map_or(value, |name| {
            self.document.pointer(name.as_str().unwrap().trim_start_matches('#')).unwrap()
        })
    }

    pub(crate) fn statuses(&self) -> BTreeSet<u16> {
        let responses = self.content["responses"].as_object().unwrap();
        responses.keys().map(|status| status.parse().unwrap()).collect()
    }

    /// The answer must be one that is declared: its status, its headers, its body.
    pub(crate) fn allows(&self, answer: &Answer) {
        let name = format!("{} {}: {answer:?}", self.method, self.path);
        let responses = &self.content["responses"];
        let declared = self.resolve(responses.get(answer.status.to_string()).expect(&name));
        let usual = ["content-length", "content-type", "date", "connection", "content-encoding"];
        for (header, _) in
            answer.headers.iter().filter(|(header, _)| !usual.contains(&header.as_str()))
        {
            let mut known = declared["headers"].as_object().expect(&name).keys();
            assert!(known.any(|known| known.eq_ignore_ascii_case(header)), "{header} of {name}");
        }
        let Some(content) = declared.get("content") else {
            return assert_eq!(answer.body, "", "{name}");
        };
        let kind = answer.header("content-type").expect(&name);
        let media = content.get(kind).expect(&name);
        fits(self.document, &media["schema"], &answer.json(), &name);
        let Some(code) = answer.json().get("type").cloned() else {
            return;
        };
        let shown = examples(media);
        assert!(shown.iter().any(|shown| shown["type"] == code), "an example of {name}");
    }
}

/// The examples of a media type.
fn examples(media: &Value) -> Vec<Value> {
    let one = media.get("example").cloned();
    let several = media["examples"].as_object().into_iter().flatten();
    one.into_iter().chain(several.map(|(_, example)| example["value"].clone())).collect()
}

fn fits(document: &Value, schema: &Value, value: &Value, name: &str) {
    let schema =
        json!({"allOf": [schema], "components": {"schemas": document["components"]["schemas"]}});
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> = validator.iter_errors(value).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{name}: {faults:?}\n{value}");
}

#[test]
fn the_kept_document_is_what_the_code_says() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/flagward.json");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(kept == openapi_document(), "openapi/flagward.json is old: ./tests/run bless");
}

#[test]
fn every_route_is_documented_and_nothing_else() {
    let document = document();
    let documented: BTreeSet<_> =
        operations(&document).iter().map(|one| format!("{} {}", one.method, one.path)).collect();
    let routes = ROUTES.iter().filter(|route| !BESIDE.contains(&route.pattern));
    let served: BTreeSet<_> = routes
        .flat_map(|route| {
            let methods = route.methods.iter().filter(|method| **method != "HEAD");
            methods.map(|method| format!("{method} {}", route.pattern))
        })
        .collect();
    assert_eq!(documented, served);
}

#[test]
fn every_example_fits_its_schema() {
    fn walk(document: &Value, value: &Value, at: &str, count: &mut usize) {
        if let Some(schema) = value.get("schema") {
            for example in examples(value) {
                fits(document, schema, &example, at);
                *count += 1;
            }
        }
        let members = value.as_object().into_iter().flatten();
        for (name, member) in members.filter(|(name, _)| *name != "schemas") {
            walk(document, member, &format!("{at}/{name}"), count);
        }
    }
    let (document, mut count) = (document(), 0);
    walk(&document, &document, "", &mut count);
    assert!(count > 60, "only {count} examples were found");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_a_request_works() {
    let house = House::open();
    let document = document();
    let set = operation(&document, FLAG, "PUT");
    for operation in operations(&document) {
        for body in operation.example_bodies() {
            // What ends or clears an override needs one.
            let before = house.ask("PUT", &set.example_path(), OVERRIDE).await;
            assert_eq!(before.status, 200, "{before:?}");
            let answer = house.ask(&operation.method, &operation.example_path(), &body).await;
            assert!((200..300).contains(&answer.status), "{body}: {answer:?}");
            operation.allows(&answer);
            if operation.method == "GET" {
                let head = house.ask("HEAD", &operation.example_path(), "").await;
                assert_eq!((head.status, head.body.as_str()), (answer.status, ""));
            }
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_runs_answer_as_documented() {
    let house = House::open();
    let document = document();
    for operation in operations(&document) {
        let parameters = operation.content["parameters"].to_string();
        if !parameters.contains("dry_run") {
            continue;
        }
        house.ask("PUT", &operation.example_path().replace("/expiration", ""), OVERRIDE).await;
        let body = operation.example_bodies().remove(0);
        let path = operation.example_path() + "?dry_run=true";
        let answer = house.ask(&operation.method, &path, &body).await;
        assert_eq!((answer.status, &answer.json()["dry_run"]), (200, &json!(true)), "{answer:?}");
        operation.allows(&answer);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_its_page_are_served_below_any_path() {
    for base in ["", "/gw"] {
        let house = House::with(POLICY, &[("FLAGWARD__SERVER__BASE_PATH", base)]);
        let get = async |path: &str| house.send("GET", &format!("{base}{path}"), &[], "").await;
        let served = get("/openapi.json").await;
        assert_eq!(served.header("content-type"), Some("application/json"));
        assert!(served.body == openapi_document());
        assert_eq!(served.json()["servers"][0]["url"], ".");

        let to = get("/docs").await;
        assert_eq!((to.status, to.header("location")), (307, Some("docs/")));
        let script = get("/docs/swagger-initializer.js").await;
        assert!(script.body.contains(r#""url": "../openapi.json""#), "{}", script.body);
        assert!(script.body.contains(r#""persistAuthorization": false"#), "{}", script.body);
        assert!(script.body.contains(r#""validatorUrl": "none""#), "{}", script.body);
        assert!(script.header("content-security-policy").unwrap().contains("default-src 'none'"));
        assert_eq!(script.header("x-content-type-options"), Some("nosniff"));
        // The page itself is compressed, which `wire` does not read.
        let page = house.send("HEAD", &format!("{base}/docs/"), &[], "").await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")));

        for unknown in ["/docs/nothing.js", "/docs/../Cargo.toml", "/docs/%2e%2e/Cargo.toml"] {
            let answer = get(unknown).await;
            assert_eq!(answer.status, 404, "{unknown}");
            assert_eq!(answer.json()["type"], "/problems/not-found");
        }
        assert_eq!(house.upstream_calls(), 0);
        house.close().await;
    }
}

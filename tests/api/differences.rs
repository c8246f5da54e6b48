//! What callers can tell apart of the two backends: every line of the README's table has its test here, which says
//! what holds on either. Everything else is the same, and tested as such by the rest of the suite.

use std::time::Duration;

use flagward::simulator::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::backend::{Backend, backend};
use crate::house::{House, POLICY};
use crate::logs;
use crate::writes_kit::{BEN, DROP_IN_ENDS, FLOW, PLACE};

const ANNA: &str = "/v1/projects/shop/environments/test/users/anna@example.com/flags";
/// Served by a rule on the user's e-mail address or country.
const BETA: &str = "/v1/projects/shop/environments/test/users/anna@example.com/flags/beta.features";
const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

fn line(of: &str) -> bool {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("## After the User Settings API").unwrap();
    after.split("\n## ").next().unwrap().lines().any(|line| line.starts_with(&format!("| {of} |")))
}

#[test]
fn the_readme_has_a_line_for_each_difference_and_no_other() {
    let differences = [
        "stored attributes",
        "several flags in one PATCH",
        "`setting` beside `value`",
        "archived flags",
        "calls to LaunchDarkly",
    ];
    for one in differences {
        assert!(line(one), "{one}");
    }
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("## After the User Settings API").unwrap();
    let table = after.split("\n## ").next().unwrap();
    let lines = table.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(lines, differences.len() + 2, "a head, a rule and the differences");
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_attributes_are_those_of_the_application_that_saw_the_user_last() {
    let house = House::open();
    let beta = house.ask("GET", BETA, "").await.json();
    assert_eq!((&beta["value"], &beta["reason"]["kind"]), (&json!(true), &json!("RULE_MATCH")));
    // Anna's record of another application, seen years ago, has another address and counts for nothing.
    let theirs = house.their_answer("/api/v2/users/shop/test/anna@example.com/flags");
    let ours = house.ask("GET", "/api/v2/users/shop/test/anna@example.com/flags", "").await;
    assert_eq!(ours.body, theirs.body);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_attributes_that_may_not_be_read_or_are_not_wanted_match_no_rule() {
    let log = logs::listen();
    let begin = log.text().len();
    let without = [("FLAGWARD__LAUNCHDARKLY__STORED_ATTRIBUTES", "false")];
    for (settings, forbidden) in [(&[][..], true), (&without[..], false)] {
        let house = House::with(POLICY, settings);
        house.upstream.simulator.set_contexts_forbidden(forbidden);
        let beta = house.ask("GET", BETA, "").await;
        assert_eq!(beta.status, 200, "{beta:?}");
        let expected = match backend() {
            Backend::UserSettings => ("RULE_MATCH", true),
            Backend::Contexts => ("FALLTHROUGH", false),
        };
        let beta = beta.json();
        assert_eq!(
            (&beta["reason"]["kind"], &beta["value"]),
            (&json!(expected.0), &json!(expected.1))
        );
        // What a user is set to depends on no attribute.
        let flow = house.ask("GET", &format!("{ANNA}/checkout.new-flow"), "").await.json();
        assert_eq!((&flow["setting"], &flow["value"]), (&json!(true), &json!(true)));
        house.close().await;
    }
    if backend() == Backend::Contexts {
        let words = "LaunchDarkly's token may not read contexts";
        let since = log.text().split_off(begin);
        assert!(since.contains(words), "an operator is told");
    }
}

fn add(house: &House, flag: &str, value: &str) -> Value {
    let variation = house.upstream.simulator.variation_id("shop", flag, value);
    json!({"kind": "addExpireUserTargetDate", "flagKey": flag, "variationId": variation,
        "value": house.in_seconds(60)})
}

async fn patch(house: &House, instructions: &[Value]) -> crate::wire::Answer {
    let token = house.token("alice", &["payments"]);
    let headers = [("Authorization", token.as_str()), ("Content-Type", SEMANTIC)];
    let body = json!({"instructions": instructions}).to_string();
    house.send("PATCH", DROP_IN_ENDS, &headers, &body).await
}

/// Ben is set to something for three flags.
async fn three_flags() -> (House, Vec<Value>) {
    let house = House::open();
    let flags = [("sort.order", r#""price""#), (PLACE.3, "true"), ("checkout.limit", "1")];
    for (flag, value) in flags {
        let body = format!(r#"{{"setting":{value}}}"#);
        assert_eq!(house.ask("PUT", &format!("{BEN}/flags/{flag}"), &body).await.status, 200);
    }
    let instructions = flags.map(|(flag, value)| add(&house, flag, value)).into();
    (house, instructions)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_several_flags_is_carried_out_flag_by_flag_and_each_failure_is_told() {
    let (house, instructions) = three_flags().await;
    assert!(house.upstream.simulator.lose_locks("shop", PLACE.3, 100));
    let answer = patch(&house, &instructions).await;
    match backend() {
        Backend::UserSettings => {
            assert_eq!(answer.status, 409, "{answer:?}");
            assert_eq!(house.upstream.simulator.expirations("shop", "test", PLACE.2).len(), 0);
        }
        Backend::Contexts => {
            assert_eq!(answer.status, 200, "{answer:?}");
            let report = answer.json();
            let counters = ["totalInstructions", "successfulInstructions", "failedInstructions"];
            assert_eq!(counters.map(|name| report[name].clone()), [json!(3), json!(2), json!(1)]);
            assert_eq!(report["errors"].as_array().unwrap().len(), 1, "{report}");
            assert_eq!(report["errors"][0]["instructionIndex"], 1, "{report}");
            assert_eq!(report["items"].as_array().unwrap().len(), 2, "{report}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_concerns_all_flags_leaves_the_rest_of_a_patch_unsent() {
    let (house, instructions) = three_flags().await;
    if backend() == Backend::Contexts {
        let second = format!("/api/v2/flags/shop/{}/expiring-targets/test", PLACE.3);
        house.upstream.simulator.add_fault(Fault::status(401).on("PATCH", &second).times(9));
    } else {
        let (method, path) = backend().patches();
        house.upstream.simulator.add_fault(Fault::status(401).on(method, path).times(9));
    }
    house.forget();
    let answer = patch(&house, &instructions).await;
    let sent = house.sent_writes().len();
    match backend() {
        Backend::UserSettings => assert_eq!((answer.status, sent), (502, 1), "{answer:?}"),
        Backend::Contexts => {
            assert_eq!((answer.status, sent), (200, 2), "{answer:?}");
            let said = "not sent, because an earlier call failed";
            let expected = json!([
                {"instructionIndex": 1, "message": said}, {"instructionIndex": 2, "message": said}
            ]);
            assert_eq!(answer.json()["errors"], expected, "{answer:?}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_of_which_something_is_not_known_is_never_counted_as_done_or_refused() {
    // The second flag's call, or the one call, is carried out and its answer is lost.
    let second = format!("/api/v2/flags/shop/{}/expiring-targets/test", PLACE.3);
    let lost = || Fault::new(FaultKind::Cut { applied: true }).times(9);
    for is_first_refused in [false, true] {
        let (house, instructions) = three_flags().await;
        let upstream = &house.upstream.simulator;
        match backend() {
            Backend::UserSettings => {
                let (method, path) = backend().patches();
                upstream.add_fault(lost().on(method, path));
            }
            Backend::Contexts => upstream.add_fault(lost().on("PATCH", &second)),
        }
        if is_first_refused {
            assert!(upstream.lose_locks("shop", "sort.order", 100));
        }
        let answer = patch(&house, &instructions).await;
        let is_partial = backend() == Backend::Contexts && !is_first_refused;
        assert_eq!(answer.status, if is_partial { 200 } else { 503 }, "{answer:?}");
        if is_partial {
            let said = &answer.json()["errors"][0];
            assert_eq!(said["instructionIndex"], 1, "{said}");
            assert!(said["message"].as_str().unwrap().starts_with("no answer came"), "{said}");
        }
        let scrape = house.ask_management("/metrics").await.body;
        let counted =
            r#"flagward_writes_total{action="schedule",outcome="unknown",team="payments"} 3"#;
        assert!(scrape.contains(counted), "{scrape}");
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_elsewhere_shows_in_value_before_it_shows_in_setting() {
    let house = House::open();
    house.ask("GET", ANNA, "").await;
    assert!(house.upstream.simulator.change_elsewhere(PLACE, Some("true")));
    house.clock.advance(Duration::from_secs(20));
    let seen = async || {
        let flow = house.ask("GET", FLOW, "").await.json();
        (flow["value"].clone(), flow["setting"].clone())
    };
    let at_first = match backend() {
        Backend::UserSettings => json!(true),
        Backend::Contexts => Value::Null,
    };
    assert_eq!(seen().await, (json!(true), at_first));
    // No longer than what is kept is kept, and not at all for whoever insists.
    let token = house.token("alice", &["payments"]);
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", &*bearer), ("Cache-Control", "no-cache")];
    house.clock.advance(Duration::from_secs(5));
    let now = house.send("GET", FLOW, &headers, "").await.json();
    assert_eq!((&now["value"], &now["setting"]), (&json!(true), &json!(true)));
    house.clock.advance(Duration::from_secs(30));
    assert_eq!(seen().await, (json!(true), json!(true)));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_here_shows_in_both_at_once() {
    let house = House::open();
    house.ask("GET", ANNA, "").await;
    house.ask("GET", FLOW, "").await;
    for (body, setting) in
        [(r#"{"setting":true}"#, json!(true)), (r#"{"setting":null}"#, Value::Null)]
    {
        assert_eq!(house.ask("PUT", FLOW, body).await.status, 200);
        let flow = house.ask("GET", FLOW, "").await.json();
        let value = json!(setting == json!(true));
        assert_eq!((&flow["value"], &flow["setting"]), (&value, &setting));
        let list = house.ask("GET", &format!("{BEN}/flags?flag=checkout.new-flow"), "").await;
        assert_eq!(list.json()["flags"][0]["setting"], setting);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_flag_is_not_found_by_its_key() {
    let house = House::open();
    let paths = [
        format!("{ANNA}/retired.flag"),
        "/api/v2/users/shop/test/anna@example.com/flags/retired.flag".to_owned(),
    ];
    let expected = match backend() {
        Backend::UserSettings => 200,
        Backend::Contexts => 404,
    };
    for path in paths {
        assert_eq!(house.ask("GET", &path, "").await.status, expected, "{path}");
    }
    // In no list it is on either.
    assert!(!house.ask("GET", ANNA, "").await.body.contains("retired.flag"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_calls_is_as_the_table_says() {
    let house = House::open();
    let calls = async |path: &str| {
        house.forget();
        assert_eq!(house.ask("GET", path, "").await.status, 200);
        house.sent().len()
    };
    let ben = format!("{BEN}/flags");
    assert_eq!(calls(ANNA).await, backend().cold());
    assert_eq!(calls(ANNA).await, 0);
    // Of another user, only what is stored of them and what they receive is not known yet.
    assert_eq!(calls(&ben).await, backend().known_project());
    house.clock.advance(Duration::from_secs(31));
    assert_eq!(calls(&ben).await, backend().cold());
    house.ask("PUT", FLOW, r#"{"setting":true}"#).await;
    // Of definitions that were known before a write, the flag that was written is looked at again.
    assert_eq!(calls(&ben).await, backend().after_a_write());
    house.clock.advance(Duration::from_secs(31));
    // Ben is set to something for three flags.
    assert_eq!(calls(&format!("{BEN}/expirations")).await, backend().ends(3));
    house.close().await;
}

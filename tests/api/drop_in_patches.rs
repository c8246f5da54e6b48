//! LaunchDarkly's own PATCH of a user's scheduled ends, through the drop-in.

use serde_json::{Value, json};

use crate::backend::backend;
use crate::house::House;
use crate::wire::Answer;
use crate::writes_kit::{DROP_IN_ENDS, DROP_IN_FLOW, FLOW, PLACE};

pub(crate) const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";
pub(crate) const ADD: &str = "addExpireUserTargetDate";
const UPDATE: &str = "updateExpireUserTargetDate";
const REMOVE: &str = "removeExpireUserTargetDate";

pub(crate) fn instruction(house: &House, kind: &str, value: Option<i64>) -> Value {
    let variation = house.upstream.simulator.variation_id("shop", PLACE.3, "true");
    let mut one = json!({"kind": kind, "flagKey": PLACE.3, "variationId": variation});
    if let Some(value) = value {
        one["value"] = json!(value);
    }
    one
}

pub(crate) fn patch_of(instructions: &[Value]) -> String {
    json!({"instructions": instructions, "comment": "why"}).to_string()
}

pub(crate) async fn patch(house: &House, media: &str, body: &str) -> Answer {
    let token = house.token("alice", &["payments"]);
    let headers = [("Authorization", token.as_str()), ("Content-Type", media)];
    house.send("PATCH", DROP_IN_ENDS, &headers, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_travels_as_a_semantic_one_whatever_it_came_as() {
    let house = House::open();
    house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await;
    let (first, second) = (house.in_seconds(3_600), house.in_seconds(7_200));
    for (media, kind, value) in [
        ("application/json", ADD, Some(first)),
        (SEMANTIC, UPDATE, Some(second)),
        ("application/json; charset=utf-8", REMOVE, None),
    ] {
        house.forget();
        let body = patch_of(&[instruction(&house, kind, value)]);
        let done = patch(&house, media, &body).await;
        assert_eq!(done.status, 200, "{done:?}");
        let report = done.json();
        let counters = ["totalInstructions", "successfulInstructions", "failedInstructions"];
        assert_eq!(counters.map(|name| report[name].clone()), [json!(1), json!(1), json!(0)]);
        let dates: Vec<_> = report["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["expirationDate"].clone())
            .collect();
        assert_eq!(dates, value.map(|value| json!(value)).into_iter().collect::<Vec<_>>());
        let mut requests = house.upstream.simulator.requests();
        requests.retain(|one| one.method != "GET");
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].header("content-type"), Some(SEMANTIC));
        let sent: Value = serde_json::from_str(&requests[0].body).unwrap();
        let expected = backend().instruction(PLACE.2, &instruction(&house, kind, value));
        assert_eq!(sent["instructions"], json!([expected]));
        assert!(sent["comment"].as_str().unwrap().ends_with("] why"));
    }
    house.close().await;
}

/// The same change of the same state, through Flagward and at LaunchDarkly's own door.
#[tokio::test(flavor = "multi_thread")]
async fn a_patchs_answer_is_that_of_the_user_settings_api() {
    let (house, other) = (House::open(), House::open());
    let limit = |house: &House, value: Option<i64>| {
        let variation = house.upstream.simulator.variation_id("shop", "checkout.limit", "1");
        json!({"kind": ADD, "flagKey": "checkout.limit", "variationId": variation, "value": value})
    };
    for house in [&house, &other] {
        house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await;
        let path = DROP_IN_FLOW.replace(PLACE.3, "checkout.limit");
        house.ask("PUT", &path, r#"{"setting":1}"#).await;
    }
    let at = Some(house.in_seconds(60));
    for (first, second) in [
        (instruction(&house, ADD, at), limit(&house, at)),
        // Both fail, the first for its version and the second because there is an end already.
        (instruction(&house, UPDATE, at), limit(&house, at)),
        (instruction(&house, REMOVE, None), limit(&house, at)),
    ] {
        let mut first = first;
        if first["kind"] == UPDATE {
            first["version"] = json!(9);
        }
        let body = patch_of(&[first, second]);
        let ours = patch(&house, SEMANTIC, &body).await;
        let token = other.upstream.simulator.token();
        let headers = [("Authorization", token.as_str()), ("Content-Type", SEMANTIC)];
        let theirs = other.theirs(|one| one.send("PATCH", DROP_IN_ENDS, &headers, &body)).unwrap();
        // A list of no errors is left out.
        let mut expected = theirs.json();
        if expected["errors"] == json!([]) {
            expected.as_object_mut().unwrap().remove("errors");
        }
        assert_eq!((ours.status, ours.json()), (theirs.status, expected), "{body}");
    }
    house.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_of_a_patch_is_passed_on() {
    let house = House::open();
    house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await;
    let at = house.in_seconds(60);
    let good = instruction(&house, ADD, Some(at));
    let mut bad = instruction(&house, UPDATE, Some(at));
    bad["version"] = json!(9);
    let report = patch(&house, SEMANTIC, &patch_of(&[good, bad])).await.json();
    assert_eq!(
        (&report["successfulInstructions"], &report["failedInstructions"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["errors"][0]["instructionIndex"], 1);
    assert!(report["errors"][0]["message"].as_str().unwrap().contains("version"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patchs_answer_shows_only_what_the_caller_may_read() {
    let policy = crate::house::POLICY.replace(
        r#"[[teams]]
name = "readers""#,
        r#"[[teams]]
name = "half"
members = ["idp/team:half"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["test"]
  flags = ["checkout.*"]
  actions = ["schedule"]

[[teams]]
name = "readers""#,
    );
    let house = House::with(&policy, &[]);
    let other = FLOW.replace("checkout.new-flow", "sort.order");
    house.ask("PUT", &other, r#"{"setting":"price","expires_in":"3h"}"#).await;
    house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await;
    let body = patch_of(&[instruction(&house, ADD, Some(house.in_seconds(60)))]);
    let half = house.ask_as("half", "PATCH", DROP_IN_ENDS, &body).await;
    assert_eq!(half.status, 200, "{half:?}");
    assert!(
        half.body.contains("checkout.new-flow") && !half.body.contains("sort.order"),
        "{half:?}"
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_denied_flag_among_three_stops_all() {
    let house = House::open();
    let one = instruction(&house, ADD, Some(house.in_seconds(60)));
    let mut all = vec![one.clone(), one.clone(), one];
    all[1]["flagKey"] = json!("kill-switch.payments");
    all[2]["flagKey"] = json!("sort.order");
    let denied = patch(&house, SEMANTIC, &patch_of(&all)).await;
    assert_eq!(
        (denied.status, denied.json()["code"].clone()),
        (403, json!("forbidden")),
        "{denied:?}"
    );
    assert!(denied.body.contains("kill-switch.payments"));
    assert_eq!(house.sent(), []);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_every_instruction_is_told_and_nothing_is_sent() {
    let house = House::open();
    let at = house.in_seconds(60);
    let with = |kind: &str, value: Option<i64>, more: (&str, Value)| {
        let mut one = instruction(&house, kind, value);
        one[more.0] = more.1;
        one
    };
    let all = [
        instruction(&house, ADD, None),
        instruction(&house, ADD, Some(at / 1_000)),
        instruction(&house, UPDATE, Some(house.in_seconds(-1))),
        instruction(&house, "addUserTargets", Some(at)),
        with(ADD, Some(at), ("version", json!(1))),
        with(REMOVE, Some(at), ("version", json!(null))),
        with(ADD, Some(at), ("flagKey", json!("../x"))),
        with(ADD, Some(at), ("variationId", json!(""))),
        with(ADD, Some(at), ("value", json!("1"))),
        with(ADD, Some(at), ("targetType", json!("x"))),
        instruction(&house, ADD, Some(i64::MAX)),
    ];
    let refused = patch(&house, SEMANTIC, &patch_of(&all)).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    for fault in [
        "`/instructions/0/value` must be given",
        "`/instructions/1/value` must be milliseconds since 1970; this looks like seconds",
        "`/instructions/2/value` must be in the future",
        "`/instructions/3/kind` must be `addExpireUserTargetDate`",
        "`/instructions/4/version` is only of use to update",
        "`/instructions/5/value` is not of use to remove",
        "`/instructions/6/flagKey` ",
        "`/instructions/7/variationId` must have 1 to 128 bytes",
        "`/instructions/8/value` must be a whole number",
        "`/instructions/9/targetType` is not known here",
        "`/instructions/10/value` must be in the future",
    ] {
        assert!(message.contains(fault), "{fault}: {message}");
    }
    assert_eq!(message.matches("`/instructions/").count(), 11, "{message}");

    let many = vec![all[4].clone(); 101];
    let twice = r#"{"instructions":[{"kind":"a","kind":"b"}],"instructions":[]}"#;
    for (body, said) in [
        (patch_of(&many), "must have 1 to 100 items"),
        (patch_of(&[]), "must have 1 to 100 items"),
        (r#"{"patch":[{"op":"add"}]}"#.to_owned(), "send `instructions`"),
        ("{}".to_owned(), "`/instructions` must be given"),
        (r#"{"instructions":{}}"#.to_owned(), "must be a list of objects"),
        (twice.to_owned(), "must be given once"),
        (
            r#"{"instructions":[{"kind":"a","kind":"b"}]}"#.to_owned(),
            "`/instructions/0/kind` must be given once",
        ),
        (
            r#"{"instructions":[],"Instructions":[]}"#.to_owned(),
            "`/Instructions` is not known here",
        ),
    ] {
        let refused = patch(&house, SEMANTIC, &body).await;
        assert_eq!(refused.status, 400, "{body} {refused:?}");
        assert!(refused.json()["message"].as_str().unwrap().contains(said), "{said}: {refused:?}");
    }
    assert_eq!(house.sent(), []);
    house.close().await;
}

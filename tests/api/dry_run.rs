//! Dry runs: the same permission, the same guards, the very calls that are then made, and nothing sent.

use serde_json::{Value, json};

use crate::backend::backend;
use crate::house::House;
use crate::writes_kit::{BEN, FLOW, Sent};

fn dry(path: &str) -> String {
    format!("{path}?dry_run=true")
}

/// Calls with the operation's name taken out of their comments, since each run has one of its own.
fn without_operation(mut body: Value) -> Value {
    if let Some((before, after)) = body["comment"].as_str().and_then(|c| c.split_once("op_")) {
        let (_operation, after) = after.split_once(']').unwrap();
        body["comment"] = json!(format!("{before}]{after}"));
    }
    body
}

fn calls(answer: &Value) -> Vec<Sent> {
    let calls = answer["calls"].as_array().unwrap().iter();
    calls
        .map(|call| Sent {
            method: call["method"].as_str().unwrap().to_owned(),
            path: call["path"].as_str().unwrap().to_owned(),
            body: without_operation(call["body"].clone()),
        })
        .collect()
}

fn sent(house: &House) -> Vec<Sent> {
    let sent = house.sent_writes().into_iter();
    sent.map(|one| Sent { body: without_operation(one.body), ..one }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_is_what_is_then_sent() {
    let house = House::open();
    let end = format!("{FLOW}/expiration");
    let odd = format!("{}/flags/sort.order", BEN.replace("ben@example.org", "a%2Fb%20%C3%BC"));
    for (method, path, body, count) in [
        ("PUT", &*odd, r#"{"setting":"price","expires_in":"90s","comment":"ö \"x\""}"#, 2),
        ("PUT", FLOW, r#"{"setting":true}"#, 1),
        ("PUT", FLOW, r#"{"setting":true,"expires_in":"1h","comment":"why"}"#, 2),
        ("PUT", FLOW, r#"{"setting":true,"expires_in":"2h"}"#, 2),
        ("PUT", FLOW, r#"{"setting":true,"expires_in":"2h"}"#, 1),
        ("PUT", &*end, r#"{"expires_at":"2026-12-01T10:00:00Z"}"#, 1),
        ("PUT", &*end, r#"{"expires_at":"2026-12-01T10:00:00Z"}"#, 0),
        ("DELETE", &*end, "", 1),
        ("DELETE", &*end, "", 0),
        ("DELETE", FLOW, "", 1),
        ("PUT", FLOW, r#"{"setting":null}"#, 1),
    ] {
        house.forget();
        let would = house.ask(method, &dry(path), body).await;
        assert_eq!(would.status, 200, "{method} {path} {would:?}");
        assert!(house.sent().iter().all(|one| one.method == "GET"));
        let would = would.json();
        assert_eq!((&would["dry_run"], &would["applied"]), (&json!(true), &json!("no")));
        assert_eq!(would.get("operation"), None);

        house.forget();
        let done = house.ask(method, path, body).await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(calls(&would), sent(&house), "{method} {path} {body}");
        assert_eq!(calls(&would).len(), count, "{method} {path} {body}");
        assert_eq!(
            (&would["before"], &would["after"]),
            (&done.json()["before"], &done.json()["after"])
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_launchdarkly_may_drop_by_itself_is_listed() {
    // It is not documented what happens to an end whose value goes: the list shows what is sent where it stays.
    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    for (method, body, kinds) in [
        ("DELETE", "", vec!["removeExpireUserTargetDate"]),
        (
            "PUT",
            r#"{"setting":false,"expires_in":"1h"}"#,
            vec!["removeExpireUserTargetDate", "addExpireUserTargetDate"],
        ),
    ] {
        let would = house.ask(method, &dry(FLOW), body).await.json();
        let listed = would["calls"][1]["body"]["instructions"].as_array().unwrap().clone();
        let listed: Vec<_> =
            listed.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        let kinds: Vec<_> = kinds.into_iter().map(|kind| backend().kind(kind)).collect();
        assert_eq!(listed, kinds);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_needs_the_same_permission_and_finds_the_same_faults() {
    let house = House::open();
    let end = format!("{FLOW}/expiration");
    let (flow, end) = (dry(FLOW), dry(&end));
    let writes = [
        ("PUT", &flow, r#"{"setting":true}"#),
        ("PUT", &flow, r#"{"setting":null}"#),
        ("DELETE", &flow, ""),
        ("PUT", &end, r#"{"expires_in":"1h"}"#),
        ("DELETE", &end, ""),
    ];
    for team in ["readers", "bank"] {
        for (method, path, body) in writes {
            let denied = house.ask_as(team, method, path, body).await;
            assert_eq!(denied.status, 403, "{team} {method} {path} {denied:?}");
        }
    }
    assert_eq!(house.sent(), []);
    assert_eq!(house.ask("PUT", &flow, r#"{"setting":"none"}"#).await.status, 422);
    assert_eq!(house.ask("PUT", &flow, "{}").await.status, 400);
    assert_eq!(house.ask("PUT", &end, r#"{"expires_in":"1h"}"#).await.status, 409);
    let unsure = house.ask("PUT", &format!("{FLOW}?dry_run=yes"), r#"{"setting":true}"#).await;
    assert_eq!(unsure.status, 400, "{unsure:?}");
    assert_eq!((house.sent_writes(), house.flow()), (vec![], None));
    house.close().await;
}

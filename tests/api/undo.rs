//! Writes that fail half-way, and what is then taken back.

use std::sync::Arc;
use std::time::Duration;

use flagward::simulator::{Fault, FaultKind, Latency};
use serde_json::{Value, json};

use crate::backend::{answer, backend};
use crate::house::House;
use crate::wire::Answer;
use crate::writes_kit::{FLOW, PLACE, cut, not_followed, status};

/// Long enough for anything here, and far shorter than `PATIENCE` of the tests' client.
const PATIENT: Duration = Duration::from_secs(8);

pub(crate) fn house() -> House {
    House::with(crate::house::POLICY, &[("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "600ms")])
}

pub(crate) fn hang(applied: bool) -> FaultKind {
    FaultKind::Hang { applied }
}

pub(crate) fn steps(set: &str, schedule: &str) -> Value {
    json!([{"step": "set", "outcome": set}, {"step": "schedule", "outcome": schedule}])
}

/// Sends a write and, while its first PATCH is being looked at, does something behind its back.
async fn meanwhile(house: &Arc<House>, body: &'static str, act: impl FnOnce(&House)) -> Answer {
    house.upstream.simulator.set_latency(Latency::fixed(300));
    house.forget();
    let twin = Arc::clone(house);
    let write = tokio::spawn(async move { twin.ask("PUT", FLOW, body).await });
    let patched = async {
        while !house.sent().iter().any(|one| one.method == "PATCH") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENT, patched).await.unwrap();
    act(house);
    let answer = write.await.unwrap();
    house.upstream.simulator.set_latency(Latency::none());
    answer
}

async fn close(house: Arc<House>) {
    Arc::into_inner(house).unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_whose_end_is_refused_is_taken_back() {
    let house = house();
    for (fault, schedule) in [
        (status(500), "failed"),
        (status(400), "failed"),
        (status(403), "failed"),
        (status(404), "failed"),
        (not_followed(), "failed"),
        (status(502), "unknown"),
        (cut(false), "unknown"),
        (hang(false), "unknown"),
    ] {
        house.spoil(backend().patches(), fault.clone());
        let failed = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
        assert_eq!(failed.status, 502, "{fault:?} {failed:?}");
        let problem = failed.json();
        assert_eq!(problem["type"], "/problems/upstream-failed");
        assert_eq!(problem["applied"], "no", "{fault:?}");
        assert_eq!(problem["steps"], steps("undone", schedule), "{fault:?}");
        assert_eq!((house.flow(), house.ends()), (None, vec![]), "{fault:?}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_before_is_restored_with_its_end() {
    let house = house();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    let before = (house.flow(), house.ends());
    for (body, fault) in [
        (r#"{"setting":false,"expires_in":"2h"}"#, status(500)),
        (r#"{"setting":false,"expires_in":"1h"}"#, cut(false)),
        (r#"{"setting":true,"expires_in":"2h"}"#, not_followed()),
    ] {
        house.spoil(backend().patches(), fault);
        let failed = house.ask("PUT", FLOW, body).await;
        assert_eq!(failed.status, 502, "{failed:?}");
        assert_eq!(failed.json()["applied"], "no");
        assert_eq!(failed.json()["steps"][0]["outcome"], "undone");
        assert_eq!((house.flow(), house.ends()), before, "{body}");
        let seen = house.ask("GET", &format!("{FLOW}?include=expiration"), "").await.json();
        assert_eq!(
            (seen["setting"].clone(), seen["expires_at"].clone()),
            (json!(true), json!("2026-11-21T13:00:00Z"))
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_someone_else_changed_meanwhile_is_left_alone_and_told() {
    let house = Arc::new(House::open());
    house.spoil(backend().patches(), status(500));
    let body = r#"{"setting":true,"expires_in":"1h"}"#;
    let failed = meanwhile(&house, body, |house| {
        assert!(house.upstream.simulator.change_elsewhere(PLACE, Some("false")));
    });
    let failed = failed.await;
    assert_eq!(failed.status, 502, "{failed:?}");
    assert_eq!(failed.json()["applied"], "partly");
    assert_eq!(failed.json()["steps"], steps("done", "failed"));
    assert!(failed.json()["detail"].as_str().unwrap().contains("someone else changed the flag"));
    assert_eq!(house.flow().as_deref(), Some("false"));
    assert_eq!(house.sent_writes().len(), 2, "set, schedule, and no undo");
    close(house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_someone_else_gave_meanwhile_is_left_alone() {
    let house = Arc::new(House::open());
    house.spoil(backend().patches(), status(500));
    let at = house.in_seconds(1_800);
    let failed = meanwhile(&house, r#"{"setting":true,"expires_in":"1h"}"#, |house| {
        let variation = house.upstream.simulator.variation_id("shop", PLACE.3, "true").unwrap();
        let body = json!({"instructions": [{"kind": "addExpireUserTargetDate", "flagKey": PLACE.3,
            "variationId": variation, "value": at}]});
        let kind = ("Content-Type", "application/json; domain-model=launchdarkly.semanticpatch");
        let token = house.upstream.simulator.token();
        let headers = [("Authorization", token.as_str()), kind];
        let path = crate::writes_kit::DROP_IN_ENDS;
        let body = body.to_string();
        let done = house.theirs(|upstream| upstream.send("PATCH", path, &headers, &body)).unwrap();
        assert_eq!(done.status, 200);
    });
    let failed = failed.await;
    assert_eq!(failed.json()["steps"], steps("done", "failed"), "{failed:?}");
    assert_eq!(house.ends(), [("true".to_owned(), at)]);
    close(house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_fails_is_told() {
    let house = Arc::new(House::open());
    house.spoil(backend().patches(), status(500));
    let failed = meanwhile(&house, r#"{"setting":true,"expires_in":"1h"}"#, |house| {
        house.spoil(backend().puts(), status(500));
    });
    let failed = failed.await;
    assert_eq!(failed.status, 502, "{failed:?}");
    assert_eq!(failed.json()["applied"], "partly");
    assert_eq!(failed.json()["steps"], steps("undo-failed", "failed"));
    assert!(failed.json()["detail"].as_str().unwrap().contains("may stand without an end"));
    assert_eq!(house.flow().as_deref(), Some("true"));
    close(house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_whose_answer_was_lost_is_an_undo() {
    let house = Arc::new(House::open());
    house.spoil(backend().patches(), status(500));
    let failed = meanwhile(&house, r#"{"setting":true,"expires_in":"1h"}"#, |house| {
        house.spoil(backend().puts(), cut(true));
    });
    let failed = failed.await;
    assert_eq!(failed.json()["steps"], steps("undone", "failed"), "{failed:?}");
    assert_eq!(failed.json()["applied"], "no");
    assert_eq!(house.flow(), None);
    close(house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clear_whose_end_stays_is_told() {
    let house = house();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    // The simulator drops the end with the override; one that keeps it is played by a look that still shows it.
    let (method, path) = backend().look_at_flows_end();
    let stays = answer(&house.upstream.ask(method, path, "").body);
    house.upstream.simulator.add_fault(Fault::new(stays).on(method, path).times(3));
    house.spoil(backend().patches(), status(500));
    let failed = house.ask("DELETE", FLOW, "").await;
    assert_eq!(failed.status, 502, "{failed:?}");
    assert_eq!(failed.json()["applied"], "partly");
    let steps =
        json!([{"step": "clear", "outcome": "done"}, {"step": "schedule", "outcome": "failed"}]);
    assert_eq!(failed.json()["steps"], steps);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_values_end_never_passes_for_the_new_ones() {
    let house = house();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    let (method, path) = backend().look_at_flows_end();
    let stays = answer(&house.upstream.ask(method, path, "").body);
    house.upstream.simulator.add_fault(Fault::new(stays).on(method, path).times(5));
    let (method, path) = backend().patches();
    house.upstream.simulator.add_fault(Fault::status(500).on(method, path).times(5));
    let failed = house.ask("PUT", FLOW, r#"{"setting":false,"expires_in":"1h"}"#).await;
    assert_eq!(failed.status, 502, "the end at that time is the old value's: {failed:?}");
    assert_eq!(house.flow().as_deref(), Some("true"));
    house.close().await;
}

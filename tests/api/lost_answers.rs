//! Writes whose answers get lost: what is found by looking, and what nobody knows.

use std::time::Duration;

use flagward::simulator::{Fault, FaultKind, Latency};
use serde_json::json;

use crate::backend::backend;
use crate::undo::{hang, house, steps};
use crate::writes_kit::{FLOW, GUARDED, cut, status};

#[tokio::test(flavor = "multi_thread")]
async fn an_end_whose_answer_was_lost_is_found_by_looking() {
    let house = house();
    let lost = [
        cut(true),
        hang(true),
        FaultKind::InvalidJson,
        FaultKind::Truncated,
        FaultKind::WrongContentType,
    ];
    for fault in lost {
        house.spoil(backend().patches(), fault.clone());
        let set = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
        assert_eq!(set.status, 200, "{fault:?} {set:?}");
        assert_eq!(house.ends(), [("true".to_owned(), house.in_seconds(3_600))]);
        assert_eq!(house.ask("DELETE", FLOW, "").await.status, 200);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_end_of_a_value_that_was_there_before_may_still_arrive() {
    let house = house();
    house.ask("PUT", FLOW, r#"{"setting":true}"#).await;
    house.spoil(backend().patches(), cut(false));
    let failed = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    assert_eq!(failed.json()["applied"], "unknown", "{failed:?}");
    assert_eq!(failed.json()["steps"], steps("undone", "unknown"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_whose_answer_was_lost_is_settled_by_looking() {
    let house = house();
    for fault in [cut(true), hang(true)] {
        house.spoil(backend().puts(), fault.clone());
        let set = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
        assert_eq!(set.status, 200, "{fault:?} {set:?}");
        assert_eq!(house.ends(), [("true".to_owned(), house.in_seconds(3_600))]);
        house.spoil(backend().puts(), fault.clone());
        let cleared = house.ask("DELETE", FLOW, "").await;
        assert_eq!(cleared.status, 200, "{fault:?} {cleared:?}");
        assert_eq!((house.flow(), house.ends()), (None, vec![]));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_that_was_answered_with_a_failure_is_known_not_to_be_in_force() {
    let house = house();
    house.spoil(backend().puts(), status(500));
    let failed = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    assert_eq!((failed.status, failed.json()["applied"].clone()), (503, json!("no")), "{failed:?}");
    assert_eq!(failed.json()["steps"], json!([{"step": "set", "outcome": "failed"}]));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_of_which_nothing_is_known_is_never_called_done_or_undone() {
    let house = house();
    for (fault, expected) in [(cut(false), 503), (hang(false), 504), (status(502), 503)] {
        for (method, path, body, step) in [
            ("PUT", GUARDED, r#"{"setting":true,"expires_in":"1h","comment":"c"}"#, "set"),
            ("PUT", FLOW, r#"{"setting":true}"#, "set"),
        ] {
            house.spoil(backend().puts(), fault.clone());
            let failed = house.ask(method, path, body).await;
            assert_eq!(failed.status, expected, "{fault:?} {failed:?}");
            assert_eq!(failed.json()["applied"], "unknown", "{fault:?}");
            assert_eq!(failed.json()["steps"], json!([{"step": step, "outcome": "unknown"}]));
            assert!(
                failed.json()["detail"]
                    .as_str()
                    .unwrap()
                    .contains("look at the flag and at its end")
            );
        }
    }
    // And where the look fails too.
    house.spoil(backend().puts(), cut(true));
    let (method, path) = backend().setting_looks();
    let read = Fault::status(403).on(method, path);
    let failed = {
        house.upstream.simulator.set_latency(Latency::fixed(200));
        let write = house.ask("PUT", FLOW, r#"{"setting":true}"#);
        let spoil = async {
            house.forget();
            while house.sent_writes().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            house.upstream.simulator.add_fault(read);
        };
        tokio::join!(write, spoil).0
    };
    assert_eq!(failed.json()["applied"], "unknown", "{failed:?}");
    house.close().await;
}

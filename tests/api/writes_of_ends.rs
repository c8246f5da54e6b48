//! `/v1`'s writes of when an override ends: given with a value, and by themselves.

use serde_json::{Value, json};

use crate::backend::backend;
use crate::house::House;
use crate::writes_kit::{BEN, DROP_IN_ENDS, FLOW, PLACE, Sent, not_followed};

pub(crate) fn end() -> String {
    format!("{FLOW}/expiration")
}

fn instructions(sent: &[Sent]) -> Vec<Value> {
    let patches = sent.iter().filter(|one| one.method == "PATCH");
    patches.flat_map(|one| one.body["instructions"].as_array().unwrap().clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_given_as_a_length_or_as_a_time_and_kept_to_the_millisecond() {
    let house = House::open();
    let set = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"90m"}"#).await;
    assert_eq!(set.json()["after"]["expires_at"], "2026-11-21T13:30:00Z", "{set:?}");
    assert_eq!(set.json()["before"], json!({"setting": null, "expires_at": null}));
    assert_eq!(house.ends(), [("true".to_owned(), house.in_seconds(90 * 60))]);

    let body = r#"{"setting":true,"expires_at":"2026-11-21T15:00:00.123999+01:00"}"#;
    let set = house.ask("PUT", FLOW, body).await;
    assert_eq!(set.json()["after"]["expires_at"], "2026-11-21T14:00:00.123Z", "{set:?}");
    assert_eq!(set.json()["before"]["expires_at"], "2026-11-21T13:30:00Z");
    assert_eq!(house.ends(), [("true".to_owned(), house.in_seconds(2 * 3_600) + 123)]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_in_the_past_is_pointed_at_and_nothing_is_asked() {
    let house = House::open();
    for (method, path) in [("PUT", FLOW.to_owned()), ("PUT", end())] {
        let setting = if path == FLOW { r#""setting":true,"# } else { "" };
        for at in ["2026-11-21T12:00:00Z", "2020-01-01T00:00:00Z"] {
            let body = format!(r#"{{{setting}"expires_at":"{at}"}}"#);
            let refused = house.ask(method, &path, &body).await;
            assert_eq!(refused.status, 400, "{path} {at} {refused:?}");
            assert_eq!(refused.json()["errors"][0]["pointer"], "/expires_at");
        }
    }
    assert_eq!(house.sent(), []);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_without_an_end_cancels_the_pending_one_and_says_so() {
    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    let set = house.ask("PUT", FLOW, r#"{"setting":true}"#).await;
    assert_eq!(
        set.json()["before"],
        json!({"setting": true, "expires_at": "2026-11-21T13:00:00Z"})
    );
    assert_eq!(set.json()["after"], json!({"setting": true, "expires_at": null}));
    assert_eq!((house.ends(), house.flow()), (vec![], Some("true".to_owned())));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_same_value_is_moved_under_its_version() {
    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    house.forget();
    let moved = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"2h"}"#).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let variation = house.upstream.simulator.variation_id("shop", "checkout.new-flow", "true");
    let expected = json!({"kind": "updateExpireUserTargetDate", "flagKey": "checkout.new-flow",
        "variationId": variation, "value": house.in_seconds(7_200), "version": 1});
    assert_eq!(instructions(&house.sent()), [backend().instruction(PLACE.2, &expected)]);
    assert_eq!(house.ends(), [("true".to_owned(), house.in_seconds(7_200))]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_another_value_gives_way_to_the_new_one() {
    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    let moved = house.ask("PUT", FLOW, r#"{"setting":false,"expires_in":"1h"}"#).await;
    assert_eq!(moved.status, 200, "{moved:?}");
    assert_eq!(house.ends(), [("false".to_owned(), house.in_seconds(3_600))]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_added_moved_and_cancelled_by_itself() {
    let house = House::open();
    let without = house.ask("PUT", &end(), r#"{"expires_in":"1h"}"#).await;
    assert_eq!(
        (without.status, without.json()["type"].clone()),
        (409, json!("/problems/not-overridden"))
    );
    assert_eq!(house.sent_writes(), []);
    assert_eq!(house.ask("DELETE", &end(), "").await.status, 200);
    assert_eq!(house.sent_writes(), []);

    house.ask("PUT", FLOW, r#"{"setting":true}"#).await;
    for (body, seconds) in [(r#"{"expires_in":"1h"}"#, 3_600), (r#"{"expires_in":"2h"}"#, 7_200)] {
        let moved = house.ask("PUT", &end(), body).await;
        assert_eq!(moved.status, 200, "{moved:?}");
        assert_eq!(moved.json()["after"]["setting"], true);
        assert_eq!(house.ends(), [("true".to_owned(), house.in_seconds(seconds))]);
    }
    let cancelled = house.ask("DELETE", &end(), "").await;
    assert_eq!(cancelled.json()["before"]["expires_at"], "2026-11-21T14:00:00Z");
    assert_eq!(cancelled.json()["after"], json!({"setting": true, "expires_at": null}));
    assert_eq!(house.ends(), []);
    let again = house.ask("DELETE", &end(), "").await;
    assert_eq!(again.json()["before"], again.json()["after"]);

    let neither = house.ask("PUT", &end(), r#"{"comment":"x"}"#).await;
    assert_eq!(neither.status, 400);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_not_scheduled_is_a_502_with_its_step() {
    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true}"#).await;
    house.spoil(backend().patches(), not_followed());
    let failed = house.ask("PUT", &end(), r#"{"expires_in":"1h"}"#).await;
    assert_eq!(failed.status, 502, "{failed:?}");
    assert_eq!(failed.json()["applied"], "no");
    assert_eq!(failed.json()["steps"], json!([{"step": "schedule", "outcome": "failed"}]));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_an_override_that_was_made_elsewhere_is_listed_at_once() {
    for through_the_drop_in in [false, true] {
        let house = House::open();
        let ends = format!("{BEN}/expirations");
        // From here on it is known for which flags Ben is set, and this one is not among them.
        assert!(!house.ask("GET", &ends, "").await.body.contains(PLACE.3));
        assert!(house.upstream.simulator.change_elsewhere(PLACE, Some("true")));
        let scheduled = if through_the_drop_in {
            let variation = house.upstream.simulator.variation_id("shop", PLACE.3, "true");
            let add = json!({"kind": "addExpireUserTargetDate", "flagKey": PLACE.3,
                "variationId": variation, "value": house.in_seconds(60)});
            let body = json!({"instructions": [add]}).to_string();
            house.ask("PATCH", DROP_IN_ENDS, &body).await
        } else {
            house.ask("PUT", &end(), r#"{"expires_in":"1m"}"#).await
        };
        assert_eq!(scheduled.status, 200, "{scheduled:?}");
        let listed = house.ask("GET", &ends, "").await;
        assert!(listed.body.contains(PLACE.3), "{listed:?}");
        house.close().await;
    }
}

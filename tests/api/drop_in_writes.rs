//! LaunchDarkly's own PUT of a setting, through the drop-in, and the refusals that its two writes share.

use flagward::simulator::FaultKind;
use serde_json::json;

use crate::backend::backend;
use crate::drop_in_patches::{ADD, SEMANTIC, instruction, patch, patch_of};
use crate::house::House;
use crate::writes_kit::{DROP_IN_FLOW, FLOW, cut};

#[tokio::test(flavor = "multi_thread")]
async fn a_put_is_answered_with_nothing_at_all_and_leaves_the_end_alone() {
    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    house.forget();
    let set = house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true,"comment":"again"}"#).await;
    assert_eq!((set.status, &*set.body), (204, ""), "{set:?}");
    assert_eq!((set.header("content-type"), set.header("content-length")), (None, None), "{set:?}");
    let methods: Vec<_> = house.sent().iter().map(|one| one.method.clone()).collect();
    assert_eq!(methods, ["PUT"], "one call, to the letter");
    assert_eq!(house.ends().len(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_null_setting_erases_and_a_misspelt_one_does_not() {
    let house = House::open();
    for body in ["{}", r#"{"setting":null}"#, r#"{"comment":"x"}"#] {
        assert_eq!(house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await.status, 204);
        assert_eq!(house.flow().as_deref(), Some("true"));
        assert_eq!(house.ask("PUT", DROP_IN_FLOW, body).await.status, 204);
        assert_eq!(house.flow(), None, "{body}");
    }
    house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await;
    house.forget();
    for body in [
        r#"{"settings":true}"#,
        r#"{"Setting":true}"#,
        r#"{"setting":true,"setting":null}"#,
        r#"{"setting":false,"expires_in":"1h"}"#,
        "[]",
        "null",
        "",
    ] {
        let refused = house.ask("PUT", DROP_IN_FLOW, body).await;
        assert_eq!(
            (refused.status, refused.json()["code"].clone()),
            (400, json!("invalid_request")),
            "{body}"
        );
    }
    assert_eq!((house.sent(), house.flow().as_deref()), (vec![], Some("true")));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_sent_in_the_variations_own_spelling_or_refused_as_launchdarkly_would() {
    let house = House::open();
    let limit = "/api/v2/users/shop/test/ben@example.org/flags/checkout.limit";
    assert_eq!(house.ask("PUT", limit, r#"{"setting":1.0}"#).await.status, 204);
    let requests = house.upstream.simulator.requests();
    let put = requests.iter().find(|one| one.method == "PUT").unwrap();
    assert!(put.body.contains("\"setting\":1,"), "{}", put.body);
    let refused = house.ask("PUT", limit, r#"{"setting":3}"#).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (400, json!("invalid_request")));
    assert!(refused.json()["message"].as_str().unwrap().contains("1, 2.0, 12345678901234567890"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn launchdarklys_refusals_keep_their_status() {
    let house = House::open();
    assert!(house.upstream.simulator.set_approval_required("shop", "test", true));
    let refused = house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await;
    assert_eq!(refused.status, 405, "{refused:?}");
    assert!(refused.json()["message"].as_str().unwrap().to_lowercase().contains("approval"));
    let body = patch_of(&[instruction(&house, ADD, Some(house.in_seconds(60)))]);
    assert_eq!(patch(&house, SEMANTIC, &body).await.status, 405);
    assert!(house.upstream.simulator.set_approval_required("shop", "test", false));

    let nowhere = DROP_IN_FLOW.replace("checkout.new-flow", "no.such.flag");
    let unknown = house.ask("PUT", &nowhere, r#"{"setting":true}"#).await;
    assert_eq!((unknown.status, unknown.json()["code"].clone()), (404, json!("not_found")));

    for (fault, status) in [(cut(false), 503), (FaultKind::Html { status: 502 }, 503)] {
        house.spoil(backend().puts(), fault);
        let failed = house.ask("PUT", DROP_IN_FLOW, r#"{"setting":true}"#).await;
        assert_eq!(failed.status, status, "{failed:?}");
        assert!(failed.json()["message"].as_str().unwrap().contains("nobody knows"), "{failed:?}");
    }
    house.close().await;
}

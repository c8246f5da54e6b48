//! Seeing and overriding one user's flags, from end to end.

use serde_json::{Value, json};

use crate::house::House;

const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_seen_overridden_for_two_hours_and_cleared() {
    let house = House::open();
    let set = house
        .ask("PUT", FLAG, r#"{"setting": false, "expires_in": "2h", "comment": "ticket 4711"}"#)
        .await;
    assert_eq!(set.status, 200, "{set:?}");
    assert_eq!(
        set.json()["after"],
        json!({"setting": false, "expires_at": "2026-11-21T14:00:00Z"})
    );
    assert_eq!(set.json()["applied"], "yes");

    let seen = house.ask("GET", &format!("{FLAG}?include=expiration"), "").await;
    assert_eq!(seen.json()["value"], false);
    assert_eq!(seen.json()["setting"], false);
    assert_eq!(seen.json()["expires_at"], "2026-11-21T14:00:00Z");

    let comment = house.upstream.simulator.history().first().unwrap().comment.clone();
    let operation = set.json()["operation"].as_str().unwrap().to_owned();
    assert_eq!(
        comment.as_deref(),
        Some(&*format!("[flagward idp/alice · payments · http · {operation}] ticket 4711"))
    );

    let cleared = house.ask("DELETE", FLAG, "").await;
    assert_eq!(cleared.json()["after"], json!({"setting": null, "expires_at": null}));
    assert_eq!(house.ask("GET", FLAG, "").await.json()["setting"], Value::Null);
    house.close().await;
}

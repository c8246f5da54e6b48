//! Guards, on every route that writes: 422 on `/v1`, 403 in LaunchDarkly's shape on the drop-in.

use serde_json::json;

use crate::house::House;
use crate::wire::Answer;
use crate::writes_kit::GUARDED;

const DROP_IN: &str = "/api/v2/users/shop/production/ben@example.org/flags/checkout.new-flow";
const DROP_IN_ENDS: &str = "/api/v2/users/shop/ben@example.org/expiring-user-targets/production";
const COMMENT: &str = "a guard here requires a comment: say in `comment` why you make this change";
const NO_END: &str = "a guard here requires that an override ends: give `expires_in` of at most 1d";
const TOO_LONG: &str = "a guard here lets an override last at most 1d: give an earlier end";
const ENDLESS: &str =
    "a guard here lets an override last at most 1d: clear the override, or move its end";

fn assert_refused(answer: &Answer, sentence: &str) {
    assert_eq!(answer.status, 422, "{answer:?}");
    assert_eq!(answer.json()["type"], "/problems/guard-not-met");
    assert_eq!(answer.json()["detail"], sentence);
}

fn assert_forbidden(answer: &Answer, sentence: &str) {
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.json()["code"], "forbidden");
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with(sentence), "{message}");
    assert!(message.contains(
        "PUT /v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_of_ours_says_how_to_satisfy_the_guard_and_asks_nothing() {
    let house = House::open();
    let end = format!("{GUARDED}/expiration");
    for (method, path, body, sentence) in [
        ("PUT", GUARDED, r#"{"setting":true,"expires_in":"1h"}"#, COMMENT),
        ("PUT", GUARDED, r#"{"setting":true,"expires_in":"1h","comment":" \t\n\u00a0"}"#, COMMENT),
        ("PUT", GUARDED, r#"{"setting":true,"expires_in":"1h","comment":null}"#, COMMENT),
        ("PUT", GUARDED, r#"{"setting":true,"comment":"c"}"#, NO_END),
        ("PUT", GUARDED, r#"{"setting":true,"expires_in":"86401s","comment":"c"}"#, TOO_LONG),
        (
            "PUT",
            GUARDED,
            r#"{"setting":true,"expires_at":"2027-01-01T00:00:00Z","comment":"c"}"#,
            TOO_LONG,
        ),
        ("PUT", GUARDED, r#"{"setting":null}"#, COMMENT),
        ("DELETE", GUARDED, "", COMMENT),
        ("PUT", &end, r#"{"expires_in":"1h"}"#, COMMENT),
        ("PUT", &end, r#"{"expires_in":"2d","comment":"c"}"#, TOO_LONG),
        ("DELETE", &end, "", COMMENT),
    ] {
        assert_refused(&house.ask(method, path, body).await, sentence);
        let dry = format!("{path}?dry_run=true");
        assert_refused(&house.ask(method, &dry, body).await, sentence);
    }
    assert_eq!(house.sent(), []);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_not_cancelled_while_its_override_stands() {
    let house = House::open();
    let cancel = format!("{GUARDED}/expiration?comment=why");
    let idle = house.ask("DELETE", &cancel, "").await;
    assert_eq!(idle.status, 200, "there is nothing to protect: {idle:?}");

    let body = r#"{"setting":true,"expires_in":"1d","comment":"why"}"#;
    assert_eq!(house.ask("PUT", GUARDED, body).await.status, 200, "a day is within a day");
    house.forget();
    assert_refused(&house.ask("DELETE", &cancel, "").await, ENDLESS);
    assert_eq!(house.sent_writes(), []);
    let ends = house.upstream.simulator.expirations("shop", "production", "ben@example.org");
    assert_eq!(ends.len(), 1);

    let cleared = house.ask("DELETE", &format!("{GUARDED}?comment=why"), "").await;
    assert_eq!(cleared.status, 200, "clearing is what the guard wants: {cleared:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_drop_in_names_our_route_and_asks_nothing() {
    let house = House::open();
    let at = |seconds| house.in_seconds(seconds);
    let patch = |kind: &str, value: Option<i64>, comment: Option<&str>| {
        let one = json!({"kind": kind, "flagKey": "checkout.new-flow", "variationId": "v", "value": value});
        json!({"instructions": [one], "comment": comment}).to_string()
    };
    let (add, update, remove) =
        ("addExpireUserTargetDate", "updateExpireUserTargetDate", "removeExpireUserTargetDate");
    for (method, path, body, sentence) in [
        ("PUT", DROP_IN, r#"{"setting":true}"#.to_owned(), COMMENT),
        ("PUT", DROP_IN, r#"{"setting":true,"comment":"  "}"#.to_owned(), COMMENT),
        ("PUT", DROP_IN, r#"{"setting":true,"comment":"c"}"#.to_owned(), NO_END),
        ("PUT", DROP_IN, "{}".to_owned(), COMMENT),
        ("PATCH", DROP_IN_ENDS, patch(add, Some(at(3_600)), None), COMMENT),
        ("PATCH", DROP_IN_ENDS, patch(add, Some(at(86_401)), Some("c")), TOO_LONG),
        ("PATCH", DROP_IN_ENDS, patch(update, Some(at(86_401)), Some("c")), TOO_LONG),
        ("PATCH", DROP_IN_ENDS, patch(remove, None, Some("c")), ENDLESS),
    ] {
        assert_forbidden(&house.ask(method, path, &body).await, sentence);
    }
    assert_eq!(house.sent(), []);
    let cleared = house.ask("PUT", DROP_IN, r#"{"comment":"c"}"#).await;
    assert_eq!(cleared.status, 204, "{cleared:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guards_are_not_told_to_who_may_not_write() {
    let house = House::open();
    let denied = house.ask_as("bank", "PUT", GUARDED, r#"{"setting":true}"#).await;
    assert_eq!(denied.status, 403, "{denied:?}");
    assert!(!denied.body.contains("guard"));
    assert_eq!(house.sent(), []);
    house.close().await;
}

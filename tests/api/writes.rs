//! `/v1`'s writes of values, where all goes well or is refused at once.

use flagward::simulator::Fault;
use serde_json::{Value, json};

use crate::backend::{answer, backend};
use crate::house::House;
use crate::writes_kit::{BEN, FLOW, PLACE, Sent};
use crate::writes_of_ends::end;

const LIMIT: &str =
    "/v1/projects/shop/environments/test/users/ben@example.org/flags/checkout.limit";
const THEME: &str = "/v1/projects/shop/environments/test/users/ben@example.org/flags/theme.config";

#[tokio::test(flavor = "multi_thread")]
async fn an_equal_value_is_sent_in_the_variations_own_spelling() {
    let house = House::open();
    for (path, given, sent) in [
        (LIMIT, "1.0", "1"),
        (LIMIT, "20e-1", "2.0"),
        (LIMIT, "12345678901234567890", "12345678901234567890"),
        (
            THEME,
            r#"{"accents":[],"contrast":1.5,"n\u0061me":"dark"}"#,
            r#"{ "name": "dark", "contrast": 1.50, "accents": [] }"#,
        ),
    ] {
        house.forget();
        let set = house.ask("PUT", path, &format!(r#"{{"setting":{given}}}"#)).await;
        assert_eq!(set.status, 200, "{given} {set:?}");
        let requests = house.upstream.simulator.requests();
        let put = requests.iter().find(|one| one.method == "PUT").unwrap();
        assert!(put.body.contains(&format!("\"setting\":{sent}")), "{}", put.body);
        assert!(set.body.contains(&format!("\"after\":{{\"setting\":{sent}")), "{}", set.body);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_no_variation_is_refused_after_one_more_look_and_nothing_else() {
    let house = House::open();
    assert_eq!(house.ask("PUT", LIMIT, r#"{"setting":1}"#).await.status, 200);
    for value in ["3", "\"1\"", "12345678901234567891", "true"] {
        house.forget();
        let refused = house.ask("PUT", LIMIT, &format!(r#"{{"setting":{value}}}"#)).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert_eq!(refused.json()["type"], "/problems/no-such-variation");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/setting");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("1, 2.0, 12345678901234567890"), "{detail}");
        let sent = house.sent();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(
            sent[0].method == "GET"
                && sent[0].path.starts_with("/api/v2/flags/shop/checkout.limit")
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variation_that_was_just_added_is_found_by_the_second_look() {
    let house = House::open();
    let old = r#"{"key":"checkout.limit","variations":[{"_id":"11111111-1111-4111-8111-111111111111","value":1}],
        "environments":{"test":{"targets":[]}}}"#;
    let each = backend().looks_at_definition();
    let fault = Fault::new(answer(old)).on("GET", "/api/v2/flags/shop/checkout.limit?env=*");
    house.upstream.simulator.add_fault(fault.times(each));
    let before = house.ask("PUT", LIMIT, r#"{"setting":7}"#).await;
    assert_eq!(before.status, 422, "{before:?}");
    let looks = || {
        let sent = house.sent();
        let of_flag = |one: &&Sent| one.path.starts_with("/api/v2/flags/shop/checkout.limit?");
        u64::try_from(sent.iter().filter(of_flag).count()).unwrap()
    };
    assert_eq!(looks(), each, "what was asked just now is not asked again");
    let set = house.ask("PUT", LIMIT, r#"{"setting":2}"#).await;
    assert_eq!(set.status, 200, "{set:?}");
    assert_eq!(looks(), 2 * each);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn null_clears_and_needs_that_permission() {
    let policy = crate::house::POLICY.replace(
        r#"actions = ["read", "set", "clear", "schedule"]
  [[teams.denies]]"#,
        r#"actions = ["set"]
  [[teams.denies]]"#,
    );
    let house = House::with(&policy, &[]);
    assert_eq!(house.ask("PUT", FLOW, r#"{"setting":true}"#).await.status, 200);
    house.forget();
    for (method, path, body) in [
        ("PUT", FLOW.to_owned(), r#"{"setting":null}"#),
        ("DELETE", FLOW.to_owned(), ""),
        ("PUT", end(), r#"{"expires_in":"1h"}"#),
        ("DELETE", end(), ""),
    ] {
        let refused = house.ask(method, &path, body).await;
        assert_eq!(refused.status, 403, "{method} {path} {refused:?}");
    }
    assert_eq!(house.sent(), []);
    house.close().await;

    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    let cleared = house.ask("PUT", FLOW, r#"{"setting":null,"comment":"done"}"#).await;
    assert_eq!(
        cleared.json()["before"],
        json!({"setting": true, "expires_at": "2026-11-21T13:00:00Z"})
    );
    assert_eq!(cleared.json()["after"], json!({"setting": null, "expires_at": null}));
    assert_eq!((house.flow(), house.ends()), (None, vec![]));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_erase_by_accident_is_refused() {
    let house = House::open();
    for (body, pointer) in [
        ("{}", "/setting"),
        (r#"{"comment":"x"}"#, "/setting"),
        (r#"{"settings":true}"#, "/settings"),
        (r#"{"Setting":true}"#, "/Setting"),
        (r#"{"setting":true,"setting":null}"#, "/setting"),
        (r#"{"setting":null,"expires_in":"1h"}"#, "/setting"),
        (
            r#"{"setting":true,"expires_in":"1h","expires_at":"2027-01-01T00:00:00Z"}"#,
            "/expires_in",
        ),
    ] {
        let refused = house.ask("PUT", FLOW, body).await;
        assert_eq!(refused.status, 400, "{body} {refused:?}");
        let faults = refused.json()["errors"].as_array().unwrap().clone();
        assert!(faults.iter().any(|fault| fault["pointer"] == pointer), "{body} {faults:?}");
    }
    assert_eq!(house.sent(), []);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delete_takes_the_end_along_and_does_no_harm_again() {
    let house = House::open();
    house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    let cleared = house.ask("DELETE", &format!("{FLOW}?comment=enough"), "").await;
    assert_eq!(cleared.json()["before"]["expires_at"], "2026-11-21T13:00:00Z");
    let history = house.upstream.simulator.history();
    assert!(history.last().unwrap().comment.as_deref().unwrap().ends_with("] enough"));
    assert_eq!((house.flow(), house.ends()), (None, vec![]));
    let again = house.ask("DELETE", FLOW, "").await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(again.json()["before"], again.json()["after"]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_is_needed_is_told_in_launchdarklys_words() {
    let house = House::open();
    assert!(house.upstream.simulator.set_approval_required("shop", "test", true));
    let refused = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let problem = refused.json();
    assert_eq!(problem["type"], "/problems/approval-required");
    assert_eq!(problem["applied"], "no");
    assert_eq!(problem["steps"], json!([{"step": "set", "outcome": "failed"}]));
    assert_eq!(problem["upstream"]["status"], 405);
    assert!(problem["upstream"]["message"].as_str().unwrap().to_lowercase().contains("approval"));
    assert_eq!(house.flow(), None);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_race_is_run_again_and_then_told() {
    let house = House::open();
    let (method, path) = backend().puts();
    let conflict = || Fault::status(409).on(method, path);
    house.upstream.simulator.add_fault(conflict().times(2));
    let set = house.ask("PUT", FLOW, r#"{"setting":true}"#).await;
    assert_eq!(set.status, 200, "{set:?}");
    assert_eq!(house.sent_writes().len(), 3);

    house.upstream.simulator.add_fault(conflict().times(100));
    let lost = house.ask("PUT", FLOW, r#"{"setting":false}"#).await;
    assert_eq!(
        (lost.status, lost.json()["type"].clone()),
        (409, json!("/problems/conflict")),
        "{lost:?}"
    );
    assert_eq!(lost.json()["applied"], "no");
    assert_eq!(house.flow().as_deref(), Some("true"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_reads_past_the_cache_what_was_changed_elsewhere() {
    let house = House::open();
    assert_eq!(house.ask("GET", FLOW, "").await.json()["setting"], Value::Null);
    assert!(house.upstream.simulator.change_elsewhere(PLACE, Some("true")));
    let cleared = house.ask("DELETE", FLOW, "").await;
    assert_eq!(cleared.json()["before"]["setting"], true);
    let ends = house.ask("GET", &format!("{BEN}/expirations"), "").await;
    assert_eq!(ends.json()["expirations"], json!([]));
    house.close().await;
}

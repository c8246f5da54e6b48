//! The reads of `/v1`: what they show.

use serde_json::{Value, json};

use crate::backend::backend;
use crate::house::{House, POLICY};
use crate::outcome::refusal;
use crate::wire::Answer;

pub(crate) const USER: &str = "/v1/projects/shop/environments/test/users/anna@example.com";
pub(crate) const BEN: &str = "/v1/projects/shop/environments/test/users/ben@example.org";
pub(crate) const DROP_IN: &str = "/api/v2/users/shop/test/ben@example.org/flags";

pub(crate) fn keys(list: &Answer) -> Vec<String> {
    assert_eq!(list.status, 200, "{list:?}");
    let flags = list.json()["flags"].as_array().unwrap().clone();
    flags.iter().map(|flag| flag["flag"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_sorted_and_can_be_narrowed() {
    let house = House::open();
    let list =
        async |query: &str| keys(&house.ask("GET", &format!("{USER}/flags{query}"), "").await);
    let all = list("").await;
    assert_eq!(all.len(), 13, "{all:?}");
    assert!(all.is_sorted());
    assert_eq!(list("?").await, all);
    assert_eq!(list("?overridden=false").await, all);
    assert_eq!(list("?overridden=true").await, ["checkout.new-flow"]);
    assert_eq!(
        list("?prefix=checkout.").await,
        ["checkout.express", "checkout.limit", "checkout.new-flow"]
    );
    assert_eq!(list("?prefix=Checkout").await, [""; 0]);
    assert_eq!(
        list("?flag=theme.config&flag=banner.text&flag=theme.config").await,
        ["banner.text", "theme.config"]
    );
    assert_eq!(list("?flag=sort.order&prefix=checkout").await, [""; 0]);
    assert_eq!(
        list("?flag=checkout.limit&flag=checkout.new-flow&overridden=true").await,
        ["checkout.new-flow"]
    );
    assert_eq!(list("?fl%61g=sort%2Eorder").await, ["sort.order"]);
    assert_eq!(house.upstream_calls(), backend().cold());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_flag_is_shown_as_the_contract_says() {
    let house = House::open();
    let one = house.ask("GET", &format!("{USER}/flags/checkout.new-flow"), "").await;
    assert_eq!(
        one.body,
        r#"{"project":"shop","environment":"test","user":"anna@example.com","flag":"checkout.new-flow","value":true,"setting":true,"overridden":true,"reason":{"kind":"TARGET_MATCH"}}"#
    );
    assert_eq!(one.header("content-type"), Some("application/json"));
    let off = house.ask("GET", &format!("{BEN}/flags/legacy.search"), "").await.json();
    assert_eq!(
        (&off["value"], &off["setting"], &off["overridden"]),
        (&json!(false), &json!(true), &json!(true))
    );
    assert_eq!(off["reason"], json!({"kind": "OFF"}));
    let none = house.ask("GET", &format!("{USER}/flags/unfinished.flag"), "").await.json();
    assert_eq!((&none["value"], &none["setting"]), (&Value::Null, &Value::Null));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_survive_to_the_byte_through_both_apis() {
    let house = House::open();
    let limit = ("shop", "test", "ben@example.org", "checkout.limit");
    for value in ["1", "2.0", "12345678901234567890"] {
        assert!(house.upstream.simulator.change_elsewhere(limit, Some(value)));
        house.clock.advance(std::time::Duration::from_secs(31));
        let wanted = format!("\"value\":{value},\"setting\":{value},");
        for path in [format!("{BEN}/flags"), format!("{BEN}/flags/checkout.limit")] {
            let body = house.ask("GET", &path, "").await.body;
            assert!(body.contains(&wanted), "{wanted}: {body}");
        }
        for path in [DROP_IN.to_owned(), format!("{DROP_IN}/checkout.limit")] {
            let body = house.ask("GET", &path, "").await.body;
            assert!(
                body.contains(&format!("\"_value\":{value}"))
                    && body.contains(&format!("\"setting\":{value}")),
                "{body}"
            );
        }
    }
    let theme = house.ask("GET", &format!("{BEN}/flags/theme.config"), "").await.body;
    assert!(theme.contains(r#""contrast":1.0"#) || theme.contains(r#""contrast": 1.0"#), "{theme}");
    let banner = house.ask("GET", &format!("{BEN}/flags/banner.text"), "").await;
    assert_eq!(banner.json()["value"], "Welcome");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_shown_where_it_is_asked_for() {
    let house = House::open();
    let flag = format!("{USER}/flags/checkout.limit");
    let set = house.ask("PUT", &flag, r#"{"setting":2,"expires_in":"2h"}"#).await;
    assert_eq!(set.status, 200, "{set:?}");
    let other = format!("{USER}/flags/sort.order");
    assert_eq!(
        house
            .ask("PUT", &other, r#"{"setting":"price","expires_at":"2026-12-01T10:00:00Z"}"#)
            .await
            .status,
        200
    );

    let one = house.ask("GET", &format!("{flag}?include=expiration"), "").await.json();
    assert_eq!(
        (&one["setting"], &one["expires_at"]),
        (&json!(2.0), &json!("2026-11-21T14:00:00Z"))
    );
    assert_eq!(house.ask("GET", &flag, "").await.json().get("expires_at"), None);
    let list = house
        .ask("GET", &format!("{USER}/flags?include=expiration&prefix=checkout."), "")
        .await
        .json();
    let ends: Vec<_> =
        list["flags"].as_array().unwrap().iter().map(|flag| flag["expires_at"].clone()).collect();
    assert_eq!(ends, [Value::Null, json!("2026-11-21T14:00:00Z"), Value::Null]);

    let all = house.ask("GET", &format!("{USER}/expirations"), "").await;
    assert_eq!(
        all.body,
        r#"{"project":"shop","environment":"test","user":"anna@example.com","expirations":[{"flag":"checkout.limit","value":2.0,"expires_at":"2026-11-21T14:00:00Z","version":1},{"flag":"sort.order","value":"price","expires_at":"2026-12-01T10:00:00Z","version":1}]}"#
    );
    let mine = house.ask_as("readers", "GET", &format!("{USER}/expirations"), "").await.json();
    assert_eq!(mine["expirations"].as_array().unwrap().len(), 1);
    let drop_in = "/api/v2/users/shop/anna@example.com/expiring-user-targets/test";
    let mine = house.ask_as("readers", "GET", drop_in, "").await;
    assert!(mine.body.contains("checkout.limit") && !mine.body.contains("sort.order"), "{mine:?}");
    let nothing = house.ask("GET", &format!("{BEN}/expirations"), "").await.json();
    assert_eq!(nothing["expirations"], json!([]));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let house = House::open();
    for path in [
        format!("{USER}/flags"),
        format!("{USER}/flags/sort.order"),
        format!("{USER}/expirations"),
        "/v1/whoami".to_owned(),
        DROP_IN.to_owned(),
        format!("{USER}/flags/no.such.flag"),
        "/nowhere".to_owned(),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
    ] {
        house.ask("GET", &path, "").await;
        let (get, head) = (house.ask("GET", &path, "").await, house.ask("HEAD", &path, "").await);
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        let telling = |answer: &Answer| -> Vec<(String, String)> {
            let mut headers = answer.headers.clone();
            headers.retain(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"));
            headers.sort();
            headers
        };
        assert_eq!(telling(&head).len(), telling(&get).len(), "{path}");
        if get.status == 200 {
            assert_eq!(telling(&head), telling(&get), "{path}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn awkward_user_keys_arrive_as_they_are() {
    let house = House::open();
    for (spelled, key) in [
        ("a%2Fb", "a/b"),
        ("test@test.com", "test@test.com"),
        ("auth0%7Cx%20y", "auth0|x y"),
        ("%C3%BC", "ü"),
        ("a+b", "a+b"),
        ("50%25", "50%"),
        ("a%3Fb%23c", "a?b#c"),
        ("a%252Fb", "a%2Fb"),
        ("...", "..."),
        ("%22quote%5C", "\"quote\\"),
        ("a%26b=c", "a&b=c"),
        ("%F0%9F%A6%80", "🦀"),
    ] {
        let user = format!("/v1/projects/shop/environments/test/users/{spelled}");
        let set =
            house.ask("PUT", &format!("{user}/flags/sort.order"), r#"{"setting":"newest"}"#).await;
        assert_eq!(set.status, 200, "{key}: {set:?}");
        let one = house.ask("GET", &format!("{user}/flags/sort.order"), "").await.json();
        assert_eq!((&one["user"], &one["setting"]), (&json!(key), &json!("newest")));
        assert_eq!(
            house.upstream.simulator.setting("shop", "test", key, "sort.order").as_deref(),
            Some("\"newest\"")
        );
        let drop_in = house
            .ask("GET", &format!("/api/v2/users/shop/test/{spelled}/flags/sort.order"), "")
            .await
            .json();
        assert_eq!(drop_in["setting"], "newest");
        assert_eq!(
            house.ask("GET", &format!("{user}/expirations"), "").await.json()["user"],
            json!(key)
        );
        assert_eq!(
            house
                .ask("GET", &format!("/api/v2/users/shop/{spelled}/expiring-user-targets/test"), "")
                .await
                .status,
            200
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_moves_below_the_base_path() {
    let house = House::with(POLICY, &[("FLAGWARD__SERVER__BASE_PATH", "/gate/ward")]);
    for path in [
        format!("/gate/ward{USER}/flags/sort.order"),
        format!("/%67ate/ward{USER}/flags/sort.order"),
        format!("/gate/ward{DROP_IN}/sort.order"),
        "/gate/ward/healthz".to_owned(),
    ] {
        assert_eq!(house.ask("GET", &path, "").await.status, 200, "{path}");
    }
    for path in [
        format!("{USER}/flags/sort.order"),
        "/healthz".to_owned(),
        "/".to_owned(),
        "/gate".to_owned(),
        "/gate/wardx/healthz".to_owned(),
        format!("/x/y{USER}/flags/sort.order"),
    ] {
        assert_eq!(
            refusal(&house.ask("GET", &path, "").await),
            "404 not-found: there is no such route: /docs shows those there are"
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_launchdarkly_does_not_know_is_not_found() {
    let house = House::with(
        &POLICY.replace("projects = [\"shop\"]", "projects = [\"shop\", \"attic\"]"),
        &[],
    );
    let mut said = Vec::new();
    for path in [
        "/v1/projects/attic/environments/test/users/u/flags",
        "/v1/projects/shop/environments/nowhere/users/u/flags",
        "/v1/projects/shop/environments/nowhere/users/u/flags/sort.order",
        "/v1/projects/shop/environments/test/users/u/flags/no.flag",
        "/v1/projects/shop/environments/nowhere/users/u/expirations",
        "/api/v2/users/attic/test/u/flags",
        "/api/v2/users/shop/nowhere/u/flags",
        "/api/v2/users/shop/test/u/flags/no.flag",
        "/api/v2/users/shop/u/expiring-user-targets/nowhere",
    ] {
        let answer = house.ask("GET", path, "").await;
        let upstream = answer.json().get("upstream").map(ToString::to_string).unwrap_or_default();
        said.push(format!("{path}\n    {}\n    {upstream}", refusal(&answer)));
    }
    insta::assert_snapshot!("not_known", said.join("\n"));
    house.close().await;
}

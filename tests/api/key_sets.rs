//! Keys that an issuer publishes and changes, behind a real server.

use std::time::Duration;

use serde_json::json;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::house::House;
use crate::key_house::{ISSUER, Key, ask, house, key, see, set};
use crate::metrics::value;

const UNKNOWN: &str = "is not among its issuer's keys";
const NOT_YET: &str = "the issuer's keys are not known yet: try again";

/// Publishes these keys in the place of what was there.
async fn publish(server: &MockServer, keys: &[&Key]) {
    answer(server, ResponseTemplate::new(200).set_body_raw(set(keys), "application/json")).await;
}

async fn answer(server: &MockServer, answer: ResponseTemplate) {
    server.reset().await;
    Mock::given(any()).respond_with(answer).mount(server).await;
}

/// A house whose issuer publishes these keys, once they were fetched.
async fn open(server: &MockServer, keys: &[&Key]) -> House {
    publish(server, keys).await;
    let house = house(ISSUER, &[("JWKS_URL", &format!("{}/keys", server.uri()))]);
    see(&house, |shown| shown["keys"] == keys.len()).await;
    house
}

/// How often the keys were fetched, with this outcome.
async fn fetches(house: &House, outcome: &str) -> f64 {
    let scrape = house.ask_management("/metrics").await.body;
    let series = format!("flagward_auth_key_fetches_total{{issuer=\"web\",outcome=\"{outcome}\"}}");
    value(&scrape, &series).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_published_before_it_is_used_costs_no_401() {
    let (server, old, new) = (MockServer::start().await, key("old", "rsa"), key("new", "p256"));
    let house = open(&server, &[&old]).await;
    let tokens = [&old, &new].map(|key| key.token(ISSUER, &house.clock));
    assert_eq!(ask(&house, &tokens[0]).await, "200");
    publish(&server, &[&old, &new]).await;
    house.clock.advance(Duration::from_mins(5));
    see(&house, |shown| shown["keys"] == 2).await;
    assert_eq!(ask(&house, &tokens[1]).await, "200");
    assert_eq!(ask(&house, &tokens[0]).await, "200");

    // The old one is taken back: the next request is refused, though the token was verified before.
    publish(&server, &[&new]).await;
    house.clock.advance(Duration::from_mins(5));
    see(&house, |shown| shown["keys"] == 1).await;
    assert!(ask(&house, &tokens[0]).await.contains(UNKNOWN));
    assert_eq!(ask(&house, &tokens[1]).await, "200");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_kid_is_refused_at_once_and_looked_for_at_most_every_half_a_minute() {
    let (server, old, new) = (MockServer::start().await, key("old", "rsa"), key("new", "p256"));
    let house = open(&server, &[&old]).await;
    let asked = async || server.received_requests().await.unwrap().len();
    publish(&server, &[&old, &new]).await;
    let token = new.token(ISSUER, &house.clock);
    assert!(ask(&house, &token).await.contains(UNKNOWN));
    see(&house, |shown| shown["keys"] == 2).await;
    assert_eq!(ask(&house, &token).await, "200");
    assert_eq!(asked().await, 1);

    // Whatever comes now does not ask the issuer again until half a minute is over.
    for kid in ["../../etc/passwd", "' OR 1=1 --", "idp", "x"] {
        let token = key(kid, "ed25519").token(ISSUER, &house.clock);
        assert!(ask(&house, &token).await.contains(UNKNOWN), "{kid}");
    }
    house.clock.advance(Duration::from_secs(29));
    tokio::time::sleep(Duration::from_millis(600)).await; // twice as long as the watch takes to look
    assert_eq!(asked().await, 1);
    house.clock.advance(Duration::from_secs(1));
    while asked().await < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_good_keys_stay_in_use_for_as_long_as_the_issuer_is_down() {
    let (server, old) = (MockServer::start().await, key("old", "rsa"));
    let house = open(&server, &[&old]).await;
    let token = old.token(ISSUER, &house.clock);
    for (template, trouble) in [
        (ResponseTemplate::new(503), "status"),
        (ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/"), "redirected"),
        (ResponseTemplate::new(200).set_body_string("<html>Sign in</html>"), "invalid"),
        (ResponseTemplate::new(200).set_body_json(json!({"keys": []})), "invalid"),
        (
            ResponseTemplate::new(200).set_body_json(json!({"keys": [{"kty": "oct", "k": "x"}]})),
            "invalid",
        ),
        (ResponseTemplate::new(200).set_body_raw(vec![b' '; (256 << 10) + 1], "a/b"), "too-large"),
        (ResponseTemplate::new(200).set_delay(Duration::from_secs(20)), "timeout"),
    ] {
        answer(&server, template).await;
        let before = fetches(&house, trouble).await;
        while fetches(&house, trouble).await <= before {
            house.clock.advance(Duration::from_mins(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let shown = see(&house, |shown| shown["last_error"] == trouble).await;
        assert!(shown["failing_since"].is_string() && shown["keys"] == 1, "{shown}");
        assert!(!shown.to_string().contains("127.0.0.1"), "{shown}");
        let again = old.token(ISSUER, &house.clock);
        assert_eq!(ask(&house, &again).await, "200", "{trouble}");
    }
    house.clock.advance(Duration::from_hours(10));
    assert_eq!(ask(&house, &old.token(ISSUER, &house.clock)).await, "200");
    assert_ne!(token, old.token(ISSUER, &house.clock));
    publish(&server, &[&old]).await;
    house.clock.advance(Duration::from_secs(30));
    see(&house, |shown| shown["failing_since"].is_null() && shown["last_error"].is_null()).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_first_fetch_heals_without_a_restart() {
    let (server, only) = (MockServer::start().await, key("only", "p256"));
    answer(&server, ResponseTemplate::new(500)).await;
    let house = house(ISSUER, &[("JWKS_URL", &format!("{}/keys", server.uri()))]);
    assert_eq!(house.ask("GET", "/readyz", "").await.status, 200);
    let token = only.token(ISSUER, &house.clock);
    let shown = see(&house, |shown| shown["last_error"] == "status").await;
    assert!(shown["fetched_at"].is_null(), "{shown}");
    assert_eq!(ask(&house, &token).await, format!("401 unauthenticated: {NOT_YET} in a moment"));
    let calls = house.upstream_calls();
    publish(&server, &[&only]).await;
    house.clock.advance(Duration::from_secs(1));
    see(&house, |shown| shown["keys"] == 1).await;
    assert_eq!(calls, 0);
    assert_eq!(ask(&house, &token).await, "200");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_s_own_document_says_where_its_keys_are() {
    let (server, only) = (MockServer::start().await, key("only", "ed25519"));
    let issuer = server.uri();
    let document = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/keys")});
    let at = "/.well-known/openid-configuration";
    let given = |body| ResponseTemplate::new(200).set_body_json(body);
    let other = json!({"issuer": ISSUER, "jwks_uri": format!("{issuer}/keys")});
    Mock::given(path("/keys"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(set(&[&only]), "a/b"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path(at)).respond_with(given(other)).up_to_n_times(1).mount(&server).await;
    Mock::given(path(at)).respond_with(given(document)).expect(1).mount(&server).await;
    let house = house(&issuer, &[("DISCOVERY", "true")]);
    see(&house, |shown| shown["last_error"] == "invalid").await;
    house.clock.advance(Duration::from_secs(1));
    let shown = see(&house, |shown| shown["keys"] == 1).await;
    assert_eq!(shown["source"], "discovery");
    assert_eq!(ask(&house, &only.token(&issuer, &house.clock)).await, "200");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_is_sent_to_an_issuer() {
    let (server, only) = (MockServer::start().await, key("only", "p256"));
    let house = open(&server, &[&only]).await;
    let asked = server.received_requests().await.unwrap();
    let names = |name: &str| asked.iter().any(|asked| asked.headers.contains_key(name));
    assert!(names("accept") && !names("authorization") && !names("cookie"), "{asked:?}");
    house.close().await;
}

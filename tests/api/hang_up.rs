//! Callers who don't wait, and a gateway that does.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use flagward::simulator::Latency;
use serde_json::json;

use crate::backend::backend;
use crate::house::House;
use crate::writes_kit::{DROP_IN_FLOW, FLOW};

/// What a poll waits at most.
const PATIENCE: Duration = Duration::from_secs(8);
const BODY: &str = r#"{"setting":true,"expires_in":"1h"}"#;

/// Sends a write and closes the connection as soon as its PUT is on its way upstream.
async fn hang_up(house: &House, path: &str, body: &str) {
    let bearer = house.token("alice", &["payments"]);
    let length = body.len();
    let mut stream = TcpStream::connect(house.gateway.address()).unwrap();
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    until(|| !house.sent_writes().is_empty()).await;
    drop(stream);
}

async fn until(happened: impl Fn() -> bool) {
    let poll = async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, poll).await.unwrap();
}

async fn applied(house: &House) -> bool {
    let scrape = house.ask_management("/metrics").await.body;
    let series = r#"flagward_writes_total{action="set",outcome="applied",team="payments"} 1"#;
    scrape.lines().any(|line| line == series)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_goes_on_when_its_caller_hangs_up() {
    for (path, body) in [(FLOW, BODY), (DROP_IN_FLOW, r#"{"setting":true}"#)] {
        let house = House::open();
        assert_eq!(house.ask("GET", FLOW, "").await.json()["setting"], json!(null));
        house.upstream.simulator.set_latency(Latency::fixed(150));
        hang_up(&house, path, body).await;
        assert_eq!(house.flow(), None, "the caller was gone before anything had happened");
        until(|| house.flow().is_some() && (path != FLOW || !house.ends().is_empty())).await;
        for _ in 0..200 {
            if applied(&house).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(applied(&house).await, "the journal has it");
        let seen = house.ask("GET", FLOW, "").await;
        assert_eq!(seen.json()["setting"], true, "the cache has moved on: {seen:?}");
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_takes_longer_than_its_caller_can_wait_goes_on() {
    let house = House::with(crate::house::POLICY, &[("FLAGWARD__SERVER__REQUEST_TIMEOUT", "1s")]);
    house.upstream.simulator.set_latency(Latency::fixed(400));
    let late = house.ask("PUT", FLOW, BODY).await;
    assert_eq!(late.status, 504, "{late:?}");
    assert_eq!(late.json()["type"], "/problems/upstream-timeout");
    assert_eq!(
        (late.json()["applied"].clone(), late.json()["steps"].clone()),
        (json!("unknown"), json!([]))
    );
    let operation = late.json()["operation"].as_str().unwrap().to_owned();
    assert!(late.json()["detail"].as_str().unwrap().contains(&operation), "{late:?}");
    until(|| !house.ends().is_empty()).await;
    house.upstream.simulator.set_latency(Latency::none());
    for _ in 0..200 {
        if applied(&house).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let seen = house.ask("GET", &format!("{FLOW}?include=expiration"), "").await.json();
    assert_eq!(seen["expires_at"], "2026-11-21T13:00:00Z");
    let history = house.upstream.simulator.history();
    assert!(
        history
            .iter()
            .flat_map(|change| &change.comment)
            .any(|comment| comment.contains(&operation)),
        "it can be found"
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_waits_for_another_longer_than_its_caller_can_was_not_begun_and_says_so() {
    let house = House::with(crate::house::POLICY, &[("FLAGWARD__SERVER__REQUEST_TIMEOUT", "1s")]);
    house.upstream.simulator.set_latency(Latency::fixed(900));
    let (first, second) = tokio::join!(house.ask("PUT", FLOW, BODY), house.ask("DELETE", FLOW, ""));
    assert_eq!((first.status, second.status), (504, 504), "{first:?} {second:?}");
    let (one, other) = (first.json(), second.json());
    let (begun, waited) = if one["operation"].is_string() { (one, other) } else { (other, one) };
    assert_eq!((&begun["applied"], &waited["applied"]), (&json!("unknown"), &json!("no")));
    assert!(waited["operation"].is_null(), "{waited}");
    house.upstream.simulator.set_latency(Latency::none());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_a_write_that_nobody_waits_for() {
    let house = House::open();
    house.upstream.simulator.set_latency(Latency::fixed(700));
    hang_up(&house, FLOW, BODY).await;
    let House { gateway, upstream, .. } = house;
    gateway.stop().await.unwrap();
    let ends = upstream.simulator.expirations("shop", "test", "ben@example.org");
    assert_eq!(ends.len(), 1, "value and end are both in force when the gateway has stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_answered_within_the_time_that_a_caller_waits() {
    let house =
        House::with(crate::house::POLICY, &[("FLAGWARD__SERVER__REQUEST_TIMEOUT", "500ms")]);
    house.upstream.simulator.set_latency(Latency::fixed(2_000));
    let began = std::time::Instant::now();
    for path in [FLOW.to_owned(), format!("{FLOW}?include=expiration")] {
        let late = house.ask("GET", &path, "").await;
        assert_eq!(late.status, 504, "{late:?}");
        assert_eq!(late.json()["type"], "/problems/upstream-timeout");
        assert!(late.json()["applied"].is_null(), "a read applies nothing: {late:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    house.upstream.simulator.set_latency(Latency::none());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_gets_no_slot_is_a_503_that_names_our_own_limit() {
    let settings = [
        ("FLAGWARD__LAUNCHDARKLY__MAX_CONCURRENCY", "1"),
        ("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "2s"),
    ];
    let house = House::with(crate::house::POLICY, &settings);
    house.upstream.simulator.set_latency(Latency::fixed(60_000));
    let paths: Vec<_> = (0..8).map(|n| FLOW.replace("ben@", &format!("ben{n}@"))).collect();
    let asked = paths.iter().map(|path| house.ask("GET", path, ""));
    let answers = futures_util::future::join_all(asked).await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(!refused.is_empty(), "{answers:?}");
    for answer in refused {
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.json()["type"], "/problems/upstream-unavailable");
        assert!(answer.json()["detail"].as_str().unwrap().contains("at once as it may"));
    }
    let scrape = house.ask_management("/metrics").await.body;
    let call = backend().first_call();
    let none =
        format!("flagward_upstream_requests_total{{operation=\"{call}\",status=\"no-slot\"}} 0");
    assert!(!scrape.lines().any(|line| line == none), "{scrape}");
    assert!(scrape.contains("flagward_upstream_slots{state=\"waited-for\"} 0"), "{scrape}");
    house.upstream.simulator.set_latency(Latency::none());
    house.close().await;
}

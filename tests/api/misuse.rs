//! What a hostile caller, or a `LaunchDarkly` that misbehaves, was once able to do.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use flagward::simulator::Latency;
use serde_json::json;

use crate::backend::{answer as answering, backend};
use crate::house::House;
use crate::writes_kit::{DROP_IN_ENDS, DROP_IN_FLOW, FLOW, GUARDED};

const BODY: &str = r#"{"setting":true,"expires_in":"1h","comment":"why"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_shows_no_end_leaves_no_endless_override() {
    for body in [
        "{}",
        r#"{"items":[],"_links":{},"totalInstructions":1,"successfulInstructions":1,"failedInstructions":0}"#,
    ] {
        let house = House::open();
        house.spoil(backend().patches(), answering(body));
        let answer = house.ask("PUT", GUARDED, BODY).await;
        assert_eq!(answer.status, 502, "{answer:?}");
        assert_eq!(answer.json()["applied"], "no");
        let steps = json!([{"step": "set", "outcome": "undone"}, {"step": "schedule", "outcome": "failed"}]);
        assert_eq!(answer.json()["steps"], steps);
        let after = house.upstream.simulator.setting(
            "shop",
            "production",
            "ben@example.org",
            "checkout.new-flow",
        );
        assert_eq!(after, None);
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_nobody_sees_is_none() {
    let house = House::open();
    for comment in [r"\u200b", r"\u0001", r"\u3164", r"\u2800"] {
        let body = format!(r#"{{"setting":true,"expires_in":"1h","comment":"{comment}"}}"#);
        let answer = house.ask("PUT", GUARDED, &body).await;
        assert_eq!(answer.status, 422, "{comment}: {answer:?}");
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_that_the_drop_in_would_not_obey_is_refused() {
    let house = House::open();
    let put =
        house.ask("PUT", &format!("{DROP_IN_FLOW}?dry_run=true"), r#"{"setting":true}"#).await;
    let patch =
        house.ask("PATCH", &format!("{DROP_IN_ENDS}?dry_run=true"), r#"{"instructions":[]}"#).await;
    assert_eq!((put.status, patch.status), (400, 400), "{put:?} {patch:?}");
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_of_callers_who_left_while_waiting_are_never_begun() {
    let house = House::open();
    house.ask("GET", FLOW, "").await;
    house.upstream.simulator.set_latency(Latency::fixed(250));
    let bearer = house.token("alice", &["payments"]);
    let crowd: Vec<TcpStream> = (0..20).map(|_| begin(&house, &bearer)).collect();
    tokio::time::sleep(Duration::from_millis(300)).await; // all have arrived, one is at work
    for stream in &crowd {
        stream.shutdown(std::net::Shutdown::Both).unwrap();
    }
    drop(crowd);
    let answer = house.ask("PUT", FLOW, r#"{"setting":false}"#).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let puts = house.sent_writes().iter().filter(|sent| sent.method == "PUT").count();
    assert!(puts <= 3, "{puts} writes were sent for callers who had gone");
    house.close().await;
}

/// Sends a write and does not wait for its answer.
fn begin(house: &House, bearer: &str) -> TcpStream {
    house.note(FLOW);
    let mut stream = TcpStream::connect(house.gateway.address()).unwrap();
    let body = r#"{"setting":true}"#;
    let length = body.len();
    write!(
        stream,
        "PUT {FLOW} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream
}

//! What is kept, and how an answer says so.

use std::time::Duration;

use flagward::simulator::{Fault, Latency};

use crate::backend::backend;
use crate::house::{House, POLICY};
use crate::wire::Answer;

pub(crate) const FLAGS: &str = "/v1/projects/shop/environments/test/users/anna@example.com/flags";
const ONE: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";
const ENDS: &str = "/v1/projects/shop/environments/test/users/anna@example.com/expirations";
pub(crate) const DROP_IN: &str = "/api/v2/users/shop/test/anna@example.com/flags";

impl House {
    /// A read with these headers besides.
    async fn read(&self, team: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.token("alice", &[team]));
        let mut all = vec![("Authorization", &*bearer)];
        all.extend(headers);
        self.send("GET", path, &all, "").await
    }
}

fn said(answer: &Answer) -> (&str, &str) {
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"), "{answer:?}");
    assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    (answer.header("cache-status").unwrap(), answer.header("age").unwrap())
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_whether_it_was_kept_and_how_old_it_is() {
    let house = House::open();
    assert_eq!(said(&house.ask("GET", FLAGS, "").await), ("flagward; fwd=miss; stored", "0"));
    house.clock.advance(seconds(18));
    assert_eq!(said(&house.ask("GET", FLAGS, "").await), ("flagward; hit; ttl=12", "18"));
    assert_eq!(said(&house.ask("GET", DROP_IN, "").await), ("flagward; hit; ttl=12", "18"));
    house.clock.advance(seconds(11));
    assert_eq!(said(&house.ask("GET", FLAGS, "").await), ("flagward; hit; ttl=1", "29"));
    assert_eq!(house.upstream_calls(), backend().cold());
    house.clock.advance(seconds(1));
    assert_eq!(said(&house.ask("GET", FLAGS, "").await), ("flagward; fwd=miss; stored", "0"));
    assert_eq!(house.upstream_calls(), 2 * backend().cold());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_flag_is_answered_from_the_list_and_never_the_other_way_round() {
    let house = House::open();
    house.ask("GET", ONE, "").await;
    assert_eq!(said(&house.ask("GET", FLAGS, "").await).0, "flagward; fwd=miss; stored");
    let other = format!("{FLAGS}/sort.order");
    house.clock.advance(seconds(5));
    let (from_list, drop_in) = (
        house.ask("GET", &other, "").await,
        house.ask("GET", &format!("{DROP_IN}/sort.order"), "").await,
    );
    assert_eq!(
        (said(&from_list), said(&drop_in)),
        (("flagward; hit; ttl=25", "5"), ("flagward; hit; ttl=25", "5"))
    );
    let calls = backend().cold() + backend().warm();
    assert_eq!(house.upstream_calls(), calls);
    // Archived flags are in no list, so that one is asked for.
    house.ask("GET", &format!("{FLAGS}/retired.flag"), "").await;
    assert!(house.upstream_calls() > calls);

    let again = House::open();
    let alone = again.ask("GET", &other, "").await;
    assert_eq!((&alone.body, alone.header("etag")), (&from_list.body, from_list.header("etag")));
    again.close().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_insists_gets_what_launchdarkly_says_now() {
    let house = House::open();
    house.ask("GET", ONE, "").await;
    let insists = [("Cache-Control", "max-stale=5"), ("cache-control", "No-Cache")];
    assert_eq!(
        said(&house.read("payments", ONE, &insists).await),
        ("flagward; hit; ttl=30", "0"),
        "younger than a second"
    );
    house.clock.advance(seconds(1));
    assert!(house.upstream.simulator.change_elsewhere(
        ("shop", "test", "anna@example.com", "checkout.new-flow"),
        Some("false")
    ));
    assert_eq!(house.ask("GET", ONE, "").await.json()["value"], true);
    let now = house.read("payments", ONE, &insists).await;
    assert_eq!((said(&now).0, &now.json()["value"]), ("flagward; fwd=request", &false.into()));
    assert_eq!(house.upstream_calls(), 2 * backend().cold());
    assert_eq!(
        house.ask("GET", ONE, "").await.json()["value"],
        false,
        "what was fetched for one is there for all"
    );
    for directive in ["max-age=0", "no-store", "private,  no-cache"] {
        house.clock.advance(seconds(1));
        assert_eq!(
            said(&house.read("payments", ONE, &[("Cache-Control", directive)]).await).0,
            "flagward; fwd=request"
        );
    }
    for directive in ["no-transform", "max-age=60", "only-if-cached", ""] {
        assert_eq!(
            said(&house.read("payments", ONE, &[("Cache-Control", directive)]).await).0,
            "flagward; hit; ttl=30"
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_for_the_same_make_one_call() {
    let house = House::open();
    house.upstream.simulator.set_latency(Latency::fixed(300));
    for headers in [&[][..], &[("Cache-Control", "no-cache")][..]] {
        house.upstream.simulator.forget_requests();
        house.clock.advance(seconds(2));
        let asked = (0..12)
            .map(|n| house.read(if n % 2 == 0 { "payments" } else { "readers" }, FLAGS, headers));
        let answers = futures_util::future::join_all(asked).await;
        let statuses: Vec<_> = answers.iter().map(|answer| said(answer).0).collect();
        let first = statuses.iter().filter(|status| !status.contains("collapsed")).count();
        assert_eq!(first, 1, "{statuses:?}");
        assert_eq!(house.upstream_calls(), backend().cold());
        assert_ne!(
            answers[0].body, answers[1].body,
            "what each may see is decided after the call that they share"
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_answer_is_shown_to_nobody_who_may_not_see_it() {
    let house = House::open();
    assert_eq!(house.ask("GET", FLAGS, "").await.status, 200);
    for (team, path, status) in [
        ("bank", FLAGS, 403),
        ("bank", ONE, 403),
        ("nobody", FLAGS, 403),
        ("readers", FLAGS, 200),
        ("readers", ONE, 200),
    ] {
        assert_eq!(house.ask_as(team, "GET", path, "").await.status, status, "{team} {path}");
    }
    assert_eq!(
        house.ask_as("readers", "GET", &format!("{FLAGS}/sort.order"), "").await.status,
        403
    );
    assert_eq!(house.upstream_calls(), backend().cold());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_is_of_what_the_caller_sees() {
    let house = House::open();
    let mine = house.ask("GET", FLAGS, "").await.header("etag").unwrap().to_owned();
    let theirs = house.ask_as("readers", "GET", FLAGS, "").await.header("etag").unwrap().to_owned();
    assert!(mine.starts_with("W/\"") && theirs.starts_with("W/\""));
    assert_ne!(mine, theirs);
    for (team, tag, status) in [
        ("payments", &mine, 304),
        ("readers", &theirs, 304),
        ("payments", &theirs, 200),
        ("readers", &mine, 200),
    ] {
        assert_eq!(
            house.read(team, FLAGS, &[("If-None-Match", tag)]).await.status,
            status,
            "{team}"
        );
    }
    assert_eq!(house.upstream_calls(), backend().cold());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_it_already_gets_nothing_again() {
    let house = House::open();
    for path in [
        FLAGS,
        ONE,
        ENDS,
        DROP_IN,
        &format!("{FLAGS}?include=expiration"),
        &format!("{FLAGS}?prefix=checkout."),
    ] {
        let whole = house.ask("GET", path, "").await;
        let tag = whole.header("etag").unwrap();
        let strong = tag.trim_start_matches("W/");
        let list = format!("\"x\", W/\"y\" ,{tag}");
        for known in [tag, strong, "*", &list] {
            let same = house.read("payments", path, &[("If-None-Match", known)]).await;
            assert_eq!(
                (same.status, same.body.as_str(), same.header("etag")),
                (304, "", Some(tag)),
                "{path} {known}"
            );
            assert_eq!(same.header("content-type"), None);
            said(&same);
        }
        let lines = [("If-None-Match", "\"x\""), ("If-None-Match", tag)];
        assert_eq!(house.read("payments", path, &lines).await.status, 304);
        for other in ["\"x\"", "W/\"\"", "", "x, y", "W/\"0"] {
            assert_eq!(
                house.read("payments", path, &[("If-None-Match", other)]).await.status,
                200,
                "{path} {other}"
            );
        }
    }
    // A tag does not spare the question whether the caller may.
    assert_eq!(house.read("bank", FLAGS, &[("If-None-Match", "*")]).await.status, 403);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_not_kept() {
    let house = House::open();
    for path in [FLAGS, ONE, ENDS] {
        for status in [404, 500, 401, 429] {
            house.upstream.simulator.add_fault(Fault::status(status).times(100));
            let failed = house.ask("GET", path, "").await;
            assert!(failed.status >= 400, "{failed:?}");
            assert_eq!(failed.header("cache-control"), Some("no-store"));
            assert_eq!((failed.header("etag"), failed.header("cache-status")), (None, None));
            house.upstream.simulator.clear_faults();
            house.clock.advance(seconds(120));
            assert_eq!(house.ask("GET", path, "").await.status, 200, "{path} after {status}");
            house.clock.advance(seconds(120));
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outlives_the_next_end_that_is_known() {
    let house = House::open();
    let body = r#"{"setting":false,"expires_in":"10s"}"#;
    assert_eq!(house.ask("PUT", ONE, body).await.status, 200);
    let before = house.ask("GET", FLAGS, "").await;
    assert_eq!(said(&before).0, "flagward; fwd=miss; stored");
    house.clock.advance(seconds(9));
    assert_eq!(said(&house.ask("GET", ONE, "").await), ("flagward; hit; ttl=1", "9"));
    assert_eq!(house.ask("GET", ONE, "").await.json()["setting"], false);
    house.clock.advance(seconds(1));
    let after = house.ask("GET", ONE, "").await;
    assert_eq!(
        (said(&after).0, &after.json()["setting"]),
        ("flagward; fwd=miss; stored", &serde_json::Value::Null)
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_an_answer_is_kept_is_configured() {
    let house =
        House::with(POLICY, &[("FLAGWARD__CACHE__TTL", "2s"), ("FLAGWARD__CACHE__MIN_AGE", "2s")]);
    assert_eq!(said(&house.ask("GET", FLAGS, "").await).0, "flagward; fwd=miss; stored");
    assert_eq!(said(&house.ask("GET", FLAGS, "").await).0, "flagward; hit; ttl=2");
    house.clock.advance(seconds(2));
    assert_eq!(said(&house.ask("GET", FLAGS, "").await).0, "flagward; fwd=miss; stored");
    house.close().await;
}

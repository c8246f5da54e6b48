//! Both backends compared while one of them serves.

use std::time::{Duration, Instant};

use flagward::simulator::{Fault, Latency, Limits, UserSettings};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::house::{House, POLICY};
use crate::process::PATIENCE;

const USER: &str = "/v1/projects/shop/environments/test/users/anna@example.com";
const LISTED: &str = "/api/v2/users/shop/test/anna@example.com/flags";
const EVALUATED: &str = "/api/v2/projects/shop/environments/test/flags/evaluate";
const KEY: &str = "a-key-of-the-tests-to-hash-users-with";
/// The first 16 digits of HMAC-SHA-256 of `anna@example.com` with that key, as openssl has them.
const ANNA: &str = "6971ba0c2273cc63";

/// A house on this backend that compares every read, with an upstream that has both APIs.
fn comparing(backend: &str, more: &[(&str, &str)]) -> House {
    let mut settings = vec![
        ("FLAGWARD__LAUNCHDARKLY__BACKEND", backend),
        ("FLAGWARD__LAUNCHDARKLY__SHADOW__ENABLED", "true"),
        ("FLAGWARD__LAUNCHDARKLY__SHADOW__SHARE", "100"),
        ("FLAGWARD__LAUNCHDARKLY__SHADOW__HASH_KEY", KEY),
    ];
    settings.extend(more);
    let house = House::with(POLICY, &settings);
    house.upstream.simulator.set_user_settings(UserSettings::Served);
    house
}

impl House {
    /// Reads afresh, a while after all that was read before.
    async fn read_afresh(&self, path: &str) {
        self.clock.advance(Duration::from_secs(2));
        let bearer = format!("Bearer {}", self.token("alice", &["payments"]));
        let headers = [("Authorization", bearer.as_str()), ("Cache-Control", "no-cache")];
        let answer = self.send("GET", path, &headers, "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// The report, when there have been so many comparisons.
    async fn compared(&self, times: u64) -> Value {
        let began = Instant::now();
        loop {
            let report = self.ask_management("/shadow").await.json();
            let ended = report["comparisons"].as_object().unwrap().values();
            if ended.map(|count| count.as_u64().unwrap()).sum::<u64>() == times {
                return report;
            }
            assert!(began.elapsed() < PATIENCE, "{times}: {report}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

fn outcomes(report: &Value) -> [u64; 4] {
    ["same", "different", "failed", "skipped"]
        .map(|outcome| report["comparisons"][outcome].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_backends_say_the_same_of_the_shop_whichever_serves() {
    for (active, other) in [("user-settings", "contexts"), ("contexts", "user-settings")] {
        let house = comparing(active, &[]);
        let set = format!("{USER}/flags/checkout.limit");
        let body = r#"{"setting": 12345678901234567890, "expires_in": "2h"}"#;
        assert_eq!(house.ask("PUT", &set, body).await.status, 200);
        for (n, path) in ["flags", "flags/gift.wrapping", "flags/checkout.limit", "expirations"]
            .iter()
            .enumerate()
        {
            house.read_afresh(&format!("{USER}/{path}")).await;
            house.compared(u64::try_from(n).unwrap() + 1).await;
        }
        let report = house.compared(4).await;
        assert_eq!(outcomes(&report), [4, 0, 0, 0], "{report}");
        assert_eq!((&report["active"], &report["other"]), (&json!(active), &json!(other)));
        assert_eq!((&report["state"], &report["last"]), (&json!("comparing"), &json!([])));
        let detail = house.ask_management("/readyz").await.json();
        assert_eq!(detail["shadow"]["comparisons"], report["comparisons"]);
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_answer_is_not_compared_again() {
    let house = comparing("user-settings", &[]);
    house.read_afresh(&format!("{USER}/flags")).await;
    house.compared(1).await;
    house.upstream.simulator.forget_requests();
    for _ in 0..3 {
        assert_eq!(house.ask("GET", &format!("{USER}/flags"), "").await.status, 200);
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_is_told_by_flag_kind_and_hash_and_by_nothing_else() {
    let house =
        comparing("user-settings", &[("FLAGWARD__LAUNCHDARKLY__STORED_ATTRIBUTES", "false")]);
    house.read_afresh(&format!("{USER}/flags")).await;
    let report = house.compared(1).await;
    assert_eq!(outcomes(&report), [0, 1, 0, 0], "{report}");
    let told: Vec<_> =
        report["last"].as_array().unwrap().iter().map(|one| (&one["flag"], &one["kind"])).collect();
    assert_eq!(
        told,
        [(&json!("beta.features"), &json!("reason")), (&json!("beta.features"), &json!("value"))]
    );
    let shown = json!({
        "time": "2026-11-21T12:00:02Z", "project": "shop", "environment": "test", "asked": "flags",
        "flag": "beta.features", "kind": "value", "user": ANNA
    });
    assert_eq!(report["last"][1], shown);
    assert_eq!(report["differences"]["value"], 1);
    let text = report.to_string();
    assert!(!text.contains("anna") && !text.contains(KEY), "{text}");
    let scrape = house.ask_management("/metrics").await.body;
    for series in [
        "flagward_shadow_comparisons_total{outcome=\"different\"} 1",
        "flagward_shadow_differences_total{kind=\"value\"} 1",
        "flagward_shadow_differences_total{kind=\"reason\"} 1",
        "flagward_shadow_differences_total{kind=\"setting\"} 0",
    ] {
        assert!(scrape.contains(series), "{series}\n{scrape}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_last_hundred_differences_are_kept_the_newest_first() {
    let house =
        comparing("user-settings", &[("FLAGWARD__LAUNCHDARKLY__STORED_ATTRIBUTES", "false")]);
    for n in 1..=60 {
        house.read_afresh(&format!("{USER}/flags/beta.features")).await;
        house.compared(n).await;
    }
    let report = house.compared(60).await;
    let last = report["last"].as_array().unwrap();
    assert_eq!((last.len(), &report["differences"]["value"]), (100, &json!(60)));
    assert_eq!(
        (&last[0]["time"], &last[99]["time"]),
        (&json!("2026-11-21T12:02:00Z"), &json!("2026-11-21T12:00:22Z"))
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_that_one_backend_does_not_have_is_a_difference() {
    for (active, kind) in [("user-settings", "missing"), ("contexts", "extra")] {
        let house = comparing(active, &[]);
        // Archived: the User Settings API has it, and an evaluation leaves it out.
        house.clock.advance(Duration::from_secs(2));
        house.ask("GET", &format!("{USER}/flags/retired.flag"), "").await;
        let report = house.compared(1).await;
        assert_eq!(outcomes(&report), [0, 1, 0, 0], "{report}");
        assert_eq!(
            (&report["last"][0]["kind"], &report["last"][0]["asked"]),
            (&json!(kind), &json!("flag"))
        );
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_between_two_looks_is_not_a_difference() {
    let house = comparing("user-settings", &[]);
    house.read_afresh(&format!("{USER}/flags")).await;
    house.compared(1).await;
    // The definitions are still kept, and know nothing of this.
    let target = ("shop", "test", "anna@example.com", "sort.order");
    assert!(house.upstream.simulator.change_elsewhere(target, Some("\"price\"")));
    house.upstream.simulator.forget_requests();
    house.read_afresh(&format!("{USER}/flags")).await;
    let report = house.compared(2).await;
    assert_eq!(outcomes(&report), [2, 0, 0, 0], "{report}");
    let evaluated =
        house.upstream.simulator.requests().iter().filter(|one| one.path == EVALUATED).count();
    assert_eq!(evaluated, 2, "it was looked at twice");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_does_not_answer_is_told_and_keeps_nobody_waiting() {
    let house = comparing("user-settings", &[]);
    house.upstream.simulator.add_fault(Fault::status(500).on("POST", EVALUATED).times(9));
    house.read_afresh(&format!("{USER}/flags")).await;
    let report = house.compared(1).await;
    assert_eq!(outcomes(&report), [0, 0, 1, 0], "{report}");
    assert_eq!(
        (&report["last"][0]["flag"], &report["last"][0]["kind"]),
        (&Value::Null, &json!("failed"))
    );
    assert_eq!(report["differences"]["failed"], 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_the_rate_limit_is_left_to_callers() {
    let house = comparing("user-settings", &[]);
    let limits = Limits { global: Some(4), ..Limits::default() };
    house.upstream.simulator.set_limits(limits);
    house.read_afresh(&format!("{USER}/flags")).await;
    let report = house.compared(1).await;
    assert_eq!(outcomes(&report), [0, 0, 0, 1], "{report}");
    house.read_afresh(&format!("{USER}/expirations")).await;
    let report = house.compared(2).await;
    assert_eq!(outcomes(&report), [0, 0, 0, 2], "{report}");
    let calls: Vec<_> =
        house.upstream.simulator.requests().iter().map(|one| one.path.clone()).collect();
    assert_eq!(calls.iter().filter(|path| *path == LISTED).count(), 1, "{calls:?}");
    assert!(calls.len() <= 6, "{calls:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_its_own_limit_is_left_out() {
    let house = comparing("user-settings", &[("FLAGWARD__LAUNCHDARKLY__SHADOW__PER_MINUTE", "1")]);
    for n in 1..=4 {
        house.read_afresh(&format!("{USER}/flags")).await;
        house.compared(n).await;
    }
    assert_eq!(outcomes(&house.compared(4).await), [2, 0, 0, 2]);
    house.clock.advance(Duration::from_mins(1));
    house.read_afresh(&format!("{USER}/flags")).await;
    assert_eq!(outcomes(&house.compared(5).await), [3, 0, 0, 2]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_change_over_there_is_nothing_to_compare_with() {
    let house = comparing("auto", &[]);
    house.read_afresh(&format!("{USER}/flags")).await;
    house.compared(1).await;
    house.upstream.simulator.set_user_settings(UserSettings::Retired);
    house.read_afresh(&format!("{USER}/flags")).await;
    house.read_afresh(&format!("{USER}/expirations")).await;
    let report = house.ask_management("/shadow").await.json();
    assert_eq!((&report["state"], outcomes(&report)), (&json!("changed-over"), [1, 0, 0, 0]));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_ends_with_the_gateway() {
    let house = comparing("user-settings", &[]);
    house.upstream.simulator.set_latency(Latency::fixed(300));
    house.read_afresh(&format!("{USER}/flags")).await;
    let House { gateway, upstream, .. } = house;
    let called =
        |part: &str| upstream.simulator.requests().iter().any(|one| one.path.contains(part));
    let began = Instant::now();
    while !called("/api/v2/flags/shop?") {
        assert!(began.elapsed() < PATIENCE, "it was never begun");
        sleep(Duration::from_millis(10)).await;
    }
    gateway.stop().await.unwrap();
    // Each takes as long as the calls that a comparison would go on with, one after another.
    for _ in 0..3 {
        assert_eq!(upstream.ask("GET", "/api/v2/versions", "").status, 200);
    }
    assert!(!called(EVALUATED), "it went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_it_nothing_is_compared_and_the_report_is_not_there() {
    let house = House::open();
    house.read_afresh(&format!("{USER}/flags")).await;
    let report = house.ask_management("/shadow").await;
    assert_eq!(report.status, 404);
    assert!(report.body.contains("[launchdarkly.shadow]"), "{}", report.body);
    assert!(house.ask_management("/readyz").await.json().get("shadow").is_none());
    assert_eq!(house.send("GET", "/shadow", &[], "").await.status, 404);
    house.close().await;
}

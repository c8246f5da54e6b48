//! Freezes, at every door: nobody writes there, everybody reads, and what is under way ends.

use std::time::{Duration, Instant};

use flagward::clock::Clock;
use flagward::simulator::{Fault, FaultKind};
use serde_json::json;
use tokio::time::sleep;

use crate::backend::backend;
use crate::document::{document, operation};
use crate::house::{House, POLICY};
use crate::metrics::value;
use crate::outcome::refusal;
use crate::process::{PATIENCE, Site, ask};
use crate::wire::{Answer, Served};
use crate::writes_kit::{BEN, DROP_IN_ENDS, DROP_IN_FLOW, FLOW, GUARDED};

/// Two hours from the start of every test, and one place where nobody knows for how long.
const FREEZES: &str = r#"
[[freezes]]
projects = ["sh*"]
environments = ["test"]
until = "2026-11-21T14:00:00Z"
reason = "the shop moves"

[[freezes]]
projects = ["*"]
environments = ["prod*"]
reason = "read-only mode"
"#;
const MOVES: &str = "writes are frozen here until 2026-11-21T14:00:00Z: the shop moves";
const READ_ONLY: &str = "writes are frozen here until further notice: read-only mode";

fn frozen() -> House {
    House::with(&format!("{POLICY}{FREEZES}"), &[])
}

fn assert_frozen(answer: &Answer, sentence: &str, wait: Option<&str>) {
    assert_eq!(refusal(answer), format!("503 writes-frozen: {sentence}"));
    assert_eq!(answer.json()["applied"], "no", "{answer:?}");
    assert_eq!(answer.header("retry-after"), wait);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

fn instructions() -> String {
    let one =
        json!({"kind": "removeExpireUserTargetDate", "flagKey": "sort.order", "variationId": "v"});
    json!({"instructions": [one]}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_on_any_route_and_launchdarkly_hears_nothing_of_it() {
    let house = frozen();
    let ends = |flag: &str| format!("{flag}/expiration");
    let (end, guarded_end) = (ends(FLOW), ends(GUARDED));
    for (method, path, body) in [
        ("PUT", FLOW, r#"{"setting":true,"expires_in":"1h","comment":"why"}"#),
        ("PUT", FLOW, r#"{"setting":null}"#),
        ("DELETE", FLOW, ""),
        ("PUT", &*end, r#"{"expires_in":"1h"}"#),
        ("DELETE", &*end, ""),
    ] {
        assert_frozen(&house.ask(method, path, body).await, MOVES, Some("7200"));
        let dry = format!("{path}?dry_run=true");
        assert_frozen(&house.ask(method, &dry, body).await, MOVES, Some("7200"));
    }
    // What a guard asks for would be in vain, so it is not asked for.
    for (method, path, body) in [
        ("PUT", GUARDED, r#"{"setting":true}"#),
        ("DELETE", GUARDED, ""),
        ("DELETE", &*guarded_end, ""),
    ] {
        assert_frozen(&house.ask(method, path, body).await, READ_ONLY, None);
    }
    for (method, path, body) in [
        ("PUT", DROP_IN_FLOW, r#"{"setting":true}"#),
        ("PUT", DROP_IN_FLOW, "{}"),
        ("PATCH", DROP_IN_ENDS, &*instructions()),
    ] {
        let answer = house.ask(method, path, body).await;
        assert_eq!(refusal(&answer), format!("503 writes_frozen: {MOVES}"));
        assert_eq!(answer.header("retry-after"), Some("7200"));
    }
    assert_eq!(house.sent(), []);
    let flag = "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}";
    let document = document();
    operation(&document, flag, "DELETE").allows(&house.ask("DELETE", FLOW, "").await);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_in_a_freeze_and_writes_elsewhere() {
    let house = frozen();
    for path in [
        FLOW.to_owned(),
        format!("{BEN}/flags"),
        format!("{BEN}/expirations"),
        DROP_IN_FLOW.to_owned(),
        DROP_IN_ENDS.to_owned(),
    ] {
        assert_eq!(house.ask("GET", &path, "").await.status, 200, "{path}");
    }
    let elsewhere = FLOW.replace("/test/", "/staging/");
    let set = house.ask("PUT", &elsewhere, r#"{"setting":true}"#).await;
    assert_eq!(set.status, 200, "{set:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freeze_is_over_at_its_very_end_and_says_how_long_that_is() {
    let house = frozen();
    for (wait, left) in
        [(Duration::from_millis(7_199_999 - 1_500), "2"), (Duration::from_millis(1_500), "1")]
    {
        house.clock.advance(wait);
        assert_frozen(&house.ask("DELETE", FLOW, "").await, MOVES, Some(left));
    }
    house.clock.advance(Duration::from_millis(1));
    assert_eq!(house.ask("DELETE", FLOW, "").await.status, 200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_write_is_told_that_and_nothing_of_the_freeze() {
    let house = frozen();
    for team in ["readers", "bank", "strangers"] {
        for (method, path) in [("DELETE", FLOW), ("PUT", DROP_IN_FLOW), ("PATCH", DROP_IN_ENDS)] {
            let denied = house.ask_as(team, method, path, "{}").await;
            assert_eq!(denied.status, 403, "{denied:?}");
            assert!(!denied.body.contains("moves"), "{denied:?}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_counted_as_refused_and_seen_by_whoever_asks_before() {
    let house = frozen();
    house.ask("DELETE", FLOW, "").await;
    house.ask("PUT", DROP_IN_FLOW, "{}").await;
    house.ask("DELETE", &format!("{FLOW}?dry_run=true"), "").await;
    let scrape = house.ask_management("/metrics").await.body;
    let refused = r#"flagward_writes_total{action="clear",outcome="refused",team="payments"}"#;
    assert_eq!(value(&scrape, refused), Some(2.0));
    let check = async |team: &str, action: &str, environment: &str| {
        let question = json!({"action": action, "project": "shop", "environment": environment});
        house.ask_as(team, "POST", "/v1/permissions/check", &question.to_string()).await.json()
    };
    let verdict = check("payments", "clear", "test").await;
    assert_eq!(verdict["allowed"], true);
    let expected = json!({"reason": "the shop moves", "until": "2026-11-21T14:00:00Z"});
    assert_eq!(verdict["freeze"], expected);
    let expected = json!({"reason": "read-only mode", "until": null});
    assert_eq!(check("payments", "clear", "production").await["freeze"], expected);
    assert_eq!(check("payments", "clear", "staging").await["freeze"], json!(null));
    assert_eq!(check("payments", "read", "test").await["freeze"], json!(null));
    assert_eq!(check("bank", "clear", "test").await["freeze"], json!(null), "it is not theirs");
    let policy = async || house.ask_management("/readyz").await.json()["policy"].clone();
    let seen = policy().await;
    assert_eq!((&seen["freezes"], &seen["freezes_in_force"]), (&json!(2), &json!(2)));
    house.clock.advance(Duration::from_hours(2));
    let seen = policy().await;
    assert_eq!((&seen["freezes"], &seen["freezes_in_force"]), (&json!(2), &json!(1)));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_tell_of_it_too() {
    let site = Site::alone();
    site.write("policy.toml", &format!("{POLICY}{FREEZES}"));
    let checked = site.run("check", &[]).await;
    assert!(checked.out.contains("guards: 1, freezes: 2\n"), "{checked:?}");
    // The other is over or not, whenever this runs.
    assert!(checked.out.contains("note: writes are frozen now; freezes in force: "), "{checked:?}");
    let rest = ["--team", "payments", "clear", "shop/production/checkout.new-flow"];
    let explained = site.run("explain", &rest).await;
    let expected = format!(
        "allowed: teams[0].grants[0] of team `payments` allows it\nfreeze: {READ_ONLY}\nguard: a comment is required\n"
    );
    assert_eq!((explained.code, explained.out.as_str()), (Some(0), expected.as_str()));
    let rest = ["--team", "payments", "read", "shop/production/checkout.new-flow"];
    assert!(!site.run("explain", &rest).await.out.contains("freeze"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_under_way_when_the_freeze_comes_is_taken_back_if_it_must_be() {
    let upstream = Served::start(Clock::system());
    backend().prepare(&upstream.simulator);
    let site = Site::new(upstream.address(), &upstream.simulator.token());
    let (name, backend_name) = backend().setting();
    let mut command = site.command("serve", &[]);
    command.env(name, backend_name).env("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "2s");
    let serving = crate::process::Serving::start(command).await;
    let token = site.token("payments").await;
    let (method, path) = backend().patches();
    let hang = FaultKind::Hang { applied: false };
    upstream.simulator.add_fault(Fault::new(hang).on(method, path));
    let (address, caller) = (serving.address, token.clone());
    let body = r#"{"setting":true,"expires_in":"1h"}"#;
    let writing = std::thread::spawn(move || ask(address, &caller, "PUT", FLOW, body));
    let began = Instant::now();
    while !upstream.simulator.requests().iter().any(|seen| seen.method == "PATCH") {
        assert!(began.elapsed() < PATIENCE);
        sleep(Duration::from_millis(10)).await;
    }
    let everywhere =
        "[[freezes]]\nprojects = [\"*\"]\nenvironments = [\"*\"]\nreason = \"read-only mode\"\n";
    site.write("policy.toml", &format!("{POLICY}{everywhere}"));
    serving.process.signal("HUP");
    while serving.ask_management("/readyz").json()["policy"]["freezes_in_force"] != 1 {
        assert!(began.elapsed() < PATIENCE);
        sleep(Duration::from_millis(10)).await;
    }
    assert!(!writing.is_finished(), "the freeze came too late for this test");
    let other = FLOW.replace("ben@example.org", "anna@example.com");
    assert_frozen(&serving.ask(&token, "DELETE", &other, ""), READ_ONLY, None);
    let written = writing.join().unwrap();
    assert_eq!(written.status, 502, "{written:?}");
    assert_eq!(written.json()["steps"][0], json!({"step": "set", "outcome": "undone"}));
    let user = "ben@example.org";
    assert_eq!(upstream.simulator.setting("shop", "test", user, "checkout.new-flow"), None);
    serving.close(&[&token]).await;
}

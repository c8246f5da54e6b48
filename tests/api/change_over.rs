//! The day on which LaunchDarkly ends its User Settings API: nobody notices.

use std::sync::Arc;

use flagward::simulator::{Fault, FaultKind, UserSettings};
use serde_json::{Value, json};

use crate::change_over_site::{OFTEN, SELDOM, Site, told, until};
use crate::coherence_stage::{Dice, Scene, Stage, assert_coherent, run, seed};
use crate::logs;

/// How many requests are made while it happens, and after how many it does.
const REQUESTS: u64 = 3_000;
const BEFORE: u64 = 1_000;
/// The old operations come back when this many are left.
const LAST: u64 = 800;
/// Of each flag: as many as are written meanwhile, and more.
const VALUES: u64 = 250;

const FLAGS: &str = "/v1/projects/shop/environments/test/users/anna@example.com/flags";
/// The only ones to say what this gateway does.
const OLD: [bool; 2] = [true, false];
const NEW: [bool; 2] = [false, true];

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_or_is_stale_when_the_version_is_retired() {
    changes_over_under_load(UserSettings::Retired).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_or_is_stale_when_the_operations_are_removed() {
    changes_over_under_load(UserSettings::Gone).await;
}

/// Readers and writers through both APIs, of users whose keys are plain and of those whose are not. That an answer is
/// none, or shows a state from before a write that was answered, fails in the scene.
async fn changes_over_under_load(end: UserSettings) {
    let log = logs::listen();
    let seed = seed();
    let auto = ("FLAGWARD__LAUNCHDARKLY__BACKEND", "auto");
    let stage = Stage::with(seed, auto, VALUES);
    let scene = stage.scene(REQUESTS);
    assert_eq!(told(&stage.gateway), (json!("user-settings"), OLD));
    let twin = Arc::clone(&scene);
    let load = tokio::task::spawn_blocking(move || run(&twin, seed, operation));
    until("the middle", || scene.left() < REQUESTS - BEFORE).await;
    let old = scene.simulator.requests().iter().filter(|one| is_old(&one.path)).count();
    assert!(old > 100, "{old} requests in the old way before");
    scene.simulator.set_user_settings(end);
    until("the end", || scene.left() < LAST).await;
    assert_eq!(told(&stage.gateway), (json!("contexts"), NEW));
    scene.simulator.set_user_settings(UserSettings::Served);
    scene.simulator.forget_requests();
    load.await.unwrap();
    assert_coherent(&scene, 3_000);
    let since = scene.simulator.requests();
    assert!(!since.iter().any(|one| is_old(&one.path)), "it went back");
    assert!(since.len() > 100, "{}", since.len());
    assert_eq!(told(&stage.gateway), (json!("contexts"), NEW));
    assert!(log.text().contains("LaunchDarkly's User Settings API has ended"));
    stage.gateway.stop().await.unwrap();
}

fn operation(scene: &Scene, dice: &mut Dice) {
    if dice.roll(10) < 6 {
        scene.read(dice);
    } else {
        scene.write(dice);
    }
}

fn is_old(path: &str) -> bool {
    path.starts_with("/api/v2/users/")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_starts_after_the_end_serves_from_the_first_request_on() {
    for end in [UserSettings::Retired, UserSettings::Gone] {
        let site = Site::open(SELDOM, |upstream| upstream.set_user_settings(end));
        assert_eq!(site.get(FLAGS).status, 200);
        until("the news", || told(&site.gateway) == (json!("contexts"), NEW)).await;
        site.gateway.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_came_while_launchdarkly_was_down_is_found_out() {
    let down = |upstream: &flagward::simulator::Simulator| {
        upstream.add_fault(Fault::new(FaultKind::Cut { applied: false }).times(1_000));
    };
    let site = Site::open(SELDOM, down);
    assert_eq!(site.get(FLAGS).status, 503);
    assert_eq!(told(&site.gateway), (json!("user-settings"), OLD));
    site.upstream.simulator.set_user_settings(UserSettings::Retired);
    site.upstream.simulator.clear_faults();
    assert_eq!(site.get(FLAGS).status, 200);
    assert_eq!(told(&site.gateway).1, NEW);
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn that_the_version_is_no_longer_listed_is_found_out_without_a_request() {
    let site = Site::open(OFTEN, |_| ());
    until("the greeting", || {
        site.upstream.simulator.requests().iter().any(|one| one.path == "/api/v2/versions")
    })
    .await;
    assert_eq!(told(&site.gateway), (json!("user-settings"), OLD));
    site.upstream.simulator.set_user_settings(UserSettings::Retired);
    until("the news", || told(&site.gateway) == (json!("contexts"), NEW)).await;
    assert!(!site.asked_in_the_old_way());
    site.upstream.simulator.forget_requests();
    assert_eq!(site.get(FLAGS).status, 200);
    assert!(!site.asked_in_the_old_way());
    // There is nothing left to find out.
    let asked = || site.upstream.simulator.requests();
    until("more greetings", || {
        asked().iter().filter(|one| one.path == "/api/v2/caller-identity").count() > 2
    })
    .await;
    assert!(!asked().iter().any(|one| one.path == "/api/v2/versions"));
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_list_that_lists_nothing_or_fails_ends_nothing() {
    let site = Site::open(OFTEN, |upstream| {
        let empty = FaultKind::Answer {
            status: 200,
            body: Some(r#"{"validVersions":[],"latestVersion":0,"currentVersion":0}"#.to_owned()),
            content_type: None,
            headers: std::collections::BTreeMap::new(),
        };
        for fault in [empty, Fault::status(404).fault, FaultKind::InvalidJson] {
            upstream.add_fault(Fault::new(fault).on("GET", "/api/v2/versions").times(2));
        }
    });
    let asked = || site.upstream.simulator.requests();
    until("the greetings", || {
        asked().iter().filter(|one| one.path == "/api/v2/versions").count() > 8
    })
    .await;
    assert_eq!(told(&site.gateway), (json!("user-settings"), OLD));
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_what_is_not_there_ends_nothing() {
    let site = Site::open(SELDOM, |_| ());
    let test = "/v1/projects/shop/environments/test/users";
    for (team, method, path, body, status) in [
        ("payments", "GET", format!("{test}/ben/flags/no-such-flag"), "", 404),
        ("payments", "PUT", format!("{test}/ben/flags/no-such-flag"), r#"{"setting":1}"#, 404),
        ("payments", "DELETE", format!("{test}/ben/flags/no-such-flag"), "", 404),
        (
            "payments",
            "GET",
            "/v1/projects/shop/environments/none/users/ben/flags".to_owned(),
            "",
            404,
        ),
        ("payments", "GET", "/api/v2/users/shop/none/ben/flags/sort.order".to_owned(), "", 400),
        ("payments", "PUT", "/api/v2/users/shop/none/ben/flags/f".to_owned(), "{}", 400),
        (
            "payments",
            "GET",
            "/api/v2/users/shop/ben/expiring-user-targets/none".to_owned(),
            "",
            400,
        ),
        ("payments", "PUT", format!("{test}/ben/flags/sort.order"), r#"{"setting":"none"}"#, 422),
        ("bank", "GET", "/v1/projects/bank/environments/none/users/u/flags".to_owned(), "", 404),
        ("payments", "GET", format!("{test}/a%2Fb%7C%20%25/flags"), "", 200),
    ] {
        let answer = site.ask(team, method, &path, body);
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    }
    assert_eq!(told(&site.gateway), (json!("user-settings"), OLD));
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_router_that_stumbles_over_one_users_key_ends_nothing() {
    let site = Site::open(SELDOM, |upstream| {
        for path in ["/api/v2/users/shop/test/a%2Fb/*", "/api/v2/users/shop/a%2Fb/*"] {
            upstream.add_fault(Fault::status(404).on("GET", path).times(1_000));
        }
    });
    let odd = FLAGS.replace("anna@example.com", "a%2Fb");
    let answer = site.get(&odd);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["user"], "a/b");
    assert_eq!(told(&site.gateway), (json!("user-settings"), OLD));
    assert_eq!(site.get(FLAGS).status, 200);
    assert_eq!(told(&site.gateway), (json!("user-settings"), OLD));
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_meets_the_end_between_its_steps_is_made_whole() {
    let site = Site::open(SELDOM, |upstream| {
        // The value is set in the old way; its end meets a 404.
        upstream.add_fault(Fault::status(404).on("PATCH", "/api/v2/users/*"));
    });
    let gone = |upstream: &flagward::simulator::Simulator| {
        upstream.set_user_settings(UserSettings::Gone);
    };
    let simulator = site.upstream.simulator.clone();
    simulator.set_latency(flagward::simulator::Latency::fixed(60));
    let switch = tokio::spawn(async move {
        until("the put", || simulator.requests().iter().any(|one| one.method == "PUT")).await;
        gone(&simulator);
    });
    let body = r#"{"setting":"price","expires_in":"1h"}"#;
    let answer = site.ask("payments", "PUT", &format!("{FLAGS}/sort.order"), body);
    switch.await.unwrap();
    assert_eq!(
        (answer.status, &answer.json()["applied"]),
        (200, &Value::from("yes")),
        "{answer:?}"
    );
    let simulator = &site.upstream.simulator;
    let set = simulator.setting("shop", "test", "anna@example.com", "sort.order");
    assert_eq!(set.as_deref(), Some("\"price\""));
    assert_eq!(simulator.expirations("shop", "test", "anna@example.com").len(), 1);
    assert_eq!(told(&site.gateway).1, NEW);
    site.gateway.stop().await.unwrap();
}

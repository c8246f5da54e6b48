//! The policy of a gateway under way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use flagward::clock::Clock;
use flagward::simulator::Latency;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::house::POLICY;
use crate::process::{PATIENCE, Serving, Site, ask};
use crate::wire::Served;

const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";

/// A policy that knows none of the teams of the usual one.
const OTHERS: &str = r#"
[[teams]]
name = "others"
members = ["idp/team:others"]
"#;

/// Waits until so many versions were loaded and refused.
async fn reloads(serving: &Serving, loaded: u64, refused: u64) {
    let began = Instant::now();
    let wanted = [
        format!("flagward_policy_reloads_total{{outcome=\"loaded\"}} {loaded}\n"),
        format!("flagward_policy_reloads_total{{outcome=\"refused\"}} {refused}\n"),
    ];
    loop {
        let scrape = serving.ask_management("/metrics").body;
        if wanted.iter().all(|line| scrape.contains(line)) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{scrape}");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_in_force_without_a_word_and_a_broken_one_never() {
    let site = Site::alone();
    let serving = site.serve(&[]).await;
    let token = site.token("payments").await;
    let teams = || serving.ask(&token, "GET", "/v1/whoami", "").json()["teams"].to_string();
    assert_eq!(teams(), r#"["payments"]"#);

    site.write("next.toml", &format!("{OTHERS}[[teams]]\nname = 1\n"));
    std::fs::rename(site.path("next.toml"), site.path("policy.toml")).unwrap();
    reloads(&serving, 0, 1).await;
    assert_eq!(teams(), r#"["payments"]"#);
    let policy = &serving.ask_management("/readyz").json()["policy"];
    assert_eq!(policy["teams"], 3);
    assert!(policy["refused_at"].is_string());

    site.write("next.toml", OTHERS);
    std::fs::rename(site.path("next.toml"), site.path("policy.toml")).unwrap();
    reloads(&serving, 1, 1).await;
    assert_eq!(teams(), "[]");
    assert_eq!(serving.ask(&token, "GET", FLAG, "").status, 403);
    let policy = &serving.ask_management("/readyz").json()["policy"];
    assert_eq!((&policy["teams"], policy["refused_at"].is_null()), (&1.into(), true));

    let log = serving.close(&[&token]).await.err;
    let refusals: Vec<_> = log.lines().filter(|line| line.contains("is refused")).collect();
    assert_eq!(refusals.len(), 1, "{log}");
    assert!(refusals[0].contains("policy.toml:6: teams[1].name: must be a text"), "{refusals:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_loads_the_policy_again_whatever_stands_in_it() {
    let site = Site::alone();
    let serving = site.serve(&[]).await;
    serving.process.signal("HUP");
    reloads(&serving, 1, 0).await;
    site.write("policy.toml", "broken");
    serving.process.signal("HUP");
    reloads(&serving, 1, 1).await;
    std::fs::remove_file(site.path("policy.toml")).unwrap();
    serving.process.signal("HUP");
    reloads(&serving, 1, 2).await;
    serving.close(&[]).await;
}

/// A version in which team, grant, guard and freeze all bear the same mark.
fn marked(mark: &str) -> String {
    let (hours, other) = if mark == "a" { (1, "b") } else { (2, "a") };
    format!(
        r#"
[[teams]]
name = "{mark}"
members = ["idp/team:payments"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["*"]
  flags = ["{mark}*"]
  actions = ["set"]
  [[teams.denies]]
  projects = ["shop"]
  environments = ["*"]
  flags = ["{other}*"]
  actions = ["read"]
[[guards]]
projects = ["*"]
environments = ["*"]
max_override = "{hours}h"
[[freezes]]
projects = ["*"]
environments = ["*"]
reason = "{mark}"
"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_ever_sees_a_part_of_one_version_and_a_part_of_another() {
    let site = Site::alone();
    site.write("policy.toml", &marked("a"));
    let serving = site.serve(&[]).await;
    let token = site.token("payments").await;
    let stop = Arc::new(AtomicBool::new(false));
    let (address, caller, halt) = (serving.address, token.clone(), Arc::clone(&stop));
    let asking = std::thread::spawn(move || {
        let question =
            json!({"action": "set", "project": "shop", "environment": "test", "flag": "a"});
        let mut seen = BTreeMap::<String, u32>::new();
        while !halt.load(Ordering::Relaxed) {
            let who = ask(address, &caller, "GET", "/v1/whoami", "").json();
            let marks = |who: &Value| {
                let texts =
                    [&who["teams"][0], &who["grants"][0]["team"], &who["denies"][0]["team"]];
                texts.map(|text| text.as_str().unwrap().to_owned()).concat()
            };
            *seen
                .entry(format!("{} {}", marks(&who), who["grants"][0]["flags"][0]))
                .or_default() += 1;
            let path = "/v1/permissions/check";
            let answer = ask(address, &caller, "POST", path, &question.to_string()).json();
            let (rule, guards) = (&answer["rule"], &answer["guards"]["max_override_seconds"]);
            *seen.entry(format!("{rule} {guards} {}", answer["freeze"]["reason"])).or_default() +=
                1;
        }
        seen
    });
    for n in 1..=8 {
        site.write("next.toml", &marked(if n % 2 == 0 { "a" } else { "b" }));
        std::fs::rename(site.path("next.toml"), site.path("policy.toml")).unwrap();
        serving.process.signal("HUP");
        reloads(&serving, n, 0).await;
    }
    stop.store(true, Ordering::Relaxed);
    let seen = asking.join().unwrap();
    let kinds: Vec<_> = seen.keys().map(String::as_str).collect();
    let whole = [
        r#""teams[0].denies[0] of team `b` denies it" null null"#,
        r#""teams[0].grants[0] of team `a` allows it" 3600 "a""#,
        r#"aaa "a*""#,
        r#"bbb "b*""#,
    ];
    assert_eq!(kinds, whole, "{seen:?}");
    assert!(seen.values().all(|count| *count > 3), "{seen:?}");
    serving.close(&[&token]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_ends_under_the_policy_that_it_began_with() {
    let upstream = Served::start(Clock::system());
    let site = Site::new(upstream.address(), &upstream.simulator.token());
    let mut serving = site.serve(&[]).await;
    serving.process.logs("LaunchDarkly takes the shared token").await;
    let token = site.token("payments").await;
    upstream.simulator.set_latency(Latency::fixed(3_000));
    let (address, caller) = (serving.address, token.clone());
    let reading = std::thread::spawn(move || ask(address, &caller, "GET", FLAG, ""));
    let began = Instant::now();
    while !upstream.simulator.requests().iter().any(|seen| seen.path.contains("/users/")) {
        assert!(began.elapsed() < PATIENCE);
        sleep(Duration::from_millis(10)).await;
    }
    assert_ne!(POLICY, OTHERS);
    site.write("policy.toml", OTHERS);
    serving.process.signal("HUP");
    reloads(&serving, 1, 0).await;
    assert!(!reading.is_finished(), "the policy came too late for this test");
    assert_eq!(serving.ask(&token, "GET", FLAG, "").status, 403);
    assert_eq!(reading.join().unwrap().status, 200);
    serving.close(&[&token]).await;
}

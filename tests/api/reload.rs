//! The policy of a gateway under way.

use std::time::{Duration, Instant};

use flagward::clock::Clock;
use flagward::simulator::Latency;
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

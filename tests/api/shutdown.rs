//! How a gateway ends: readiness first, nothing lost, within its grace.

use std::net::TcpStream;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use flagward::clock::Clock;
use flagward::simulator::{Fault, FaultKind, Latency};
use tokio::time::sleep;

use crate::process::{PATIENCE, Serving, Site, ask};
use crate::wire::{Answer, Served, exchange};

const USER: &str = "/v1/projects/shop/environments/test/users/anna@example.com/flags";
const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";

/// A gateway on a simulator, and a token of a caller who may do all.
async fn open(grace: &str) -> (Site, Served, Serving, String) {
    let upstream = Served::start(Clock::system());
    let site = Site::new(upstream.address(), &upstream.simulator.token());
    site.edit("shutdown_grace = \"8s\"", &format!("shutdown_grace = \"{grace}\""));
    let mut serving = site.serve(&[]).await;
    serving.process.logs("LaunchDarkly takes the shared token").await;
    let token = site.token("payments").await;
    (site, upstream, serving, token)
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

fn asked(upstream: &Served, method: &str) -> bool {
    let requests = upstream.simulator.requests();
    requests.iter().any(|seen| seen.method == method && seen.path.contains("/users/"))
}

fn in_background(
    serving: &Serving,
    token: &str,
    method: &'static str,
    path: &'static str,
    body: &'static str,
) -> JoinHandle<Answer> {
    let (address, token) = (serving.address, token.to_owned());
    std::thread::spawn(move || ask(address, &token, method, path, body))
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_goes_first_then_the_listener_and_what_is_under_way_is_answered() {
    let (_site, upstream, mut serving, token) = open("16s").await;
    // A connection that a caller keeps open must not delay the end.
    let _idle = TcpStream::connect(serving.address).unwrap();
    upstream.simulator.set_latency(Latency::fixed(900));
    let reading = in_background(&serving, &token, "GET", USER, "");
    let writing =
        in_background(&serving, &token, "PUT", FLAG, r#"{"setting": false, "expires_in": "2h"}"#);
    until("a read at the upstream", || asked(&upstream, "GET")).await;

    let began = Instant::now();
    serving.process.signal("TERM");
    serving.process.logs("no longer ready").await;
    for address in [serving.address, serving.management] {
        let ready = exchange(address, "GET", "/readyz", &[], "").unwrap();
        assert_eq!((ready.status, ready.json()["status"].as_str()), (503, Some("stopping")));
    }
    assert_eq!(serving.ask(&token, "GET", "/v1/whoami", "").status, 200, "still answered");
    until("the listener closed", || TcpStream::connect(serving.address).is_err()).await;

    assert_eq!(reading.join().unwrap().status, 200);
    let written = writing.join().unwrap();
    assert_eq!((written.status, &written.json()["applied"]), (200, &"yes".into()));
    let ended = serving.process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(began.elapsed() < Duration::from_secs(16), "{}", ended.err);
    assert!(ended.err.lines().last().unwrap().ends_with(" stopped"), "{}", ended.err);
    assert!(!ended.err.contains("cut off"), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_caller_hung_up_is_finished_before_the_end() {
    let (_site, upstream, serving, token) = open("16s").await;
    // Longer than the notice of two seconds, so that nothing but waiting for it can save the write.
    upstream.simulator.set_latency(Latency::fixed(2_500));
    // An answer that nobody reads makes the end of the connection a reset, which the gateway notices at once.
    let head = format!(
        "GET /healthz HTTP/1.1\r\nHost: t\r\n\r\nPUT {FLAG} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n"
    );
    let mut caller = TcpStream::connect(serving.address).unwrap();
    std::io::Write::write_all(&mut caller, format!("{head}{{\"setting\": false}}").as_bytes())
        .unwrap();
    until("a write under way", || asked(&upstream, "GET")).await;
    drop(caller);
    serving.process.signal("TERM");
    let ended = serving.process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let set = upstream.simulator.setting("shop", "test", "anna@example.com", "checkout.new-flow");
    assert_eq!(set.as_deref(), Some("false"), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_hangs_ends_with_the_grace() {
    let (_site, upstream, serving, token) = open("2s").await;
    upstream
        .simulator
        .add_fault(Fault::new(FaultKind::Hang { applied: false }).on("GET", "/api/v2/users/*"));
    let hanging = in_background(&serving, &token, "GET", USER, "");
    until("a read at the upstream", || asked(&upstream, "GET")).await;
    let began = Instant::now();
    serving.process.signal("TERM");
    let ended = serving.process.ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let took = began.elapsed();
    assert!((2..6).contains(&took.as_secs()), "{took:?}");
    assert!(ended.err.contains("the grace is over"), "{}", ended.err);
    assert!(hanging.join().is_err(), "its connection was cut");
}

/// The line of the journal for the one write under way, which was cut off.
fn line_of_the_write(log: &str) -> &str {
    let lines: Vec<_> = log.lines().filter(|line| line.contains("journal: write ")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    for part in [
        " WARN ",
        "outcome=\"unknown\"",
        "operation=op_",
        "action=\"set\"",
        "author.subject=\"alice\"",
        "author.team=\"payments\"",
        "project.key=\"shop\"",
        "environment.key=\"test\"",
        "flag.key=\"checkout.new-flow\"",
    ] {
        assert!(lines[0].contains(part), "{part} {}", lines[0]);
    }
    assert!(!log.contains("anna@"), "no user keys in logs: {log}");
    lines[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_the_grace_cuts_off_is_in_the_log_and_the_exit_code_says_so() {
    let (_site, upstream, serving, token) = open("1s").await;
    let hang = FaultKind::Hang { applied: true };
    upstream.simulator.add_fault(Fault::new(hang).on("PATCH", "/api/v2/users/*"));
    let body = r#"{"setting": false, "expires_in": "2h"}"#;
    let writing = in_background(&serving, &token, "PUT", FLAG, body);
    until("a patch at the upstream", || asked(&upstream, "PATCH")).await;
    serving.process.signal("TERM");
    let ended = serving.process.ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let line = line_of_the_write(&ended.err);
    // Who still waits is told the same, where there is time to tell them anything.
    if let Ok(answer) = writing.join() {
        assert_eq!((answer.status, &answer.json()["applied"]), (500, &"unknown".into()));
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        let operation = detail.split("(operation ").nth(1).unwrap().trim_end_matches(')');
        assert!(line.contains(operation), "{detail} {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_a_second_signal_cuts_off_is_in_the_log_too() {
    let (_site, upstream, mut serving, token) = open("60s").await;
    let hang = FaultKind::Hang { applied: false };
    upstream.simulator.add_fault(Fault::new(hang).on("PUT", "/api/v2/users/*"));
    let writing = in_background(&serving, &token, "PUT", FLAG, r#"{"setting": false}"#);
    until("a put at the upstream", || asked(&upstream, "PUT")).await;
    serving.process.signal("INT");
    serving.process.logs("no longer ready").await;
    // Longer than an echo takes, so that what comes next is a second signal.
    sleep(Duration::from_millis(800)).await;
    serving.process.signal("TERM");
    let ended = serving.process.ended().await;
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    line_of_the_write(&ended.err);
    drop(writing.join());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once_and_an_echo_of_the_first_does_not() {
    let (_site, upstream, mut serving, token) = open("60s").await;
    upstream
        .simulator
        .add_fault(Fault::new(FaultKind::Hang { applied: false }).on("GET", "/api/v2/users/*"));
    let hanging = in_background(&serving, &token, "GET", USER, "");
    until("a read at the upstream", || asked(&upstream, "GET")).await;
    serving.process.signal("INT");
    serving.process.logs("no longer ready").await;
    serving.process.signal("INT");
    // Longer than an echo takes, so that what comes next is a second signal.
    sleep(Duration::from_millis(800)).await;
    assert_eq!(exchange(serving.address, "GET", "/readyz", &[], "").unwrap().status, 503);
    let began = Instant::now();
    serving.process.signal("TERM");
    let ended = serving.process.ended().await;
    assert!(began.elapsed() < Duration::from_secs(3));
    let reason = "stopped at once by a second signal; what was under way is cut off";
    assert_eq!((ended.code, ended.err.lines().last()), (Some(1), Some(reason)));
    assert!(hanging.join().is_err(), "its connection was cut");
}

//! `flagward serve`: how it starts, and what it says.

use std::net::TcpListener;
use std::process::Command;

use flagward::clock::Clock;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use crate::process::{Running, SECRET, Serving, Site};
use crate::wire::Served;

const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_while_launchdarkly_is_down_and_operators_see_that() {
    let site = Site::alone();
    let mut serving = site.serve(&[]).await;
    serving.process.logs("LaunchDarkly does not answer").await;
    let ready = serving.ask_management("/readyz");
    assert_eq!(ready.status, 200);
    let ready = ready.json();
    assert_eq!(ready["status"], "ok");
    assert_eq!(ready["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(ready["policy"]["teams"], 3);
    assert_eq!(ready["policy"]["refused_at"], Value::Null);
    assert_eq!(ready["upstream"]["status"], "unreachable");
    assert!(ready["upstream"]["since"].is_string());
    let token = site.token("payments").await;
    assert_eq!(serving.ask(&token, "GET", FLAG, "").status, 503);
    serving.close(&["api-of-the-tests", &token]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_an_error_in_the_log_and_in_readyz() {
    let upstream = Served::start(Clock::system());
    let site = Site::new(upstream.address(), "api-another");
    let mut serving = site.serve(&[]).await;
    serving.process.logs("ERROR").await;
    assert_eq!(serving.ask_management("/readyz").json()["upstream"]["status"], "token-refused");
    serving.close(&["api-another"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_come_from_files_and_the_environment_wins_over_the_file() {
    let upstream = Served::start(Clock::system());
    let token = upstream.simulator.token();
    let site = Site::alone();
    site.edit("token = \"api-of-the-tests\"", "token_file = \"token\"");
    site.edit(&format!("secret = \"{SECRET}\""), "secret_file = \"secret\"");
    site.write("token", &format!("{token}\n"));
    site.write("secret", SECRET);
    let mut command = site.command("serve", &["--log", "trace"]);
    command.env("FLAGWARD__LAUNCHDARKLY__BASE_URL", format!("http://{}", upstream.address()));
    command.env("FLAGWARD__SERVER__BASE_PATH", "/gate");
    // What Kubernetes puts there by itself.
    command.env("FLAGWARD_SERVICE_HOST", "10.0.0.1");
    let serving = Serving::start(command).await;
    let caller = site.token("payments").await;
    assert_eq!(serving.ask(&caller, "GET", &format!("/gate{FLAG}"), "").status, 200);
    assert_eq!(serving.ask(&caller, "GET", FLAG, "").status, 404);
    serving.close(&[&token, &caller, "anna"]).await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let site = Site::alone();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    for (key, variable) in [
        ("server.listen", "FLAGWARD__SERVER__LISTEN"),
        ("server.management_listen", "FLAGWARD__SERVER__MANAGEMENT_LISTEN"),
    ] {
        let mut command = site.command("serve", &[]);
        command.env(variable, address.to_string());
        let ended = Running::start(command).ended().await;
        let reason = format!(
            "{key}: {address} can't be listened on: Address already in use (os error 98)\n"
        );
        assert_eq!((ended.code, ended.err), (Some(1), reason));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_json_every_line_of_the_log_is_an_object() {
    let upstream = Served::start(Clock::system());
    let site = Site::new(upstream.address(), &upstream.simulator.token());
    let mut process =
        Running::start(site.command("serve", &["--log-format", "json", "--log", "trace"]));
    let log = process.logs("\"message\":\"ready\"").await;
    let ready = log.lines().find(|line| line.contains("\"ready\"")).unwrap();
    let ready: Value = serde_json::from_str(ready).unwrap();
    let address = ready["address"].as_str().unwrap().parse().unwrap();
    let management = ready["management_address"].as_str().unwrap().parse().unwrap();
    let serving = Serving { process, address, management };
    let token = site.token("payments").await;
    assert_eq!(serving.ask(&token, "PUT", FLAG, r#"{"setting": false}"#).status, 200);
    assert_eq!(serving.ask(&token, "PUT", "/v1/x", "").status, 404);
    let log = serving.close(&[&upstream.simulator.token(), &token]).await.err;
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(event["level"].is_string() && event["timestamp"].is_string(), "{line}");
    }
    assert!(log.contains("\"operation\""), "the write is one event: {log}");
    assert!(!log.contains("anna"), "{log}");
}

#[tokio::test]
async fn a_log_filter_that_is_none_is_wrong_usage() {
    let site = Site::alone();
    let ended = site.run("serve", &["--log", "flagward=loud"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.starts_with("--log: ") && ended.err.lines().count() == 1, "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_before_it_is_ready_does_not_end_it() {
    let site = Site::alone();
    site.edit(&format!("secret = \"{SECRET}\""), "secret_file = \"secret\"");
    let pipe = site.path("secret");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let process = Running::start(site.command("serve", &[]));
    // Opening the one end waits for the other: from here on the gateway reads its configuration.
    let mut secret = tokio::fs::OpenOptions::new().write(true).open(&pipe).await.unwrap();
    process.signal("HUP");
    secret.write_all(SECRET.as_bytes()).await.unwrap();
    secret.flush().await.unwrap();
    drop(secret);
    let mut process = process;
    process.logs(" ready ").await;
    process.signal("TERM");
    let ended = process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

//! `flagward health` and `flagward simulator`.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::process::{Ended, Running, Serving, Site, flagward, run};

async fn health(url: &str) -> Ended {
    run(flagward(Path::new("."), &["health", "--url", url])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_0_as_long_as_the_gateway_answers_and_then_1() {
    let site = Site::alone();
    let mut command = site.command("serve", &[]);
    command.env("FLAGWARD__SERVER__BASE_PATH", "/gate");
    let mut serving = Serving::start(command).await;
    let url = format!("http://{}/gate", serving.address);
    for url in [&url, &format!("{url}/"), &format!("http://{}", serving.management)] {
        let well = health(url).await;
        assert_eq!((well.code, well.out.as_str(), well.err.as_str()), (Some(0), "ok\n", ""));
    }
    let elsewhere = health(&format!("http://{}", serving.address)).await;
    let reason = format!("http://{}/healthz: answers 404 Not Found\n", serving.address);
    assert_eq!((elsewhere.code, elsewhere.err), (Some(1), reason));

    serving.process.signal("TERM");
    serving.process.logs("no longer ready").await;
    assert_eq!(health(&url).await.code, Some(0), "it is stopping, and lives");
    assert_eq!(serving.process.ended().await.code, Some(0));
    let gone = health(&url).await;
    assert_eq!((gone.code, gone.out.as_str()), (Some(1), ""));
    assert!(gone.err.starts_with(&format!("{url}/healthz: not reachable: ")), "{}", gone.err);
    assert_eq!(gone.err.lines().count(), 1);
}

#[tokio::test]
async fn a_simulator_says_how_to_reach_it_and_its_line_works_with_curl() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/src/simulator/seed/shop.json");
    let arguments = ["simulator", "--listen", "127.0.0.1:0", "--seed", seed];
    let mut simulator = Running::start(flagward(Path::new("."), &arguments));
    let said = simulator.says("curl").await;
    let line = said.lines().find(|line| line.starts_with("curl ")).unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("{line} --fail")]);
    let asked = run(shell).await;
    assert_eq!((asked.code, asked.err.as_str()), (Some(0), ""));
    assert!(asked.out.contains("tokenName"), "{}", asked.out);
    simulator.signal("INT");
    assert_eq!(simulator.ended().await.code, Some(0));
}

#[tokio::test]
async fn a_simulator_refuses_a_bad_seed_and_a_taken_port() {
    let site = Site::alone();
    site.write("seed.json", "{\"projects\": [{\"key\": \"a b\"}]}");
    let ended = run(flagward(site.0.path(), &["simulator", "--seed", "seed.json"])).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    let reason = "seed.json: line 1, column 28, at `projects[0]`: missing field `environments`\n";
    assert_eq!(ended.err, reason);
    let ended = run(flagward(site.0.path(), &["simulator", "--seed", "none.json"])).await;
    assert_eq!(ended.code, Some(2));
    let reason = "none.json: cannot be read: No such file or directory (os error 2)\n";
    assert_eq!(ended.err, reason);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(flagward(site.0.path(), &["simulator", "--listen", &address])).await;
    let reason = format!("{address} can't be listened on: Address already in use (os error 98)\n");
    assert_eq!((ended.code, ended.err), (Some(1), reason));
}

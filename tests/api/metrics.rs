//! What a scrape says: every family from the start, and no series that a caller can add.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::{Command, Stdio};

use flagward::simulator::Fault;

use crate::backend::backend;
use crate::house::House;

const FLAGS: &str = "/v1/projects/shop/environments/test/users/anna@example.com/flags";

async fn scrape(house: &House) -> String {
    let scrape = house.ask_management("/metrics").await;
    assert_eq!(
        (scrape.status, scrape.header("content-type")),
        (200, Some("text/plain; version=0.0.4"))
    );
    scrape.body
}

/// The value of one series.
pub(crate) fn value(scrape: &str, series: &str) -> Option<f64> {
    let line = scrape.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

fn series(scrape: &str) -> BTreeSet<String> {
    let lines = scrape.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.rsplit_once(' ')).map(|(name, _)| name.to_owned()).collect()
}

/// A house whose greeting to `LaunchDarkly` has been counted, so that two scrapes of it are alike.
async fn settled() -> House {
    let house = House::open();
    for _ in 0..200 {
        if value(
            &scrape(&house).await,
            "flagward_upstream_requests_total{operation=\"caller-identity\",status=\"200\"}",
        ) == Some(1.0)
        {
            return house;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the greeting was never counted: {}", scrape(&house).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_from_the_first_scrape() {
    let house = settled().await;
    let mut shown = String::new();
    for line in scrape(&house).await.lines() {
        let (name, _) = line.rsplit_once(' ').unwrap();
        let varies = [
            "process_",
            "flagward_upstream_request_duration_seconds",
            "flagward_upstream_rate_limit_remaining",
            "flagward_cache_bytes",
        ];
        if line.starts_with('#') {
            shown.push_str(line);
        } else if name.contains("_bucket{") {
            continue;
        } else if name.starts_with("flagward_backend_info") {
            let is_of_this_run = name.contains(&format!("\"{}\"", backend().name()));
            assert_eq!(line.ends_with(" 1"), is_of_this_run, "{line}");
            write!(shown, "{name} [1 where it serves]").unwrap();
        } else if name.starts_with("flagward_build_info") {
            shown.push_str("flagward_build_info{version=\"[version]\"} 1");
        } else if varies.iter().any(|varies| name.starts_with(varies)) {
            write!(shown, "{name} [value]").unwrap();
        } else {
            shown.push_str(line);
        }
        shown.push('\n');
    }
    insta::assert_snapshot!("first_scrape", shown);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_move_with_what_happens() {
    let house = settled().await;
    let flags = "/v1/projects/{project}/environments/{environment}/users/{user}/flags";
    house.ask("GET", FLAGS, "").await;
    house.ask("GET", FLAGS, "").await;
    house.ask("HEAD", FLAGS, "").await;
    house.ask("GET", &format!("{FLAGS}/sort.order"), "").await;
    house.ask_as("strangers", "GET", FLAGS, "").await;
    house.ask_as("readers", "GET", &format!("{FLAGS}/sort.order"), "").await;
    house.send("GET", FLAGS, &[], "").await;
    house.send("GET", FLAGS, &[("Authorization", "Bearer x.y.z")], "").await;
    house.ask("GET", "/no/such/route", "").await;
    house.ask("PUT", &format!("{FLAGS}/sort.order"), r#"{"setting":"price"}"#).await;
    let (method, path) = backend().lists();
    house.upstream.simulator.add_fault(Fault::status(404).on(method, path));
    house.ask("GET", &FLAGS.replace("anna@example.com", "ben"), "").await;
    let scrape = scrape(&house).await;
    let list = backend().list_operation();
    for (series, expected) in [
        (
            format!(
                "flagward_http_requests_total{{method=\"GET\",route=\"{flags}\",status=\"200\"}}"
            ),
            2.0,
        ),
        (
            format!(
                "flagward_http_requests_total{{method=\"HEAD\",route=\"{flags}\",status=\"200\"}}"
            ),
            1.0,
        ),
        (
            format!(
                "flagward_http_requests_total{{method=\"GET\",route=\"{flags}\",status=\"401\"}}"
            ),
            2.0,
        ),
        (
            format!(
                "flagward_http_requests_total{{method=\"GET\",route=\"{flags}\",status=\"403\"}}"
            ),
            1.0,
        ),
        (
            format!(
                "flagward_http_requests_total{{method=\"GET\",route=\"{flags}\",status=\"404\"}}"
            ),
            1.0,
        ),
        (
            format!(
                "flagward_http_request_duration_seconds_count{{method=\"GET\",route=\"{flags}\"}}"
            ),
            6.0,
        ),
        (
            "flagward_http_requests_total{method=\"other\",route=\"unmatched\",status=\"404\"}"
                .to_owned(),
            1.0,
        ),
        ("flagward_auth_failures_total{reason=\"no-token\"}".to_owned(), 1.0),
        ("flagward_auth_failures_total{reason=\"malformed\"}".to_owned(), 1.0),
        (
            "flagward_policy_decisions_total{action=\"read\",decision=\"denied\",team=\"none\"}"
                .to_owned(),
            2.0,
        ),
        ("flagward_cache_requests_total{operation=\"list\",outcome=\"miss\"}".to_owned(), 2.0),
        ("flagward_cache_requests_total{operation=\"list\",outcome=\"hit\"}".to_owned(), 2.0),
        ("flagward_cache_requests_total{operation=\"flag\",outcome=\"hit\"}".to_owned(), 1.0),
        (format!("flagward_upstream_requests_total{{operation=\"{list}\",status=\"200\"}}"), 1.0),
        (format!("flagward_upstream_requests_total{{operation=\"{list}\",status=\"404\"}}"), 1.0),
        (
            "flagward_writes_total{action=\"set\",outcome=\"applied\",team=\"payments\"}"
                .to_owned(),
            1.0,
        ),
    ] {
        assert_eq!(value(&scrape, &series), Some(expected), "{series}\n{scrape}");
    }
    assert!(
        value(
            &scrape,
            "flagward_policy_decisions_total{action=\"read\",decision=\"allowed\",team=\"payments\"}"
        ) >= Some(4.0)
    );
    assert!(value(&scrape, "flagward_cache_entries") >= Some(1.0));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_adds_no_series() {
    let house = settled().await;
    let ask = async |odd: &str| {
        for path in [
            format!("/{odd}"),
            format!("/v1/projects/{odd}/environments/{odd}/users/{odd}/flags/{odd}"),
            format!("/api/v2/{odd}"),
            format!("/docs/{odd}"),
            format!("/v1/whoami?{odd}={odd}"),
        ] {
            house.ask_as(odd, "GET", &path, "").await;
            house.ask(&odd.to_uppercase(), &path, "").await;
        }
        house
            .send(
                "GET",
                FLAGS,
                &[
                    ("Authorization", odd),
                    ("X-Request-Id", odd),
                    ("User-Agent", odd),
                    ("Host", odd),
                ],
                "",
            )
            .await;
    };
    ask("odd").await;
    let before = series(&scrape(&house).await);
    for n in 0..50 {
        ask(&format!("odd{n}")).await;
    }
    let after = series(&scrape(&house).await);
    assert_eq!(after.difference(&before).collect::<Vec<_>>(), [""; 0]);
    assert!(!after.iter().any(|name| name.contains("odd") || name.contains("alice")), "{after:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_own_linter_finds_nothing_wrong() {
    if Command::new("promtool")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_err()
    {
        eprintln!("stepped aside: there is no promtool here (Debian has it in `prometheus`)");
        return;
    }
    let house = settled().await;
    house.ask("GET", FLAGS, "").await;
    let file = house.folder.path().join("scrape");
    std::fs::write(&file, scrape(&house).await).unwrap();
    let linter = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(std::fs::File::open(file).unwrap())
        .output()
        .unwrap();
    assert!(
        linter.status.success() && linter.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&linter.stderr)
    );
    house.close().await;
}

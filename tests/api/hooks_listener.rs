//! Where `/hooks` is: on the callers' listener, or on one of its own where nothing else is.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use flagward::auth::SlackSecrets;
use secrecy::SecretString;
use tokio::task::spawn_blocking;

use crate::house::{House, POLICY};
use crate::process::PATIENCE;
use crate::wire::{Answer, exchange};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const CHAT: [(&str, &str); 2] = [
    ("FLAGWARD__CHAT__SIGNING_SECRET", "a-secret-of-the-tests-for-buttons-alone"),
    ("FLAGWARD__CHAT__SLACK__SIGNING_SECRET", SECRET),
];
const APART: (&str, &str) = ("FLAGWARD__SERVER__HOOKS_LISTEN", "127.0.0.1:0");
const BASE_PATH: (&str, &str) = ("FLAGWARD__SERVER__BASE_PATH", "/gw");
const COMMAND: &str = "/hooks/slack/command";

/// A house whose `payments` has a member in Slack.
fn open(settings: &[(&str, &str)]) -> House {
    let members = "members = [\"idp/team:payments\"";
    assert!(POLICY.contains(members));
    let policy = POLICY.replace(members, &format!("{members}, \"slack/T1/U1\""));
    House::with(&policy, settings)
}

/// The headers and the body of a command, signed as Slack does unless `signature` says otherwise.
fn signed(
    house: &House,
    path: &str,
    text: &str,
    signature: Option<&str>,
) -> (Vec<(&'static str, String)>, String) {
    let url = "https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1%2F1%2Fx";
    let body = format!(
        "command=%2Fflags&team_id=T1&user_id=U1&channel_id=C1&trigger_id=1.{path}&response_url={url}&text={text}"
    );
    let timestamp = house.now().as_second();
    let secrets = SlackSecrets::new(&SecretString::from(SECRET), None);
    let own = secrets.sign(timestamp, body.as_bytes()).unwrap();
    let headers = vec![
        ("X-Slack-Request-Timestamp", timestamp.to_string()),
        ("X-Slack-Signature", signature.unwrap_or(&own).to_owned()),
        ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
    ];
    (headers, body)
}

/// Sends what Slack sends when someone asks who they are.
async fn whoami(
    house: &House,
    address: SocketAddr,
    path: &'static str,
    signature: Option<&str>,
) -> Answer {
    let (headers, body) = signed(house, path, "whoami", signature);
    let sent = spawn_blocking(move || {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        exchange(address, "POST", path, &headers, &body).unwrap()
    });
    sent.await.unwrap()
}

/// The answer to a plain request.
async fn plain(address: SocketAddr, method: &'static str, path: &'static str) -> Answer {
    spawn_blocking(move || exchange(address, method, path, &[], "").unwrap()).await.unwrap()
}

#[tokio::test]
async fn hooks_are_beside_everything_else_unless_they_are_to_be_apart() {
    let house = open(&[CHAT[0], CHAT[1], BASE_PATH]);
    assert_eq!(house.gateway.hooks_address(), None);
    let address = house.gateway.address();
    let answer = whoami(&house, address, "/gw/hooks/slack/command", None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("payments") && answer.header("x-request-id").is_some());
    assert_eq!(plain(address, "GET", "/gw/healthz").await.status, 200);
    assert_eq!(plain(address, "GET", "/hooks/slack/command").await.status, 404);
    let management = house.gateway.management_address();
    assert_eq!(plain(management, "GET", "/gw/hooks/slack/command").await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn apart_there_is_nothing_but_hooks_and_they_are_nowhere_else() {
    let house = open(&[CHAT[0], CHAT[1], APART, BASE_PATH]);
    let (callers, hooks) = (house.gateway.address(), house.gateway.hooks_address().unwrap());
    let path = "/gw/hooks/slack/command";
    let taken = whoami(&house, hooks, path, None).await;
    assert_eq!(taken.status, 200, "{taken:?}");
    assert!(taken.body.contains("payments"), "{taken:?}");
    for signature in [None, Some("v0=00")] {
        let lost = whoami(&house, callers, path, signature).await;
        assert_eq!((lost.status, lost.header("www-authenticate")), (404, None), "{lost:?}");
    }
    for path in [
        "/gw/healthz",
        "/gw/readyz",
        "/gw/docs",
        "/gw/openapi.json",
        "/gw/v1/whoami",
        "/gw/api/v2/users/shop/test/u/flags",
        "/metrics",
        "/gw/metrics",
        "/shadow",
        "/hooks/slack/command",
        "/gw/hooks",
        "/gw/hooks/slack",
        "/gw/hooks/slack/command/x",
        "/gw/../v1/whoami",
        "/",
    ] {
        let answer = plain(hooks, "GET", path).await;
        let kind = answer.header("content-type");
        assert_eq!((answer.status, kind), (404, Some("application/problem+json")), "{path}");
    }
    assert_eq!(plain(callers, "GET", "/gw/healthz").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_hook_that_is_refused_is_a_problem_that_asks_for_no_bearer_and_is_counted() {
    for more in [None, Some(APART)] {
        let settings: Vec<_> = CHAT.into_iter().chain(more).collect();
        let house = open(&settings);
        let address = house.gateway.hooks_address().unwrap_or(house.gateway.address());
        let refused = whoami(&house, address, COMMAND, Some("v0=00")).await;
        assert_eq!(refused.status, 401, "{refused:?}");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        assert_eq!(refused.header("www-authenticate"), Some("Slack-Signature"));
        assert_eq!(refused.json()["request_id"].as_str(), refused.header("x-request-id"));
        let other = plain(address, "DELETE", COMMAND).await;
        assert_eq!(other.status, 405);
        assert!(other.header("allow").unwrap().contains("POST"), "{other:?}");
        let metrics = house.ask_management("/metrics").await.body;
        let counted = |status: &str| {
            let mut lines =
                metrics.lines().filter(|line| line.starts_with("flagward_http_requests_total"));
            let names = [format!("route=\"{COMMAND}\""), format!("status=\"{status}\"")];
            lines.any(|line| names.iter().all(|name| line.contains(name)) && line.ends_with(" 1"))
        };
        assert!(counted("401") && counted("405"), "{metrics}");
        house.close().await;
    }
}

#[tokio::test]
async fn without_a_chat_there_are_no_hooks() {
    let house = House::open();
    let answer = plain(house.gateway.address(), "POST", COMMAND).await;
    assert_eq!(answer.status, 404, "{answer:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_closes_the_hooks_with_the_callers_and_answers_what_has_begun() {
    let house = open(&[CHAT[0], CHAT[1], APART]);
    let (callers, hooks) = (house.gateway.address(), house.gateway.hooks_address().unwrap());
    let (headers, body) = signed(&house, COMMAND, "whoami", None);
    let lines: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "POST {COMMAND} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {}\r\n{lines}\r\n",
        body.len()
    );
    let (before, after) = body.split_at(body.len() / 2);
    let mut slack = TcpStream::connect(hooks).unwrap();
    slack.write_all((head + before).as_bytes()).unwrap();
    let sending = async {
        until_closed(hooks).await;
        until_closed(callers).await;
        slack.write_all(after.as_bytes()).unwrap();
        let mut answer = String::new();
        slack.read_to_string(&mut answer).unwrap();
        answer
    };
    let ((), answer) = tokio::join!(house.close(), sending);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("payments"), "{answer}");
}

/// Waits until nobody listens there.
async fn until_closed(address: SocketAddr) {
    let began = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(began.elapsed() < PATIENCE, "{address} is still listened on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

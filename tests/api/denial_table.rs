//! What every operation answers to whoever may not, as a table: whoever reviews a new route reads its rows. The rows are
//! those of the `OpenAPI` document and of the routes that are really mounted, by their metrics; chat's hooks are not in the
//! document and have rows of their own.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::document::{document, operations};
use crate::house::House;
use crate::outcome::refusal;
use crate::slack_blocks::{button, reads};
use crate::slack_house::SlackHouse;
use crate::slack_kit::{ANNE, NOBODY, Signed};
use crate::wire::Answer;

/// What is open to everybody, and in no document: the document itself and its page.
const BESIDE: [&str; 3] = ["/openapi.json", "/docs", "/docs/{tail:.*}"];
/// Production is to be confirmed in a chat.
pub(crate) const GUARD: &str = r#"
[[guards]]
projects = ["shop"]
environments = ["production"]
confirm_in_chat = true
"#;

/// An operation, and a request for it that is good but for who sends it.
pub(crate) struct Row {
    pub(crate) method: String,
    pub(crate) pattern: String,
    pub(crate) path: String,
    pub(crate) body: String,
}

/// The methods and patterns that are mounted, in the words of the metrics.
async fn mounted(house: &House) -> BTreeSet<(String, String)> {
    let scrape = house.ask_management("/metrics").await.body;
    let of_line = |line: &str| {
        let labels = line.strip_prefix("flagward_http_requests_total{method=\"")?;
        let (method, rest) = labels.split_once("\",route=\"")?;
        let (pattern, _) = rest.split_once("\",status=")?;
        Some((method.to_owned(), pattern.to_owned()))
    };
    scrape.lines().filter_map(of_line).filter(|(method, _)| method != "other").collect()
}

/// The rows of the document. `HEAD` is wherever `GET` is.
pub(crate) fn documented() -> Vec<Row> {
    let document = document();
    let mut rows = Vec::new();
    for operation in operations(&document) {
        let methods =
            if operation.method == "GET" { vec!["GET", "HEAD"] } else { vec![&*operation.method] };
        rows.extend(methods.into_iter().map(|method| Row {
            method: method.to_owned(),
            pattern: operation.path.to_owned(),
            path: operation.example_path(),
            body: operation.example_bodies().remove(0),
        }));
    }
    rows
}

/// An answer in one line. Of a good one only what tells who the caller is taken for.
fn told(answer: &Answer) -> String {
    match (answer.status, answer.body.as_str()) {
        (400.., "") => answer.status.to_string(),
        (400.., _) => refusal(answer),
        (200, body) if body.starts_with('{') => {
            let body = answer.json();
            let known = ["teams", "grants", "allowed", "rule"];
            let told = known.iter().filter_map(|name| Some((name, body.get(name)?)));
            told.fold("200".to_owned(), |told, (name, value)| format!("{told} {name}={value}"))
        }
        (status, _) => status.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_refuses_whoever_may_not_and_asks_nothing_for_them() {
    let house = House::open();
    let callers = [
        ("no token", None),
        ("a token without a team", Some(vec![])),
        ("a team that is in no policy", Some(vec!["nobody-knows"])),
        ("a team without a grant there", Some(vec!["bank"])),
    ];
    let (rows, mut table) = (documented(), String::new());
    for row in &rows {
        writeln!(table, "{} {}", row.method, row.pattern).unwrap();
        for (who, teams) in &callers {
            let token = teams.as_ref().map(|teams| house.token("mallory", teams));
            let bearer = token.map(|token| format!("Bearer {token}"));
            let mut headers = vec![("Content-Type", "application/json")];
            headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
            let answer = house.send(&row.method, &row.path, &headers, &row.body).await;
            let challenged = answer.header("www-authenticate").is_some();
            assert_eq!(challenged, answer.status == 401, "{who}: {answer:?}");
            assert_eq!(house.upstream_calls(), 0, "{} {} of {who}", row.method, row.pattern);
            writeln!(table, "    {who}: {}", told(&answer)).unwrap();
        }
    }
    assert!(house.upstream.simulator.history().is_empty());
    let known: BTreeSet<_> = rows.into_iter().map(|row| (row.method, row.pattern)).collect();
    let mounted = mounted(&house).await;
    let beside = |(_, pattern): &&(String, String)| !BESIDE.contains(&pattern.as_str());
    assert_eq!(mounted.iter().filter(beside).collect::<Vec<_>>(), known.iter().collect::<Vec<_>>());
    insta::assert_snapshot!("denials", table);
    house.close().await;
}

/// A request for a hook as Slack would send it for `user`. A new hook needs a line here.
fn of_slack(
    site: &SlackHouse,
    pattern: &str,
    user: &str,
    pressed: &serde_json::Value,
) -> (String, Option<String>) {
    let answered = |(body, url)| (body, Some(url));
    match pattern {
        "/hooks/slack/command" => {
            let text = "set checkout.new-flow true anna@example.com -p shop -e test";
            answered(site.slack.typed(user, text))
        }
        "/hooks/slack/interaction" => answered(site.slack.pressed(user, pressed)),
        "/hooks/slack/event" => {
            let event = r#"{"type":"event_callback","event_id":"Ev1","event":{"user":"USER"}}"#;
            (event.replace("USER", user), None)
        }
        other => panic!("{other} has no row here"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hook_refuses_whoever_may_not_and_asks_nothing_for_them() {
    let site = SlackHouse::with_guards(GUARD, &[]);
    let (house, slack) = (&site.house, &site.slack);
    house.note("/v1/projects/shop/environments/production/users/anna@example.com/flags");
    let change =
        "set checkout.new-flow true anna@example.com --for 2h --note x -p shop -e production";
    let confirm = button(&slack.says(ANNE, change).await, "Confirm");
    let (calls, usual) = (house.upstream_calls(), documented());
    let usual: BTreeSet<_> = usual.into_iter().map(|row| row.pattern).collect();
    let mut table = String::new();
    let patterns: BTreeSet<(String, String)> = mounted(house).await;
    let hooks = patterns
        .iter()
        .filter(|(_, pattern)| !usual.contains(pattern) && !BESIDE.contains(&pattern.as_str()));
    let bearer = format!("Bearer {}", house.token("alice", &["payments"]));
    for (method, pattern) in hooks {
        let (body, url) = of_slack(&site, pattern, NOBODY, &confirm);
        let signed = slack.sign(&body);
        let unsigned = Signed { headers: vec![("Content-Type", "text/plain".to_owned())], body };
        let mut token = unsigned.clone();
        token.headers.push(("Authorization", bearer.clone()));
        let mut cases = vec![("not signed", unsigned), ("not signed, a caller's token", token)];
        if method == "POST" {
            cases.push(("signed, a member whom the policy does not know", signed));
        }
        writeln!(table, "{method} {pattern}").unwrap();
        for (who, request) in cases {
            let is_signed = who.starts_with("signed");
            let headers: Vec<_> =
                request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = house.send(method, pattern, &headers, &request.body).await;
            assert_eq!(answer.status, if is_signed { 200 } else { 401 }, "{who}: {answer:?}");
            let mut said = told(&answer);
            if let (true, Some(url)) = (is_signed, &url) {
                let message = match answer.body.as_str() {
                    "" => slack.host.message(url).await,
                    _ => answer.json(),
                };
                write!(said, " {}", reads(&message)).unwrap();
            }
            writeln!(table, "    {who}: {}", said.trim_end()).unwrap();
            assert_eq!(house.upstream_calls(), calls, "{method} {pattern} of {who}");
        }
    }
    assert!(house.upstream.simulator.history().is_empty());
    insta::assert_snapshot!("denials_of_hooks", table);
    site.house.close().await;
}

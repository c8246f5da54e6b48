//! Secrets never leave. All of them are planted, every route and every failure is driven, and everything that the process
//! says is searched: its log at every level, its answers, its metrics, what it posts to Slack.

use std::collections::BTreeMap;

use flagward::simulator::{Fault, FaultKind};
use serde_json::json;

use crate::attacks_kit::{IDP, Key, claims};
use crate::denial_table::documented;
use crate::secrets_kit::{ISSUER_SECRET, TOKEN, leaks, of_token};
use crate::secrets_stage::Stage;
use crate::slack_blocks::button;
use crate::slack_host::Planned;
use crate::slack_kit::{ANNE, COMMAND, EVENT, INTERACTION, NOBODY};

const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";
const DROP_IN: &str = "/api/v2/users/shop/test/anna@example.com/flags/checkout.new-flow";
const GET: &str = "get checkout.new-flow anna@example.com -p shop -e test";
const SET: &str = "set checkout.new-flow true anna@example.com -p shop -e test";

fn answers(status: u16, body: &str, kind: &str) -> FaultKind {
    let headers = [("X-Echo", TOKEN), ("Location", TOKEN), ("ETag", TOKEN)];
    let headers: BTreeMap<_, _> =
        headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let (body, content_type) = (Some(body.to_owned()), Some(kind.to_owned()));
    FaultKind::Answer { status, body, content_type, headers }
}

/// Everything that LaunchDarkly, or what stands before it, may do; most repeat the request's `Authorization`. A rate limit
/// comes last, because it is respected for a while.
fn failures() -> Vec<FaultKind> {
    let page = format!("<html><pre>GET / HTTP/1.1\r\nAuthorization: {TOKEN}\r\n</pre></html>");
    let said = json!({"code": TOKEN, "message": format!("the token {TOKEN} may not do this")});
    let mut all = vec![
        FaultKind::Html { status: 502 },
        FaultKind::Cut { applied: false },
        FaultKind::Truncated,
        FaultKind::InvalidJson,
        FaultKind::WrongContentType,
        FaultKind::Hang { applied: false },
    ];
    for status in [200, 302, 400, 401, 403, 404, 405, 409, 410, 422, 500, 503, 429] {
        all.push(answers(status, &page, "text/html"));
        all.push(answers(status, &said.to_string(), "application/json"));
    }
    all
}

/// Every operation, by whoever may and by whoever may not.
async fn operations(stage: &mut Stage) -> String {
    let good = stage.token("payments").await;
    let others = stage.token("bank").await;
    let mut expired = claims(IDP);
    expired["exp"] = 1_700_000_000.into();
    let expired = Key::secret(ISSUER_SECRET.as_bytes()).token(&expired);
    stage.secrets.extend(of_token(&expired));
    let json = ("Content-Type", "application/json");
    for row in documented() {
        for token in [&good, &others, &expired, &format!("{good}x"), &good.replace('.', "")] {
            for bearer in [format!("Bearer {token}"), token.clone(), format!("Basic {token}")] {
                let headers = [json, ("Authorization", bearer.as_str())];
                stage.ask(&row.method, &row.path, &headers, &row.body).await;
            }
        }
        let bearer = format!("Bearer {good}");
        let authorized = [json, ("Authorization", bearer.as_str())];
        for body in ["{", "[]", r#"{"setting":"no such thing"}"#, r#"{"unknown":1}"#] {
            stage.ask(&row.method, &row.path, &authorized, body).await;
        }
        let twice = [json, authorized[1], authorized[1], ("Accept", "text/html")];
        stage.ask(&row.method, &row.path, &twice, &row.body).await;
        // The shared token itself, from someone who should not have it.
        stage.ask(&row.method, &row.path, &[json, ("Authorization", TOKEN)], &row.body).await;
    }
    for path in ["/openapi.json", "/docs/", "/nothing", "/healthz", "/readyz"] {
        stage.ask("GET", path, &[("Authorization", &good)], "").await;
    }
    good
}

/// A token where it does not belong. Who put it there may be told so, but the log has none of it.
async fn misplaced(stage: &mut Stage, good: &str) {
    let answered = std::mem::take(&mut stage.answers);
    let bearer = format!("Bearer {good}");
    let all = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    for secret in [good, TOKEN] {
        let mut paths = vec![
            format!("{FLAG}?access_token={secret}"),
            format!("{FLAG}?{secret}=1"),
            format!("/{secret}"),
            FLAG.replace("anna@example.com", secret),
            FLAG.replace("/flags", &format!("{secret}/flags")),
        ];
        // Keys of projects and flags are logged: what is short enough to be one is taken for one.
        if secret == good {
            paths.extend([FLAG.replace("shop", secret), format!("{FLAG}{secret}")]);
        }
        for path in paths {
            stage.ask("GET", &path, &all, "").await;
            stage.ask("PUT", &path, &all, r#"{"setting":true}"#).await;
        }
        for body in [
            format!(r#"{{"setting":"{secret}"}}"#),
            format!(r#"{{"setting":true,"{secret}":1}}"#),
            format!(r#"{{"setting":true,"expires_in":"{secret}"}}"#),
            format!(r#"{{"setting":null,"comment":"{secret}"}}"#),
            secret.to_owned(),
        ] {
            stage.ask("PUT", FLAG, &all, &body).await;
        }
        for header in
            ["Accept", "Content-Type", "X-HTTP-Method-Override", "If-None-Match", "Cookie"]
        {
            stage.ask("GET", FLAG, &[all[0], (header, secret)], "").await;
        }
    }
    stage.answers = answered;
}

/// Everything that Slack may send, and all that may become of what is answered.
async fn chat(stage: &mut Stage) {
    let mut kept = Vec::new();
    let slack = &stage.slack;
    for text in [GET, SET, "whoami", "help", "nonsense"] {
        kept.push(slack.says(ANNE, text).await.to_string());
        kept.push(slack.says(NOBODY, text).await.to_string());
    }
    let (body, url) = slack.typed(ANNE, GET);
    let mut wrong = slack.sign(&body);
    wrong.body.push('x');
    let elsewhere = url.replace("https://localhost", "https://evil.example.com");
    let elsewhere = slack.sign(&slack.typed_with(ANNE, SET, &elsewhere));
    for path in [COMMAND, INTERACTION, EVENT] {
        for signed in [slack.sign(&body), wrong.clone(), slack.sign(&url), elsewhere.clone()] {
            kept.push(format!("{:?}", slack.send(path, signed).await));
        }
    }
    stage.answers.push_str(&kept.join("\n"));
}

/// Answers that Slack does not take.
async fn undelivered(stage: &Stage) {
    let change =
        "set checkout.new-flow true anna@example.com --for 2h --note x -p shop -e production";
    let confirm = button(&stage.slack.says(ANNE, change).await, "Confirm");
    let away = Planned { status: 302, headers: "Location: https://localhost/elsewhere\r\n" };
    let gone = Planned { status: 404, headers: "" };
    for planned in [away, gone] {
        stage.slack.host.plan(&[planned]);
        let (body, url) = stage.slack.pressed(NOBODY, &confirm);
        stage.slack.send(INTERACTION, stage.slack.sign(&body)).await;
        stage.slack.host.posted(&url, 1).await;
    }
}

/// Every failure of LaunchDarkly's, met by a read and a write of each API and by a command.
async fn failing(stage: &mut Stage, good: &str) {
    let bearer = format!("Bearer {good}");
    let all = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-cache"),
    ];
    let mut seen = Vec::new();
    for failure in failures() {
        stage.place.upstream.simulator.add_fault(Fault::new(failure).times(1_000));
        seen.push(stage.ask("GET", FLAG, &all, "").await);
        seen.push(stage.ask("PUT", FLAG, &all, r#"{"setting":true}"#).await);
        seen.push(stage.ask("GET", DROP_IN, &all, "").await);
        seen.push(stage.ask("PUT", DROP_IN, &all, r#"{"setting":true}"#).await);
        let said = stage.slack.says(ANNE, SET).await.to_string();
        stage.answers.push_str(&said);
        stage.place.upstream.simulator.clear_faults();
    }
    for status in [404, 429, 502, 503, 504] {
        assert!(seen.contains(&status), "no answer had {status}: {seen:?}");
    }
}

/// Drives it all, and searches all that was said.
async fn nothing_leaks(filter: &str, format: &str) {
    let mut stage = Stage::open(filter, format).await;
    let good = operations(&mut stage).await;
    misplaced(&mut stage, &good).await;
    chat(&mut stage).await;
    undelivered(&stage).await;
    failing(&mut stage, &good).await;
    stage.ask_operators().await;
    let posted: Vec<_> =
        stage.slack.host.posts().iter().map(|post| post.message.to_string()).collect();
    let Stage { serving, answers, secrets, .. } = stage;
    serving.process.signal("TERM");
    let ended = serving.process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for said in ["request failed", "request refused", "token refused", "could not be delivered"] {
        assert!(ended.err.contains(said), "nothing of {said:?} was logged");
    }
    let posted = posted.join("\n");
    let mut found = Vec::new();
    for (whose, text) in
        [("log", &ended.err), ("output", &ended.out), ("answers", &answers), ("posts", &posted)]
    {
        assert!(!text.is_empty() || whose == "output", "there is no text of the {whose}");
        found.extend(leaks(&secrets, text).into_iter().map(|leak| format!("{whose}: {leak}")));
    }
    assert!(found.is_empty(), "at {filter}: {found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_anything_that_is_said_at_the_most_talkative_level() {
    nothing_leaks("trace", "text").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_anything_that_is_said_in_json() {
    nothing_leaks(
        "trace,actix=trace,h2=trace,hyper=trace,mio=trace,reqwest=trace,rustls=trace,tokio=trace",
        "json",
    )
    .await;
}

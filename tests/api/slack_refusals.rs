//! Slack's door to whoever is not Slack, and to what is no good although Slack has signed it.

use std::collections::BTreeSet;

use crate::slack_house::{GET, SlackHouse};
use crate::slack_kit::{ANNE, COMMAND, EVENT, INTERACTION, Signed};

const TIMESTAMP: &str = "X-Slack-Request-Timestamp";
const SIGNATURE: &str = "X-Slack-Signature";

fn with(signed: &Signed, name: &'static str, value: Option<&str>) -> Signed {
    let mut other = signed.clone();
    other.headers.retain(|(known, _)| *known != name);
    other.headers.extend(value.map(|value| (name, value.to_owned())));
    other
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_slack_has_not_signed_just_now_gets_one_and_the_same_401() {
    let site = SlackHouse::open();
    let (body, _) = site.slack.typed(ANNE, GET);
    let good = site.slack.sign(&body);
    let now = site.house.now().as_second();
    let signed_at = |at: i64| {
        let secrets = flagward::auth::SlackSecrets::new(&crate::slack_kit::APP_SECRET.into(), None);
        let signature = secrets.sign(at, body.as_bytes());
        let signed = with(&good, TIMESTAMP, Some(&at.to_string()));
        with(&signed, SIGNATURE, signature.as_deref())
    };
    let zeros = format!("v0={}", "0".repeat(64));
    let bearer = format!("Bearer {}", site.house.token("alice", &["payments"]));
    let unsigned = with(&with(&good, TIMESTAMP, None), SIGNATURE, None);
    let mut twice = good.clone();
    twice.headers.push((SIGNATURE, zeros.clone()));
    let cases = [
        unsigned.clone(),
        with(&unsigned, "Authorization", Some(&bearer)),
        with(&good, TIMESTAMP, None),
        with(&good, SIGNATURE, None),
        with(&good, SIGNATURE, Some("")),
        with(&good, SIGNATURE, Some("v0=")),
        with(&good, SIGNATURE, Some(&zeros)),
        with(&good, SIGNATURE, Some(&zeros.replace("v0", "v1"))),
        with(&good, TIMESTAMP, Some("soon")),
        with(&good, TIMESTAMP, Some(&(now + 1).to_string())),
        signed_at(now - 301),
        signed_at(now + 301),
        Signed { body: format!("{body}&a=b"), ..good.clone() },
        Signed { body: String::new(), ..good.clone() },
        twice,
    ];
    let mut answers = BTreeSet::new();
    for case in &cases {
        for path in [COMMAND, INTERACTION, EVENT] {
            let answer = site.slack.send(path, case.clone()).await;
            let mut body = answer.json();
            assert_eq!(body["request_id"], answer.header("x-request-id").unwrap());
            body.as_object_mut().unwrap().remove("request_id");
            let headers: BTreeSet<_> = answer
                .headers
                .into_iter()
                .filter(|(name, _)| name != "x-request-id" && name != "date")
                .collect();
            answers.insert(format!("{} {headers:?} {body}", answer.status));
        }
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers.first().unwrap().starts_with("401 "), "{answers:?}");
    let mut refused = 0.0;
    for kind in ["slack-unsigned", "slack-malformed", "slack-out-of-time", "slack-signature"] {
        let series = format!("flagward_auth_failures_total{{reason=\"{kind}\"}}");
        let count = site.counted(&series).await;
        assert!(count > 0.0, "{kind}");
        refused += count;
    }
    assert!((refused - 45.0).abs() < 0.5, "each is counted once: {refused}");
    nothing_was_looked_up(&site).await;
    assert_eq!(site.slack.send(COMMAND, good).await.status, 200);
    site.house.close().await;
}

async fn nothing_was_looked_up(site: &SlackHouse) {
    assert_eq!(site.house.upstream_calls(), 0);
    assert!(site.slack.host.posts().is_empty());
    let scrape = site.house.ask_management("/metrics").await.body;
    let mut looks = scrape.lines().filter(|line| line.starts_with("flagward_cache_requests_total"));
    assert!(looks.all(|line| line.ends_with(" 0")), "{scrape}");
    let mut verbs = scrape.lines().filter(|line| line.starts_with("flagward_chat_commands_total"));
    assert!(verbs.all(|line| line.ends_with(" 0")), "{scrape}");
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_may_look_whether_our_certificate_is_good_and_gets_nothing_else_by_it() {
    let site = SlackHouse::open();
    let (body, _) = site.slack.typed(ANNE, GET);
    let check = Signed { body: format!("{body}&ssl_check=1"), headers: Vec::new() };
    for path in [COMMAND, INTERACTION, EVENT] {
        let answer = site.slack.send(path, check.clone()).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
    let nothing = Signed { body: String::new(), headers: Vec::new() };
    for (method, path, status) in [
        ("GET", "/hooks/slack/command?ssl_check=1&token=x", 200),
        ("HEAD", "/hooks/slack/event?ssl_check=1", 200),
        ("GET", "/hooks/slack/command", 401),
        ("GET", "/hooks/slack/command?ssl_check=0", 401),
        ("PUT", "/hooks/slack/command?ssl_check=1", 405),
    ] {
        let answer = site.slack.ask(method, path, nothing.clone()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        if status == 405 {
            assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        }
    }
    // A wrong signature is none, whatever the body says.
    let mut wrong = site.slack.sign(&body);
    wrong.body.push_str("&ssl_check=1");
    assert_eq!(site.slack.send(COMMAND, wrong).await.status, 401);
    // A signed one is a check too.
    let signed = site.slack.sign(&format!("{body}&ssl_check=1"));
    assert_eq!(site.slack.send(COMMAND, signed).await.body, "");
    nothing_was_looked_up(&site).await;
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_is_told_its_challenge_and_its_repetitions_are_known() {
    let site = SlackHouse::open();
    let challenge = r#"{"type":"url_verification","token":"x","challenge":"3eZbrw1a<B>m2rZ"}"#;
    let answer = site.slack.send(EVENT, site.slack.sign(challenge)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "3eZbrw1a<B>m2rZ"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let event =
        r#"{"type":"event_callback","event_id":"Ev08MFMKH6","event":{"type":"app_home_opened"}}"#;
    let first = site.slack.sign(event);
    assert_eq!(site.slack.send(EVENT, first.clone()).await.status, 200);
    for retry in ["1", "2", "3"] {
        let again = with(
            &with(&first, "X-Slack-Retry-Num", Some(retry)),
            "X-Slack-Retry-Reason",
            Some("http_timeout"),
        );
        let answer = site.slack.send(EVENT, again).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
    let passed_over = |kind: &str| {
        format!("flagward_chat_passed_over_total{{kind=\"{kind}\",platform=\"slack\"}}")
    };
    assert_eq!(site.counted(&passed_over("ignored")).await.to_string(), "1");
    assert_eq!(site.counted(&passed_over("duplicate")).await.to_string(), "3");
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_has_signed_may_still_be_no_good() {
    let site = SlackHouse::open();
    let (body, _) = site.slack.typed(ANNE, GET);
    for (path, bad) in [
        (COMMAND, body.replace("user_id=U1ANNE&", "")),
        (COMMAND, format!("{body}&text=help")),
        (COMMAND, format!("{body}&x=%FF")),
        (COMMAND, "{}".to_owned()),
        (INTERACTION, body.clone()),
        (INTERACTION, "payload=%7B".to_owned()),
        (EVENT, "{".to_owned()),
        (EVENT, r#"{"type":"url_verification"}"#.to_owned()),
    ] {
        let answer = site.slack.send(path, site.slack.sign(&bad)).await;
        assert_eq!(answer.status, 400, "{path} {bad} {answer:?}");
        assert_eq!(answer.json()["type"], "/problems/invalid-request");
    }
    nothing_was_looked_up(&site).await;
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_two_mebibytes_is_too_large_whoever_signed_it() {
    let site = SlackHouse::open();
    let (body, _) = site.slack.typed(ANNE, GET);
    let large = format!("{body}&x={}", "x".repeat(1 << 21));
    let signed = site.slack.sign(&large);
    for signed in [Signed { headers: Vec::new(), ..signed.clone() }, signed] {
        let answer = site.slack.send(COMMAND, signed).await;
        assert_eq!(answer.status, 413, "{:?}", answer.status);
        assert_eq!(answer.json()["type"], "/problems/content-too-large");
    }
    nothing_was_looked_up(&site).await;
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_secret_is_rotated_both_are_good() {
    let before = [
        ("FLAGWARD__CHAT__SLACK__SIGNING_SECRET", "another-secret-of-thirty-two-bytes"),
        ("FLAGWARD__CHAT__SLACK__PREVIOUS_SIGNING_SECRET", crate::slack_kit::APP_SECRET),
    ];
    let site = SlackHouse::with(&before);
    let (body, _) = site.slack.typed(ANNE, "whoami");
    assert_eq!(site.types(&body).await.status, 200);
    site.house.close().await;
}

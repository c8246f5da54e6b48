//! When Slack is answered, and how: at once, or later at the address that it gave.

use std::time::{Duration, Instant};

use flagward::simulator::Latency;

use crate::slack_host::Planned;
use crate::slack_house::{GET, SlackHouse, text};
use crate::slack_kit::{ANNE, COMMAND};

const SET: &str = "set checkout.new-flow false anna@example.com -p shop -e test";
/// Longer than the gateway lets Slack wait, and shorter than it waits itself.
const SLOW: Latency = Latency { min_ms: 900, max_ms: 900, seed: 0 };
/// Slack waits three seconds; we want to be well below.
const ACKNOWLEDGED: Duration = Duration::from_millis(1500);

fn fails(status: u16) -> Planned {
    Planned { status, headers: "" }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ready_at_once_is_the_answer_and_nothing_is_posted() {
    let site = SlackHouse::open();
    let (body, _) = site.slack.typed(ANNE, "help");
    let answer = site.types(&body).await;
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let message = answer.json();
    assert_eq!(message["response_type"], "ephemeral");
    assert!(!text(&message).is_empty());
    assert!(text(&site.slack.says(ANNE, GET).await).contains("checkout.new-flow"));
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_slow_upstream_slack_is_acknowledged_and_the_answer_delivered_once() {
    let site = SlackHouse::open();
    site.house.upstream.simulator.set_latency(SLOW);
    let (body, url) = site.slack.typed(ANNE, GET);
    let began = Instant::now();
    let answer = site.types(&body).await;
    assert!(began.elapsed() < ACKNOWLEDGED, "{:?}", began.elapsed());
    assert_eq!(answer.json()["text"], "Asking LaunchDarkly: the answer follows.");
    assert!(text(&site.slack.host.message(&url).await).contains("checkout.new-flow"));
    assert_eq!(site.delivered("delivered").await.to_string(), "1");
    assert_eq!(site.slack.host.posts().len(), 1);
    assert_eq!(site.counted("flagward_chat_under_way").await.to_string(), "0");
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_slack_sends_again_is_done_once() {
    let site = SlackHouse::open();
    let (body, _) = site.slack.typed(ANNE, SET);
    let signed = site.slack.sign(&body);
    let all = (0..8).map(|_| site.slack.send(COMMAND, signed.clone()));
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| !answer.body.is_empty()).count(), 1);
    // Also when it is signed anew, a little later.
    site.house.clock.advance(Duration::from_mins(4));
    let again = site.slack.sign(&body);
    assert_eq!(site.slack.send(COMMAND, again).await.body, "");
    let duplicates = "flagward_chat_passed_over_total{kind=\"duplicate\",platform=\"slack\"}";
    assert_eq!(site.counted(duplicates).await.to_string(), "8");
    assert_eq!(site.writes(), 1);
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_slack_can_not_take_yet_is_tried_again() {
    let site = SlackHouse::open();
    site.house.upstream.simulator.set_latency(SLOW);
    let wait = Planned { status: 429, headers: "Retry-After: 1\r\n" };
    site.slack.host.plan(&[fails(500), wait, fails(503)]);
    let (body, url) = site.slack.typed(ANNE, GET);
    site.types(&body).await;
    let posts = site.slack.host.posted(&url, 4).await;
    let statuses: Vec<_> = posts.iter().map(|post| post.status).collect();
    assert_eq!(statuses, [500, 429, 503, 200]);
    assert!(posts.iter().all(|post| post.message == posts[0].message));
    assert_eq!(site.delivered("delivered").await.to_string(), "1");
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_posts_an_answer_is_given_up() {
    let site = SlackHouse::open();
    site.house.upstream.simulator.set_latency(SLOW);
    site.slack.host.plan(&vec![fails(500); 9]);
    let (body, url) = site.slack.typed(ANNE, GET);
    site.types(&body).await;
    assert_eq!(site.delivered("failed").await.to_string(), "1");
    assert_eq!(site.slack.host.posted(&url, 5).await.len(), 5);
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_and_what_slack_refuses_is_not_repeated() {
    let site = SlackHouse::open();
    site.house.upstream.simulator.set_latency(SLOW);
    let elsewhere = Planned { status: 307, headers: "Location: /commands/T1/0/xyz\r\n" };
    for planned in [elsewhere, fails(400)] {
        let before = site.slack.host.posts().len();
        site.slack.host.plan(&[planned]);
        let (body, url) = site.slack.typed(ANNE, GET);
        site.house.clock.advance(Duration::from_mins(1)); // so that LaunchDarkly is asked
        site.types(&body).await;
        site.slack.host.posted(&url, 1).await;
        site.delivered("refused").await;
        assert_eq!(site.slack.host.posts().len(), before + 1);
    }
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_half_an_hour_nothing_is_posted() {
    let site = SlackHouse::open();
    site.house.upstream.simulator.set_latency(SLOW);
    let (body, _) = site.slack.typed(ANNE, GET);
    site.types(&body).await;
    site.house.clock.advance(Duration::from_mins(30));
    assert_eq!(site.delivered("expired").await.to_string(), "1");
    assert!(site.slack.host.posts().is_empty());
    site.house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_of_slacks_own_nothing_is_done_and_that_is_said() {
    let site = SlackHouse::open();
    let good = site.slack.host.response_url();
    for url in [
        "",
        "https://localhost/commands/T1/0/xyz",
        "https://localhost:1/commands/T1/0/xyz",
        "https://127.0.0.1/x",
        &good.replace("https:", "http:"),
        &good.replace("localhost", "user@localhost"),
        &good.replace("localhost", "localhost.example"),
    ] {
        let body = site.slack.typed_with(ANNE, SET, url);
        let answer = site.types(&body).await;
        assert_eq!(answer.status, 200);
        assert!(text(&answer.json()).contains("nothing was done"), "{url}: {answer:?}");
    }
    assert_eq!((site.house.upstream_calls(), site.slack.host.posts().len()), (0, 0));
    site.house.close().await;
}

//! A conversation with the real binary, as people have it in Slack.

use flagward::clock::Clock;
use flagward::simulator::Latency;

use crate::backend::backend;
use crate::house::POLICY;
use crate::process::{Serving, Site};
use crate::slack_blocks::{button, reads};
use crate::slack_host::SlackHost;
use crate::slack_kit::{ANNE, APP_SECRET, BUTTON_SECRET, COMMAND, NOBODY, Slack, TEAM};
use crate::wire::Served;

const PLACE: &str = "-p shop -e production";
/// Production is to be confirmed.
const GUARD: &str = r#"
[[guards]]
projects = ["shop"]
environments = ["production"]
confirm_in_chat = true
"#;

/// The binary, its upstream, and its Slack.
struct Scene {
    _site: Site,
    upstream: Served,
    serving: Serving,
    slack: Slack,
}

impl Scene {
    async fn open() -> Self {
        let clock = Clock::system();
        let upstream = Served::start(clock.clone());
        backend().prepare(&upstream.simulator);
        let site = Site::new(upstream.address(), &upstream.simulator.token());
        site.write("policy.toml", &format!("{TEAM}{POLICY}{GUARD}"));
        let host = SlackHost::start(clock.clone());
        let mut command = site.command("serve", &[]);
        command.envs(Slack::settings(&host)).envs([backend().setting()]);
        let mut serving = Serving::start(command).await;
        serving.process.logs("LaunchDarkly takes the shared token").await;
        let slack = Slack::new(serving.address, host, clock);
        Self { _site: site, upstream, serving, slack }
    }

    async fn close(self) {
        self.serving.close(&[APP_SECRET, BUTTON_SECRET, "/commands/T1", "anna@"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_is_asked_for_confirmed_seen_and_cleared() {
    let scene = Scene::open().await;
    let slack = &scene.slack;
    let says = async |text: &str| slack.says(ANNE, &format!("{text} {PLACE}")).await;
    let get = async || reads(&says("get checkout.new-flow anna@example.com").await);
    assert!(get().await.contains("not overridden"), "{}", get().await);

    let question =
        says("set checkout.new-flow true anna@example.com --for 2h --note \"ticket 7\"").await;
    assert_eq!(question["response_type"], "in_channel", "{question}");
    let asked = reads(&question);
    for part in ["checkout.new-flow", "anna@example.com", "shop/production", "true", "ticket 7"] {
        assert!(asked.contains(part), "{asked}");
    }
    let confirm = button(&question, "Confirm");
    let beside = slack.presses(NOBODY, &confirm).await;
    assert_eq!(
        (&beside["response_type"], &beside["replace_original"]),
        (&"ephemeral".into(), &false.into())
    );
    assert!(scene.upstream.simulator.history().is_empty());

    let receipt = slack.presses(ANNE, &confirm).await;
    assert_eq!(
        (&receipt["response_type"], &receipt["replace_original"]),
        (&"in_channel".into(), &true.into())
    );
    assert!(reads(&receipt).contains("op_"), "{}", reads(&receipt));
    let comment = scene.upstream.simulator.history().last().unwrap().comment.clone().unwrap();
    assert!(
        comment.starts_with("[flagward slack/T1/U1ANNE · on-call · slack:C1 · op_"),
        "{comment}"
    );
    assert!(comment.ends_with("] ticket 7"), "{comment}");
    let seen = get().await;
    assert!(seen.contains("overridden") && !seen.contains("not overridden"), "{seen}");
    let again = slack.presses(ANNE, &confirm).await;
    assert_eq!(again["replace_original"], false, "{again}");

    let question = says("clear checkout.new-flow anna@example.com --note done").await;
    let cleared = slack.presses(ANNE, &button(&question, "Confirm")).await;
    assert_eq!(cleared["replace_original"], true);
    assert!(get().await.contains("not overridden"), "{}", get().await);
    let text = format!("get checkout.new-flow anna@example.com {PLACE}");
    assert!(reads(&slack.says(NOBODY, &text).await).contains("slack/T1/U2NOBODY"));
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_under_way_is_answered_although_the_gateway_is_told_to_end() {
    let scene = Scene::open().await;
    scene.upstream.simulator.set_latency(Latency::fixed(1200));
    let (body, url) = scene.slack.typed(ANNE, &format!("list anna@example.com {PLACE}"));
    let answer = scene.slack.send(COMMAND, scene.slack.sign(&body)).await;
    assert_eq!(answer.json()["text"], "Asking LaunchDarkly: the answer follows.");
    let Scene { _site, upstream: _upstream, serving, slack } = scene;
    let ended = serving.close(&[APP_SECRET, "/commands/T1"]).await;
    let posts = slack.host.posted(&url, 1).await;
    assert_eq!(posts[0].status, 200, "{}", ended.err);
    assert!(reads(&posts[0].message).contains("checkout.new-flow"));
}

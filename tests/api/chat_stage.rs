//! The desk of the chat door over the real use cases, with a simulator as their upstream: no platform, no sockets but
//! LaunchDarkly's.

use std::sync::Arc;
use std::time::Duration;

use flagward::auth::{Caller, Seal};
use flagward::chat::{Answer, Desk, DeskParts, Line, Reaction, Says, Span, Speaker};
use flagward::clock::Clock;
use flagward::config::chat::Channel;
use flagward::domain::Place;
use flagward::policy::{Policies, Policy};
use flagward::settings::{Limits, Settings, Writers};
use flagward::simulator::ChangeKind;
use flagward::telemetry::Metrics;
use flagward::upstream::{self, Choice, Client, Options};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::backend::{Backend, backend};
use crate::house::START;
use crate::wire::Served;

/// On-call people may do everything to the shop; readers may read its checkout in one environment. In production one has
/// to say why and to confirm, in staging a second person has to.
pub(crate) const POLICY: &str = r#"
[[teams]]
name = "oncall"
members = ["slack/T1/U1", "slack/T1/U2"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["*"]
  actions = ["read", "set", "clear", "schedule"]
  [[teams.denies]]
  projects = ["*"]
  environments = ["*"]
  flags = ["kill-switch.*"]
  actions = ["set", "clear", "schedule"]

[[teams]]
name = "readers"
members = ["slack/T1/U3"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["test", "staging"]
  flags = ["checkout.*"]
  actions = ["read"]

[[guards]]
projects = ["shop"]
environments = ["production"]
require_comment = true
max_override = "24h"
confirm_in_chat = true

[[guards]]
projects = ["shop"]
environments = ["staging"]
second_person = true
"#;

/// A desk and all behind it.
pub(crate) struct Stage {
    pub(crate) desk: Desk,
    pub(crate) upstream: Served,
    pub(crate) clock: Clock,
    pub(crate) metrics: Metrics,
    policies: Arc<Policies>,
    settings: Settings,
}

impl Stage {
    /// A desk without rules for channels.
    pub(crate) fn open() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(channels: &[Channel]) -> Self {
        let clock = Clock::manual(START.parse().unwrap());
        let upstream = Served::start(clock.clone());
        backend().prepare(&upstream.simulator);
        let metrics = Metrics::new("test").unwrap();
        let client = Client::new(options(&upstream), &metrics, clock.clone()).unwrap();
        let writers = Writers { runtime: Handle::current(), under_way: TaskTracker::new() };
        let limits = Limits {
            max_bytes: 1 << 20,
            ttl: Duration::from_secs(30),
            min_age: Duration::from_secs(1),
        };
        let settings = Settings::new(client, limits, clock.clone(), &metrics, writers, None);
        let policies = Arc::new(Policies::new(policy(POLICY, &metrics)));
        let desk = desk(&settings, &policies, channels, &clock, &metrics);
        Self { desk, upstream, clock, metrics, policies, settings }
    }

    /// Another replica: it shares the secret, the policy and LaunchDarkly, and remembers nothing of this one.
    pub(crate) fn replica(&self) -> Desk {
        desk(&self.settings, &self.policies, &[], &self.clock, &self.metrics)
    }

    /// Puts another policy in force.
    pub(crate) fn decree(&self, text: &str) {
        self.policies.replace(policy(text, &self.metrics));
    }

    /// What `user` hears in the channel `C1`.
    pub(crate) async fn say(&self, user: &str, text: &str) -> Answer {
        self.desk.hear(&speaker(user, "C1"), text).await
    }

    /// The same as plain text.
    pub(crate) async fn hear(&self, user: &str, text: &str) -> String {
        words(&self.say(user, text).await)
    }

    /// What pressing the button `label` of `answer` brings `user`.
    pub(crate) async fn press(&self, user: &str, answer: &Answer, label: &str) -> Reaction {
        self.desk.press(&speaker(user, "C1"), button(answer, label)).await
    }

    /// Ben's setting of the checkout there.
    pub(crate) fn flow(&self, environment: &str) -> Option<String> {
        let simulator = &self.upstream.simulator;
        simulator.setting("shop", environment, "ben@example.org", "checkout.new-flow")
    }

    /// The comments of the values that were set or cleared.
    pub(crate) fn comments(&self) -> Vec<String> {
        let history = self.upstream.simulator.history();
        let changes = history.into_iter().filter(|change| {
            matches!(change.kind, ChangeKind::SettingSet | ChangeKind::SettingCleared)
        });
        changes.filter_map(|change| change.comment).collect()
    }

    /// How many requests LaunchDarkly saw.
    pub(crate) fn calls(&self) -> usize {
        self.upstream.simulator.requests().len()
    }

    pub(crate) fn counted(&self, verb: &str, outcome: &str) -> u64 {
        self.metrics.chat.commands.with_label_values(&["slack", verb, outcome]).get()
    }
}

/// A table of the configuration for a channel.
pub(crate) fn channel(id: &str, environments: &[&str], actions: &[&str]) -> Channel {
    let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
    let place = |environment: &str| Place {
        project: "shop".parse().unwrap(),
        environment: environment.parse().unwrap(),
    };
    Channel {
        channel: id.to_owned(),
        projects: texts(&["shop"]),
        environments: texts(environments),
        actions: texts(actions),
        default: environments.first().map(|first| place(first)),
    }
}

/// A member of the workspace `T1` in a channel.
pub(crate) fn speaker(user: &str, channel: &str) -> Speaker {
    let subject = format!("T1/{user}");
    Speaker {
        caller: Caller::insecure_for_test("slack", &subject, &[], Timestamp::MAX),
        platform: "slack",
        person: user.to_owned(),
        channel: channel.to_owned(),
        command: "/flags".to_owned(),
        request_id: "request-7".to_owned(),
    }
}

/// What the button says.
pub(crate) fn button(answer: &Answer, label: &str) -> Says {
    let found = answer.buttons.iter().find(|button| button.label == label);
    found.unwrap_or_else(|| panic!("no {label}: {answer:?}")).says.clone()
}

/// All of it as plain text, one line a line.
pub(crate) fn words(answer: &Answer) -> String {
    let span = |span: &Span| match span {
        Span::Text(text) | Span::Strong(text) => text.clone(),
        Span::Code(code) => format!("`{code}`"),
        Span::Time(at) => at.to_string(),
        Span::Person(id) => format!("@{id}"),
    };
    let line = |line: &Line| line.0.iter().map(span).collect::<String>();
    answer.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn desk(
    settings: &Settings,
    policies: &Arc<Policies>,
    channels: &[Channel],
    clock: &Clock,
    metrics: &Metrics,
) -> Desk {
    Desk::new(DeskParts {
        settings: settings.clone(),
        policies: Arc::clone(policies),
        seal: Seal::new(&SecretString::from("0123456789abcdef0123456789abcdef")),
        channels,
        clock: clock.clone(),
        metrics: metrics.chat.clone(),
    })
}

fn policy(text: &str, metrics: &Metrics) -> Policy {
    Policy::parse(text, &["idp"], metrics).unwrap()
}

fn options(upstream: &Served) -> Options {
    Options {
        base_url: format!("http://{}", upstream.address()).parse().unwrap(),
        token: upstream.simulator.token().into(),
        backend: Choice::Always(match backend() {
            Backend::UserSettings => upstream::Backend::UserSettings,
            Backend::Contexts => upstream::Backend::Contexts,
        }),
        stored_attributes: true,
        user_settings_api_version: "20220603".to_owned(),
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(3),
        max_concurrency: 4,
        proxy: None,
        ca_pem: None,
    }
}

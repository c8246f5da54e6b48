//! What Slack sends, signed as Slack signs it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use flagward::auth::SlackSecrets;
use flagward::clock::Clock;
use serde_json::{Value, json};

use crate::slack_host::SlackHost;
use crate::wire::{Answer, exchange};

/// The signing secret of the app, and that of our own buttons.
pub(crate) const APP_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
pub(crate) const BUTTON_SECRET: &str = "a-secret-of-the-tests-for-buttons-only";
pub(crate) const COMMAND: &str = "/hooks/slack/command";
pub(crate) const INTERACTION: &str = "/hooks/slack/interaction";
pub(crate) const EVENT: &str = "/hooks/slack/event";
/// Someone whom the policy knows, and someone whom nobody knows.
pub(crate) const ANNE: &str = "U1ANNE";
pub(crate) const NOBODY: &str = "U2NOBODY";

/// A team of Slack's members, to be put before the teams of the usual policy.
pub(crate) const TEAM: &str = r#"
[[teams]]
name = "on-call"
members = ["slack/T1/U1ANNE", "slack/T1/U3BERT"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["*"]
  actions = ["read", "set", "clear", "schedule"]
"#;

/// Slack: it sends requests to a gateway, and takes answers.
pub(crate) struct Slack {
    pub(crate) gateway: SocketAddr,
    pub(crate) host: SlackHost,
    pub(crate) clock: Clock,
    trigger: AtomicU64,
}

/// A body and its headers.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) body: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Slack {
    pub(crate) fn new(gateway: SocketAddr, host: SlackHost, clock: Clock) -> Self {
        Self { gateway, host, clock, trigger: AtomicU64::new(0) }
    }

    /// What the configuration needs for an app of this Slack, as environment.
    pub(crate) fn settings(host: &SlackHost) -> Vec<(&'static str, String)> {
        vec![
            ("FLAGWARD__CHAT__SIGNING_SECRET", BUTTON_SECRET.to_owned()),
            ("FLAGWARD__CHAT__SLACK__SIGNING_SECRET", APP_SECRET.to_owned()),
            ("FLAGWARD__CHAT__SLACK__RESPONSE_HOST", host.name()),
            (
                "FLAGWARD__CHAT__SLACK__CA_FILE",
                concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys/localhost-ca.pem")
                    .to_owned(),
            ),
        ]
    }

    pub(crate) fn sign(&self, body: &str) -> Signed {
        let at = self.clock.now().as_second();
        let signature = SlackSecrets::new(&APP_SECRET.into(), None).sign(at, body.as_bytes());
        let headers = vec![
            ("X-Slack-Request-Timestamp", at.to_string()),
            ("X-Slack-Signature", signature.unwrap()),
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
        ];
        Signed { body: body.to_owned(), headers }
    }

    /// The body of a command, with an address for its answer.
    pub(crate) fn typed(&self, user: &str, text: &str) -> (String, String) {
        let url = self.host.response_url();
        (self.typed_with(user, text, &url), url)
    }

    pub(crate) fn typed_with(&self, user: &str, text: &str, url: &str) -> String {
        let trigger = self.trigger();
        let fields = [
            ("token", "deprecated"),
            ("team_id", "T1"),
            ("team_domain", "globular"),
            ("channel_id", "C1"),
            ("channel_name", "ops"),
            ("user_id", user),
            ("user_name", "whoever"),
            ("command", "/flags"),
            ("text", text),
            ("api_app_id", "A1"),
            ("is_enterprise_install", "false"),
            ("response_url", url),
            ("trigger_id", &trigger),
        ];
        serde_urlencoded::to_string(fields).unwrap()
    }

    /// The body of a press of this button.
    pub(crate) fn pressed(&self, user: &str, button: &Value) -> (String, String) {
        let url = self.host.response_url();
        let payload = json!({
            "type": "block_actions", "token": "deprecated", "api_app_id": "A1",
            "user": {"id": user, "username": "whoever", "name": "whoever", "team_id": "T1"},
            "team": {"id": "T1", "domain": "globular"}, "enterprise": null, "is_enterprise_install": false,
            "channel": {"id": "C1", "name": "ops"},
            "container": {"type": "message", "message_ts": "1548261231.000200", "channel_id": "C1", "is_ephemeral": false},
            "trigger_id": self.trigger(), "response_url": url, "state": {"values": {}},
            "actions": [{"type": "button", "block_id": "=qXel", "action_ts": "1548426417.840180",
                         "action_id": button["action_id"], "value": button["value"], "text": button["text"]}]
        });
        (serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap(), url)
    }

    fn trigger(&self) -> String {
        format!("1.2.{}", self.trigger.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends exactly this.
    pub(crate) async fn send(&self, path: &'static str, signed: Signed) -> Answer {
        self.ask("POST", path, signed).await
    }

    pub(crate) async fn ask(
        &self,
        method: &'static str,
        path: &'static str,
        signed: Signed,
    ) -> Answer {
        let gateway = self.gateway;
        let sent = tokio::task::spawn_blocking(move || {
            let headers: Vec<_> =
                signed.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            exchange(gateway, method, path, &headers, &signed.body)
        });
        sent.await.unwrap().unwrap()
    }

    /// Types a command, and gives what is said at last: at once, or to the address.
    pub(crate) async fn says(&self, user: &str, text: &str) -> Value {
        let (body, url) = self.typed(user, text);
        let answer = self.send(COMMAND, self.sign(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let message = answer.json();
        if message["text"].as_str().unwrap().starts_with("Asking LaunchDarkly") {
            return self.host.message(&url).await;
        }
        message
    }

    /// Presses a button, and gives what is said.
    pub(crate) async fn presses(&self, user: &str, button: &Value) -> Value {
        let (body, url) = self.pressed(user, button);
        let answer = self.send(INTERACTION, self.sign(&body)).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer:?}");
        self.host.message(&url).await
    }
}

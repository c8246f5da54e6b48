//! Every kind of answer, as Slack gets it. They are left in a file for Slack's own models to check, which
//! `tests/tools/clients/slack_blocks.py` does.

use std::path::Path;
use std::time::Duration;

use flagward::simulator::Fault;
use serde_json::Value;

use crate::house::{House, POLICY};
use crate::slack_blocks::{button, faults, reads};
use crate::slack_host::SlackHost;
use crate::slack_kit::{ANNE, NOBODY, Slack, TEAM};

/// Where they are left: below `target/tmp`.
const FILE: &str = "slack-answers.json";
const BERT: &str = "U3BERT";
/// Production is to be confirmed, staging by somebody else.
const GUARDS: &str = r#"
[[guards]]
projects = ["shop"]
environments = ["production"]
confirm_in_chat = true
[[guards]]
projects = ["shop"]
environments = ["staging"]
second_person = true
"#;
/// Text that would be a mention, a link or markup if Slack looked for it.
const EVIL: &str = "<!channel> <https://evil.example|log in> *b* `c` & @here \u{202e}txt";

/// What was said, under a name.
#[derive(Default)]
struct Tour(Vec<(String, Value)>);

impl Tour {
    fn add(&mut self, name: &str, message: Value) -> Value {
        assert_eq!(faults(&message), [""; 0], "{name}: {message}");
        self.0.push((name.to_owned(), message.clone()));
        message
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_is_one_that_slack_takes() {
    let host = SlackHost::start(flagward::clock::Clock::system());
    let own = Slack::settings(&host);
    let settings: Vec<_> = own.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let house = House::with(&format!("{TEAM}{POLICY}{GUARDS}"), &settings);
    house.note("/v1/projects/shop/environments/test/users/anna@example.com/flags");
    let slack = Slack::new(house.gateway.address(), host, house.clock.clone());
    let mut tour = Tour::default();
    for text in [
        "",
        "help",
        "help set",
        "whoami",
        "list anna@example.com -p shop -e test",
        "list anna@example.com -p shop -e test --overridden",
        "get checkout.new-flow anna@example.com -p shop -e test",
        "get theme.config anna@example.com -p shop -e test",
        "set checkout.new-flow false anna@example.com -p shop -e test --for 2h --note \"ticket 7\"",
        "get checkout.new-flow anna@example.com -p shop -e test ",
        "expire checkout.new-flow anna@example.com -p shop -e test --in 3h",
        "expire checkout.new-flow anna@example.com -p shop -e test --never",
        "set checkout.new-flow 7 anna@example.com -p shop -e test",
        "set kill-switch.payments true anna@example.com -p shop -e test",
        "clear checkout.new-flow anna@example.com -p shop -e test",
        "expire checkout.new-flow anna@example.com -p shop -e test --in 3h ",
        "get no.such.flag anna@example.com -p shop -e test",
        "get checkout.new-flow anna@example.com -p bank -e test",
        "get checkout.new-flow anna@example.com",
        "set checkout.new-flow true anna@example.com -p shop -e production",
        "sett checkout.new-flow true anna@example.com",
        &format!("get {EVIL}"),
        &format!("set banner.text \"{EVIL}\" anna@example.com -p shop -e test"),
    ] {
        tour.add(text, slack.says(ANNE, text).await);
    }
    tour.add("unmapped", slack.says(NOBODY, "list anna@example.com -p shop -e test").await);
    tour.add("whoami of nobody", slack.says(NOBODY, "whoami").await);
    confirmations(&mut tour, &house, &slack).await;
    house.upstream.simulator.add_fault(Fault::status(503).times(99));
    house.clock.advance(Duration::from_mins(5));
    tour.add(
        "failed",
        slack.says(ANNE, "get checkout.new-flow anna@example.com -p shop -e test").await,
    );
    house.upstream.simulator.clear_faults();
    let all = Value::from_iter(tour.0);
    let all = serde_json::to_string_pretty(&all).unwrap();
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(FILE), all).unwrap();
    house.close().await;
}

async fn confirmations(tour: &mut Tour, house: &House, slack: &Slack) {
    let note = format!("because {EVIL}");
    let production = format!(
        "set checkout.new-flow true anna@example.com -p shop -e production --for 2h --note '{note}'"
    );
    let question = tour.add("question", slack.says(ANNE, &production).await);
    let confirm = button(&question, "Confirm");
    tour.add("the wrong person", slack.presses(BERT, &confirm).await);
    tour.add("receipt", slack.presses(ANNE, &confirm).await);
    tour.add("twice", slack.presses(ANNE, &confirm).await);
    let question = slack
        .says(ANNE, "clear checkout.new-flow anna@example.com -p shop -e production --note x")
        .await;
    tour.add("cancelled", slack.presses(ANNE, &button(&question, "Cancel")).await);
    let question = slack
        .says(ANNE, "clear checkout.new-flow anna@example.com -p shop -e production --note y")
        .await;
    house.clock.advance(Duration::from_mins(11));
    tour.add("too late", slack.presses(ANNE, &button(&question, "Confirm")).await);
    let staging = "set checkout.new-flow true anna@example.com -p shop -e staging";
    let question = tour.add("question to others", slack.says(ANNE, staging).await);
    tour.add("not oneself", slack.presses(ANNE, &button(&question, "Confirm")).await);
    let receipt = tour.add("by another", slack.presses(BERT, &button(&question, "Confirm")).await);
    assert!(reads(&receipt).contains(BERT), "{}", reads(&receipt));
    let list = slack.says(ANNE, "list anna@example.com -p shop -e test").await;
    if list["blocks"].as_array().unwrap().iter().any(|block| block["type"] == "actions") {
        tour.add("page", slack.presses(ANNE, &button(&list, "Next")).await);
    }
}

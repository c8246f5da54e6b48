//! The usual house with Slack at its door.

use serde_json::Value;

use crate::house::{House, POLICY};
use crate::metrics::value;
use crate::slack_host::SlackHost;
use crate::slack_kit::{COMMAND, Slack, TEAM};

/// Whom tests ask about; their commands name the place in full.
pub(crate) const USER: &str = "anna@example.com";
pub(crate) const GET: &str = "get checkout.new-flow anna@example.com -p shop -e test";

/// A house and its Slack. The house's clock is Slack's.
pub(crate) struct SlackHouse {
    pub(crate) house: House,
    pub(crate) slack: Slack,
}

impl SlackHouse {
    pub(crate) fn open() -> Self {
        Self::with(&[])
    }

    /// With these settings besides.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        Self::with_guards("", settings)
    }

    /// With these guards at the end of the policy, and these settings besides.
    pub(crate) fn with_guards(guards: &str, settings: &[(&str, &str)]) -> Self {
        Self::under(&format!("{TEAM}{POLICY}{guards}"), settings)
    }

    /// Under this policy.
    pub(crate) fn under(policy: &str, settings: &[(&str, &str)]) -> Self {
        // The host is there before the house, whose clock it is to have.
        let clock = flagward::clock::Clock::system();
        let host = SlackHost::start(clock);
        let own = Slack::settings(&host);
        let mut all: Vec<_> = own.iter().map(|(key, value)| (*key, value.as_str())).collect();
        all.extend(settings);
        let house = House::with(policy, &all);
        house.note(&format!("/v1/projects/shop/environments/test/users/{USER}/flags"));
        let slack = Slack::new(house.gateway.address(), host, house.clock.clone());
        Self { house, slack }
    }

    /// What Slack is answered at once.
    pub(crate) async fn types(&self, body: &str) -> crate::wire::Answer {
        self.slack.send(COMMAND, self.slack.sign(body)).await
    }

    /// One series of the metrics.
    pub(crate) async fn counted(&self, series: &str) -> f64 {
        let scrape = self.house.ask_management("/metrics").await.body;
        value(&scrape, series).unwrap_or_else(|| panic!("no {series}"))
    }

    /// How many deliveries ended so, once there is one.
    pub(crate) async fn delivered(&self, outcome: &str) -> f64 {
        let labels = format!("{{outcome=\"{outcome}\",platform=\"slack\"}}");
        let series = format!("flagward_chat_deliveries_total{labels}");
        for _ in 0..1000 {
            let count = self.counted(&series).await;
            if count > 0.0 {
                return count;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("no delivery was {outcome}");
    }

    /// The changes that LaunchDarkly saw.
    pub(crate) fn writes(&self) -> usize {
        self.house.upstream.simulator.history().len()
    }
}

/// What is said in a message, without its look.
pub(crate) fn text(message: &Value) -> String {
    crate::slack_blocks::reads(message)
}

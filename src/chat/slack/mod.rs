//! Slack's door: what Slack sends is verified before it is read, and what we say is put into its blocks.

use crate::auth::SlackSecrets;
use crate::chat::{Desk, Hook};
use crate::clock::Clock;
use crate::config::chat as config;
use crate::outbound::OutboundFault;
use crate::settings::Writers;
use crate::telemetry::Metrics;

/// Slack's door. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Slack {
    secrets: SlackSecrets,
    desk: Desk,
    writers: Writers,
    clock: Clock,
}

impl Slack {
    /// A door with these keys, whose commands `desk` carries out, among the tasks that `writers` waits for.
    pub fn new(
        config: &config::Slack,
        desk: Desk,
        writers: Writers,
        clock: Clock,
        _metrics: &Metrics,
    ) -> Result<Self, OutboundFault> {
        let secrets =
            SlackSecrets::new(&config.signing_secret, config.previous_signing_secret.as_ref());
        Ok(Self { secrets, desk, writers, clock })
    }

    /// The routes that Slack calls.
    #[must_use]
    pub fn hooks(&self) -> Vec<Hook> {
        let Self { secrets: _, desk: _, writers: _, clock: _ } = self;
        Vec::new()
    }
}

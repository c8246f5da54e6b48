//! What chat platforms call, joined to the HTTP door: neither of the two doors knows the other.

use std::sync::Arc;

use super::fault::StartFault;
use crate::auth::Seal;
use crate::chat::slack::Slack;
use crate::chat::{Desk, DeskParts, Hook, problem_of};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{Mounted, OtherDoor, Route};
use crate::policy::Policies;
use crate::settings::{Settings, Writers};
use crate::telemetry::Metrics;

/// How chat platforms show who they are. There is no registered name for it (RFC 9110, 16.4.1); a 401 has to have one.
const CHALLENGE: &str = "Slack-Signature";

/// What chat platforms call. Cheap to clone; empty where no chat is on.
#[derive(Clone, Debug, Default)]
pub(super) struct Hooks(Option<Slack>);

impl Hooks {
    /// Those that the configuration wants: all platforms speak at one desk, and what they start is among the work that a
    /// shutdown waits for.
    pub(super) fn join(
        config: &Config,
        settings: &Settings,
        policies: &Arc<Policies>,
        writers: Writers,
        clock: &Clock,
        metrics: &Metrics,
    ) -> Result<Self, StartFault> {
        let Some((chat, slack)) = config.chat.as_ref().and_then(|c| Some((c, c.slack.as_ref()?)))
        else {
            return Ok(Self::default());
        };
        let desk = Desk::new(DeskParts {
            settings: settings.clone(),
            policies: Arc::clone(policies),
            seal: Seal::new(&chat.signing_secret),
            channels: &slack.channels,
            clock: clock.clone(),
            metrics: metrics.chat.clone(),
        });
        let slack = Slack::new(slack, desk, writers, clock.clone(), metrics);
        Ok(Self(Some(slack.map_err(StartFault::Chat)?)))
    }

    /// The routes, for one worker of a listener.
    pub(super) fn mounted(&self) -> Vec<Mounted> {
        let hooks = self.0.iter().flat_map(Slack::hooks);
        hooks.map(mounted).collect()
    }

    /// How they fail; none where there are none.
    pub(super) fn door(&self) -> Option<OtherDoor> {
        self.0.as_ref().map(|_| OtherDoor { problem_of, challenge: CHALLENGE })
    }
}

fn mounted(hook: Hook) -> Mounted {
    let Hook { pattern, methods, handlers } = hook;
    Mounted { route: Route { pattern, methods }, handlers }
}

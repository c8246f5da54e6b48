//! `flagward check`: everything that is wrong with a configuration and its policy.

use std::collections::BTreeSet;

use clap::Args;

use super::options::ConfigFile;
use super::output::{self, Failure, failed, say, usage};
use crate::auth::Authenticator;
use crate::clock::Clock;
use crate::config::chat::{Channel, Slack};
use crate::config::{self, Config};
use crate::startup::{FetchedKeys, Online, check_online, fetch_keys};
use crate::telemetry::Causes;
use crate::upstream::Backend;

/// Say everything that is wrong with a configuration and its policy
///
/// Prints one line a fault to standard error: file, line, key and what is expected there. Exits with 2 if there is one,
/// and, with --online, with 1 if LaunchDarkly does not take the token, no longer has what the backend needs, or can't be
/// reached, and if an issuer's published keys can't be had.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagward check --config flagward.toml
  flagward check --config flagward.toml --online")]
pub(super) struct Check {
    #[command(flatten)]
    file: ConfigFile,
    /// Also ask LaunchDarkly whether it takes the token, and whether it still has the User Settings API, and the issuers
    /// that publish their keys for them
    #[arg(long)]
    online: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let (config, policy) = self.file.load_with_policy()?;
        say(format_args!("{}: the configuration is good", self.file.config.display()))?;
        let (file, summary) = (config.policy.file.display(), policy.summary());
        say(format_args!("{file}: the policy is good; {summary}"))?;
        let in_force = summary.freezes_in_force(Clock::system().now());
        if in_force > 0 {
            say(format_args!("note: writes are frozen now; freezes in force: {in_force}"))?;
        }
        if let Some(slack) = config.chat.as_ref().and_then(|chat| chat.slack.as_ref()) {
            say(format_args!("chat: {}", slack_is_on(slack, &config.server)))?;
        }
        if !self.online {
            return Ok(());
        }
        match (ask_issuers(&config), ask(&config)) {
            (Err(issuers), Err(upstream)) => {
                issuers.complain();
                Err(upstream)
            }
            (issuers, upstream) => issuers.and(upstream),
        }
    }
}

/// Where Slack reaches us, and from which channels.
fn slack_is_on(slack: &Slack, server: &config::Server) -> String {
    let (address, base_path) =
        (server.hooks_listen.unwrap_or(server.listen), server.base_path.as_str());
    let channels = match slack.channels.as_slice() {
        [] => "every channel".to_owned(),
        named => listed(named),
    };
    let host = &slack.response_host;
    format!(
        "Slack is on at {address}{base_path}/hooks/slack, from {channels}; answers go to https://{host}"
    )
}

fn listed(channels: &[Channel]) -> String {
    let ids: BTreeSet<_> = channels.iter().map(|each| each.channel.as_str()).collect();
    if ids.contains("*") {
        return "every channel, within its limits".to_owned();
    }
    format!("the channels {}", Vec::from_iter(ids).join(", "))
}

/// Fetches the key sets of issuers that publish them.
fn ask_issuers(config: &Config) -> Result<(), Failure> {
    let authenticator = Authenticator::new(&config.auth).map_err(usage)?;
    let fetching = fetch_keys(&config.auth, &authenticator);
    let mut faults = Vec::new();
    for FetchedKeys { issuer, source, outcome } in
        output::run(async { fetching.await.map_err(usage) })?
    {
        match outcome {
            Ok(count) => say(format_args!("issuer {issuer}: {source} has keys for it: {count}"))?,
            Err(cause) => faults.push(format!("issuer {issuer}: {source}: {cause}")),
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(failed(faults.join("\n"))) }
}

fn ask(config: &Config) -> Result<(), Failure> {
    let answer = output::run(async { check_online(config, Clock::system()).await.map_err(usage) })?;
    let url = &config.launchdarkly.base_url;
    let Online { identity, versions, backend } =
        answer.map_err(|fault| failed(format_args!("{url}: {}", Causes(&fault))))?;
    let name = identity.token_name.as_deref().unwrap_or("without a name");
    say(format_args!("{url}: LaunchDarkly takes the token: {}", name.escape_debug()))?;
    if identity.service_token == Some(false) {
        say("note: it is a personal token and ends with its member; a service token does not")?;
    }
    let pinned = config.launchdarkly.user_settings_api_version.as_str();
    let has_ended = versions.lack(pinned);
    let listed = if has_ended { "no longer lists" } else { "lists" };
    let said = format!("LaunchDarkly {listed} version {pinned} of the User Settings API");
    if backend == Backend::UserSettings && has_ended {
        let advice = "set launchdarkly.backend to \"auto\" or \"contexts\"";
        return Err(failed(format_args!(
            "{url}: {said}, and the backend is user-settings: {advice}"
        )));
    }
    say(format_args!("{url}: {said}; the backend is {}", backend.name()))
}

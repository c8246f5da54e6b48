//! What is typed, and what comes of it.

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::{ArgGroup, Args};

use super::progress::Progress;
use super::report::Report;
use super::round::Round;
use super::users;
use crate::cli::explain::caller;
use crate::cli::options::ConfigFile;
use crate::cli::output::{self, Failure, failed, say, usage};
use crate::cli::serve::not_started;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Place, UserKey};
use crate::policy::{Identity, Policy};
use crate::settings::shadow::{Pace, Sides};
use crate::startup::{Comparable, Stops, comparable};
use crate::telemetry::Causes;

const PLACE: &str = "must be PROJECT/ENVIRONMENT";

/// Compare LaunchDarkly's User Settings API with its replacement for a list of users
///
/// Asks both for all flags and scheduled removals of each user, and prints each difference: user, flag, kind, and both
/// values, so mind who reads it. What differs is asked of both once more, and counts if it differs again. Flags that the
/// team may not read are left out. Where LaunchDarkly's rate limits are low it waits, so that callers go before. Writes
/// nothing. Exits with 0 if every user was compared and nothing differs, else with 1.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("who").required(true)))]
#[command(after_help = "Kinds of differences:
  value       what the user receives
  setting     what the user is explicitly set to
  reason      why they receive the value
  missing     a flag that only the User Settings API has
  extra       a flag that only its replacement has
  expiration  when the override ends

Examples:
  flagward migrate-check --config flagward.toml --team payments checkout/production --users users.txt
  echo \"$TOKEN\" | flagward migrate-check --config flagward.toml --token - checkout/test --users users.txt --json")]
pub(in crate::cli) struct MigrateCheck {
    #[command(flatten)]
    file: ConfigFile,
    /// Read as someone who is in this team of the policy, and in no other
    #[arg(long, group = "who")]
    team: Option<String>,
    /// Read as whoever holds the token on standard input; only `-` is taken, so that no token gets into the shell's
    /// history
    #[arg(long, group = "who", value_name = "-", value_parser = ["-"], hide_possible_values = true)]
    token: Option<String>,
    /// Where
    #[arg(value_name = "PROJECT/ENV")]
    place: Where,
    /// The users, a key a line; `-` for standard input
    #[arg(long, value_name = "FILE")]
    users: PathBuf,
    /// The most users in a minute
    #[arg(long, default_value = "60", value_name = "USERS")]
    per_minute: NonZeroU16,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Debug)]
struct Where(Place);

impl FromStr for Where {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (project, environment) = text.split_once('/').ok_or(PLACE)?;
        let project = project.parse().map_err(|e| format!("project: {e}"))?;
        let environment = environment.parse().map_err(|e| format!("environment: {e}"))?;
        Ok(Self(Place { project, environment }))
    }
}

impl MigrateCheck {
    pub(in crate::cli) fn run(self) -> Result<(), Failure> {
        if self.token.is_some() && self.users == Path::new("-") {
            return Err(usage("standard input can't be both the token and the users"));
        }
        let (config, policy) = self.file.load_with_policy()?;
        let identity = self.identity(&config, &Arc::new(policy))?;
        let users = users::read(&self.users)?;
        let report = output::run(self.compare(&config, identity, users))?;
        if self.json {
            say(serde_json::to_string_pretty(&report).map_err(failed)?)?;
        } else {
            say(&report)?;
        }
        if report.is_good() { Ok(()) } else { Err(Failure::No) }
    }

    fn identity(&self, config: &Config, policy: &Arc<Policy>) -> Result<Identity, Failure> {
        let Some(team) = &self.team else {
            return Ok(policy.identify(caller(config)?));
        };
        let unknown = || usage(format_args!("--team: the policy has no team `{team}`"));
        policy.insecure_operator_in(team).ok_or_else(unknown)
    }

    async fn compare(
        &self,
        config: &Config,
        identity: Identity,
        users: Vec<UserKey>,
    ) -> Result<Report, Failure> {
        let mut stops = Stops::listen_in_terminal().map_err(failed)?;
        let clock = Clock::system();
        let sides = sides(config, &clock).await?;
        let Where(place) = self.place.clone();
        let mut report = Report::new(&place, users.len());
        let round =
            Round { sides, identity, place, pace: Pace::per_minute(self.per_minute, clock) };
        let progress = Progress::of(users.len());
        let is_over = tokio::select! {
            () = round.go(users, &mut report, &progress) => true,
            () = stops.first() => false,
        };
        if !is_over {
            report.ends_early("interrupted");
        }
        Ok(report)
    }
}

/// Both backends or, with exit code 1, why there is nothing to compare.
async fn sides(config: &Config, clock: &Clock) -> Result<Box<Sides>, Failure> {
    let upstream = &config.launchdarkly;
    let found = comparable(config, clock.clone()).await.map_err(not_started)?;
    let url = &upstream.base_url;
    match found.map_err(|fault| failed(format_args!("{url}: {}", Causes(&fault))))? {
        Comparable::Both(sides) => Ok(sides),
        Comparable::Ended => {
            let version = upstream.user_settings_api_version.as_str();
            Err(failed(format_args!(
                "{url}: LaunchDarkly no longer lists version {version}: its User Settings API has ended, so there is \
                 nothing to compare with"
            )))
        }
    }
}

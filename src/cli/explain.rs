//! `flagward explain`: may someone do something, and which rule decides?

use std::io::Read as _;
use std::str::FromStr;
use std::sync::Arc;

use clap::{ArgGroup, Args};

use super::ConfigFile;
use super::output::{Failure, failed, load, say, usage};
use crate::auth::{Authenticator, Caller};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{FlagKey, FlagTarget, Place, UserKey, UserTarget};
use crate::policy::{ActionKind, Decision, Policy, Resource};
use crate::startup::load_policy;
use crate::telemetry::Metrics;

/// The longest token that is read from standard input, in bytes: more than any that is taken.
const LONGEST_TOKEN: u64 = 64 * 1024;

/// Exits with 0 if it may be done, with 1 if not.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("who").required(true)))]
pub(super) struct Explain {
    #[command(flatten)]
    file: ConfigFile,
    /// Someone who is in this team of the policy, and in no other.
    #[arg(long, group = "who")]
    team: Option<String>,
    /// Whoever holds the token on standard input: `--token -`.
    #[arg(long, group = "who", value_name = "-", value_parser = ["-"])]
    token: Option<String>,
    /// read, set, clear or schedule.
    #[arg(value_parser = action)]
    action: ActionKind,
    /// Where: PROJECT/ENVIRONMENT, or PROJECT/ENVIRONMENT/FLAG.
    #[arg(value_name = "PROJECT/ENV[/FLAG]")]
    target: Target,
    /// For whom; left out, it must be allowed for everybody.
    #[arg(long, default_value = "*")]
    user: UserKey,
}

#[derive(Clone, Debug)]
struct Target(Place, Option<FlagKey>);

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, '/');
        let project = parts
            .next()
            .unwrap_or_default()
            .parse()
            .map_err(|e| format!("project: {e}"))?;
        let environment = parts.next().ok_or("must be PROJECT/ENVIRONMENT[/FLAG]")?;
        let environment = environment
            .parse()
            .map_err(|e| format!("environment: {e}"))?;
        let flag = parts
            .next()
            .map(str::parse)
            .transpose()
            .map_err(|e| format!("flag: {e}"))?;
        Ok(Self(
            Place {
                project,
                environment,
            },
            flag,
        ))
    }
}

fn action(name: &str) -> Result<ActionKind, &'static str> {
    ActionKind::named(name).ok_or("must be read, set, clear or schedule")
}

impl Explain {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = load(&self.file)?;
        let metrics = Metrics::new(env!("CARGO_PKG_VERSION")).map_err(failed)?;
        let policy = Arc::new(load_policy(&config, &metrics).map_err(usage)?);
        let Target(place, flag) = self.target.clone();
        let user = UserTarget {
            place,
            user: self.user.clone(),
        };
        let decision = match flag {
            Some(flag) => self.decide(&config, &policy, &FlagTarget { user, flag })?,
            None => self.decide(&config, &policy, &user)?,
        };
        let verdict = if decision.is_allowed() {
            "allowed"
        } else {
            "denied"
        };
        say(format_args!("{verdict}: {}", decision.rule()));
        if decision.is_allowed() {
            Ok(())
        } else {
            Err(Failure {
                text: String::new(),
                code: 1,
            })
        }
    }

    fn decide<T: Resource>(
        &self,
        config: &Config,
        policy: &Arc<Policy>,
        target: &T,
    ) -> Result<Decision, Failure> {
        let Some(team) = &self.team else {
            let identity = policy.identify(caller(config)?);
            return Ok(Policy::explain(&identity, self.action, target));
        };
        let decision = policy.explain_team(team, self.action, target);
        decision.ok_or_else(|| usage(format_args!("the policy has no team `{team}`")))
    }
}

/// Whoever holds the token on standard input.
fn caller(config: &Config) -> Result<Caller, Failure> {
    let mut token = String::new();
    std::io::stdin()
        .take(LONGEST_TOKEN)
        .read_to_string(&mut token)
        .map_err(failed)?;
    let authenticator = Authenticator::new(&config.auth).map_err(usage)?;
    let refused = |refused| failed(format_args!("the token is refused: {refused}"));
    let now = Clock::system().now();
    let caller = authenticator.verify(token.trim(), now).map_err(refused)?;
    caller.valid_at(now).map_err(refused)?;
    Ok(caller)
}

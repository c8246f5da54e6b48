//! `flagward explain`: may someone do something, and which rule decides?

use std::io::Read as _;
use std::str::FromStr;
use std::sync::Arc;

use clap::{ArgGroup, Args};

use super::options::ConfigFile;
use super::output::{self, Failure, failed, say, usage};
use crate::auth::{Authenticator, Caller, Refused};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{FlagKey, FlagTarget, Place, UserKey, UserTarget};
use crate::policy::{ActionKind, Decision, Frozen, Guards, Policy, Resource};
use crate::startup::fetch_keys;

/// The longest token that is read from standard input, in bytes: more than any that is taken.
const LONGEST_TOKEN: u64 = 64 * 1024;
const ACTION: &str = "must be read, set, clear or schedule";
const TARGET: &str = "must be PROJECT/ENVIRONMENT or PROJECT/ENVIRONMENT/FLAG";

/// Say whether someone may do something, and which rule decides
///
/// Prints the decision, and the rule that made it by its place in the policy: the same words that
/// POST /v1/permissions/check and a 403 have. The freeze that holds an allowed change up, and what guards ask of it,
/// follow. Exits with 0 if it is allowed, with 1 if not.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("who").required(true)))]
#[command(after_help = "Examples:
  flagward explain --config flagward.toml --team payments set checkout/production/checkout.new-flow
  echo \"$TOKEN\" | flagward explain --config flagward.toml --token - read checkout/test --user anna@example.com")]
pub(super) struct Explain {
    #[command(flatten)]
    file: ConfigFile,
    /// Ask for someone who is in this team of the policy, and in no other
    #[arg(long, group = "who")]
    team: Option<String>,
    /// Ask for whoever holds the token on standard input; only `-` is taken, so that no token gets into the
    /// shell's history
    #[arg(long, group = "who", value_name = "-")]
    token: Option<String>,
    /// read, set, clear or schedule
    #[arg(value_parser = action)]
    action: ActionKind,
    /// Where; without a flag: to any flag at all
    #[arg(value_name = "PROJECT/ENV[/FLAG]")]
    target: Target,
    /// For whom; left out, it must be allowed for everybody
    #[arg(long, default_value = "*", hide_default_value = true)]
    user: UserKey,
}

#[derive(Clone, Debug)]
struct Target(Place, Option<FlagKey>);

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.splitn(3, '/');
        let (Some(project), Some(environment)) = (parts.next(), parts.next()) else {
            return Err(TARGET.to_owned());
        };
        let project = project.parse().map_err(|e| format!("project: {e}"))?;
        let environment = environment.parse().map_err(|e| format!("environment: {e}"))?;
        let flag = parts.next().map(str::parse).transpose();
        let flag = flag.map_err(|e| format!("flag: {e}"))?;
        let place = Place { project, environment };
        Ok(Self(place, flag))
    }
}

fn action(name: &str) -> Result<ActionKind, &'static str> {
    ActionKind::named(name).ok_or(ACTION)
}

impl Explain {
    pub(super) fn run(self) -> Result<(), Failure> {
        // Checked here and not by the parser, whose complaint would repeat the token.
        if self.token.as_ref().is_some_and(|given| given != "-") {
            return Err(usage("--token: must be `-`; the token is read from standard input"));
        }
        let (config, policy) = self.file.load_with_policy()?;
        let policy = Arc::new(policy);
        let Target(place, flag) = self.target.clone();
        let frozen = policy.freeze_at(&place, Clock::system().now());
        let user = UserTarget { place, user: self.user.clone() };
        let (decision, guards) = match flag {
            Some(flag) => self.decide(&config, &policy, &FlagTarget { user, flag })?,
            None => self.decide(&config, &policy, &user)?,
        };
        if !decision.is_allowed() {
            say(format_args!("denied: {}", decision.rule()))?;
            return Err(Failure::No);
        }
        say(format_args!("allowed: {}", decision.rule()))?;
        self.say_what_binds(frozen, guards)
    }

    fn decide<T: Resource>(
        &self,
        config: &Config,
        policy: &Arc<Policy>,
        target: &T,
    ) -> Result<(Decision, Guards), Failure> {
        let decision = if let Some(team) = &self.team {
            let decision = policy.explain_team(team, self.action, target);
            let unknown = || usage(format_args!("--team: the policy has no team `{team}`"));
            decision.ok_or_else(unknown)?
        } else {
            let identity = policy.identify(caller(config)?);
            Policy::explain(&identity, self.action, target)
        };
        Ok((decision, policy.guards_on(target)))
    }

    fn say_what_binds(&self, frozen: Option<Frozen>, guards: Guards) -> Result<(), Failure> {
        if self.action == ActionKind::Read {
            return Ok(());
        }
        if let Some(frozen) = frozen {
            say(format_args!("freeze: {frozen}"))?;
        }
        if guards.require_comment {
            say("guard: a comment is required")?;
        }
        if let (Some(most), ActionKind::Set | ActionKind::Schedule) =
            (guards.longest(), self.action)
        {
            say(format_args!("guard: an override must end within {most}"))?;
        }
        if guards.second_person {
            say("guard: in a chat, a second person has to confirm it")?;
        } else if guards.confirm_in_chat {
            say("guard: in a chat, it has to be confirmed")?;
        }
        Ok(())
    }
}

/// Whoever holds the token on standard input.
pub(super) fn caller(config: &Config) -> Result<Caller, Failure> {
    let mut token = String::new();
    let read = std::io::stdin().take(LONGEST_TOKEN).read_to_string(&mut token);
    read.map_err(|cause| failed(format_args!("standard input: {cause}")))?;
    let authenticator = Authenticator::new(&config.auth).map_err(usage)?;
    let fetched =
        output::run(async { fetch_keys(&config.auth, &authenticator).await.map_err(usage) })?;
    let refused = |refused| {
        // Of other issuers' keys nobody wants to know.
        let causes = fetched.iter().filter(|_| refused == Refused::KeysUnknown);
        let causes = causes.filter_map(|keys| {
            let cause = keys.outcome.as_ref().err()?;
            Some(format!("issuer {}: {}: {cause}", keys.issuer, keys.source))
        });
        let said = [format!("the token is refused: {refused}")].into_iter().chain(causes);
        failed(said.collect::<Vec<_>>().join("\n"))
    };
    let now = Clock::system().now();
    let caller = authenticator.verify(token.trim(), now).map_err(refused)?;
    caller.valid_at(now).map_err(refused)?;
    Ok(caller)
}

//! `flagward check`: everything that is wrong with a configuration and its policy.

use clap::Args;

use super::ConfigFile;
use super::output::{Failure, failed, load, runtime, say, usage};
use crate::clock::Clock;
use crate::startup::{check_token, load_policy};
use crate::telemetry::Metrics;

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    file: ConfigFile,
    /// Also ask LaunchDarkly whether it takes the token.
    #[arg(long)]
    online: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = load(&self.file)?;
        let metrics = Metrics::new(env!("CARGO_PKG_VERSION")).map_err(failed)?;
        load_policy(&config, &metrics).map_err(usage)?;
        say(format_args!(
            "{}: the configuration is good",
            self.file.config.display()
        ));
        say(format_args!(
            "{}: the policy is good",
            config.policy.file.display()
        ));
        if !self.online {
            return Ok(());
        }
        let answer = runtime()?
            .block_on(check_token(&config, Clock::system()))
            .map_err(usage)?;
        let identity = answer.map_err(failed)?;
        let name = identity.token_name.as_deref().unwrap_or("without a name");
        say(format_args!("LaunchDarkly takes the token: {name}"));
        if identity.service_token == Some(false) {
            say("note: it is a personal token and ends with its member; a service token does not");
        }
        Ok(())
    }
}

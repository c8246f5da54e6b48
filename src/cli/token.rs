//! `flagward token`: a development token.

use clap::Args;

use super::ConfigFile;
use super::output::{Failure, load, say, usage};
use crate::auth::mint;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::auth::Issuer;
use crate::domain::HumanDuration;

#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(flatten)]
    file: ConfigFile,
    /// The configured issuer, by its name; needed where there are several.
    #[arg(long)]
    issuer: Option<String>,
    /// Whom the token is about.
    #[arg(long)]
    subject: String,
    /// A team that the token claims; may be given more than once.
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<String>,
    /// How long it is good.
    #[arg(long, default_value = "1h")]
    ttl: HumanDuration,
}

impl Token {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = load(&self.file)?;
        let issuer = self.issuer(&config)?;
        let now = Clock::system().now();
        say(mint(issuer, &self.subject, &self.teams, self.ttl.get(), now).map_err(usage)?);
        Ok(())
    }

    fn issuer<'a>(&self, config: &'a Config) -> Result<&'a Issuer, Failure> {
        let issuers = &config.auth.issuers;
        let names: Vec<_> = issuers.iter().map(|one| one.name.as_str()).collect();
        match (&self.issuer, issuers.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(usage(format_args!(
                "say which --issuer: {}",
                names.join(", ")
            ))),
            (Some(name), issuers) => issuers
                .iter()
                .find(|one| one.name.as_str() == name)
                .ok_or_else(|| {
                    usage(format_args!(
                        "there is no issuer `{name}`; there are: {}",
                        names.join(", ")
                    ))
                }),
        }
    }
}

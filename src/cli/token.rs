//! `flagward token`: a development token.

use clap::Args;

use super::options::ConfigFile;
use super::output::{Failure, say, usage};
use crate::auth::mint;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::auth::Issuer;
use crate::domain::HumanDuration;

/// Make a development token from a configured HMAC secret
///
/// Prints a JWT that the gateway with this configuration takes. Only for an issuer with `secret` or `secret_file`; one
/// with a public key makes its own tokens.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  TOKEN=$(flagward token --config flagward.toml --subject alice --team payments)")]
pub(super) struct Token {
    #[command(flatten)]
    file: ConfigFile,
    /// The configured issuer, by its name; needed where there are several
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// Whom the token is about
    #[arg(long)]
    subject: String,
    /// A team that the token claims; may be given more than once
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<String>,
    /// How long it is good, like 90s or 1h30m
    #[arg(long, default_value = "1h")]
    ttl: HumanDuration,
}

impl Token {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = self.file.load()?;
        let issuer = self.issuer(&config)?;
        let now = Clock::system().now();
        let token = mint(issuer, &self.subject, &self.teams, self.ttl.get(), now);
        say(token.map_err(|fault| usage(format_args!("issuer `{}`: {fault}", issuer.name)))?)
    }

    fn issuer<'a>(&self, config: &'a Config) -> Result<&'a Issuer, Failure> {
        let issuers = &config.auth.issuers;
        let names: Vec<_> = issuers.iter().map(|one| one.name.as_str()).collect();
        let names = names.join(", ");
        match (&self.issuer, issuers.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(usage(format_args!("say which --issuer: {names}"))),
            (Some(name), issuers) => {
                let found = issuers.iter().find(|one| one.name.as_str() == name);
                found.ok_or_else(|| {
                    usage(format_args!("there is no issuer `{name}`; there are: {names}"))
                })
            }
        }
    }
}

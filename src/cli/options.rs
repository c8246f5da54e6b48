//! Options that several commands have.

use std::path::PathBuf;

use clap::Args;

use super::output::{Failure, failed, usage};
use crate::auth::Authenticator;
use crate::config::{self, Config};
use crate::policy::Policy;
use crate::startup::PolicyFile;
use crate::telemetry::{LogFormat, Metrics, log_panics, start_logging};

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
pub(super) struct ConfigFile {
    /// The configuration, in TOML. Every key can be overridden by the environment, as in
    /// `FLAGWARD__SERVER__LISTEN=0.0.0.0:8080`
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
}

/// What to log, and how.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Logging, to standard error")]
pub(super) struct Logging {
    /// A level (error, warn, info, debug, trace, off), or a list like `info,flagward::upstream=debug`. HTTP libraries
    /// stay at `warn` unless named, since they may write users' keys
    #[arg(long, default_value = "info", value_name = "FILTER")]
    log: String,
    /// How a line looks: `text` for people, `json` for one object a line
    #[arg(long, default_value = "text", value_name = "FORMAT", hide_possible_values = true)]
    log_format: LogFormat,
}

impl ConfigFile {
    /// The configuration or, with exit code 2, all that is wrong with it and with its policy.
    pub(super) fn load(&self) -> Result<Config, Failure> {
        config::load_file(&self.config).map_err(|faults| {
            let policy = faults.policy_hint().map(PolicyFile::hinted);
            let policy_faults = policy.and_then(|file| load_policy(&file).err());
            match policy_faults {
                Some(Failure::Usage(more)) => usage(format_args!("{faults}\n{more}")),
                Some(Failure::No | Failure::Failed(_)) | None => usage(faults),
            }
        })
    }

    /// The configuration and its policy or, with exit code 2, all that is wrong with them.
    pub(super) fn load_with_policy(&self) -> Result<(Config, Policy), Failure> {
        let config = self.load()?;
        // Key sets are understood by the room that verifies with them.
        Authenticator::new(&config.auth).map_err(usage)?;
        let policy = load_policy(&PolicyFile::of(&config))?;
        Ok((config, policy))
    }
}

fn load_policy(file: &PolicyFile) -> Result<Policy, Failure> {
    let metrics = Metrics::new(env!("CARGO_PKG_VERSION")).map_err(failed)?;
    Ok(file.load(&metrics).map_err(usage)?.policy)
}

impl Logging {
    /// Starts logging; from here on a panic is logged too.
    pub(super) fn start(&self) -> Result<(), Failure> {
        start_logging(&self.log, self.log_format).map_err(usage)?;
        log_panics();
        Ok(())
    }
}

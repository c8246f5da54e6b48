//! The command line: one command, one file. Exit codes are 0 for done, 1 for failed, 2 for wrong usage or
//! configuration; the reason is on standard error, one line a fault.

mod check;
mod demo;
mod explain;
mod health;
mod openapi;
mod output;
mod serve;
mod simulator;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::telemetry::{LogFormat, start_logging};
pub use output::Failure;
use output::{complain, usage};

/// See, and override for a limited time, what one user gets from LaunchDarkly.
///
/// Flagward is a gateway: callers hold a JWT, Flagward holds LaunchDarkly's token, a policy says who may do what.
/// Start with `flagward demo`, which needs nothing else.
#[derive(Debug, Parser)]
#[command(name = "flagward", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// What to log: a level, or a list like `info,flagward::upstream=debug`.
    #[arg(
        long,
        global = true,
        default_value = "info,actix_server=warn",
        value_name = "FILTER"
    )]
    log: String,
    /// How a log line looks.
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT")]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the gateway.
    Serve(ConfigFile),
    /// Run the gateway with a built-in LaunchDarkly and a ready policy, and print lines to try.
    Demo(demo::Demo),
    /// Say everything that is wrong with a configuration and its policy.
    Check(check::Check),
    /// Say whether someone may do something, and which rule decides.
    Explain(explain::Explain),
    /// Make a development token from a configured HMAC secret.
    Token(token::Token),
    /// Print the OpenAPI document.
    Openapi,
    /// Ask a running gateway whether it lives.
    Health(health::Health),
    /// Run the LaunchDarkly simulator alone, to test against.
    Simulator(simulator::Simulator),
}

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
struct ConfigFile {
    /// The configuration, in TOML; every key can be overridden by the environment: `FLAGWARD__SERVER__LISTEN`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Parses the command line of this process and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let quiet = matches!(
        cli.command,
        Command::Check(_)
            | Command::Explain(_)
            | Command::Token(_)
            | Command::Openapi
            | Command::Health(_)
    );
    let filter = if quiet { "off" } else { &cli.log };
    let outcome = start_logging(filter, cli.log_format)
        .map_err(usage)
        .and_then(|()| cli.command.run());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.text);
            ExitCode::from(failure.code)
        }
    }
}

impl Command {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Serve(file) => serve::run(&file),
            Self::Demo(demo) => demo.run(),
            Self::Check(check) => check.run(),
            Self::Explain(explain) => explain.run(),
            Self::Token(token) => token.run(),
            Self::Openapi => openapi::run(),
            Self::Health(health) => health.run(),
            Self::Simulator(simulator) => simulator.run(),
        }
    }
}

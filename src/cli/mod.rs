//! The command line: one command, one file. Exit codes are 0 for done, 1 for failed, 2 for wrong usage or
//! configuration; the reason is on standard error, one line a fault.

mod check;
mod demo;
mod explain;
mod health;
mod migrate_check;
mod openapi;
mod options;
mod output;
mod serve;
mod simulator;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::Failure;

/// See, and override for a limited time, what one user gets from LaunchDarkly.
///
/// Flagward is a gateway: callers hold a JWT, Flagward holds LaunchDarkly's token, a policy says who may do what.
/// Start with `flagward demo`, which needs nothing else.
#[derive(Debug, Parser)]
#[command(
    name = "flagward",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 failed (or the answer is no), 2 wrong usage or configuration.\n\
                  `flagward COMMAND --help` says more, with examples."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Check(check::Check),
    Explain(explain::Explain),
    MigrateCheck(migrate_check::MigrateCheck),
    Token(token::Token),
    Openapi(openapi::Openapi),
    Health(health::Health),
    Simulator(simulator::Simulator),
}

/// Parses the command line of this process and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.complain();
            ExitCode::from(failure.code())
        }
    }
}

impl Command {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Serve(serve) => serve.run(),
            Self::Demo(demo) => demo.run(),
            Self::Check(check) => check.run(),
            Self::Explain(explain) => explain.run(),
            Self::MigrateCheck(check) => check.run(),
            Self::Token(token) => token.run(),
            Self::Openapi(openapi) => openapi.run(),
            Self::Health(health) => health.run(),
            Self::Simulator(simulator) => simulator.run(),
        }
    }
}

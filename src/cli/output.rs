//! What commands print, and how they fail.

use std::fmt::Display;
use std::io::Write as _;

use tokio::runtime::{Builder, Runtime};

use crate::config::{self, Config};

use super::ConfigFile;

/// Threads of the runtime that writes run on. Requests have threads of their own.
const RUNTIME_THREADS: usize = 2;

/// Why a command did not do what it was told: the reason and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// For standard error, one line a fault.
    pub text: String,
    /// 1 for failed, 2 for wrong usage or configuration.
    pub code: u8,
}

/// It failed.
pub(super) fn failed(text: impl Display) -> Failure {
    Failure {
        text: text.to_string(),
        code: 1,
    }
}

/// It was used or configured wrongly.
pub(super) fn usage(text: impl Display) -> Failure {
    Failure {
        text: text.to_string(),
        code: 2,
    }
}

/// Prints to standard output. A reader that has gone away is no fault of ours.
pub(super) fn say(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints to standard error.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The configuration, or all that is wrong with it.
pub(super) fn load(file: &ConfigFile) -> Result<Config, Failure> {
    config::load_file(&file.config).map_err(usage)
}

/// A runtime.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let built = Builder::new_multi_thread()
        .worker_threads(RUNTIME_THREADS)
        .enable_all()
        .build();
    built.map_err(|cause| failed(format_args!("no runtime: {cause}")))
}

//! What commands print, and how they fail.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};

use tokio::runtime::Builder;

/// Threads of the runtime that writes run on. Requests have threads of their own.
const RUNTIME_THREADS: usize = 2;

/// Why a command did not end with 0.
#[derive(Debug)]
pub(super) enum Failure {
    /// The answer is no, and was printed: 1.
    No,
    /// It failed; the reason, one line a fault: 1.
    Failed(String),
    /// It was used or configured wrongly; the reason, one line a fault: 2.
    Usage(String),
}

impl Failure {
    /// The exit code.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::No | Self::Failed(_) => 1,
            Self::Usage(_) => 2,
        }
    }

    /// Prints the reason, if it was not said already, to standard error.
    pub(super) fn complain(&self) {
        if let Self::Failed(text) | Self::Usage(text) = self {
            // Where not even this can be written, the exit code must do.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }
}

/// It failed.
pub(super) fn failed(text: impl Display) -> Failure {
    Failure::Failed(text.to_string())
}

/// It was used or configured wrongly.
pub(super) fn usage(text: impl Display) -> Failure {
    Failure::Usage(text.to_string())
}

/// Prints a line to standard output.
pub(super) fn say(text: impl Display) -> Result<(), Failure> {
    print(&format!("{text}\n"))
}

/// Prints exactly this to standard output. A reader that has seen enough (`| head`) is no failure, a full disk is.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(fault) if fault.kind() != ErrorKind::BrokenPipe => {
            Err(failed(format_args!("standard output: {fault}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Runs `work` to its end. What it left behind on the runtime, such as a name that is still being looked up, keeps
/// nobody waiting.
pub(super) fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let built = Builder::new_multi_thread().worker_threads(RUNTIME_THREADS).enable_all().build();
    let runtime = built.map_err(|cause| failed(format_args!("no runtime: {cause}")))?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_background();
    outcome
}

//! When to stop.

use std::io::{self, IsTerminal as _};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end the process, from the moment this is made: none of them is lost, and none ends it the
/// hard way.
#[derive(Debug)]
pub struct Stops {
    terminate: Signal,
    interrupt: Signal,
    hangup: Option<Signal>,
}

impl Stops {
    /// SIGTERM, and SIGINT (Ctrl-C).
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: None,
        })
    }

    /// The same and, for what someone runs in a terminal, that the terminal was closed.
    pub fn listen_in_terminal() -> io::Result<Self> {
        let mut stops = Self::listen()?;
        if io::stdout().is_terminal() {
            stops.hangup = Some(signal(SignalKind::hangup())?);
        }
        Ok(stops)
    }

    /// Returns when the process is told to stop; again, when it is told once more.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            () = received(&mut self.hangup) => {}
        }
    }
}

/// Returns when the signal came; never where there is none to come.
pub(super) async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

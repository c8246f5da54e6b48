//! When to stop.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

/// Within this time a signal repeated is still the same: `timeout`, process supervisors and terminals tell the
/// process, and its group once more.
const ECHO: Duration = Duration::from_millis(500);

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

    /// Returns when the process is told to stop.
    pub async fn first(&mut self) {
        self.one().await;
    }

    /// Returns when it is told once more, because someone lost patience.
    pub async fn second(&mut self) {
        let echoes = async {
            loop {
                self.one().await;
            }
        };
        let _: Result<(), _> = timeout(ECHO, echoes).await;
        self.one().await;
    }

    async fn one(&mut self) {
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

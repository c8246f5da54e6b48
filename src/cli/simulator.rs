//! `flagward simulator`: the simulator alone.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use clap::Args;

use super::options::Logging;
use super::output::{self, Failure, failed, say, usage};
use super::serve::at_most_once_more;
use crate::clock::Clock;
use crate::simulator::{Seed, Simulator as Simulated};
use crate::startup::Stops;

/// Threads that answer: it is for tests.
const WORKERS: usize = 1;

/// Run the LaunchDarkly simulator alone, to test against
///
/// It answers the five User Settings operations and what goes with them as LaunchDarkly does, from memory, and forgets
/// everything when it ends. Prints its url, a token that it takes, and where to switch on faults, latency and limits.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagward simulator
  flagward simulator --listen 127.0.0.1:0 --seed projects.json")]
pub(super) struct Simulator {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDR")]
    listen: SocketAddr,
    /// Projects, flags and users to start with, in JSON; left out, a small shop
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    #[command(flatten)]
    logging: Logging,
}

impl Simulator {
    pub(super) fn run(self) -> Result<(), Failure> {
        self.logging.start()?;
        let seed = match &self.seed {
            Some(file) => Seed::load(file)
                .map_err(|fault| usage(format_args!("{}: {fault}", file.display())))?,
            None => Seed::built_in(),
        };
        let simulator = Simulated::new(seed, Clock::system());
        let listener = TcpListener::bind(self.listen).map_err(|cause| {
            failed(format_args!("{} can't be listened on: {cause}", self.listen))
        })?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let token = simulator.token();
        output::run(async {
            let mut stops = Stops::listen_in_terminal().map_err(failed)?;
            let server = simulator.serve(listener, WORKERS).map_err(failed)?;
            let handle = server.handle();
            let running = tokio::spawn(server);
            say(format_args!(
                "url: {url}\ntoken: {token}\nwhat else it can do: {url}/simulator\n"
            ))?;
            say(format_args!(
                "# For example:\ncurl -sS -w '\\n' '{url}/api/v2/caller-identity' -H 'Authorization: {token}'"
            ))?;
            stops.first().await;
            at_most_once_more(&mut stops, handle.stop(false)).await?;
            running.await.map_err(failed)?.map_err(failed)
        })
    }
}

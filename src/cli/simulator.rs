//! `flagward simulator`: the simulator alone.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use clap::Args;

use super::output::{Failure, failed, runtime, say, usage};
use crate::clock::Clock;
use crate::simulator::{Seed, Simulator as Simulated};
use crate::startup::until_told_to_stop;

/// Threads that answer: it is for tests.
const WORKERS: usize = 1;

#[derive(Debug, Args)]
pub(super) struct Simulator {
    /// Where to listen; port 0 takes any that is free.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Projects, flags and users to start with, in JSON; left out, a small shop.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
}

impl Simulator {
    pub(super) fn run(self) -> Result<(), Failure> {
        let seed = match &self.seed {
            Some(file) => Seed::load(file).map_err(usage)?,
            None => Seed::built_in(),
        };
        let simulator = Simulated::new(seed, Clock::system());
        let listener = TcpListener::bind(self.listen).map_err(|cause| {
            failed(format_args!(
                "{} can't be listened on: {cause}",
                self.listen
            ))
        })?;
        let address = listener.local_addr().map_err(failed)?;
        runtime()?.block_on(async {
            let server = simulator.serve(listener, WORKERS).map_err(failed)?;
            say(format_args!("url: http://{address}"));
            say(format_args!("token: {}", simulator.token()));
            say(format_args!(
                "what else it can do: http://{address}/simulator"
            ));
            let handle = server.handle();
            let running = tokio::spawn(server);
            until_told_to_stop().await.map_err(failed)?;
            handle.stop(false).await;
            running.await.map_err(failed)?.map_err(failed)
        })
    }
}

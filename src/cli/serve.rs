//! `flagward serve`: the gateway.

use super::ConfigFile;
use super::output::{Failure, failed, load, runtime, usage};
use crate::clock::Clock;
use crate::startup::{Gateway, StartFault, until_told_to_stop};

pub(super) fn run(file: &ConfigFile) -> Result<(), Failure> {
    let config = load(file)?;
    runtime()?.block_on(async {
        let gateway = Gateway::start(config, Clock::system()).map_err(not_started)?;
        until_told_to_stop().await.map_err(failed)?;
        gateway.stop().await;
        Ok(())
    })
}

/// What is configured wrongly is a 2, what the system refuses a 1.
pub(super) fn not_started(fault: StartFault) -> Failure {
    match fault {
        StartFault::Policy(_) | StartFault::Key(_) | StartFault::Upstream(_) => usage(fault),
        StartFault::Listen { .. } | StartFault::System(_) => failed(fault),
    }
}

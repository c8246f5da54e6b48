//! `flagward serve`: the gateway.

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::options::{ConfigFile, Logging};
use super::output::{self, Failure, failed, usage};
use crate::clock::Clock;
use crate::startup::{Gateway, StartFault, Stops};

/// Run the gateway
///
/// Refuses to start on a faulty configuration or policy, and says all that is wrong with them. Starts while
/// LaunchDarkly is down. The policy is loaded again when its file changes, and at once on SIGHUP. SIGTERM and SIGINT
/// stop it: /readyz turns to 503, then requests and writes under way are finished, all within `server.shutdown_grace`;
/// a second signal stops it at once. It exits with 1 if anything was cut off; each write that was is a line of the log
/// with outcome="unknown".
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagward serve --config flagward.toml
  FLAGWARD__SERVER__LISTEN=0.0.0.0:8080 flagward serve --config flagward.toml --log-format json")]
pub(super) struct Serve {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    logging: Logging,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failure> {
        self.logging.start()?;
        output::run(async {
            let mut stops = Stops::listen().map_err(failed)?;
            // From here on a SIGHUP does not end the process. Before the policy was loaded there is nothing to load again.
            let _hangups = signal(SignalKind::hangup()).map_err(failed)?;
            let config = self.file.load()?;
            let gateway = Gateway::start(config, Clock::system()).map_err(not_started)?;
            stops.first().await;
            at_most_once_more(&mut stops, gateway.stop()).await?.map_err(failed)
        })
    }
}

/// Ends orderly or, when told once more, at once.
pub(super) async fn at_most_once_more<T>(
    stops: &mut Stops,
    ending: impl Future<Output = T>,
) -> Result<T, Failure> {
    tokio::select! {
        ended = ending => Ok(ended),
        () = stops.second() => Err(failed("stopped at once by a second signal; what was under way is cut off")),
    }
}

/// What is configured wrongly is a 2, what the system refuses a 1.
pub(super) fn not_started(fault: StartFault) -> Failure {
    if fault.is_configured_wrongly() { usage(fault) } else { failed(fault) }
}

//! `flagward health`: does a gateway live? For health checks in images without a shell.

use std::time::Duration;

use clap::Args;
use url::Url;

use super::output::{self, Failure, failed, say};
use crate::outbound::{Settings, client};
use crate::telemetry::Causes;

/// How long a gateway that lives takes at most: less than the patience of container health checks.
const PATIENCE: Duration = Duration::from_secs(3);
const URL: &str = "must be like http://127.0.0.1:8080, without user name, query and fragment";

/// Ask a running gateway whether it lives
///
/// Asks URL/healthz, for health checks of containers without a shell. Exits with 0 if it answers 200, else with 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagward health
  flagward health --url http://127.0.0.1:8080/base/path")]
pub(super) struct Health {
    /// Where the gateway is, with its `server.base_path` if it has one
    #[arg(long, default_value = "http://127.0.0.1:8080", value_parser = base)]
    url: Url,
}

/// A URL that paths can be put below.
fn base(text: &str) -> Result<Url, &'static str> {
    let url: Url = text.parse().or(Err(URL))?;
    let web = matches!(url.scheme(), "http" | "https");
    let bare = url.username().is_empty() && url.password().is_none();
    let good = web && bare && url.query().is_none() && url.fragment().is_none();
    good.then_some(url).ok_or(URL)
}

impl Health {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut url = self.url;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("healthz");
        }
        let settings = Settings {
            connect_timeout: PATIENCE,
            request_timeout: PATIENCE,
            proxy: None,
            ca_pem: None,
            user_agent: concat!("flagward/", env!("CARGO_PKG_VERSION")).to_owned(),
        };
        let client = client(&settings).map_err(failed)?;
        let answer = output::run(async {
            #[expect(
                clippy::disallowed_methods,
                reason = "this asks Flagward itself, with no token"
            )]
            let answer = client.get(url.clone()).send().await;
            Ok(answer)
        })?;
        match answer {
            Ok(answer) if answer.status().is_success() => say("ok"),
            Ok(answer) => Err(failed(format_args!("{url}: answers {}", answer.status()))),
            Err(cause) => {
                let cause = cause.without_url();
                Err(failed(format_args!("{url}: not reachable: {}", Causes(&cause))))
            }
        }
    }
}

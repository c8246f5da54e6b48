//! `flagward health`: does a gateway live? For health checks in images without a shell.

use std::time::Duration;

use clap::Args;
use url::Url;

use super::output::{Failure, failed, runtime, say, usage};
use crate::outbound::{Settings, client};

/// How long a gateway that lives takes at most: less than the patience of container health checks.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub(super) struct Health {
    /// Where the gateway is.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Url,
}

impl Health {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut url = self.url;
        url.path_segments_mut()
            .map_err(|()| usage("--url must be like http://127.0.0.1:8080"))?
            .pop_if_empty()
            .push("healthz");
        let settings = Settings {
            connect_timeout: PATIENCE,
            request_timeout: PATIENCE,
            proxy: None,
            ca_pem: None,
            user_agent: concat!("flagward/", env!("CARGO_PKG_VERSION")).to_owned(),
        };
        let client = client(&settings).map_err(failed)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "this asks Flagward itself, with no token"
        )]
        let answer = runtime()?.block_on(client.get(url).send());
        match answer {
            Ok(answer) if answer.status().is_success() => {
                say("ok");
                Ok(())
            }
            Ok(answer) => Err(failed(format_args!("not well: {}", answer.status()))),
            Err(cause) => Err(failed(format_args!(
                "not reachable: {}",
                cause.without_url()
            ))),
        }
    }
}

//! `flagward demo`: the gateway with a built-in `LaunchDarkly` and a ready policy.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;

use super::output::{Failure, failed, runtime, say, usage};
use super::serve::not_started;
use crate::auth::mint;
use crate::clock::Clock;
use crate::config::{self, Config, Environment};
use crate::simulator::{Seed, Simulator};
use crate::startup::{Gateway, until_told_to_stop};

/// The policy of the demo: a reader and a writer, with a guard on production.
const POLICY: &str = include_str!("demo/policy.toml");
/// The configuration of the demo, but for its address, its upstream and its secrets.
const CONFIG: &str = include_str!("demo/flagward.toml");
/// The lines to try.
const GREETING: &str = include_str!("demo/greeting.txt");
/// How long the demo's tokens are good: a working day.
const TOKEN_LIFE: Duration = Duration::from_hours(12);

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where to listen; port 0 takes any that is free.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Failure> {
        let clock = Clock::system();
        let simulator = Simulator::new(Seed::built_in(), clock.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let upstream = listener.local_addr().map_err(failed)?;
        let folder = Folder::new()?;
        let config = self.config(&folder.0, upstream, &simulator.token())?;
        let (reader, writer) = (
            token(&config, "reader", "readers")?,
            token(&config, "writer", "writers")?,
        );
        runtime()?.block_on(async {
            let server = simulator.serve(listener, 1).map_err(failed)?;
            let handle = server.handle();
            let running = tokio::spawn(server);
            let gateway = Gateway::start(config, clock).map_err(not_started)?;
            let facts = [
                ("{url}", format!("http://{}", gateway.address())),
                (
                    "{management}",
                    format!("http://{}", gateway.management_address()),
                ),
                ("{simulator}", format!("http://{upstream}")),
                (
                    "{policy}",
                    folder.0.join("policy.toml").display().to_string(),
                ),
                ("{reader}", reader),
                ("{writer}", writer),
            ];
            say(facts
                .iter()
                .fold(GREETING.trim_end().to_owned(), |text, (name, fact)| {
                    text.replace(name, fact)
                }));
            until_told_to_stop().await.map_err(failed)?;
            gateway.stop().await;
            handle.stop(false).await;
            running.await.map_err(failed)?.map_err(failed)
        })
    }

    fn config(&self, folder: &Path, upstream: SocketAddr, token: &str) -> Result<Config, Failure> {
        let environment = Environment::from([
            (
                "FLAGWARD__SERVER__LISTEN".to_owned(),
                self.listen.to_string(),
            ),
            (
                "FLAGWARD__LAUNCHDARKLY__BASE_URL".to_owned(),
                format!("http://{upstream}"),
            ),
            ("FLAGWARD__LAUNCHDARKLY__TOKEN".to_owned(), token.to_owned()),
            (
                "FLAGWARD__AUTH__ISSUERS__0__SECRET".to_owned(),
                random_secret()?,
            ),
        ]);
        std::fs::write(folder.join("policy.toml"), POLICY).map_err(failed)?;
        config::load(CONFIG, &folder.join("flagward.toml"), &environment).map_err(usage)
    }
}

fn token(config: &Config, subject: &str, team: &str) -> Result<String, Failure> {
    let issuer = config
        .auth
        .issuers
        .first()
        .ok_or_else(|| failed("the demo has no issuer"))?;
    mint(
        issuer,
        subject,
        &[team.to_owned()],
        TOKEN_LIFE,
        Clock::system().now(),
    )
    .map_err(failed)
}

/// A secret of this run alone, so that a demo's tokens are good for nothing else.
fn random_secret() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut bytes).or(Err(failed("no randomness to be had")))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A folder for the demo's policy, so that it can be edited while it runs. Removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("flagward-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(failed)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It holds a copy of the demo's policy and nothing else; if it stays behind, nobody is harmed.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! Starts the demo, says what to try, and ends it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;

use super::folder::Folder;
use crate::auth::mint;
use crate::cli::options::Logging;
use crate::cli::output::{self, Failure, failed, say, usage};
use crate::cli::serve::{at_most_once_more, not_started};
use crate::clock::Clock;
use crate::config::{self, Config, Environment};
use crate::simulator::{Seed, Simulator, UserSettings};
use crate::startup::{Gateway, StartFault, Stops};

/// The policy of the demo: a reader and a writer, with a guard on production.
const POLICY: &str = include_str!("policy.toml");
/// The configuration of the demo, but for its address, its upstream and its secrets.
const CONFIG: &str = include_str!("flagward.toml");
/// What to try.
const GREETING: &str = include_str!("greeting.txt");
/// The choices of a backend, as the configuration names them.
const BACKENDS: [&str; 3] = ["auto", "user-settings", CONTEXTS];
/// The backend without the User Settings API.
const CONTEXTS: &str = "contexts";
/// How long the demo's tokens are good: a working day.
const TOKEN_LIFE: Duration = Duration::from_hours(12);
/// Threads that answer as `LaunchDarkly`.
const SIMULATOR_WORKERS: usize = 1;

/// Run the gateway with a built-in LaunchDarkly and a ready policy, and print lines to try
///
/// Needs nothing else: no account, no configuration, no network. Prints ready-to-paste curl lines with tokens for a
/// reader and a writer, and the address of a page to try everything on. Everything is forgotten when it ends.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagward demo
  flagward demo --listen 127.0.0.1:0
  flagward demo --backend contexts")]
pub(in crate::cli) struct Demo {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: SocketAddr,
    /// Which of LaunchDarkly's APIs serves; with `contexts` there is no other, as from 2027 on
    #[arg(long, default_value = "auto", value_name = "BACKEND", value_parser = BACKENDS)]
    backend: String,
    #[command(flatten)]
    logging: Logging,
}

impl Demo {
    pub(in crate::cli) fn run(self) -> Result<(), Failure> {
        self.logging.start()?;
        let clock = Clock::system();
        let simulator = Simulator::new(Seed::built_in(), clock.clone());
        if self.backend == CONTEXTS {
            simulator.set_user_settings(UserSettings::Retired);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let upstream = listener.local_addr().map_err(failed)?;
        let folder = Folder::new(&random()?)?;
        let slack = as_slack_s()?;
        let config = self.config(folder.path(), upstream, &simulator.token(), &slack)?;
        let credentials = Credentials::of(&config, slack)?;
        output::run(async {
            let mut stops = Stops::listen_in_terminal().map_err(failed)?;
            let server = simulator.serve(listener, SIMULATOR_WORKERS).map_err(failed)?;
            let handle = server.handle();
            let running = tokio::spawn(server);
            let gateway = Gateway::start(config, clock).map_err(|fault| self.not_started(fault))?;
            say(greeting(&gateway, upstream, folder.path(), &credentials))?;
            stops.first().await;
            let ending = async {
                let ended = gateway.stop().await;
                handle.stop(false).await;
                ended
            };
            at_most_once_more(&mut stops, ending).await?.map_err(failed)?;
            running.await.map_err(failed)?.map_err(failed)?;
            say("The demo is over, and everything in it forgotten.")
        })
    }

    fn config(
        &self,
        folder: &Path,
        upstream: SocketAddr,
        token: &str,
        slack: &str,
    ) -> Result<Config, Failure> {
        let environment = Environment::from([
            ("FLAGWARD__SERVER__LISTEN".to_owned(), self.listen.to_string()),
            ("FLAGWARD__LAUNCHDARKLY__BASE_URL".to_owned(), format!("http://{upstream}")),
            ("FLAGWARD__LAUNCHDARKLY__TOKEN".to_owned(), token.to_owned()),
            ("FLAGWARD__LAUNCHDARKLY__BACKEND".to_owned(), self.backend.clone()),
            ("FLAGWARD__AUTH__ISSUERS__0__SECRET".to_owned(), random()?),
            ("FLAGWARD__CHAT__SIGNING_SECRET".to_owned(), random()?),
            ("FLAGWARD__CHAT__SLACK__SIGNING_SECRET".to_owned(), slack.to_owned()),
        ]);
        std::fs::write(folder.join("policy.toml"), POLICY).map_err(failed)?;
        config::load(CONFIG, &folder.join("flagward.toml"), &environment).map_err(usage)
    }

    fn not_started(&self, fault: StartFault) -> Failure {
        match &fault {
            StartFault::Listen { address, cause, .. } if *address == self.listen => {
                failed(format_args!(
                    "{address} can't be listened on: {cause}; take another with --listen 127.0.0.1:0"
                ))
            }
            StartFault::Policy(_)
            | StartFault::Key(_)
            | StartFault::Issuer { .. }
            | StartFault::Upstream(_)
            | StartFault::Chat(_)
            | StartFault::Listen { .. }
            | StartFault::System(_) => not_started(fault),
        }
    }
}

/// What the demo's callers show: two of them a token, a third the signature that Slack would make.
struct Credentials {
    reader: String,
    writer: String,
    slack: String,
}

impl Credentials {
    fn of(config: &Config, slack: String) -> Result<Self, Failure> {
        let issuers = &config.auth.issuers;
        let issuer = issuers.first().ok_or_else(|| failed("the demo has no issuer"))?;
        let now = Clock::system().now();
        let token = |subject: &str, team: &str| {
            mint(issuer, subject, &[team.to_owned()], TOKEN_LIFE, now).map_err(failed)
        };
        let (reader, writer) = (token("reader", "readers")?, token("writer", "writers")?);
        Ok(Self { reader, writer, slack })
    }
}

fn greeting(
    gateway: &Gateway,
    upstream: SocketAddr,
    folder: &Path,
    credentials: &Credentials,
) -> String {
    let facts = [
        ("{url}", format!("http://{}", reachable(gateway.address()))),
        ("{management}", format!("http://{}", gateway.management_address())),
        ("{simulator}", format!("http://{upstream}")),
        ("{policy}", folder.join("policy.toml").display().to_string()),
        ("{reader}", credentials.reader.clone()),
        ("{writer}", credentials.writer.clone()),
        ("{slack}", credentials.slack.clone()),
    ];
    let text = GREETING.trim_end().to_owned();
    facts.iter().fold(text, |text, (name, fact)| text.replace(name, fact))
}

/// Where someone on this machine reaches what listens at `address`.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    address
}

/// Text that nobody can guess, so that a demo's tokens are good for nothing else.
fn random() -> Result<String, Failure> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

/// The same as Slack makes its secrets: 32 hex digits, which any shell takes as they are.
fn as_slack_s() -> Result<String, Failure> {
    Ok(format!("{:032x}", u128::from_be_bytes(random_bytes()?)))
}

fn random_bytes<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0_u8; N];
    aws_lc_rs::rand::fill(&mut bytes).or(Err(failed("no randomness to be had")))?;
    Ok(bytes)
}

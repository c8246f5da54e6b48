//! A gateway with Slack at its door, before a slow simulator.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::time::Duration;

use flagward::auth::SlackSecrets;
use flagward::clock::Clock;
use flagward::config::{self, Environment};
use flagward::simulator::{Latency, Seed, Simulator};
use flagward::startup::Gateway;
use tempfile::TempDir;

use crate::sink::{AUTHORITY, Sink};

/// How long `LaunchDarkly` takes, in milliseconds.
pub(crate) const SLOW: u64 = 5_000;
const SECRET: &str = "a-secret-of-the-benches-and-nothing-else";
const BUTTON_SECRET: &str = "another-secret-of-the-benches-for-buttons";
const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
management_listen = "127.0.0.1:0"
shutdown_grace = "60s"
[[auth.issuers]]
name = "idp"
issuer = "https://idp.example.com"
audiences = ["flagward"]
algorithms = ["HS256"]
secret = "a-secret-of-the-benches-and-nothing-else"
[policy]
file = "policy.toml"
"#;
const POLICY: &str = r#"
[[teams]]
name = "t"
members = ["slack/T1/U1"]
[[teams.grants]]
projects = ["shop"]
environments = ["*"]
actions = ["read"]
"#;

/// A gateway and all around it.
pub(crate) struct Stage {
    pub(crate) secrets: SlackSecrets,
    pub(crate) response_host: String,
    gateway: Gateway,
    sink: Sink,
    _folder: TempDir,
}

impl Stage {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let clock = Clock::system();
        let simulator = Simulator::new(Seed::built_in(), clock.clone());
        let upstream = serve(&simulator)?;
        let sink = Sink::start().await?;
        let response_host = format!("localhost:{}", sink.address.port());
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("policy.toml"), POLICY)?;
        let environment = Environment::from(
            [
                ("LAUNCHDARKLY__BASE_URL", format!("http://{upstream}")),
                ("LAUNCHDARKLY__TOKEN", simulator.token()),
                ("LAUNCHDARKLY__BACKEND", "user-settings".to_owned()),
                ("CHAT__SIGNING_SECRET", BUTTON_SECRET.to_owned()),
                ("CHAT__SLACK__SIGNING_SECRET", SECRET.to_owned()),
                ("CHAT__SLACK__RESPONSE_HOST", response_host.clone()),
                ("CHAT__SLACK__CA_FILE", AUTHORITY.to_owned()),
            ]
            .map(|(key, value)| (format!("FLAGWARD__{key}"), value)),
        );
        let file = folder.path().join("flagward.toml");
        let config = config::load(CONFIG, &file, &environment)
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        let gateway = Gateway::start(config, clock)?;
        tokio::time::sleep(Duration::from_millis(500)).await; // it greets `LaunchDarkly`
        simulator.set_latency(Latency::fixed(SLOW));
        let secrets = SlackSecrets::new(&SECRET.into(), None);
        Ok(Self { secrets, response_host, gateway, sink, _folder: folder })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.gateway.address()
    }

    /// Ends it once all is done, and gives how many answers came later.
    pub(crate) async fn close(self) -> usize {
        // What is under way is waited for; if a part is cut off, the count says so.
        let _cut_off = self.gateway.stop().await;
        self.sink.taken.load(Ordering::Relaxed)
    }
}

/// Serves on a thread of its own, until the process ends.
fn serve(simulator: &Simulator) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let simulator = simulator.clone();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async { simulator.serve(listener, 1)?.await })
    });
    Ok(address)
}

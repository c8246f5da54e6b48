//! A gateway before a simulator, and a caller who counts what reaches the simulator.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use flagward::auth::mint;
use flagward::clock::Clock;
use flagward::config::{self, Environment};
use flagward::simulator::{Seed, Simulator};
use flagward::startup::Gateway;
use tempfile::TempDir;

/// More flags than fit into two pages.
const FLAGS: usize = 250;
/// Longer than anything is kept.
const PAST_ALL_THAT_IS_KEPT: Duration = Duration::from_secs(31);
const START: &str = "2026-11-21T12:00:00Z";
const CONFIG: &str = r#"
[server]
listen = "127.0.0.1:0"
management_listen = "127.0.0.1:0"
workers = 1
shutdown_grace = "0s"
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
members = ["idp/team:t"]
[[teams.grants]]
projects = ["web"]
environments = ["*"]
actions = ["read", "set", "clear", "schedule"]
"#;
/// A project of its own, so that the counts do not follow the built-in one's.
const ACCOUNT: &str = r#"{
    "tokens": [{"token": "api-of-the-benches", "name": "t"}],
    "projects": [{"key": "web", "environments": [{"key": "test"}]}]
}"#;

/// What a caller sends.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: String,
}

/// A gateway that knows nothing yet.
pub(crate) struct Stage {
    gateway: Gateway,
    simulator: Simulator,
    clock: Clock,
    bearer: String,
    _folder: TempDir,
}

impl Stage {
    pub(crate) fn open(backend: &str) -> anyhow::Result<Self> {
        let clock = Clock::manual(START.parse()?);
        let seed = Seed::parse(ACCOUNT)?.with_many_flags("web", FLAGS);
        let simulator = Simulator::new(seed, clock.clone());
        let address = serve(&simulator)?;
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("policy.toml"), POLICY)?;
        let environment = Environment::from([
            ("FLAGWARD__LAUNCHDARKLY__BASE_URL".to_owned(), format!("http://{address}")),
            ("FLAGWARD__LAUNCHDARKLY__TOKEN".to_owned(), simulator.token()),
            ("FLAGWARD__LAUNCHDARKLY__BACKEND".to_owned(), backend.to_owned()),
        ]);
        let file = folder.path().join("flagward.toml");
        let config = config::load(CONFIG, &file, &environment)
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
        let issuer = config.auth.issuers.first().context("there is an issuer")?;
        let (teams, hour) = (["t".to_owned()], Duration::from_hours(1));
        let token = mint(issuer, "alice", &teams, hour, clock.now())?;
        let gateway = Gateway::start(config, clock.clone())?;
        let bearer = format!("Bearer {token}");
        Ok(Self { gateway, simulator, clock, bearer, _folder: folder })
    }

    /// The id of the variation that is `true` of a flag.
    pub(crate) fn variation(&self, flag: &str) -> anyhow::Result<String> {
        self.simulator.variation_id("web", flag, "true").context("there is such a variation")
    }

    /// The time in some hours, in milliseconds.
    pub(crate) fn in_hours(&self, hours: i64) -> i64 {
        self.clock.now().as_millisecond() + hours * 3_600_000
    }

    /// Makes the gateway forget what it keeps.
    pub(crate) fn forget(&self) {
        self.clock.advance(PAST_ALL_THAT_IS_KEPT);
    }

    /// Asks, and counts the calls that it takes.
    pub(crate) fn count(&self, ask: &Ask) -> anyhow::Result<usize> {
        self.simulator.forget_requests();
        let status = send(self.gateway.address(), &self.bearer, ask)?;
        ensure!((200..300).contains(&status), "{ask:?}: {status}");
        // Whose token it is, and which versions there are, is asked in the background.
        let of_operators = ["/api/v2/caller-identity", "/api/v2/versions"];
        let requests = self.simulator.requests();
        Ok(requests.iter().filter(|one| !of_operators.contains(&&*one.path)).count())
    }

    pub(crate) async fn close(self) {
        // No grace is given, so that cutting off is what is to be expected.
        let _cut_off = self.gateway.stop().await;
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

/// The status of the answer, once all of it is there.
fn send(address: SocketAddr, bearer: &str, ask: &Ask) -> anyhow::Result<u16> {
    let Ask { method, path, body } = ask;
    let mut stream = TcpStream::connect(address)?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nAuthorization: {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut received = String::new();
    stream.read_to_string(&mut received)?;
    let status = received.split(' ').nth(1).context("an answer has a status")?;
    Ok(status.parse()?)
}

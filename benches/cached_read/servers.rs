//! The two servers that are compared, each a process of its own so that its CPU time can be told apart, and the
//! upstream behind Flagward.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use actix_web::http::header::ContentType;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Context as _;
use flagward::clock::Clock;
use flagward::config;
use flagward::startup::Gateway;
use mimalloc::MiMalloc;
use wiremock::matchers::path_regex;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::load::Load;
use super::tokens::{SECRET, Tokens};

/// As the real binary has it; the bare server has it too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What a process of ours is told to be.
pub(super) const BARE: &str = "serve-bare";
pub(super) const GATEWAY: &str = "serve-gateway";

/// The unit of `/proc/…/stat`: Linux shows every program hundredths of a second, whatever its own clock.
const TICKS_PER_SECOND: f64 = 100.0;
const FLAGS: usize = 200;

/// A server that runs until this is dropped.
pub(super) struct Server {
    process: Child,
    pub(super) address: SocketAddr,
}

/// What both servers answer.
pub(super) struct Bodies {
    one: Bytes,
    list: Bytes,
}

impl Server {
    /// Starts this program again as one of the servers, which says where it listens.
    pub(super) fn start(role: &str, folder: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(role)
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().context("no output")?;
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        // From here on it is ended whatever happens.
        let mut server = Self { process, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        read?;
        server.address = line.trim().parse().with_context(|| format!("{role} did not start"))?;
        Ok(server)
    }

    /// The CPU time that the process has taken so far.
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name in parentheses may have spaces; after it utime and stime are the 12th and 13th.
        let (_, fields) = stat.rsplit_once(')').context("/proc/…/stat has no name")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        let ticks: u32 = ticks.sum::<Result<_, _>>()?;
        Ok(f64::from(ticks) / TICKS_PER_SECOND)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Bodies {
    /// As the gateway answers them.
    pub(super) fn ask(gateway: &Server, token: &str) -> anyhow::Result<Self> {
        let ask = |path| {
            let mut load = Load::open(gateway.address, path, Some(token))?;
            anyhow::Ok(Bytes::copy_from_slice(load.body()?))
        };
        Ok(Self { list: ask(super::LIST)?, one: ask(super::ONE)? })
    }

    pub(super) fn keep_in(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::write(folder.join("one.json"), &self.one)?;
        std::fs::write(folder.join("list.json"), &self.list)
    }

    fn kept_in(folder: &Path) -> std::io::Result<Self> {
        let read = |name| std::fs::read(folder.join(name)).map(Bytes::from);
        Ok(Self { one: read("one.json")?, list: read("list.json")? })
    }
}

/// Two routes, each with a body that is there already.
pub(super) fn serve_bare(folder: &Path) -> anyhow::Result<()> {
    let bodies = Data::new(Bodies::kept_in(folder)?);
    let json =
        |body: &Bytes| HttpResponse::Ok().content_type(ContentType::json()).body(body.clone());
    let one = move |bodies: Data<Bodies>| std::future::ready(json(&bodies.one));
    let list = move |bodies: Data<Bodies>| std::future::ready(json(&bodies.list));
    tokio::runtime::Runtime::new()?.block_on(async {
        let server = HttpServer::new(move || {
            const LIST: &str =
                "/v1/projects/{project}/environments/{environment}/users/{user}/flags";
            App::new()
                .app_data(bodies.clone())
                .route(LIST, web::get().to(list))
                .route(&format!("{LIST}/{{flag}}"), web::get().to(one))
        });
        let server = server.workers(1).bind("127.0.0.1:0")?;
        say(*server.addrs().first().context("no address")?)?;
        Ok(server.run().await?)
    })
}

/// What `flagward serve` does, but that it says where it listens.
pub(super) fn serve_gateway(folder: &Path) -> anyhow::Result<()> {
    let file = folder.join("flagward.toml");
    let config = config::load(&std::fs::read_to_string(&file)?, &file, &config::Environment::new());
    let config = config.map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let gateway = Gateway::start(config, Clock::system())?;
        say(gateway.address())?;
        std::future::pending().await
    })
}

fn say(address: SocketAddr) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{address}")
}

/// Writes configuration, policy and key for the gateway. Entries outlive the run, so that every read is a hit.
pub(super) fn write_configuration(
    folder: &Path,
    upstream: &MockServer,
    tokens: &Tokens,
) -> std::io::Result<()> {
    let upstream = upstream.uri();
    let config = format!(
        r#"
[server]
listen = "127.0.0.1:0"
management_listen = "127.0.0.1:0"
workers = 1
[launchdarkly]
base_url = "{upstream}"
token = "api-00000000-0000-0000-0000-000000000000"
[[auth.issuers]]
name = "hs"
issuer = "hs"
audiences = ["flagward"]
algorithms = ["HS256"]
secret = "{SECRET}"
[[auth.issuers]]
name = "rs"
issuer = "rs"
audiences = ["flagward"]
algorithms = ["RS256"]
public_key_file = "rsa.pub.pem"
[policy]
file = "policy.toml"
[cache]
ttl = "1h"
"#
    );
    let policy = r#"
[[teams]]
name = "readers"
members = ["hs/team:readers", "rs/team:readers"]
  [[teams.grants]]
  projects = ["web"]
  environments = ["*"]
  actions = ["read"]
"#;
    std::fs::write(folder.join("flagward.toml"), config)?;
    std::fs::write(folder.join("policy.toml"), policy)?;
    std::fs::write(folder.join("rsa.pub.pem"), &tokens.public_key_pem)
}

/// An upstream that knows one user and their 200 flags.
pub(super) async fn upstream() -> MockServer {
    let server = MockServer::start().await;
    let json = |body: String| ResponseTemplate::new(200).set_body_raw(body, "application/json");
    let one = Mock::given(path_regex("/flags/[^/]+$")).respond_with(json(flag(1)));
    let list = Mock::given(path_regex("/flags$")).respond_with(json(flags()));
    server.register(one).await;
    server.register(list).await;
    server
}

fn flag(number: usize) -> String {
    let on = number.is_multiple_of(2);
    format!(
        r#"{{"_links":{{"self":{{"href":"/api/v2/users/web/production/user-1/flags/flag-{number:03}","type":"application/json"}}}},"_value":{on},"setting":null,"reason":{{"kind":"RULE_MATCH","ruleIndex":{}}}}}"#,
        number % 7
    )
}

fn flags() -> String {
    let mut items = String::new();
    for number in 0..FLAGS {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(items, r#"{comma}"flag-{number:03}":{}"#, flag(number));
    }
    format!(
        r#"{{"_links":{{"self":{{"href":"/api/v2/users/web/production/user-1/flags","type":"application/json"}}}},"items":{{{items}}}}}"#
    )
}

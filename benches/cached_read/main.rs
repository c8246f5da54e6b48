//! What a cached read costs beside a bare actix-web handler that answers the same body: `cargo bench --bench cached_read`.
//!
//! Both are processes of their own, with one worker, asked over keep-alive connections on loopback. What is compared
//! is the CPU time of the server (user and system), since requests per second say more about whatever else runs. The
//! samples of a round follow each other at once, so that a busy neighbour disturbs all of them alike; nothing fails if a
//! figure is bad.

mod load;
mod servers;
mod table;
mod tokens;

use std::path::Path;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use load::{Load, Sample};
use servers::{Bodies, Server};
use table::Table;
use tokens::Tokens;

/// How often each is sampled. The medians of five leave out what a neighbour spoiled.
const ROUNDS: usize = 5;
/// Requests of one sample: half a second of CPU, which Linux counts in hundredths.
const ONES: usize = 100_000;
const LISTS: usize = 50_000;

const ONE: &str = "/v1/projects/web/environments/production/users/user-1/flags/flag-001";
const LIST: &str = "/v1/projects/web/environments/production/users/user-1/flags";

/// One thing to measure: which server, which path, how many requests, under which heading.
struct Case<'a> {
    name: &'static str,
    server: &'a Server,
    path: &'static str,
    requests: usize,
    token: Option<&'a str>,
}

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some(servers::BARE), Some(folder)) => servers::serve_bare(Path::new(&folder)),
        (Some(servers::GATEWAY), Some(folder)) => servers::serve_gateway(Path::new(&folder)),
        // What `cargo test --benches` and the like start is not meant to take a minute.
        (first, _) if first != Some("--bench") => Ok(()),
        _ => compare(),
    }
}

fn compare() -> anyhow::Result<()> {
    ensure!(Path::new("/proc/self/stat").exists(), "CPU time is read from /proc: this needs Linux");
    let runtime = tokio::runtime::Runtime::new()?;
    let upstream = runtime.block_on(servers::upstream());
    // Of flags: now and then the gateway asks whether its token is still good.
    let asked = || {
        let all = runtime.block_on(upstream.received_requests()).unwrap_or_default();
        all.iter().filter(|request| request.url.path().contains("/flags")).count()
    };
    let folder = TempDir::new()?;
    let tokens = Tokens::new()?;
    servers::write_configuration(folder.path(), &upstream, &tokens)?;
    let gateway = Server::start(servers::GATEWAY, folder.path())?;
    Bodies::ask(&gateway, &tokens.hs256)?.keep_in(folder.path())?;
    let bare = Server::start(servers::BARE, folder.path())?;

    let before = asked();
    let mut table = Table::default();
    for round in 0..ROUNDS {
        for case in cases(&bare, &gateway, &tokens) {
            let sample =
                case.measure().with_context(|| format!("round {round} of {}", case.name))?;
            table.add(case.name, sample);
        }
    }
    ensure!(asked() == before, "not every answer came from the cache");
    table.print(&mut std::io::stdout().lock())?;
    Ok(())
}

/// In each group the bare one first: the others are compared with it.
fn cases<'a>(bare: &'a Server, gateway: &'a Server, tokens: &'a Tokens) -> [Case<'a>; 6] {
    let hs256 = Some(tokens.hs256.as_str());
    let rs256 = Some(tokens.rs256.as_str());
    let one = |name, server, token| Case { name, server, path: ONE, requests: ONES, token };
    let list = |name, server, token| Case { name, server, path: LIST, requests: LISTS, token };
    [
        one("one flag, bare", bare, None),
        one("one flag, Flagward, HS256", gateway, hs256),
        one("one flag, Flagward, RS256", gateway, rs256),
        list("200 flags, bare", bare, None),
        list("200 flags, Flagward, HS256", gateway, hs256),
        list("200 flags, Flagward, RS256", gateway, rs256),
    ]
}

impl Case<'_> {
    fn measure(&self) -> anyhow::Result<Sample> {
        let mut load = Load::open(self.server.address, self.path, self.token)?;
        load.ask(self.requests / 10)?; // warm
        let before = self.server.cpu_seconds()?;
        let sample = load.ask(self.requests)?;
        let cpu_seconds = self.server.cpu_seconds()? - before;
        Ok(Sample { cpu_seconds, ..sample })
    }
}

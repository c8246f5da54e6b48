//! How soon Slack is acknowledged while `LaunchDarkly` is slow: `cargo bench --bench chat_ack`.
//!
//! 500 commands a second for ten seconds, each a read of another user, so that nothing is remembered, with a
//! `LaunchDarkly` that takes five seconds for each. Gateway, simulator, Slack and its response host share this process and
//! this machine; all of it is loopback. Slack waits for three seconds at most.

mod load;
mod sink;
mod stage;
mod table;

use std::time::Duration;

/// Commands a second, and for how long.
const RATE: u32 = 500;
const LASTS: Duration = Duration::from_secs(10);

#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn main() -> anyhow::Result<()> {
    // What `cargo test --benches` and the like start is not meant to take any time.
    if std::env::args().any(|one| one == "--bench") {
        println!("{}", tokio::runtime::Runtime::new()?.block_on(run())?);
    }
    Ok(())
}

async fn run() -> anyhow::Result<String> {
    let stage = stage::Stage::open().await?;
    let acknowledged = load::commands(&stage, RATE, LASTS).await?;
    let taken = stage.close().await;
    Ok(table::table(&acknowledged, taken))
}

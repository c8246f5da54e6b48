//! How many calls of LaunchDarkly's API each operation takes, by backend: `cargo bench --bench upstream_calls`.
//!
//! Calls are counted, and time is not measured, so that the figures are the same everywhere. A test holds the table of
//! `benches/README.md` to them.

mod scenes;
mod stage;
mod table;

#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn main() -> anyhow::Result<()> {
    // What `cargo test --benches` and the like start is not meant to take any time.
    if std::env::args().any(|one| one == "--bench") {
        println!("{}", tokio::runtime::Runtime::new()?.block_on(table::table())?);
    }
    Ok(())
}

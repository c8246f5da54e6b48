//! The one test binary: real servers on free ports.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on should say so and stop; clippy's own exceptions don't reach helpers"
)]

mod drop_in_writes;
mod dry_run;
mod flags;
mod guards;
mod house;
mod official;
mod simulator_conformance;
mod simulator_faults;
mod undo;
mod wire;
mod writes;
mod writes_kit;

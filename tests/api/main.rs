//! The one test binary: real servers on free ports.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on should say so and stop; clippy's own exceptions don't reach helpers"
)]

mod architecture;
mod authentication;
mod bad_bodies;
mod bad_input;
mod caching;
mod denials;
mod drop_in_reads;
mod flags;
mod health;
mod house;
mod must_not_compile;
mod logs;
mod metrics;
mod official;
mod outcome;
mod reads;
mod scope;
mod simulator_conformance;
mod simulator_faults;
mod wire;

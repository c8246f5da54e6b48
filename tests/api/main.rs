//! The one test binary: real servers on free ports.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on should say so and stop; clippy's own exceptions don't reach helpers"
)]

mod author;
mod coherence;
mod coherence_acts;
mod coherence_model;
mod coherence_stage;
mod drop_in_writes;
mod dry_run;
mod flags;
mod guards;
mod hang_up;
mod house;
mod journal;
mod official;
mod simulator_conformance;
mod simulator_faults;
mod undo;
mod wire;
mod writes;
mod writes_kit;

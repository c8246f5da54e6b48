//! What makes the simulator slow, faulty or strict: latency, faults, rate limits, and the end of the
//! User Settings API.

mod fault;
mod latency;
mod limits;
mod sunset;

pub use fault::{Fault, FaultKind, Matching};
pub use latency::Latency;
pub use limits::Limits;
pub use sunset::UserSettings;

pub(super) use latency::Pauses;
pub(super) use limits::Windows;

//! Joins the rooms. The only place that knows all of them.
//!
//! [`Gateway::start`] opens the ports and gives back a running gateway; [`Gateway::stop`] ends it in the order that
//! loses nothing: no longer ready, then no new connections, then requests under way, then writes under way.

mod comparable;
mod fault;
mod gateway;
mod policy_file;
mod reloader;
mod rooms;
mod servers;
mod signals;
#[cfg(test)]
mod tests;
mod upstream_watch;

pub use comparable::{Comparable, comparable};
pub use fault::StartFault;
pub use gateway::{Gateway, check_token};
pub use policy_file::{LoadedPolicy, PolicyFile, PolicyFileFault};
pub use signals::Stops;

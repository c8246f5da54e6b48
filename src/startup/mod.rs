//! Joins the rooms. The only place that knows all of them.
//!
//! [`Gateway::start`] opens the ports and gives back a running gateway; [`Gateway::stop`] ends it in the order that
//! loses nothing: no longer ready, then no new connections, then requests under way, then writes under way. What
//! outlasts the grace is cut off, each write with a line in the log.

mod comparable;
mod fault;
mod gateway;
mod hooks;
mod key_change;
mod key_fetch;
mod key_file;
mod key_once;
mod key_watch;
mod key_watches;
mod policy_file;
mod reloader;
mod rooms;
mod servers;
mod signals;
#[cfg(test)]
mod tests;
mod upstream_watch;
mod watched_file;

pub use comparable::{Comparable, comparable};
pub use fault::StartFault;
pub use gateway::{CutOff, Gateway, Online, check_online};
pub use key_once::{FetchedKeys, fetch_keys};
pub use policy_file::{LoadedPolicy, PolicyFile, PolicyFileFault};
pub use signals::Stops;

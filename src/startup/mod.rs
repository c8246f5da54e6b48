//! Joins the rooms. The only place that knows all of them.
//!
//! [`Gateway::start`] opens the ports and gives back a running gateway; [`Gateway::stop`] ends it in the order that
//! loses nothing: no longer ready, then no new connections, then requests under way, then writes under way.

mod gateway;
mod greeting;
mod policy;
mod signals;

pub use gateway::{Gateway, StartFault, check_token};
pub use policy::{PolicyFileFault, load_policy};
pub use signals::until_told_to_stop;

//! Slack's door: what Slack sends is verified before it is read, what was asked for is done behind an acknowledgement, and
//! what we say is put into Slack's blocks.
//!
//! ```text
//! receive (raw bytes, signature)  →  command | interaction | event (fields)  →  door (once, room)  →  the desk
//!                                                                blocks (an answer)  ←  respond (posts it later)
//! ```
//!
//! - [`Slack`] has the three endpoints, one file each, as [`Hook`](super::Hook)s.
//! - A signature proves that Slack sent something, not that it is new: what comes twice is done once.
//! - Ids count, names never: anybody may be called anything.

mod actions;
mod blocks;
mod command;
mod door;
mod event;
mod form;
mod interaction;
mod receive;
mod respond;
pub mod text;
mod wire;

pub use door::Slack;

/// What this platform is called in metrics, and in `members`.
const PLATFORM: &str = "slack";

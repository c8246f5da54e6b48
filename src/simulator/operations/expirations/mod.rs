//! Scheduled removals of targets. One list of them is seen from three sides:
//!
//! - `user`: of one user on all flags, the User Settings operations;
//! - `flag`: on one flag, of its users, or of its contexts of every kind;
//! - `instructions`: what can be asked for, in the words of each side;
//! - `patch`: how that is followed, whichever side it comes from;
//! - `view`: how a scheduled removal is written.
//!
//! Undocumented upstream and decided here: `instructionIndex` counts from 0; instructions that can be followed
//! are followed even when others fail; a date that is not in the future fails; a body that is not a semantic
//! patch of the right shape is refused whole with a 400; a lost lock on any of the flags refuses the whole with
//! a 409; the answer lists all that is scheduled afterwards for the user, or on the flag.

mod instructions;
mod patch;
mod view;

pub(super) mod flag;
pub(super) mod user;

/// What `LaunchDarkly` allows or denies when a scheduled removal is changed.
const ACTION: &str = "updateExpiringTargets";

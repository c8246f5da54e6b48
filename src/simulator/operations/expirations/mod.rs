//! Scheduled removals of targets. One list of them is seen from three sides:
//!
//! - `user`: of one user on all flags, the User Settings operations;
//! - `flag_users`: of all users on one flag;
//! - `flag_contexts`: of the contexts of every kind on one flag;
//! - `patch`: how instructions are followed, whichever side they come from;
//! - `view`: how a scheduled removal is written.
//!
//! Undocumented upstream and decided here: `instructionIndex` counts from 0; instructions that can be followed
//! are followed even when others fail; a date that is not in the future fails; a body that is not a semantic
//! patch of the right shape is refused whole with a 400; a lost lock on any of the flags refuses the whole with
//! a 409; the answer lists all that is scheduled afterwards for the user, or on the flag.

mod patch;
mod view;

pub(super) mod flag_contexts;
pub(super) mod flag_users;
pub(super) mod user;

/// What `LaunchDarkly` allows or denies when a scheduled removal is changed.
const ACTION: &str = "updateExpiringTargets";

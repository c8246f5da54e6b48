//! What the simulated account holds: projects, environments, flags, targets, expirations, history.
//!
//! - `flag`: a flag and how it is targeted in one environment;
//! - `context`: who flags are evaluated for;
//! - `evaluate`: which value they receive, and why;
//! - `account`: everything together, and the changes that it can undergo;
//! - `expiring`: scheduled removals, and what happens when their time comes;
//! - `history`: who changed what.

mod account;
mod context;
mod evaluate;
mod expiring;
mod flag;
mod history;

pub(super) use account::{Account, Environment, Project, Record};
pub(super) use context::{Attributes, Context, USER, is_kind};
pub(super) use evaluate::{WHOLE_ROLLOUT, evaluate};
pub(super) use expiring::{Expiring, Place, Scheduling};
pub(super) use flag::{Flag, Serve, Targeting, Targets, Variation};
pub(super) use history::By;
pub use history::{Change, ChangeKind};

/// FNV-1a, which is short, fixed, and good enough to spread users over a rollout.
pub(super) fn flag_hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

//! May they? Teams, grants, denies and guards make a [`Permit`], and without one nothing below this room
//! answers.
//!
//! - A [`Policy`] is one version of the policy file; [`Policies`] holds the one in force.
//! - An [`Identity`] is a caller together with the teams that one version gives them.
//! - [`Policy::authorize`] decides, counts and logs, and is the only maker of a [`Permit`].
//! - A permit for a write is exchanged for an [`Operation`], which allows the steps of that change and
//!   nothing after. Freezes and guards are checked in that exchange, so that no door can forget them.
//! - An [`Errand`] is for what belongs to no caller.

mod action;
mod decision;
mod errand;
mod file;
mod freeze;
mod glob;
mod guard;
mod identity;
mod member;
mod operation;
mod part;
mod permit;
mod policies;
mod reader;
mod resource;
mod rules;
mod rules_reader;
mod step;
mod summary;
#[cfg(test)]
mod tests;

pub use action::{Action, ActionKind, ActionSet, Clear, Includes, Read, Schedule, Set, SetOrClear};
pub use decision::{Decision, Denied, Rule};
pub use errand::Errand;
pub use file::Policy;
pub use freeze::{Frozen, NotBegun};
pub use glob::Glob;
pub use guard::{End, GuardUnmet, Guards};
pub use identity::{ClauseSummary, Identity, ScopeSummary};
pub use operation::{Declared, Operation};
pub use part::{MayRead, Part};
pub use permit::Permit;
pub use policies::Policies;
pub use reader::PolicyFault;
pub use resource::Resource;
pub use step::{ExpirationStep, Patch, Put};
pub use summary::Summary;

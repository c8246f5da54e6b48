//! Every failure that reaches a caller: a slug, a sentence written for them, and nothing else. Causes, addresses and
//! type names go to the log only.
//!
//! The one place that maps: there is no `_` arm, so a new error does not compile until someone has thought about
//! its answer. What a status is, each door knows.
//!
//! - [`Slug`] names the kind of a failure, [`Fault`] a mistake in a request, [`Problem`] is the whole.
//! - `mapping` makes a problem of every room's error.

mod fault;
mod mapping;
mod slug;
mod whole;

pub use fault::{Fault, Spot};
pub use slug::Slug;
pub use whole::{Problem, Progress};

//! Whether both backends say the same: so that an operator can prove the change-over before the day on which it must
//! happen.
//!
//! - [`Sides`] asks both backends one [`Question`] and says in what their answers differ. A difference is looked at
//!   twice, so that a change between two calls is not one.
//! - [`difference`] compares two answers, and does nothing else.
//! - A [`Shadow`] does that for some of the reads that callers ask for, off their path: it has a pace of its own, never
//!   keeps a caller waiting, never touches the cache, and leaves the last of `LaunchDarkly`'s rate limits to callers.
//! - A [`Report`] is what it has found so far. It has neither values nor the keys of users.
//!
//! Links are not compared: nobody acts on them, and those of the replacement APIs are made up.

mod comparer;
pub mod difference;
mod hash;
mod ledger;
mod memory;
mod pace;
mod sides;
#[cfg(test)]
mod tests;

pub use comparer::{Options, Shadow, State};
pub use difference::{Difference, Kind};
pub use hash::UserHash;
pub use ledger::{Comparisons, Record, Report, Summary};
pub use pace::Pace;
pub use sides::{Question, Seen, Sides};

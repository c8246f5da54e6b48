//! What the desk says, in words: one file for each kind of answer.
//!
//! Our own words are plain and say what to do next. Somebody else's (values, users, notes, patterns, what `LaunchDarkly`
//! says) stand only where a platform shows them as they are, with what hides in them spelled out, and never in a summary.

mod flag;
mod help;
mod list;
mod misread;
mod press;
mod problems;
mod question;
mod receipt;
mod refusals;
mod shape;
#[cfg(test)]
mod tests;
mod trouble;
mod whoami;
mod why;
mod words;

pub(super) use flag::{FlagBody, flag};
pub(super) use help::help;
pub(super) use list::{ListBody, Wanted, list};
pub(super) use press::{cancelled, not_done};
pub(super) use question::question;
pub(super) use receipt::{Done, receipt};
use shape::{in_channel, only_asker};
pub(super) use trouble::trouble;
pub(super) use whoami::whoami;

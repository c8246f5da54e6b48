//! Asking `LaunchDarkly`. The only room that talks to it, and the only holder of the shared token.
//!
//! - A [`Client`] has one method per operation, each of which takes the proof that it may be done.
//! - `functions` has the five that callers want; `user_settings` and `contexts` serve them, the first from the API that
//!   `LaunchDarkly` removes after 2026-12-31 and the second from those that take its place. `backends` says which.
//! - `flags` are definitions of flags, which `contexts` needs with every answer and gets from whoever remembers them.
//! - `paths` builds every URL, segment by segment, from the target of a proof; `pages` fetches lists that come in pages.
//! - `transport` sends: deadline, retries, counters, the token.
//! - `thrift` is how much of the rate limits somebody may spend.
//! - `bodies` bounds the memory that answers take while they come in.
//! - `budget` remembers what `LaunchDarkly` said about its rate limits, and refuses before it has to.
//! - `wire` is `LaunchDarkly`'s JSON, which nothing else knows.

mod answers;
mod backends;
mod bodies;
mod budget;
mod call;
mod client;
mod contexts;
mod failure;
mod flags;
mod functions;
mod limits;
mod pages;
mod paths;
mod retry;
mod tally;
mod thrift;
mod transport;
mod user_settings;
mod wire;

#[cfg(test)]
mod tests;

pub use answers::{
    CallerIdentity, ExpirationItem, Expirations, FlagSetting, PatchError, PatchReport, Reason,
    UserSettings, Versions,
};
pub use backends::{Backend, Choice};
pub use call::Draft;
pub use client::{Client, ClientFault, Options};
pub use failure::{Applied, Failure, Invalid, Says};
pub use flags::{Attributes, FlagDocument, FlagDocuments, FlagsOfUser, Remembered, Variation};

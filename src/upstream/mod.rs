//! Asking `LaunchDarkly`. The only room that talks to it, and the only holder of the shared token.
//!
//! - A [`Client`] has one method per operation, each of which takes the proof that it may be done.
//! - `paths` builds every URL, segment by segment, from the target of that proof.
//! - `transport` sends: deadline, retries, counters, the token.
//! - `bodies` bounds the memory that answers take while they come in.
//! - `budget` remembers what `LaunchDarkly` said about its rate limits, and refuses before it has to.
//! - `wire` is `LaunchDarkly`'s JSON, which nothing else knows.
//! - `user_settings` serves the five functions from the User Settings API. It knows nothing that the methods of
//!   [`Client`] don't say, so that the replacement APIs can take its place.

mod answers;
mod bodies;
mod budget;
mod call;
mod client;
mod failure;
mod limits;
mod paths;
mod retry;
mod tally;
mod transport;
mod user_settings;
mod wire;

#[cfg(test)]
mod tests;

pub use answers::{
    CallerIdentity, ExpirationItem, Expirations, FlagDocument, FlagSetting, PatchError,
    PatchReport, Reason, UserSettings, Variation, Versions,
};
pub use call::Draft;
pub use client::{Client, ClientFault, Options};
pub use failure::{Applied, Failure, Invalid, Says};

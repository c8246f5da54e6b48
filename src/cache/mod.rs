//! What was asked of `LaunchDarkly` a moment ago. The only wrapper of moka.
//!
//! - [`Cache::look`] takes a permit: permission comes before the look-up, and the key is made from what the
//!   permit is for.
//! - Identical reads under way make one call ([`flights`](self)); a failed one is not remembered.
//! - **A write moves its user's generation** before it is sent and after every outcome
//!   ([`Cache::begin_write`]). The generation is part of each key, so what was fetched before a write was
//!   answered is never found after it, however late the fetch comes home. moka alone would keep it: an
//!   `invalidate` does not reach a load under way.
//! - What all users share, such as the definitions of flags, is not void for all of them when a write changes the
//!   targets of one: each user's touches are counted, and what is older than the last is fetched again for that user.
//! - No entry outlives the next expiration that is known of its user.
//!
//! Time is the injected clock's, since moka's own can't be moved by a test; moka's time to live is only
//! there to give memory back.

mod ends;
mod flights;
mod generations;
mod key;
mod look;
mod store;
#[cfg(test)]
mod tests;
mod touches;

pub use key::Kind;
pub use look::{Found, Freshness, Look, Outcome};
pub use store::{Cache, Limits, Weigh, Writing};

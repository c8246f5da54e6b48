//! What was asked of `LaunchDarkly` a moment ago. The only wrapper of moka.
//!
//! - [`Cache::look`] takes a permit: permission comes before the look-up, and the key is made from what the
//!   permit is for.
//! - Identical reads under way make one call ([`flights`](self)); a failed one is not remembered.
//! - **A write moves its user's generation** before it is sent and after every outcome
//!   ([`Cache::begin_write`]). The generation is part of each key, so what was fetched before a write was
//!   answered is never found after it, however late the fetch comes home. moka alone would keep it: an
//!   `invalidate` does not reach a load under way.
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

pub use key::Kind;
pub use look::{Found, Freshness, Look, Outcome};
pub use store::{Cache, Limits, Weigh, Writing};

//! The five functions by the APIs that take the place of the User Settings API.
//!
//! | function | calls |
//! | --- | --- |
//! | list | evaluate, once; who is set to what comes from the flags' definitions |
//! | get | the same, narrowed to the flag |
//! | put | update flag settings for context |
//! | expirations | the expiring targets of each flag that is set for the user |
//! | change of expirations | one semantic patch for each flag |
//!
//! What a user is *set to* is read from the targets of the flag, never from the reason of an evaluation: a targeted
//! user of a flag that is off gets `OFF`, and is set all the same.
//!
//! - `api` asks.
//! - `shapes` puts the answers into the shapes of the User Settings API, which callers of the drop-in know.
//! - `merge` makes one answer of the patches of several flags.

mod api;
mod merge;
mod shapes;

pub(super) use api::ContextsApi;
pub(super) use shapes::in_order;

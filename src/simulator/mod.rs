//! A `LaunchDarkly` of our own: what teams test against, what the demo embeds, and what our own tests call.
//!
//! It knows projects, environments, flags, users, targets and expirations, and answers the five User Settings
//! operations, the calls that replace them (context setting, evaluate, expiring targets of a flag, flag list,
//! context records), the flag read, `versions` and `caller-identity` as `LaunchDarkly` does, its error bodies
//! included. Old and new calls see and change the same state: a user is the context of kind `user`.
//! Where `LaunchDarkly`'s behaviour is not documented, the module that decides it says so at its top. It shares
//! no code with our client of the API, so that one mistake cannot hide the other.
//!
//! - `seed`: what it starts with, and how that is written down;
//! - `world`: what it holds, and how that changes;
//! - `operations`: what it answers;
//! - `wire`: requests and answers;
//! - `switches`: latency, faults, rate limits, the end of the API;
//! - `handle`, `levers`: the [`Simulator`] that others hold, and its switches;
//! - `serve`, `damage`, `control`: the socket, broken answers, the routes for its operator;
//! - `state`, `json`: everything behind one lock; values kept to the byte.
//!
//! Beside `/api/v2` it has routes of its own, which need no token and are not recorded; `GET /simulator` lists
//! them with examples:
//!
//! | route | does |
//! | --- | --- |
//! | `GET /simulator` | says what there is |
//! | `GET /simulator/history` | what changed: who, when, with which words |
//! | `GET /simulator/requests` | the last 10,000 requests, tokens redacted |
//! | `PUT /simulator/latency` | a [`Latency`] |
//! | `PUT /simulator/limits` | [`Limits`] |
//! | `PUT /simulator/approvals` | whether changes in an environment need an approval, all or those to tagged flags |
//! | `PUT /simulator/locks` | how many writes to a flag lose its optimistic lock |
//! | `PUT /simulator/contexts` | whether what is stored of contexts may be read |
//! | `PUT /simulator/user-settings` | [`UserSettings`]: whether the five operations still answer |
//! | `GET`, `POST`, `DELETE /simulator/faults` | a [`Fault`] for the next requests that match |
//! | `POST /simulator/reset` | everything as it was at the start |
//!
//! Where `LaunchDarkly` is silent, this is what holds here; the modules that decide it say why:
//!
//! - clearing or moving a target drops its pending expiration (`world/expiring.rs`);
//! - instructions count from 0, and those that can be followed are, whatever becomes of the others; a date that
//!   is not in the future fails (`operations/expirations.rs`);
//! - a `setting` that is none of the variations is a 400, and numbers match by value, so that `2` finds `2.0`,
//!   but never by rounding (`json.rs`);
//! - archived flags are read by key and not listed; a PUT that changes nothing leaves no history
//!   (`operations/settings.rs`);
//! - `/users/P/X/expiring-user-targets/flags` means the expirations of user X in environment `flags`
//!   (`wire/route.rs`);
//! - the removed operations are a 404, and a retired version is a 400 (`switches/sunset.rs`);
//! - a context has a `kind`; the older form without is a 400 (`world/context.rs`);
//! - archived flags are not evaluated for a context that is sent (`operations/evaluations.rs`);
//! - a page of flags that is too large is a 400, and the order is that of the keys (`operations/flag/list.rs`);
//! - a context that was never seen has no records; the record seen last is what the User Settings operations
//!   evaluate with (`operations/contexts.rs`);
//! - one lost lock refuses a whole PATCH with a 409 (`operations/expirations`).
//!
//! Expirations take effect when their time has come by the injected clock, looked at on every access.

mod control;
mod damage;
mod handle;
mod json;
mod levers;
mod operations;
mod seed;
mod serve;
mod state;
mod switches;
#[cfg(test)]
mod tests;
mod wire;
mod world;

pub use handle::{Expiration, Simulator};
pub use seed::{BUILT_IN_READER_TOKEN, BUILT_IN_TOKEN, Seed, SeedFault};
pub use switches::{Fault, FaultKind, Latency, Limits, Matching, UserSettings};
pub use wire::RecordedRequest;
pub use world::{Change, ChangeKind};

//! What `LaunchDarkly` answers: one operation, one file.
//!
//! - `dispatch`: from a request to its operation: token, version, limits, route;
//! - `settings`: a user's flag settings, as they are read;
//! - `put`: the setting of a user or of another context, as it is written;
//! - `evaluations`: flags evaluated for a context that is sent;
//! - `contexts`: what is stored of a context;
//! - `expirations`: scheduled removals, read and patched;
//! - `flag`: flags in `LaunchDarkly`'s representation, one or a list;
//! - `identity`: versions and the caller's identity;
//! - `body`, `query`: how requests are read.

mod body;
mod contexts;
mod dispatch;
mod evaluations;
mod expirations;
mod flag;
mod identity;
mod put;
mod query;
mod settings;

pub(super) use dispatch::{Call, answer};

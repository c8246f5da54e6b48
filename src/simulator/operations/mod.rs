//! What `LaunchDarkly` answers: one operation, one file.
//!
//! - `dispatch`: from a request to its operation: token, version, limits, route;
//! - `settings`: a user's flag settings, read and written;
//! - `expirations`: scheduled removals, read and patched;
//! - `flag`: a flag in `LaunchDarkly`'s representation;
//! - `identity`: versions and the caller's identity.

mod dispatch;
mod expirations;
mod flag;
mod identity;
mod settings;

pub(super) use dispatch::{Call, answer};

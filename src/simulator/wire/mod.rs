//! Requests and answers as they go over the wire.
//!
//! - `request`: a request as it came, and the record that is kept of it;
//! - `route`: what a raw path names;
//! - `answer`: what is sent back;
//! - `refusal`: `LaunchDarkly`'s errors.

mod answer;
mod refusal;
mod request;
mod route;

pub(super) use answer::Answer;
pub(super) use refusal::{Refusal, documented};
pub use request::RecordedRequest;
pub(super) use request::Request;
pub(super) use route::{Route, encode, route};

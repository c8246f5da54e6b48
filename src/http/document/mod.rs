//! The `OpenAPI` document, made from the code, and the page that shows it.
//!
//! An endpoint's file says what is its own: its words, its bodies, its examples. What operations have in common (parts of
//! the path, headers, who may ask, and every answer to a failure) follows from their kind and is added here, so that no
//! endpoint can forget it. `HEAD` is not among the operations: it is `GET` without a body.

mod complete;
mod failures;
mod frame;
mod headers;
mod keys;
mod kind;
mod page;
mod parameters;
mod samples;
mod serve;

pub use frame::openapi_document;
pub(super) use keys::{Duration, Key, User};
pub(super) use page::{page, redirect};
pub(super) use serve::serve;

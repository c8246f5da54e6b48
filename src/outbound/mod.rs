//! The one room that builds HTTP clients, so that every one of them has bounds, no redirects and the
//! operator's proxy and certificate authority.

mod client;
mod get;
mod post;

pub use client::{OutboundFault, Settings, client};
pub use get::{GetFault, Getter, Got};
pub use post::{PostFault, Posted, Poster};

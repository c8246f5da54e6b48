//! The one room that builds HTTP clients, so that every one of them has bounds, no redirects and the
//! operator's proxy and certificate authority.

mod client;

pub use client::{OutboundFault, Settings, client};

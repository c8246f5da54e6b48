//! Flagward: an internal gateway to what one user gets from `LaunchDarkly`.
//!
//! One request takes one way through the house, and comes back the same way:
//!
//! ```text
//! http  →  auth  →  policy  →  settings  →  cache  →  upstream
//! (door)   (who)    (may they)  (use cases)  (remember)  (ask LaunchDarkly)
//! ```
//!
//! Failures come back as a `problem`, which each door puts into its own words.

pub mod auth;
pub mod cache;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod http;
pub mod outbound;
pub mod policy;
pub mod problem;
pub mod settings;
pub mod simulator;
pub mod startup;
pub mod telemetry;
pub mod upstream;

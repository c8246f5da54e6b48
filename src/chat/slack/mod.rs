//! Slack: what is Slack's own, before and after what every platform shares.

pub mod text;

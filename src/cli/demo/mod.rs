//! `flagward demo`: the gateway with a built-in `LaunchDarkly` and a ready policy.

mod folder;
mod run;

pub(super) use run::Demo;

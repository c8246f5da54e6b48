//! Flags in `LaunchDarkly`'s representation.
//!
//! - `read`: one flag;
//! - `list`: the flags of a project, page by page;
//! - `view`: a flag, with the environments asked for;
//! - `environment`: how a flag is targeted in one environment, whole or in short.

mod environment;
mod view;

pub(super) mod list;
pub(super) mod read;

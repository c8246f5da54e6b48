//! The routes, one endpoint a file.

pub(super) mod check_permission;
pub(super) mod clear_flag;
pub(super) mod drop_in_expirations;
pub(super) mod drop_in_flag;
pub(super) mod drop_in_flags;
pub(super) mod drop_in_patch;
pub(super) mod drop_in_put;
pub(super) mod expirations;
pub(super) mod flag;
pub(super) mod flags;
pub(super) mod health;
pub(super) mod schedule;
pub(super) mod set_flag;
mod table;
pub(super) mod unschedule;
pub(super) mod whoami;

pub(super) use table::{Include, is_of_drop_in, no_such_method, refusal};
pub use table::{ROUTES, Route, configure};

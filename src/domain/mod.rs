//! The words of the field, as types: keys, targets, values, expirations, authors. Text becomes one of them
//! at the door or it becomes a problem; inside there are no bare strings that mean something.
//!
//! For example: *caller* `idp/alice` asks to *set* the *flag* `sort.order` for the *user* `u1` in the
//! *environment* `production` of the *project* `shop`. The five keys make the *target*; the new value is a
//! *setting*; its scheduled end is an *expiration*.

mod author;
mod duration;
mod expiration;
mod json;
mod keys;
mod moment;
mod operation_id;
mod size;
mod target;
mod visible;

pub use author::{Author, COMMENT_LIMIT, Door, says_something};
pub use duration::{DurationFault, HumanDuration};
pub use expiration::{Expiration, expiry_in};
pub use json::{Json, JsonFault};
pub use keys::{EnvironmentKey, FlagKey, KeyFault, ProjectKey, UserKey};
pub use moment::rfc_3339;
pub use operation_id::OperationId;
pub use size::{Size, SizeFault};
pub use target::{FlagTarget, Place, UserTarget};
pub use visible::{is_invisible, visible};

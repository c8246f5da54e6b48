//! The name of one write, in receipts, logs and `LaunchDarkly`'s audit log alike.

use std::fmt;

use jiff::Timestamp;
use uuid::{NoContext, Uuid};

/// One write: `op_` and 32 hexadecimal digits of a time-ordered UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(Uuid);

impl OperationId {
    /// A new one, ordered by `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)))
    }
}

/// One that was made before.
impl From<Uuid> for OperationId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op_{}", self.0.simple())
    }
}

//! The version of the policy that is in force.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::file::Policy;

/// The policy in force.
#[derive(Debug)]
pub struct Policies {
    current: ArcSwap<Policy>,
}

impl Policies {
    /// Starts with `first`.
    #[must_use]
    pub fn new(first: Policy) -> Self {
        Self { current: ArcSwap::from_pointee(first) }
    }

    /// The version in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Policy> {
        self.current.load_full()
    }

    /// Puts a new version in force, whole and at once. Requests under way finish under the old one.
    pub fn replace(&self, next: Policy) {
        self.current.store(Arc::new(next));
    }

    /// Whether `policy` is the version in force.
    #[must_use]
    pub fn is_current(&self, policy: &Arc<Policy>) -> bool {
        Arc::ptr_eq(&self.current.load(), policy)
    }
}

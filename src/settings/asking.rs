//! The request that asks for a write, as far as the journal and its answer need it.

use std::sync::{Arc, OnceLock};

use crate::domain::OperationId;

/// The request that asks for a write. Whoever keeps a clone can tell, without waiting for the write's end, whether it was
/// begun.
#[derive(Clone, Debug)]
pub struct Asking {
    request_id: Arc<str>,
    begun: Arc<OnceLock<OperationId>>,
}

impl Asking {
    /// The request with this id, which has begun nothing yet.
    #[must_use]
    pub fn of(request_id: &str) -> Self {
        Self { request_id: request_id.into(), begun: Arc::default() }
    }

    /// The operation that it began; none if nothing was begun.
    #[must_use]
    pub fn operation(&self) -> Option<OperationId> {
        self.begun.get().copied()
    }

    pub(super) fn request_id(&self) -> &Arc<str> {
        &self.request_id
    }

    /// One request begins one operation, so the first stays.
    pub(super) fn begins(&self, operation: OperationId) {
        let _: &OperationId = self.begun.get_or_init(|| operation);
    }
}

//! What handlers work with.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use crate::problem::{Problem, Progress, Slug};
use crate::settings::{self, Asking, Settings};

/// What handlers work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpState {
    /// The use cases.
    pub settings: Settings,
    /// What stands before every path.
    pub base_path: Arc<str>,
    /// How long a caller may take to send a body, and how long we take to answer.
    pub request_timeout: Duration,
    /// The longest body that is read, in bytes.
    pub max_body: usize,
    /// Whether new requests are welcome.
    pub readiness: Readiness,
}

/// Whether new requests are welcome. Turned off before the listener closes, so that a load balancer stops
/// sending while requests under way are answered.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Whether new requests are welcome.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Says whether they are.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }
}

/// The time within which a caller is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct InTime(Duration);

impl HttpState {
    /// The time within which a caller is answered.
    pub(super) fn in_time(&self) -> InTime {
        InTime(self.request_timeout)
    }
}

impl InTime {
    /// The outcome of a read, unless the caller has waited long enough. What is at hand is there at the first look, and no
    /// timer is set up for it.
    pub(super) async fn read<T>(
        self,
        read: impl Future<Output = Result<T, settings::Error>>,
    ) -> Result<T, Problem> {
        let mut read = pin!(read);
        if let Poll::Ready(outcome) = futures_util::poll!(read.as_mut()) {
            return Ok(outcome?);
        }
        if let Ok(outcome) = tokio::time::timeout(self.0, read).await {
            return Ok(outcome?);
        }
        let detail = "LaunchDarkly took longer than you can wait: try again later";
        Err(Problem::new(Slug::UpstreamTimeout, detail))
    }

    /// The outcome of a write or, when the caller has waited long enough, that nobody knows it yet: the write goes
    /// on.
    pub(super) async fn write<T>(
        self,
        asking: &Asking,
        write: impl Future<Output = Result<T, settings::Error>>,
    ) -> Result<T, Problem> {
        if let Ok(outcome) = tokio::time::timeout(self.0, write).await {
            return Ok(outcome?);
        }
        let Some(operation) = asking.operation() else {
            let detail = "it took longer than you can wait, so nothing was done: try again";
            let progress = Some(Progress::none());
            return Err(Problem { progress, ..Problem::new(Slug::UpstreamTimeout, detail) });
        };
        let detail = format!(
            "the write takes longer than you can wait and goes on: look at the flag before you try again (operation {operation})"
        );
        let progress = Some(Progress::unknown(operation));
        Err(Problem { progress, ..Problem::new(Slug::UpstreamTimeout, detail) })
    }
}

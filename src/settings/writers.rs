//! Running writes to their end, whoever waits for them.

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use super::Settings;
use super::error::Error;
use super::journal::{Record, Told};
use super::lanes::Lane;

/// Where writes run, apart from the requests that asked for them.
#[derive(Clone, Debug)]
pub struct Writers {
    /// The runtime.
    pub runtime: Handle,
    /// Counts those under way, so that a shutdown can wait for them.
    pub under_way: TaskTracker,
}

impl Settings {
    /// How many writes are under way.
    #[must_use]
    pub fn writes_under_way(&self) -> usize {
        self.0.journal.open_count()
    }

    /// Takes every write under way down as one whose outcome nobody knows: for the moment before they are cut off.
    pub fn cut_off_writes(&self) {
        self.0.journal.cut_off();
    }

    /// Runs a write to its end, whether or not anybody waits for it. It holds its lane as long, and without a record
    /// it is a dry run, which the journal does not have.
    pub(super) async fn to_its_end<T: Told + Send + 'static>(
        &self,
        lane: Option<Lane>,
        record: Option<Record>,
        write: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let lost = record.as_ref().map_or(Error::Crashed, |record| Error::Lost(record.id));
        let entry = record.map(|record| self.0.journal.open(record));
        let noted = async move {
            let _lane = lane;
            let result = write.await;
            if let Some(entry) = entry {
                entry.note(&result);
            }
            result
        };
        let writers = &self.0.writers;
        let task = writers.under_way.spawn_on(noted, &writers.runtime);
        task.await.unwrap_or(Err(lost))
    }
}

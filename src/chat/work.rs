//! Doing what was asked in a task of its own: a platform waits for an acknowledgement for a few seconds only, and whoever
//! waits for the answer may go away at any moment.

use std::sync::Arc;
use std::time::Duration;

use prometheus::IntGauge;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use crate::settings::Writers;

/// The most commands and presses under way. Each waits for `LaunchDarkly`, whose limits the whole company shares: more of
/// them would only wait longer.
const MOST: usize = 1024;
/// The most notices under way that say that there is no room.
const MOST_NOTICES: usize = 64;

/// Where work is done.
#[derive(Clone, Debug)]
pub(super) struct Work {
    writers: Writers,
    room: Arc<Semaphore>,
    notices: Arc<Semaphore>,
    under_way: IntGauge,
}

/// Room for one piece of work. It is free again when the work is done, however it ends.
#[derive(Debug)]
pub(super) struct Slot {
    writers: Writers,
    held: Held,
}

#[derive(Debug)]
struct Held {
    _permit: OwnedSemaphorePermit,
    under_way: IntGauge,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.under_way.dec();
    }
}

impl Work {
    /// Work that a shutdown waits for as it does for writes, counted by `under_way`.
    pub(super) fn new(writers: Writers, under_way: IntGauge) -> Self {
        let [room, notices] = [MOST, MOST_NOTICES].map(|most| Arc::new(Semaphore::new(most)));
        Self { writers, room, notices, under_way }
    }

    /// Room for a piece of work, unless too many are under way.
    pub(super) fn slot(&self) -> Option<Slot> {
        self.slot_of(&self.room)
    }

    /// Room to say that there is no room for work, unless that too is said too often.
    pub(super) fn notice(&self) -> Option<Slot> {
        self.slot_of(&self.notices)
    }

    fn slot_of(&self, room: &Arc<Semaphore>) -> Option<Slot> {
        let permit = Arc::clone(room).try_acquire_owned().ok()?;
        self.under_way.inc();
        let held = Held { _permit: permit, under_way: self.under_way.clone() };
        Some(Slot { writers: self.writers.clone(), held })
    }
}

impl Slot {
    /// Does `work` to its end, then what `then` makes of its outcome; `lost` is the outcome of work that breaks down.
    pub(super) fn run<T: Send + 'static, L: Future<Output = ()> + Send + 'static>(
        self,
        work: impl Future<Output = T> + Send + 'static,
        lost: T,
        then: impl FnOnce(T) -> L + Send + 'static,
    ) {
        let Self { writers, held } = self;
        let work = writers.runtime.spawn(work);
        let all = async move {
            let _held = held;
            then(work.await.unwrap_or(lost)).await;
        };
        writers.under_way.spawn_on(all, &writers.runtime);
    }

    /// Does `work` to its end, beginning at once. Whoever waits gets its outcome if it is there after `patience`. In every
    /// other case, also where nobody waits any more, `late` gets it: it goes one of the two ways, and never both.
    pub(super) fn run_and_wait<T, L>(
        self,
        patience: Duration,
        work: impl Future<Output = T> + Send + 'static,
        lost: T,
        late: impl FnOnce(T) -> L + Send + 'static,
    ) -> impl Future<Output = Option<T>>
    where
        T: Clone + Send + 'static,
        L: Future<Output = ()> + Send + 'static,
    {
        let (send, mut outcome) = oneshot::channel::<(T, oneshot::Sender<()>)>();
        self.run(work, lost, async move |done: T| {
            let (taken, is_taken) = oneshot::channel();
            // What nobody takes out of the channel falls with it, and with it `taken`.
            let sent = send.send((done.clone(), taken)).is_ok();
            if !(sent && is_taken.await.is_ok()) {
                late(done).await;
            }
        });
        async move {
            let came = timeout(patience, &mut outcome).await;
            let came = came.ok().and_then(Result::ok).or_else(|| {
                outcome.close(); // from here on nothing can be sent; what was sent just now is still taken
                outcome.try_recv().ok()
            });
            let (done, taken) = came?;
            taken.send(()).is_ok().then_some(done)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt as _;
    use futures_util::future::LocalBoxFuture;
    use tokio::runtime::Handle;
    use tokio::time::{Instant, sleep};
    use tokio_util::task::TaskTracker;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(500);

    /// Work, and what came late.
    struct Stage {
        work: Work,
        gauge: IntGauge,
        tracker: TaskTracker,
        late: Arc<Mutex<Vec<&'static str>>>,
    }

    impl Stage {
        fn new() -> Self {
            let gauge = IntGauge::new("under_way", "under way").unwrap();
            let tracker = TaskTracker::new();
            let writers = Writers { runtime: Handle::current(), under_way: tracker.clone() };
            let work = Work::new(writers, gauge.clone());
            Self { work, gauge, tracker, late: Arc::default() }
        }

        fn begin(
            &self,
            work: impl Future<Output = &'static str> + Send + 'static,
        ) -> LocalBoxFuture<'static, Option<&'static str>> {
            let late = Arc::clone(&self.late);
            let keep = async move |answer| late.lock().unwrap().push(answer);
            self.work.slot().unwrap().run_and_wait(PATIENCE, work, "lost", keep).boxed_local()
        }

        /// What came late, when all is done.
        async fn ended(self) -> Vec<&'static str> {
            self.tracker.close();
            self.tracker.wait().await;
            assert_eq!(self.gauge.get(), 0);
            self.late.lock().unwrap().clone()
        }
    }

    async fn after(length: Duration) -> &'static str {
        sleep(length).await;
        "done"
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_ready_at_once_is_waited_for_and_does_not_come_twice() {
        let stage = Stage::new();
        assert_eq!(stage.begin(async { "done" }).await, Some("done"));
        assert_eq!(stage.begin(after(PATIENCE / 2)).await, Some("done"));
        assert!(stage.ended().await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_late_is_not_waited_for() {
        let stage = Stage::new();
        let began = Instant::now();
        assert_eq!(stage.begin(after(Duration::from_secs(5))).await, None);
        assert_eq!(began.elapsed(), PATIENCE);
        assert_eq!(stage.gauge.get(), 1);
        assert_eq!(stage.ended().await, ["done"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_any_more_comes_late() {
        let stage = Stage::new();
        drop(stage.begin(after(PATIENCE / 2))); // never polled
        let waiting = stage.begin(after(PATIENCE / 2));
        assert!(timeout(PATIENCE / 4, waiting).await.is_err()); // dropped half-way
        assert_eq!(stage.ended().await, ["done", "done"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_sent_and_not_taken_comes_late() {
        let stage = Stage::new();
        let waiting = stage.begin(async { "done" });
        sleep(PATIENCE / 4).await; // it lies in the channel
        drop(waiting);
        assert_eq!(stage.ended().await, ["done"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_at_the_very_end_of_patience_goes_one_way_only() {
        for microseconds in 499_000..=501_000 {
            if microseconds % 50 != 0 {
                continue;
            }
            let stage = Stage::new();
            let waited = stage.begin(after(Duration::from_micros(microseconds))).await;
            let late = stage.ended().await;
            assert_eq!(waited.is_some(), late.is_empty(), "{microseconds}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn on_several_threads_it_goes_one_way_only_too() {
        for n in 0..400 {
            let stage = Stage::new();
            let late = Arc::clone(&stage.late);
            let keep = async move |answer| late.lock().unwrap().push(answer);
            let slot = stage.work.slot().unwrap();
            // No patience at all: the answer and its end come at the same moment.
            let work = async { "done" };
            let waited = slot.run_and_wait(Duration::from_micros(n % 7), work, "lost", keep).await;
            let late = stage.ended().await;
            assert_eq!(waited.is_some(), late.is_empty(), "{n}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_breaks_down_has_an_outcome_too() {
        let stage = Stage::new();
        let broken = async { if true { panic!("on purpose") } else { "done" } };
        assert_eq!(stage.begin(broken).await, Some("lost"));
        assert!(stage.ended().await.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_is_begun_than_there_is_room_for() {
        let stage = Stage::new();
        let slots: Vec<_> = std::iter::from_fn(|| stage.work.slot()).collect();
        assert_eq!((slots.len(), stage.gauge.get()), (MOST, 1024));
        assert!(stage.work.notice().is_some());
        drop(slots);
        assert!(stage.work.slot().is_some());
        assert!(stage.ended().await.is_empty());
    }
}

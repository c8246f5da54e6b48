//! Reads under way: whoever asks for the same thing meanwhile waits for the same answer.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use jiff::Timestamp;

use super::key::Key;

/// The answer of a flight. It must be handed to many, so the failure is shared.
pub(super) type Answer<V, E> = Result<V, Arc<E>>;
type Flight<V, E> = Shared<BoxFuture<'static, Answer<V, E>>>;
type WeakFlight<V, E> = WeakShared<BoxFuture<'static, Answer<V, E>>>;

/// The flights by what they fetch.
struct Board<V, E> {
    flights: HashMap<Key, Posted<V, E>>,
    started: u64,
}

/// A flight on the board.
struct Posted<V, E> {
    /// Its own: another one for the same key may have started since.
    number: u64,
    began: Timestamp,
    flight: WeakFlight<V, E>,
}

/// The reads under way. Held weakly: when all who wait have gone, the read is dropped with them.
pub(super) struct Flights<V, E>(Arc<Mutex<Board<V, E>>>);

impl<V, E> Clone for Flights<V, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V: Clone + Send + Sync + 'static, E: Send + Sync + 'static> Flights<V, E> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Board { flights: HashMap::new(), started: 0 })))
    }

    /// Joins the flight for `key` if it began no earlier than `since`, or starts one at `began` with `start`. Says
    /// whether it was joined.
    pub(super) fn join_or_start<F>(
        &self,
        key: &Key,
        since: Timestamp,
        began: Timestamp,
        start: impl FnOnce() -> F,
    ) -> (Flight<V, E>, bool)
    where
        F: Future<Output = Answer<V, E>> + Send + 'static,
    {
        let mut board = lock(&self.0);
        let posted = board.flights.get(key).filter(|posted| posted.began >= since);
        if let Some(flight) = posted.and_then(|posted| posted.flight.upgrade()) {
            return (flight, true);
        }
        board.started += 1;
        let number = board.started;
        // Before there is a landing: its end locks the board, which is ours until this function ends.
        let read = start();
        let landing = Landing { board: Arc::clone(&self.0), key: key.clone(), number };
        let flight = async move {
            let answer = read.await;
            drop(landing);
            answer
        };
        let flight = flight.boxed().shared();
        if let Some(flight) = flight.downgrade() {
            let posted = Posted { number, began, flight };
            board.flights.insert(key.clone(), posted);
        }
        (flight, false)
    }
}

/// Takes a flight off the board when it has landed or was given up. Another one for the same key may have
/// started since, hence the number.
struct Landing<V, E> {
    board: Arc<Mutex<Board<V, E>>>,
    key: Key,
    number: u64,
}

impl<V, E> Drop for Landing<V, E> {
    fn drop(&mut self) {
        let mut board = lock(&self.board);
        if board.flights.get(&self.key).is_some_and(|posted| posted.number == self.number) {
            board.flights.remove(&self.key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

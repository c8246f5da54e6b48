//! The bodies of answers on their way in: each is bounded, and so is what all of them take together.
//!
//! A body asks for room as it grows, since how large it will be is not known before: a compressed one does not say. Two
//! that wait for each other's room would wait for good. So one body at a time, the [`Bodies::exempt`] one, need not
//! ask: whoever waits, waits for one that does not.
//!
//! A body that waits is not read, and over HTTP/2 its connection keeps what has come of it. `outbound` sees to it that
//! this holds up no other answer of the same connection.

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::call::JSON;
use super::failure::{Failure, Invalid};

/// As much of an error's body as we look at, in bytes: a sentence is in it, or it is a page.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// The largest answer we take, in bytes after decompression: a list is one object with every flag of a project,
/// and this holds some ten thousand of them.
pub(super) const MAX_BODY: usize = 32 * 1024 * 1024;
/// What a body takes without asking, in bytes: far more than any answer but a list's, so that no such answer ever waits
/// for lists. As many bodies as there are slots may take it, which is 2 MiB by default.
const FREE: usize = 64 * 1024;
/// What all bodies take together beyond that, in bytes, and beyond the exempt one: two of the largest, or sixteen lists
/// of a thousand flags, which is more at once than `LaunchDarkly`'s rate limits have been seen to allow.
const TOGETHER: usize = 2 * MAX_BODY;
/// What room is counted in, in bytes.
const UNIT: usize = 1024;

/// The room for all bodies.
#[derive(Debug)]
pub(super) struct Bodies {
    room: Semaphore,
    exempt: Semaphore,
}

/// The room that one body has. It goes back when this falls.
#[derive(Debug)]
pub(super) struct Room<'a> {
    of: &'a Bodies,
    bytes: usize,
    share: Option<SemaphorePermit<'a>>,
    exempt: Option<SemaphorePermit<'a>>,
}

impl Bodies {
    pub(super) fn new() -> Self {
        Self { room: Semaphore::new(TOGETHER / UNIT), exempt: Semaphore::new(1) }
    }

    /// Reads a whole body, if it is within bounds; waits for room as long as the caller does. Keep the room until the body
    /// has been taken apart.
    pub(super) async fn read(&self, mut response: Response) -> Result<(Bytes, Room<'_>), Failure> {
        let (mut body, mut room) = (BytesMut::new(), self.enter());
        while let Some(chunk) = response.chunk().await.map_err(Failure::receiving)? {
            let bytes = body.len() + chunk.len();
            if bytes > MAX_BODY {
                return Err(Failure::Invalid(Invalid::TooLarge));
            }
            room.grow(bytes).await;
            body.reserve(room.bytes - body.len());
            body.extend_from_slice(&chunk);
        }
        Ok((body.freeze(), room))
    }

    fn enter(&self) -> Room<'_> {
        Room { of: self, bytes: 0, share: None, exempt: None }
    }
}

impl Room<'_> {
    /// Waits until there is room for so many bytes. It grows by doubling, as the buffer does, so that it is the buffer's
    /// capacity which is counted.
    async fn grow(&mut self, bytes: usize) {
        if bytes <= self.bytes {
            return;
        }
        let wanted = bytes.next_power_of_two().clamp(FREE, MAX_BODY);
        let more = (wanted - self.bytes.max(FREE)) / UNIT;
        if more > 0 && self.exempt.is_none() {
            self.take(u32::try_from(more).unwrap_or(u32::MAX)).await;
        }
        self.bytes = wanted;
    }

    /// Takes a larger share, or becomes the exempt one; neither semaphore is ever closed.
    async fn take(&mut self, units: u32) {
        tokio::select! {
            biased;
            Ok(more) = self.of.room.acquire_many(units) => match &mut self.share {
                Some(share) => share.merge(more),
                None => self.share = Some(more),
            },
            Ok(exempt) = self.of.exempt.acquire() => self.exempt = Some(exempt),
            else => {}
        }
    }
}

/// As much of an error's body as came and as we look at; the status says the rest.
pub(super) async fn beginning(mut response: Response) -> Bytes {
    let mut body = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_ERROR_BODY - body.len();
        body.extend(chunk.into_iter().take(room));
        if body.len() == MAX_ERROR_BODY {
            break;
        }
    }
    body.freeze()
}

/// Whether the answer is JSON by what it says. One that says nothing is left to the parser.
pub(super) fn is_json(response: &Response) -> bool {
    let Some(value) = response.headers().get(CONTENT_TYPE) else {
        return true;
    };
    let value = value.to_str().unwrap_or_default();
    let media = value.split(';').next().unwrap_or_default().trim();
    let media = media.to_ascii_lowercase();
    media == JSON || (media.starts_with("application/") && media.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt as _;
    use futures_util::future::join_all;

    use super::*;

    /// A room of this size, if it is to be had at once.
    fn at_once(bodies: &Bodies, bytes: usize) -> Option<Room<'_>> {
        let mut room = bodies.enter();
        let grown = room.grow(bytes).now_or_never();
        grown.map(|()| room)
    }

    #[test]
    fn bodies_that_take_all_room_make_large_ones_wait_and_no_small_one() {
        let bodies = Bodies::new();
        let rooms: Vec<_> =
            (0..2).map(|_| at_once(&bodies, MAX_BODY - 2 * FREE).unwrap()).collect();
        let exempt = at_once(&bodies, MAX_BODY).unwrap();
        assert!(exempt.exempt.is_some() && rooms.iter().all(|room| room.exempt.is_none()));
        assert!(at_once(&bodies, MAX_BODY).is_none());
        assert!(at_once(&bodies, FREE).is_some());
        drop(rooms);
        assert!(at_once(&bodies, MAX_BODY).is_some());
    }

    #[test]
    fn lists_of_a_thousand_flags_do_not_wait_for_each_other() {
        let bodies = Bodies::new();
        let rooms: Vec<_> = (0..16).map(|_| at_once(&bodies, 3 * 1024 * 1024).unwrap()).collect();
        assert!(rooms.iter().all(|room| room.exempt.is_none()));
    }

    #[tokio::test]
    async fn bodies_that_all_wait_for_room_come_in_one_after_another_and_within_bounds() {
        let (bodies, taken, most) = (Bodies::new(), AtomicUsize::new(0), AtomicUsize::new(0));
        let come_in = || async {
            let mut room = bodies.enter();
            for bytes in (FREE..=MAX_BODY).step_by(FREE) {
                let before = room.bytes;
                room.grow(bytes).await;
                let more = room.bytes - before;
                most.fetch_max(taken.fetch_add(more, Ordering::SeqCst) + more, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
            taken.fetch_sub(room.bytes, Ordering::SeqCst);
        };
        join_all((0..30).map(|_| come_in())).await;
        let (most, bound) = (most.into_inner(), TOGETHER + MAX_BODY + 30 * FREE);
        assert!((TOGETHER..=bound).contains(&most), "{most}");
        assert_eq!(bodies.room.available_permits(), TOGETHER / UNIT);
        assert_eq!(bodies.exempt.available_permits(), 1);
    }

    #[tokio::test]
    async fn whoever_gives_up_waiting_leaves_all_room_to_others() {
        let bodies = Bodies::new();
        let rooms: Vec<_> = (0..3).map(|_| at_once(&bodies, MAX_BODY).unwrap()).collect();
        assert!(at_once(&bodies, MAX_BODY).is_none());
        drop(rooms);
        assert_eq!(bodies.room.available_permits(), TOGETHER / UNIT);
    }
}

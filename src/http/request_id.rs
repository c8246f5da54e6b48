//! The id of each request: the caller's own, or a new one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::HeaderValue;
use ahash::RandomState;
use jiff::Timestamp;
use uuid::fmt::Hyphenated;

/// The longest request id of a caller's that we take for ours.
const LONGEST: usize = 64;

/// The id of one request, as the header that answers with it.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

/// Makes ids: `UUIDv7`, whose random bits are a keyed hash of a count. Asking the system for randomness at each
/// request would cost more than the rest of the id, and nobody has to be unable to guess one.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestIds(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    key: RandomState,
    count: AtomicU64,
}

impl RequestId {
    /// The caller's id, if it is one.
    pub(super) fn taken(theirs: &HeaderValue) -> Option<Self> {
        let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let bytes = theirs.as_bytes();
        let good = (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(plain);
        good.then(|| Self(theirs.clone()))
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    pub(super) fn into_header(self) -> HeaderValue {
        self.0
    }
}

/// Of a request that no frame was put around.
impl Default for RequestId {
    fn default() -> Self {
        Self(HeaderValue::from_static("none"))
    }
}

impl RequestIds {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A new id for a request that arrived at `now`.
    pub(super) fn next(&self, now: Timestamp) -> RequestId {
        let count = self.0.count.fetch_add(1, Ordering::Relaxed);
        let random = self.0.key.hash_one(count);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
        // The low bits of the count come first, so that ids of one millisecond are in order too.
        let [.., high, low] = count.to_be_bytes();
        let mut tail = [high, low, 0, 0, 0, 0, 0, 0, 0, 0];
        for (byte, random) in tail.iter_mut().skip(2).zip(random.to_be_bytes()) {
            *byte = random;
        }
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid();
        let mut text = [0; Hyphenated::LENGTH];
        let text = id.hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).map(RequestId).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_of_their_time_in_order_and_never_the_same() {
        let (ids, now) = (RequestIds::new(), "2026-11-21T12:00:00.123Z".parse().unwrap());
        let made: Vec<_> = (0..4_000).map(|_| ids.next(now).as_str().to_owned()).collect();
        assert!(made.is_sorted());
        let mut different = made.clone();
        different.dedup();
        assert_eq!(different.len(), made.len());
        let id: uuid::Uuid = made[0].parse().unwrap();
        assert_eq!(id.get_version_num(), 7);
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        assert_eq!(
            Timestamp::new(seconds.try_into().unwrap(), nanos.try_into().unwrap()).unwrap(),
            now
        );
    }

    #[test]
    fn two_processes_make_different_ids_at_the_same_moment() {
        let now = Timestamp::UNIX_EPOCH;
        let (one, other) = (RequestIds::new().next(now), RequestIds::new().next(now));
        assert_ne!(one.as_str(), other.as_str());
    }

    #[test]
    fn a_callers_id_is_taken_if_it_is_short_and_plain() {
        let taken = |text: &str| RequestId::taken(&HeaderValue::from_str(text).unwrap()).is_some();
        for good in ["a", "Az09._-", "x".repeat(64).as_str()] {
            assert!(taken(good), "{good}");
        }
        for bad in ["", "a b", "a/b", "a\tb", "x".repeat(65).as_str()] {
            assert!(!taken(bad), "{bad}");
        }
    }
}

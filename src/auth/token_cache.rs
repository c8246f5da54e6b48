//! Remembers verified tokens for a short while.
//!
//! Verifying a token costs half as much (HS256), or five times as much (RS256), as everything else that a cached
//! answer needs, and a service sends the same token for minutes. Not moka, which only `cache` may touch: this needs no
//! eviction order, only bounds. Two generations give them: when the young one is full or a minute old it becomes the old
//! one, and the one before is dropped whole.
//!
//! What is remembered is only ever a yes, so a flood of refused tokens pushes nothing out. It is never handed out at or
//! past the token's `exp`, or [`LONGEST`] after it was verified; [`TokenCache::clear`] forgets everything, and what
//! was being verified meanwhile with the keys of before can't come in afterwards, because its [`Ticket`] is void.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use ahash::RandomState;
use jiff::Timestamp;

/// The most tokens of one generation: as many callers as a busy gateway has in a minute.
const MOST_TOKENS: usize = 4096;
/// The most bytes of tokens in one generation, so that long tokens can't take more memory than usual ones.
const MOST_BYTES: usize = 8 << 20;
/// How long a generation is the young one.
const GENERATION: Duration = Duration::from_mins(1);
/// The longest time from verifying a token to verifying it again.
const LONGEST: Duration = Duration::from_mins(2);

/// Verified tokens and what each stands for.
#[derive(Debug)]
pub struct TokenCache<V>(RwLock<Generations<V>>);

/// Leave to remember a token that was looked up and not found. It is void once the cache was cleared.
#[derive(Debug)]
#[must_use]
pub struct Ticket(u64);

struct Generations<V> {
    young: Generation<V>,
    old: Generation<V>,
    /// When the young generation began.
    since: Timestamp,
    /// How often everything was forgotten.
    cleared: u64,
}

/// Hashed with a random key, so that nobody can choose tokens that collide; not by `SipHash`, which would take as long
/// for a token as the rest of the look-up.
struct Generation<V> {
    tokens: HashMap<Box<[u8]>, Verified<V>, RandomState>,
    bytes: usize,
}

struct Verified<V> {
    value: V,
    from: Timestamp,
    until: Timestamp,
}

impl<V> Default for Generation<V> {
    fn default() -> Self {
        Self { tokens: HashMap::default(), bytes: 0 }
    }
}

/// Says how much there is, never which tokens.
impl<V> std::fmt::Debug for Generations<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.young.tokens.len() + self.old.tokens.len();
        f.debug_struct("Generations").field("tokens", &count).finish_non_exhaustive()
    }
}

impl<V> Default for TokenCache<V> {
    fn default() -> Self {
        Self(RwLock::new(Generations {
            young: Generation::default(),
            old: Generation::default(),
            since: Timestamp::UNIX_EPOCH,
            cleared: 0,
        }))
    }
}

impl<V: Clone> TokenCache<V> {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What `token`, which may be any text, stands for, if that is remembered and still good at `now`; else leave to remember it once it is
    /// verified.
    pub fn get(&self, token: &[u8], now: Timestamp) -> Result<V, Ticket> {
        let all = self.read();
        let found = all.young.tokens.get(token).or_else(|| all.old.tokens.get(token));
        match found {
            // A clock that was set back must not bring back what it says isn't verified yet.
            Some(found) if found.from <= now && now < found.until => Ok(found.value.clone()),
            Some(_) | None => Err(Ticket(all.cleared)),
        }
    }

    /// Remembers that `token`, verified at `now`, stands for `value` and expires at `expires_at`.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a ticket is good for one token: remembering it uses the ticket up"
    )]
    pub fn insert(
        &self,
        ticket: Ticket,
        token: &str,
        expires_at: Timestamp,
        value: V,
        now: Timestamp,
    ) {
        let Ticket(cleared) = ticket;
        let until = now.checked_add(LONGEST).map_or(expires_at, |longest| longest.min(expires_at));
        if until <= now {
            return;
        }
        let mut all = self.write();
        if all.cleared != cleared {
            return;
        }
        all.turn(now, token.len());
        let verified = Verified { value, from: now, until };
        if all.young.tokens.insert(token.as_bytes().into(), verified).is_none() {
            all.young.bytes = all.young.bytes.saturating_add(token.len());
        }
    }

    /// Forgets everything, because keys or policy changed.
    pub fn clear(&self) {
        let mut all = self.write();
        all.young = Generation::default();
        all.old = Generation::default();
        all.cleared = all.cleared.wrapping_add(1);
    }

    /// A panic under the lock leaves nothing half done that matters: at worst a token is verified again.
    fn read(&self) -> RwLockReadGuard<'_, Generations<V>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Generations<V>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Generations<V> {
    /// Begins a new generation if the young one is full or old, or if the clock was set back.
    fn turn(&mut self, now: Timestamp, bytes: usize) {
        let full = self.young.tokens.len() >= MOST_TOKENS
            || self.young.bytes.saturating_add(bytes) > MOST_BYTES;
        let end = self.since.checked_add(GENERATION).unwrap_or(Timestamp::MAX);
        if full || now >= end || now < self.since {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn insert(cache: &TokenCache<u32>, token: &str, expires: i64, value: u32, now: i64) {
        let ticket = cache.get(token.as_bytes(), at(now)).unwrap_err();
        cache.insert(ticket, token, at(expires), value, at(now));
    }

    fn get(cache: &TokenCache<u32>, token: &str, now: i64) -> Option<u32> {
        cache.get(token.as_bytes(), at(now)).ok()
    }

    #[test]
    fn a_token_is_remembered_until_it_expires_and_no_longer() {
        let cache = TokenCache::new();
        insert(&cache, "a", 30, 1, 0);
        assert_eq!(get(&cache, "a", 0), Some(1));
        assert_eq!(get(&cache, "a", 29), Some(1));
        assert_eq!(get(&cache, "a", 30), None);
        assert_eq!(get(&cache, "b", 0), None);
    }

    #[test]
    fn no_token_is_remembered_for_more_than_two_minutes() {
        let cache = TokenCache::new();
        insert(&cache, "a", 9_999, 1, 0);
        assert_eq!(get(&cache, "a", 119), Some(1));
        assert_eq!(get(&cache, "a", 120), None);
    }

    #[test]
    fn an_expired_token_is_not_remembered_at_all() {
        let cache = TokenCache::new();
        insert(&cache, "a", 10, 1, 10);
        assert!(cache.read().young.tokens.is_empty());
    }

    #[test]
    fn a_clock_set_back_brings_nothing_back() {
        let cache = TokenCache::new();
        insert(&cache, "a", 100, 1, 50);
        assert_eq!(get(&cache, "a", 49), None);
        assert_eq!(get(&cache, "a", 50), Some(1));
    }

    #[test]
    fn clearing_forgets_everything_and_voids_what_was_being_verified() {
        let cache = TokenCache::new();
        insert(&cache, "a", 100, 1, 0);
        let before = cache.get(b"b", at(0)).unwrap_err();
        cache.clear();
        assert_eq!(get(&cache, "a", 0), None);
        cache.insert(before, "b", at(100), 2, at(0));
        assert_eq!(get(&cache, "b", 0), None);
        insert(&cache, "b", 100, 3, 0);
        assert_eq!(get(&cache, "b", 0), Some(3));
    }

    #[test]
    fn generations_bound_how_many_tokens_there_are() {
        let cache = TokenCache::new();
        for number in 0..20_000 {
            insert(&cache, &format!("token-{number}"), 100, number, 0);
        }
        let count = cache.read().young.tokens.len() + cache.read().old.tokens.len();
        assert!(count <= 2 * MOST_TOKENS, "{count}");
        assert_eq!(get(&cache, "token-19999", 0), Some(19_999));
        assert_eq!(get(&cache, "token-0", 0), None);
    }

    #[test]
    fn generations_bound_how_many_bytes_the_tokens_have() {
        let cache = TokenCache::new();
        for number in 0..3_000 {
            insert(&cache, &format!("{number:08192}"), 100, number, 0);
        }
        assert!(cache.read().young.bytes <= MOST_BYTES);
        assert!(cache.read().young.tokens.len() <= MOST_BYTES / 8192);
    }

    #[test]
    fn a_generation_ends_after_a_minute() {
        let cache = TokenCache::new();
        insert(&cache, "a", 100, 1, 0);
        insert(&cache, "b", 200, 2, 60);
        assert_eq!((get(&cache, "a", 60), get(&cache, "b", 60)), (Some(1), Some(2)));
        let kept = |token: &str| {
            let all = cache.read();
            (
                all.young.tokens.contains_key(token.as_bytes()),
                all.old.tokens.contains_key(token.as_bytes()),
            )
        };
        assert_eq!((kept("a"), kept("b")), ((false, true), (true, false)));
        insert(&cache, "c", 200, 3, 119);
        assert_eq!((kept("a"), kept("c")), ((false, true), (true, false)));
        insert(&cache, "d", 200, 4, 120);
        assert_eq!((kept("a"), kept("b")), ((false, false), (false, true)));
    }

    #[test]
    fn no_debug_output_shows_a_token() {
        let cache = TokenCache::new();
        insert(&cache, "planted", 100, 1, 0);
        assert!(!format!("{cache:?}").contains("planted"));
    }
}

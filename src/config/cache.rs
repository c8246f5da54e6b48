//! `[cache]`: how much we remember, and for how long.

use std::time::Duration;

use crate::domain::Size;

use super::section::Section;

/// What we remember of upstream's answers.
#[derive(Clone, Debug)]
pub struct Cache {
    /// The most memory that remembered answers may take. Default `64MiB`: about 1,500 users with 200 flags each.
    pub max_size: Size,
    /// How long an answer is used without asking again. Default `30s`: changes made outside of Flagward show up
    /// after that at the latest.
    pub ttl: Duration,
    /// How old an answer must be before a caller's `Cache-Control: no-cache` asks upstream again. Default `1s`.
    pub min_age: Duration,
}

/// See [`Cache::max_size`].
const MAX_SIZE: Size = Size::of_bytes(64 << 20);
/// A cache under this can't hold one user's list.
const LEAST_SIZE: Size = Size::of_bytes(1 << 20);
/// See [`Cache::ttl`].
const TTL: Duration = Duration::from_secs(30);
/// A memory longer than this would be a copy.
const LONGEST: Duration = Duration::from_hours(1);
/// See [`Cache::min_age`].
const MIN_AGE: Duration = Duration::from_secs(1);

impl Cache {
    pub(super) fn read(mut section: Section<'_, '_>) -> Self {
        let cache = Self {
            max_size: section.size("max_size", MAX_SIZE, LEAST_SIZE),
            ttl: section.duration("ttl", TTL, Duration::from_millis(1)..=LONGEST),
            min_age: section.duration("min_age", MIN_AGE, Duration::ZERO..=LONGEST),
        };
        if cache.min_age > cache.ttl {
            section.fault_here("min_age", "must be at most `ttl`");
        }
        section.finish();
        cache
    }
}

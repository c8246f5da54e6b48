//! What an answer's headers say about rate limits.
//!
//! There are three windows of ten seconds: of the account (`global`), of the route, and of the token. The first
//! two share a reset, the third has its own; resets are epoch milliseconds, `Retry-After` is seconds or a date.
//! Any of them may be missing, in the past, or wrong because our clock or theirs is.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The longest we believe a header: six windows. A wrong one can't shut us out for longer.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What the headers of one answer say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) global: Window,
    pub(super) route: Window,
    pub(super) token: Window,
    /// How long to wait before any other request.
    pub(super) retry_after: Option<Duration>,
}

/// How much is left where a window that does not tell its size is low: as much as one answer of ours may take.
const LOW: u32 = 10;

/// What is left of a window, how large it is, and how long until it starts anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) limit: Option<u32>,
    pub(super) remaining: Option<u32>,
    pub(super) reset: Option<Duration>,
}

impl Limits {
    pub(super) fn read(headers: &HeaderMap, now: Timestamp) -> Self {
        let number = |name: &str| count(text(headers, name)?);
        let reset = |name: &str| until(text(headers, name)?, now);
        let shared = reset("x-ratelimit-reset");
        Self {
            global: Window {
                limit: number("x-ratelimit-global-limit"),
                remaining: number("x-ratelimit-global-remaining"),
                reset: shared,
            },
            route: Window {
                limit: number("x-ratelimit-route-limit"),
                remaining: number("x-ratelimit-route-remaining"),
                reset: shared,
            },
            token: Window {
                limit: number("x-ratelimit-auth-token-limit"),
                remaining: number("x-ratelimit-auth-token-remaining"),
                reset: reset("x-ratelimit-auth-token-reset"),
            },
            retry_after: text(headers, RETRY_AFTER.as_str())
                .and_then(|text| seconds(text).or_else(|| until_date(text, now))),
        }
    }

    /// How long a refused caller should wait: until the last of the spent windows starts anew, and no less than
    /// `Retry-After`. Where no window is known to be spent, any reset will do.
    pub(super) fn wait_after_refusal(&self) -> Option<Duration> {
        let windows = [self.global, self.route, self.token];
        let spent = windows.iter().filter(|one| one.is_spent());
        let spent = spent.filter_map(|one| one.reset).max();
        let any = || windows.iter().filter_map(|one| one.reset).max();
        match (spent, self.retry_after) {
            (Some(spent), after) => Some(spent.max(after.unwrap_or_default())),
            (None, Some(after)) => Some(after),
            (None, None) => any(),
        }
    }
}

impl Window {
    pub(super) fn is_spent(&self) -> bool {
        self.remaining == Some(0)
    }

    /// Whether what is left should be left to callers: less than half of it, as far as it tells.
    pub(super) fn is_low(&self) -> bool {
        let Some(remaining) = self.remaining else { return false };
        self.limit.map_or(remaining < LOW, |limit| remaining < limit.div_ceil(2))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A number of requests; what is below zero is spent as well.
fn count(text: &str) -> Option<u32> {
    u32::try_from(text.parse::<i64>().ok()?.max(0)).ok()
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds: i64 = text.parse().ok()?;
    Some(bounded(SignedDuration::from_secs(seconds)))
}

/// The time until an epoch millisecond.
fn until(text: &str, now: Timestamp) -> Option<Duration> {
    let at = Timestamp::from_millisecond(text.parse().ok()?).ok()?;
    Some(bounded(at.duration_since(now)))
}

fn until_date(text: &str, now: Timestamp) -> Option<Duration> {
    let at = rfc2822::parse(text).ok()?.timestamp();
    Some(bounded(at.duration_since(now)))
}

fn bounded(wait: SignedDuration) -> Duration {
    let wait = Duration::try_from(wait).unwrap_or_default();
    wait.min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn read(headers: &[(&str, &str)]) -> Limits {
        let pair = |(name, value): &(&str, &str)| {
            let name: HeaderName = name.parse().unwrap();
            (name, HeaderValue::from_str(value).unwrap())
        };
        let now = Timestamp::from_second(1_000_000).unwrap();
        Limits::read(&headers.iter().map(pair).collect(), now)
    }

    #[test]
    fn each_window_has_its_own_reset_and_the_case_of_names_does_not_matter() {
        let limits = read(&[
            ("X-RateLimit-Global-Remaining", "7"),
            ("X-Ratelimit-Route-Remaining", "0"),
            ("x-ratelimit-reset", "1000004500"),
            ("X-Ratelimit-Auth-Token-Remaining", "-3"),
            ("X-Ratelimit-Auth-Token-Reset", "1000009000"),
        ]);
        let reset = Some(Duration::from_millis(4_500));
        assert_eq!(limits.global.remaining, Some(7));
        assert_eq!((limits.global.reset, limits.route.reset), (reset, reset));
        assert!(limits.token.is_spent());
        assert_eq!(limits.wait_after_refusal(), Some(Duration::from_secs(9)));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_absurd() {
        let after = |value| read(&[("retry-after", value)]).retry_after;
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("-7"), Some(Duration::ZERO));
        assert_eq!(after("99999999999999"), Some(LONGEST_WAIT));
        let date = "Mon, 12 Jan 1970 13:46:50 GMT";
        assert_eq!(after(date), Some(Duration::from_secs(10)));
        assert_eq!(after("soon"), None);
    }

    #[test]
    fn resets_in_the_past_or_beyond_belief_are_bounded() {
        let reset = |value| read(&[("x-ratelimit-reset", value)]).route.reset;
        assert_eq!(reset("1"), Some(Duration::ZERO));
        assert_eq!(reset("9223372036854775807"), None);
        assert_eq!(reset("1100000000000"), Some(LONGEST_WAIT));
        assert_eq!(reset("x"), None);
    }

    #[test]
    fn a_window_is_low_when_less_than_half_of_it_is_left() {
        let low = |limit, remaining| Window { limit, remaining, ..Window::default() }.is_low();
        assert!(!low(Some(5), Some(3)) && low(Some(5), Some(2)));
        assert!(!low(Some(1_000), Some(500)) && low(Some(1_000), Some(499)));
        assert!(!low(None, Some(LOW)) && low(None, Some(LOW - 1)));
        assert!(!low(Some(5), None) && !low(None, None));
    }
}

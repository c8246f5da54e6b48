//! Rate limits: three windows of ten seconds, as `LaunchDarkly` announces them in its answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How long a window lasts, in milliseconds: `LaunchDarkly` says ten seconds for all three.
const WINDOW_MS: i64 = 10_000;

/// More than anything of ours sends in ten seconds, so that nobody meets a limit without asking for one.
const GENEROUS: u64 = 1_000_000;

/// How many requests fit into ten seconds. A limit left out is not enforced, and its headers are absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of the whole account.
    pub global: Option<u64>,
    /// Of each route: a path pattern with a method.
    pub route: Option<u64>,
    /// Of each token.
    pub auth_token: Option<u64>,
    /// What `Retry-After` says on a 429, in seconds; absent unless set, as with `LaunchDarkly`, which sends it
    /// for limits by address.
    pub retry_after: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            global: Some(GENEROUS),
            route: Some(GENEROUS),
            auth_token: Some(GENEROUS),
            retry_after: None,
        }
    }
}

/// What is spent of the current window.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Windows {
    pub(in crate::simulator) limits: Limits,
    window: i64,
    global: u64,
    routes: BTreeMap<String, u64>,
    tokens: BTreeMap<String, u64>,
}

/// Whether a request still fitted, and the headers that say how much is left.
#[derive(Debug)]
pub(in crate::simulator) struct Spending {
    pub(in crate::simulator) allowed: bool,
    pub(in crate::simulator) headers: Vec<(String, String)>,
}

impl Windows {
    pub(in crate::simulator) fn of(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes one request out of all three windows. `now` is in Unix milliseconds.
    pub(in crate::simulator) fn spend(&mut self, route: &str, token: &str, now: i64) -> Spending {
        self.turn_over(now);
        self.global += 1;
        let of_route = self.routes.entry(route.to_owned()).or_default();
        *of_route += 1;
        let of_token = self.tokens.entry(token.to_owned()).or_default();
        *of_token += 1;
        let spent = [
            ("Global", self.limits.global, self.global),
            ("Route", self.limits.route, *of_route),
            ("Auth-Token", self.limits.auth_token, *of_token),
        ];
        self.announce(&spent)
    }

    fn turn_over(&mut self, now: i64) {
        let window = now.div_euclid(WINDOW_MS);
        if window != self.window {
            *self = Self { window, ..Self::of(self.limits) };
        }
    }

    fn announce(&self, spent: &[(&str, Option<u64>, u64)]) -> Spending {
        let reset = (self.window + 1).saturating_mul(WINDOW_MS).to_string();
        let mut headers = Vec::new();
        let mut allowed = true;
        let mut add = |name: String, value: String| headers.push((name, value));
        for (window, limit, used) in spent {
            let Some(limit) = limit else { continue };
            allowed &= used <= limit;
            add(format!("X-Ratelimit-{window}-Limit"), limit.to_string());
            let remaining = limit.saturating_sub(*used).to_string();
            add(format!("X-Ratelimit-{window}-Remaining"), remaining);
        }
        if self.limits.global.or(self.limits.route).is_some() {
            add("X-Ratelimit-Reset".to_owned(), reset.clone());
        }
        if self.limits.auth_token.is_some() {
            add("X-Ratelimit-Auth-Token-Reset".to_owned(), reset);
        }
        if let (false, Some(seconds)) = (allowed, self.limits.retry_after) {
            add("Retry-After".to_owned(), seconds.to_string());
        }
        Spending { allowed, headers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'a>(spending: &'a Spending, name: &str) -> Option<&'a str> {
        let found = spending.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    #[test]
    fn a_spent_route_refuses_until_its_window_ends_while_others_go_on() {
        let mut windows = Windows::of(Limits { route: Some(1), ..Limits::default() });
        assert!(windows.spend("GET a", "t", 12_000).allowed);
        let refused = windows.spend("GET a", "t", 19_999);
        assert!(!refused.allowed);
        assert_eq!(header(&refused, "X-Ratelimit-Route-Remaining"), Some("0"));
        assert_eq!(header(&refused, "X-Ratelimit-Reset"), Some("20000"));
        assert_eq!(header(&refused, "Retry-After"), None);
        assert!(windows.spend("GET b", "t", 19_999).allowed);
        assert!(windows.spend("GET a", "t", 20_000).allowed);
    }

    #[test]
    fn a_limit_that_is_not_enforced_has_no_headers() {
        let mut windows = Windows::of(Limits {
            global: None,
            route: None,
            auth_token: Some(5),
            retry_after: None,
        });
        let spending = windows.spend("GET a", "t", 0);
        let names: Vec<_> = spending.headers.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(
            names,
            [
                "X-Ratelimit-Auth-Token-Limit",
                "X-Ratelimit-Auth-Token-Remaining",
                "X-Ratelimit-Auth-Token-Reset"
            ]
        );
    }
}

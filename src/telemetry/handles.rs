//! Handles to single series, looked up once, so that counting on a hot path takes one addition.

use std::sync::OnceLock;
use std::time::Duration;

use prometheus::{Histogram, IntCounter, IntCounterVec};

/// Counters of the policy's decisions, by team, action and decision.
#[derive(Clone, Debug)]
pub struct DecisionCounters {
    /// For each team, `none` last: for each action: denied, allowed.
    teams: Vec<Vec<[IntCounter; 2]>>,
}

impl DecisionCounters {
    pub(super) fn new(family: &IntCounterVec, teams: &[&str], actions: &[&str]) -> Self {
        let series = |team: &str, action: &str| {
            ["denied", "allowed"]
                .map(|decision| family.with_label_values(&[team, action, decision]))
        };
        let of_team = |team: &&str| actions.iter().map(|action| series(team, action)).collect();
        Self { teams: teams.iter().chain(&["none"]).map(of_team).collect() }
    }

    /// Counts one decision booked on the team at this place of the file, or on none; `action` is its place
    /// in the list of actions.
    pub fn count(&self, team: Option<usize>, action: usize, allowed: bool) {
        let team = team.map_or(self.teams.last(), |n| self.teams.get(n));
        if let Some(series) = team.and_then(|actions| actions.get(action)) {
            let [denied, permitted] = series;
            if allowed {
                permitted.inc();
            } else {
                denied.inc();
            }
        }
    }
}

/// The statuses that have a handle of their own; others are looked up.
const STATUSES: [u16; 20] = [
    200, 204, 304, 307, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 500, 502, 503,
    504,
];

/// The series of one route and method.
#[derive(Debug)]
pub struct RouteMetrics {
    route: &'static str,
    method: &'static str,
    family: IntCounterVec,
    duration: Histogram,
    by_status: [OnceLock<IntCounter>; STATUSES.len()],
}

impl RouteMetrics {
    pub(super) fn new(
        family: &IntCounterVec,
        duration: Histogram,
        route: &'static str,
        method: &'static str,
    ) -> Self {
        let by_status = std::array::from_fn(|_| OnceLock::new());
        let new = Self { route, method, family: family.clone(), duration, by_status };
        new.known(200); // from the first scrape, at zero
        new
    }

    /// Counts an answer and how long it took.
    pub fn record(&self, status: u16, took: Duration) {
        self.count(status);
        self.duration.observe(took.as_secs_f64());
    }

    fn count(&self, status: u16) {
        match self.known(status) {
            Some(series) => series.inc(),
            None => self.series(status).inc(),
        }
    }

    /// The handle of a status that has one of its own. The label's text is written only when it is first asked for.
    fn known(&self, status: u16) -> Option<&IntCounter> {
        let place = STATUSES.iter().position(|known| *known == status)?;
        let slot = self.by_status.get(place)?;
        Some(slot.get_or_init(|| self.series(status)))
    }

    fn series(&self, status: u16) -> IntCounter {
        let labels = [self.route, self.method, &status.to_string()];
        self.family.with_label_values(&labels)
    }
}

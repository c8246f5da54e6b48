//! Counters of requests to `LaunchDarkly`'s own operations, so that operators know who still uses them.

use prometheus::{IntCounter, IntCounterVec};

use super::metrics::Maker;

/// One of `LaunchDarkly`'s own operations, by the name that it has among the calls to `LaunchDarkly` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropInOperation {
    /// `getUserFlagSettings`
    ListSettings,
    /// `getUserFlagSetting`
    GetSetting,
    /// `putFlagSetting`
    PutSetting,
    /// `getExpiringFlagsForUser`
    ListExpirations,
    /// `patchExpiringFlagsForUser`
    PatchExpirations,
}

impl DropInOperation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ListSettings,
        Self::GetSetting,
        Self::PutSetting,
        Self::ListExpirations,
        Self::PatchExpirations,
    ];

    /// The value of the label `operation`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ListSettings => "list-settings",
            Self::GetSetting => "get-setting",
            Self::PutSetting => "put-setting",
            Self::ListExpirations => "list-expirations",
            Self::PatchExpirations => "patch-expirations",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::ListSettings => 0,
            Self::GetSetting => 1,
            Self::PutSetting => 2,
            Self::ListExpirations => 3,
            Self::PatchExpirations => 4,
        }
    }
}

/// Counters of requests to them, by team and operation, with a handle for each.
#[derive(Clone, Debug)]
pub struct DropInCounters {
    /// For each team, `none` last.
    teams: Vec<[IntCounter; DropInOperation::ALL.len()]>,
}

impl DropInCounters {
    pub(super) fn new(family: &IntCounterVec, teams: &[&str]) -> Self {
        let of_team = |team: &&str| {
            DropInOperation::ALL.map(|one| family.with_label_values(&[*team, one.name()]))
        };
        Self { teams: teams.iter().chain(&["none"]).map(of_team).collect() }
    }

    /// Counts one request whose decision is booked on the team at this place of the policy file, or on none.
    pub fn count(&self, team: Option<usize>, operation: DropInOperation) {
        let team = team.map_or(self.teams.last(), |n| self.teams.get(n));
        if let Some(series) = team.and_then(|series| series.get(operation.index())) {
            series.inc();
        }
    }
}

impl Maker<'_> {
    pub(super) fn drop_in(&self) -> prometheus::Result<IntCounterVec> {
        let help = "Requests to LaunchDarkly's own operations.";
        self.counter("drop_in_requests_total", help, &["team", "operation"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_has_a_series_of_its_own() {
        let family = IntCounterVec::new(
            prometheus::Opts::new("drop_in", "Requests."),
            &["team", "operation"],
        );
        let family = family.unwrap();
        let counters = DropInCounters::new(&family, &["a"]);
        for (n, operation) in DropInOperation::ALL.into_iter().enumerate() {
            for _ in 0..=n {
                counters.count(Some(0), operation);
            }
            counters.count(None, operation);
            counters.count(Some(7), operation);
        }
        for (n, operation) in DropInOperation::ALL.into_iter().enumerate() {
            let count = |team| family.with_label_values(&[team, operation.name()]).get();
            assert_eq!((count("a"), count("none")), (u64::try_from(n).unwrap() + 1, 1));
        }
    }
}

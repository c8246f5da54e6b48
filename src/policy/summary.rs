//! One version of the policy in a line: enough to see that it is the one that was meant.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use serde::Serialize;

use super::freeze::is_over;
use super::rules::Rules;

/// How many bytes of the digest name a version: enough that no two versions of one file share a name.
const NAMED_BY: usize = 6;

/// What a version of the policy has. A file that was cut off at the wrong place may still be a policy, and a part that
/// got lost shows here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The beginning of the SHA-256 of the file, as `sha256sum` prints it.
    pub version: String,
    /// How many teams it names.
    pub teams: usize,
    /// How many grants they have together.
    pub grants: usize,
    /// How many denies they have together.
    pub denies: usize,
    /// How many guards there are.
    pub guards: usize,
    /// How many freezes there are, with those that are over.
    pub freezes: usize,
    /// When each of them is over.
    #[serde(skip)]
    ends: Vec<Option<Timestamp>>,
}

impl Summary {
    pub(super) fn of(text: &str, rules: &Rules) -> Self {
        let digest = digest(&SHA256, text.as_bytes());
        let version = digest.as_ref().iter().take(NAMED_BY).map(|byte| format!("{byte:02x}"));
        Self {
            version: version.collect(),
            teams: rules.teams.len(),
            grants: rules.teams.iter().map(|team| team.grants.len()).sum(),
            denies: rules.teams.iter().map(|team| team.denies.len()).sum(),
            guards: rules.guards.len(),
            freezes: rules.freezes.len(),
            ends: rules.freezes.iter().map(|freeze| freeze.until).collect(),
        }
    }

    /// How many freezes are in force.
    #[must_use]
    pub fn freezes_in_force(&self, now: Timestamp) -> usize {
        self.ends.iter().filter(|until| !is_over(**until, now)).count()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, teams, grants, denies, guards, freezes, ends: _ } = self;
        write!(
            f,
            "version {version}, teams: {teams}, grants: {grants}, denies: {denies}, guards: {guards}, freezes: {freezes}"
        )
    }
}

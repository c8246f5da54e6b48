//! The steps of a change on their way to `LaunchDarkly`. Only an operation makes them.

use jiff::Timestamp;

use crate::domain::{Expiration, FlagKey, FlagTarget, Json, OperationId, UserTarget};

/// A setting on its way: one value for one flag of one user; none erases.
#[derive(Debug)]
pub struct Put<'op> {
    pub(super) target: &'op FlagTarget,
    pub(super) comment: &'op str,
    pub(super) setting: Option<Json>,
}

impl Put<'_> {
    /// What is set.
    #[must_use]
    pub fn target(&self) -> &FlagTarget {
        self.target
    }

    /// The comment, which starts with the author's stamp.
    #[must_use]
    pub fn comment(&self) -> &str {
        self.comment
    }

    /// The value; none erases.
    #[must_use]
    pub fn setting(&self) -> Option<&Json> {
        self.setting.as_ref()
    }
}

/// One step of a change of expirations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpirationStep {
    /// Schedule the removal from a variation.
    Add {
        /// The variation's UUID.
        variation_id: String,
        /// When, to the millisecond.
        at: Timestamp,
    },
    /// Move a scheduled removal.
    Move {
        /// The variation's UUID.
        variation_id: String,
        /// When, to the millisecond.
        at: Timestamp,
        /// The version it must still have.
        version: Option<i64>,
    },
    /// Cancel a scheduled removal.
    Cancel {
        /// The variation's UUID.
        variation_id: String,
    },
}

/// Changes of one user's expirations on their way, in one call.
#[derive(Debug)]
pub struct Patch<'op> {
    pub(super) target: &'op UserTarget,
    pub(super) id: OperationId,
    pub(super) comment: &'op str,
    pub(super) steps: Vec<(FlagKey, ExpirationStep)>,
}

impl Patch<'_> {
    /// Whose expirations.
    #[must_use]
    pub fn target(&self) -> &UserTarget {
        self.target
    }

    /// The comment, which starts with the author's stamp.
    #[must_use]
    pub fn comment(&self) -> &str {
        self.comment
    }

    /// The steps, in order; never empty.
    #[must_use]
    pub fn steps(&self) -> &[(FlagKey, ExpirationStep)] {
        &self.steps
    }

    /// Both in one call; none if they are not of one operation on one user.
    #[must_use]
    pub fn join(mut self, other: Self) -> Option<Self> {
        if self.id != other.id || self.target != other.target {
            return None;
        }
        self.steps.extend(other.steps);
        Some(self)
    }
}

/// What turns the expiration `found` into one at `end` for `variation_id`. `LaunchDarkly` keeps at most one
/// variation per user and flag, so another variation's expiration goes first.
pub(super) fn steps(
    end: Option<Timestamp>,
    found: Option<&Expiration>,
    variation_id: &str,
) -> Vec<ExpirationStep> {
    let cancel =
        |one: &Expiration| ExpirationStep::Cancel { variation_id: one.variation_id.clone() };
    let own = variation_id.to_owned();
    match (end, found) {
        (None, None) => Vec::new(),
        (None, Some(found)) => vec![cancel(found)],
        (Some(at), None) => vec![ExpirationStep::Add { variation_id: own, at }],
        (Some(at), Some(found)) if found.variation_id == variation_id => {
            if found.at == at {
                return Vec::new();
            }
            let version = Some(found.version);
            vec![ExpirationStep::Move { variation_id: own, at, version }]
        }
        (Some(at), Some(found)) => {
            vec![cancel(found), ExpirationStep::Add { variation_id: own, at }]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variation: &str, second: i64) -> Expiration {
        Expiration {
            flag: "f".parse().unwrap(),
            variation_id: variation.to_owned(),
            at: Timestamp::from_second(second).unwrap(),
            version: 3,
        }
    }

    #[test]
    fn only_what_differs_is_sent() {
        let at = Timestamp::from_second(50).unwrap();
        assert_eq!(steps(None, None, "v"), []);
        assert_eq!(steps(Some(at), Some(&found("v", 50)), "v"), []);
        let moved = ExpirationStep::Move { variation_id: "v".to_owned(), at, version: Some(3) };
        assert_eq!(steps(Some(at), Some(&found("v", 40)), "v"), [moved]);
    }

    #[test]
    fn another_variations_expiration_goes_first() {
        let at = Timestamp::from_second(50).unwrap();
        let steps = steps(Some(at), Some(&found("old", 50)), "new");
        assert_eq!(
            steps,
            [
                ExpirationStep::Cancel { variation_id: "old".to_owned() },
                ExpirationStep::Add { variation_id: "new".to_owned(), at },
            ]
        );
    }
}

//! A change under way. A permit for a write is exchanged for one [`Operation`], whose steps ([`Put`],
//! [`Patch`]) borrow from it: when the operation is over there is nothing left to send.

use std::marker::PhantomData;

use jiff::Timestamp;

use super::action::{Action, Clear, Read, Schedule, Set};
use super::permit::Permit;
use crate::domain::{Author, Door, Expiration, FlagKey, FlagTarget, Json, OperationId, UserTarget};

/// What a write says besides its value.
#[derive(Clone, Debug)]
pub struct Declared<'a> {
    /// The operation's name.
    pub id: OperationId,
    /// The door it came through.
    pub door: Door,
    /// The caller's own words.
    pub comment: Option<&'a str>,
    /// The time of the check.
    pub now: Timestamp,
}

/// A change of one flag of one user, allowed and within its guards.
#[derive(Debug)]
pub struct Operation<A: Action> {
    read: Permit<Read>,
    id: OperationId,
    author: Author,
    comment: String,
    end: Option<Timestamp>,
    action: PhantomData<A>,
}

impl<A: Action> Operation<A> {
    pub(super) fn begun(
        read: Permit<Read>,
        declared: &Declared<'_>,
        author: Author,
        end: Option<Timestamp>,
    ) -> Self {
        let comment = author.comment(declared.id, declared.comment);
        Self {
            read,
            id: declared.id,
            author,
            comment,
            end,
            action: PhantomData,
        }
    }

    /// The operation's name.
    #[must_use]
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// What is changed.
    #[must_use]
    pub fn target(&self) -> &FlagTarget {
        self.read.target()
    }

    /// Who changes it.
    #[must_use]
    pub fn author(&self) -> &Author {
        &self.author
    }

    /// When the override shall end; none for never.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// The permit for looking at the target before and after.
    #[must_use]
    pub fn read(&self) -> &Permit<Read> {
        &self.read
    }

    /// The step that makes the pending expiration what this operation wants, given the one `found` and the
    /// variation that the user is (or will be) set to; none if it is so already.
    #[must_use]
    pub fn schedule(&self, found: Option<&Expiration>, variation_id: &str) -> Option<Patch<'_>> {
        self.patch(steps(self.end, found, variation_id))
    }

    fn patch(&self, steps: Vec<ExpirationStep>) -> Option<Patch<'_>> {
        let flag = &self.target().flag;
        let steps: Vec<_> = steps.into_iter().map(|step| (flag.clone(), step)).collect();
        let target = &self.target().user;
        (!steps.is_empty()).then_some(Patch {
            target,
            id: self.id,
            comment: &self.comment,
            steps,
        })
    }
}

impl Operation<Set> {
    /// The step that sets the value.
    #[must_use]
    pub fn put(&self, setting: Json) -> Put<'_> {
        Put {
            target: self.target(),
            comment: &self.comment,
            setting: Some(setting),
        }
    }

    /// The step that puts back what was set before; none for nothing.
    #[must_use]
    pub fn undo(&self, before: Option<Json>) -> Put<'_> {
        Put {
            target: self.target(),
            comment: &self.comment,
            setting: before,
        }
    }

    /// The step that puts back the expiration from before, given the one `found` now.
    #[must_use]
    pub fn undo_schedule(
        &self,
        found: Option<&Expiration>,
        before: Option<&Expiration>,
    ) -> Option<Patch<'_>> {
        let variation = before.or(found).map_or("", |one| &one.variation_id);
        self.patch(steps(before.map(|one| one.at), found, variation))
    }
}

impl Operation<Clear> {
    /// The step that clears.
    #[must_use]
    pub fn put(&self) -> Put<'_> {
        Put {
            target: self.target(),
            comment: &self.comment,
            setting: None,
        }
    }
}

impl Operation<Schedule> {
    /// The step that adds exactly this expiration; none if the operation is to cancel.
    #[must_use]
    pub fn add(&self, variation_id: &str) -> Option<Patch<'_>> {
        let variation_id = variation_id.to_owned();
        self.end
            .and_then(|at| self.patch(vec![ExpirationStep::Add { variation_id, at }]))
    }

    /// The step that moves exactly this expiration, if it still has the `version` given; none if the
    /// operation is to cancel.
    #[must_use]
    pub fn shift(&self, variation_id: &str, version: Option<i64>) -> Option<Patch<'_>> {
        let variation_id = variation_id.to_owned();
        self.end.and_then(|at| {
            self.patch(vec![ExpirationStep::Move {
                variation_id,
                at,
                version,
            }])
        })
    }

    /// The step that cancels exactly this expiration; none if the operation is to schedule.
    #[must_use]
    pub fn cancel(&self, variation_id: &str) -> Option<Patch<'_>> {
        let variation_id = variation_id.to_owned();
        if self.end.is_some() {
            return None;
        }
        self.patch(vec![ExpirationStep::Cancel { variation_id }])
    }
}

/// A setting on its way: one value for one flag of one user; none erases.
#[derive(Debug)]
pub struct Put<'op> {
    target: &'op FlagTarget,
    comment: &'op str,
    setting: Option<Json>,
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
    target: &'op UserTarget,
    id: OperationId,
    comment: &'op str,
    steps: Vec<(FlagKey, ExpirationStep)>,
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
fn steps(
    end: Option<Timestamp>,
    found: Option<&Expiration>,
    variation_id: &str,
) -> Vec<ExpirationStep> {
    let cancel = |one: &Expiration| ExpirationStep::Cancel {
        variation_id: one.variation_id.clone(),
    };
    let own = variation_id.to_owned();
    match (end, found) {
        (None, None) => Vec::new(),
        (None, Some(found)) => vec![cancel(found)],
        (Some(at), None) => vec![ExpirationStep::Add {
            variation_id: own,
            at,
        }],
        (Some(at), Some(found)) if found.variation_id == variation_id => {
            if found.at == at {
                return Vec::new();
            }
            let version = Some(found.version);
            vec![ExpirationStep::Move {
                variation_id: own,
                at,
                version,
            }]
        }
        (Some(at), Some(found)) => {
            vec![
                cancel(found),
                ExpirationStep::Add {
                    variation_id: own,
                    at,
                },
            ]
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
        let moved = ExpirationStep::Move {
            variation_id: "v".to_owned(),
            at,
            version: Some(3),
        };
        assert_eq!(steps(Some(at), Some(&found("v", 40)), "v"), [moved]);
    }

    #[test]
    fn another_variations_expiration_goes_first() {
        let at = Timestamp::from_second(50).unwrap();
        let steps = steps(Some(at), Some(&found("old", 50)), "new");
        assert_eq!(
            steps,
            [
                ExpirationStep::Cancel {
                    variation_id: "old".to_owned()
                },
                ExpirationStep::Add {
                    variation_id: "new".to_owned(),
                    at
                },
            ]
        );
    }
}

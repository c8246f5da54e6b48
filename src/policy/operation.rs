//! A change under way. A permit for a write is exchanged for one [`Operation`], whose steps ([`Put`],
//! [`Patch`]) borrow from it: when the operation is over there is nothing left to send.

use std::marker::PhantomData;

use jiff::Timestamp;

use super::action::{Action, Clear, Read, Schedule, Set};
use super::permit::Permit;
use super::step::{ExpirationStep, Patch, Put, steps};
use crate::domain::{Author, Door, Expiration, FlagTarget, Json, OperationId};

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
        Self { read, id: declared.id, author, comment, end, action: PhantomData }
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
        (!steps.is_empty()).then_some(Patch { target, id: self.id, comment: &self.comment, steps })
    }
}

impl Operation<Set> {
    /// The step that sets the value.
    #[must_use]
    pub fn put(&self, setting: Json) -> Put<'_> {
        Put { target: self.target(), comment: &self.comment, setting: Some(setting) }
    }

    /// The step that puts back what was set before; none for nothing.
    #[must_use]
    pub fn undo(&self, before: Option<Json>) -> Put<'_> {
        Put { target: self.target(), comment: &self.comment, setting: before }
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
        Put { target: self.target(), comment: &self.comment, setting: None }
    }
}

impl Operation<Schedule> {
    /// The step that adds exactly this expiration; none if the operation is to cancel.
    #[must_use]
    pub fn add(&self, variation_id: &str) -> Option<Patch<'_>> {
        let variation_id = variation_id.to_owned();
        self.end.and_then(|at| self.patch(vec![ExpirationStep::Add { variation_id, at }]))
    }

    /// The step that moves exactly this expiration, if it still has the `version` given; none if the
    /// operation is to cancel.
    #[must_use]
    pub fn shift(&self, variation_id: &str, version: Option<i64>) -> Option<Patch<'_>> {
        let variation_id = variation_id.to_owned();
        self.end.and_then(|at| self.patch(vec![ExpirationStep::Move { variation_id, at, version }]))
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

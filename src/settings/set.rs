//! Setting and clearing: the whole override in one call, value and end.

use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::Settings;
use super::asking::Asking;
use super::error::{Error, Unfinished};
use super::journal::Record;
use super::state::State;
use super::views::{Applied, StateTag, Step, StepOutcome, Written};
use crate::domain::{Author, Door, FlagKey, FlagTarget, Json, OperationId, Place};
use crate::policy::{Action, ActionKind, Clear, Declared, Operation, Permit, Set};
use crate::upstream::Variation;

/// What a write says besides its value.
#[derive(Clone, Debug)]
pub struct Change {
    /// The door it came through.
    pub door: Door,
    /// The caller's own words.
    pub comment: Option<String>,
    /// Whether to say what would be sent, and send nothing.
    pub dry_run: bool,
    /// The request that asks for it.
    pub asking: Asking,
    /// The state that the caller was shown and decided on, if they were: nothing is sent where it is another by now. The
    /// drop-in's writes know no such thing.
    pub expected: Option<StateTag>,
}

/// On what terms the steps of a write are taken.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) dry_run: bool,
    expected: Option<StateTag>,
}

impl Terms {
    /// Refuses a state that the caller was not shown.
    pub(super) fn check(&self, before: &State) -> Result<(), Error> {
        let moved = self.expected.as_ref().is_some_and(|shown| *shown != before.view().tag());
        if moved { Err(Error::Moved) } else { Ok(()) }
    }
}

/// A change that was asked for, from the moment at which it gets its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    id: OperationId,
    now: Timestamp,
}

impl Change {
    pub(super) fn terms(&self) -> Terms {
        Terms { dry_run: self.dry_run, expected: self.expected.clone() }
    }

    pub(super) fn begin(&self, now: Timestamp) -> Begun {
        let id = OperationId::new(now);
        if !self.dry_run {
            self.asking.begins(id);
        }
        Begun { id, now }
    }

    pub(super) fn declared(&self, begun: Begun) -> Declared<'_> {
        let Begun { id, now } = begun;
        Declared { id, door: self.door.clone(), comment: self.comment.as_deref(), now }
    }

    /// What the journal has of it; nothing of a dry run.
    pub(super) fn record(
        &self,
        begun: Begun,
        action: ActionKind,
        author: Author,
        place: &Place,
        flags: Vec<FlagKey>,
    ) -> Option<Record> {
        let request_id = Arc::clone(self.asking.request_id());
        let place = place.clone();
        let record = Record { id: begun.id, request_id, action, author, place, flags };
        (!self.dry_run).then_some(record)
    }

    /// The same of a change of one flag.
    pub(super) fn record_of<A: Action>(
        &self,
        begun: Begun,
        action: ActionKind,
        permit: &Permit<A>,
    ) -> Option<Record> {
        let FlagTarget { user, flag } = permit.target();
        let author = permit.author(self.door.clone());
        self.record(begun, action, author, &user.place, vec![flag.clone()])
    }
}

impl Settings {
    /// Sets a value until `end`; without an end a pending one is cancelled.
    pub async fn set(
        &self,
        permit: Permit<Set>,
        value: Json,
        end: Option<Timestamp>,
        change: Change,
    ) -> Result<Written, Error> {
        let terms = change.terms();
        self.write(ActionKind::Set, permit, change, move |this, permit, declared| {
            let steps = async move {
                if end.is_some_and(|end| end <= declared.now) {
                    return Err(Error::EndIsPast);
                }
                let operation = permit.begin(declared, end)?;
                this.set_under(&operation, &value, &terms).await
            };
            steps.boxed()
        })
        .await
    }

    /// Clears an override and its end.
    pub async fn clear(&self, permit: Permit<Clear>, change: Change) -> Result<Written, Error> {
        let terms = change.terms();
        self.write(ActionKind::Clear, permit, change, move |this, permit, declared| {
            let steps = async move {
                let operation = permit.begin(declared)?;
                this.clear_under(&operation, &terms).await
            };
            steps.boxed()
        })
        .await
    }

    async fn set_under(
        &self,
        operation: &Operation<Set>,
        value: &Json,
        terms: &Terms,
    ) -> Result<Written, Error> {
        let target = operation.target();
        let (variation, before) = self.variation_and_state(operation.read(), value).await?;
        terms.check(&before)?;
        if operation.end().is_some_and(|end| end <= self.now()) {
            return Err(Error::EndIsPast); // it came while we waited for another write
        }
        let mut after = before.view();
        after.setting = Some(variation.value.clone());
        after.expires_at = operation.end();
        if terms.dry_run {
            let put = operation.put(variation.value.clone());
            let patch = operation.schedule(before.expiration.as_ref(), &variation.id);
            let calls = self.calls(Some(&put), patch.as_ref())?;
            return Ok(Written::WouldBe { before: before.view(), after, calls });
        }
        let writing = self.begin_write(&target.user, std::slice::from_ref(&target.flag));
        let result = self.take_set_steps(operation, &variation, &before).await;
        self.settle(operation, &before, writing, result.is_ok()).await;
        result?;
        let operation = operation.id().to_string();
        Ok(Written::Made { operation, before: before.view(), after })
    }

    async fn take_set_steps(
        &self,
        operation: &Operation<Set>,
        variation: &Variation,
        before: &State,
    ) -> Result<(), Box<Unfinished>> {
        let value = &variation.value;
        let put = operation.put(value.clone());
        if let Err(failure) = self.0.upstream.put_setting(&put).await {
            let settled = self.settle_put(operation, Some(value), failure).await;
            settled.map_err(|halt| halt.alone(operation, "set"))?;
        }
        let Err(halt) = self.reschedule(operation, before, &variation.id).await else {
            return Ok(());
        };
        let outcome = self.undo(operation, value, before, halt.outcome).await;
        let applied = match outcome {
            // Its end may still arrive, and find the same value under it.
            StepOutcome::Undone
                if halt.outcome == StepOutcome::Unknown && before.is_set_to(value) =>
            {
                Applied::Unknown
            }
            StepOutcome::Undone => Applied::No,
            StepOutcome::Done
            | StepOutcome::Failed
            | StepOutcome::UndoFailed
            | StepOutcome::Unknown => Applied::Partly,
        };
        let steps =
            vec![Step { step: "set", outcome }, Step { step: "schedule", outcome: halt.outcome }];
        Err(Unfinished::at(operation.id(), applied, steps, halt.cause))
    }

    async fn clear_under(
        &self,
        operation: &Operation<Clear>,
        terms: &Terms,
    ) -> Result<Written, Error> {
        let target = operation.target();
        let before = self.state(operation.read()).await?;
        terms.check(&before)?;
        let after = State::default().view();
        if terms.dry_run {
            let patch = operation.schedule(before.expiration.as_ref(), "");
            let calls = self.calls(Some(&operation.put()), patch.as_ref())?;
            return Ok(Written::WouldBe { before: before.view(), after, calls });
        }
        let writing = self.begin_write(&target.user, std::slice::from_ref(&target.flag));
        let result = self.take_clear_steps(operation, &before).await;
        self.settle(operation, &before, writing, result.is_ok()).await;
        result?;
        let operation = operation.id().to_string();
        Ok(Written::Made { operation, before: before.view(), after })
    }

    async fn take_clear_steps(
        &self,
        operation: &Operation<Clear>,
        before: &State,
    ) -> Result<(), Box<Unfinished>> {
        if let Err(failure) = self.0.upstream.put_setting(&operation.put()).await {
            let settled = self.settle_put(operation, None, failure).await;
            settled.map_err(|halt| halt.alone(operation, "clear"))?;
        }
        let rescheduled = self.reschedule(operation, before, "").await;
        rescheduled.map_err(|halt| {
            let steps = vec![
                Step { step: "clear", outcome: StepOutcome::Done },
                Step { step: "schedule", outcome: halt.outcome },
            ];
            Unfinished::at(operation.id(), Applied::Partly, steps, halt.cause)
        })
    }
}

//! Setting and clearing: the whole override in one call, value and end.

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::Settings;
use super::error::{Error, Unfinished};
use super::state::State;
use super::views::{Applied, Step, StepOutcome, Written};
use crate::domain::{Door, Json, OperationId};
use crate::policy::{ActionKind, Clear, Declared, Operation, Permit, Set};
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
}

impl Change {
    pub(super) fn declared(&self, now: Timestamp) -> Declared<'_> {
        let id = OperationId::new(now);
        Declared { id, door: self.door.clone(), comment: self.comment.as_deref(), now }
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
        let dry_run = change.dry_run;
        self.write(ActionKind::Set, permit, change, move |this, permit, declared| {
            let steps = async move {
                if end.is_some_and(|end| end <= declared.now) {
                    return Err(Error::EndIsPast);
                }
                let operation = permit.begin(declared, end)?;
                this.set_under(&operation, &value, dry_run).await
            };
            steps.boxed()
        })
        .await
    }

    /// Clears an override and its end.
    pub async fn clear(&self, permit: Permit<Clear>, change: Change) -> Result<Written, Error> {
        let dry_run = change.dry_run;
        self.write(ActionKind::Clear, permit, change, move |this, permit, declared| {
            let steps = async move {
                let operation = permit.begin(declared)?;
                this.clear_under(&operation, dry_run).await
            };
            steps.boxed()
        })
        .await
    }

    async fn set_under(
        &self,
        operation: &Operation<Set>,
        value: &Json,
        dry_run: bool,
    ) -> Result<Written, Error> {
        let target = operation.target();
        let (variation, before) = self.variation_and_state(operation.read(), value).await?;
        if operation.end().is_some_and(|end| end <= self.now()) {
            return Err(Error::EndIsPast); // it came while we waited for another write
        }
        let mut after = before.view();
        after.setting = Some(variation.value.clone());
        after.expires_at = operation.end();
        if dry_run {
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
        dry_run: bool,
    ) -> Result<Written, Error> {
        let target = operation.target();
        let before = self.state(operation.read()).await?;
        let after = State::default().view();
        if dry_run {
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

//! Setting and clearing: the whole override in one call, value and end.

use jiff::Timestamp;

use super::Settings;
use super::error::{Error, Unfinished};
use super::journal::Record;
use super::lanes::Lane;
use super::state::State;
use super::views::{Applied, Call, Step, StepOutcome, Written};
use crate::domain::{Door, FlagTarget, Json, OperationId};
use crate::policy::{ActionKind, Clear, Declared, Operation, Permit, Set};
use crate::upstream::{Draft, Variation};

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
        let this = self.clone();
        let lane = self.lane(permit.target(), change.dry_run).await;
        self.to_its_end(async move {
            let _lane = lane?;
            let declared = change.declared(this.now());
            let author = permit.author(change.door.clone());
            let target = permit.target().clone();
            let result = match end.filter(|end| *end <= declared.now) {
                Some(_) => Err(Error::EndIsPast),
                None => match permit.begin(&declared, end) {
                    Ok(operation) => this.set_under(&operation, &value, change.dry_run).await,
                    Err(unmet) => Err(unmet.into()),
                },
            };
            let record = Record {
                id: declared.id,
                action: ActionKind::Set,
                author: &author,
                target: &target,
            };
            this.noted(&record, &change, result)
        })
        .await
    }

    /// Clears an override and its end.
    pub async fn clear(&self, permit: Permit<Clear>, change: Change) -> Result<Written, Error> {
        let this = self.clone();
        let lane = self.lane(permit.target(), change.dry_run).await;
        self.to_its_end(async move {
            let _lane = lane?;
            let declared = change.declared(this.now());
            let author = permit.author(change.door.clone());
            let target = permit.target().clone();
            let result = match permit.begin(&declared) {
                Ok(operation) => this.clear_under(&operation, change.dry_run).await,
                Err(unmet) => Err(unmet.into()),
            };
            let record = Record {
                id: declared.id,
                action: ActionKind::Clear,
                author: &author,
                target: &target,
            };
            this.noted(&record, &change, result)
        })
        .await
    }

    /// Waits until no other write to the flag runs; a dry run has nothing to wait for. The wait is the caller's own:
    /// whoever hangs up meanwhile has asked for nothing.
    pub(super) async fn lane(
        &self,
        target: &FlagTarget,
        dry_run: bool,
    ) -> Result<Option<Lane>, Error> {
        if dry_run {
            return Ok(None);
        }
        let FlagTarget { user, flag } = target;
        let lane = self.0.lanes.enter(&user.place, std::slice::from_ref(flag)).await;
        lane.map(Some).ok_or(Error::Busy)
    }

    pub(super) fn noted<T>(
        &self,
        record: &Record<'_>,
        change: &Change,
        result: Result<T, Error>,
    ) -> Result<T, Error> {
        if !change.dry_run {
            self.0.journal.note(record, &result);
        }
        result
    }

    async fn set_under(
        &self,
        operation: &Operation<Set>,
        value: &Json,
        dry_run: bool,
    ) -> Result<Written, Error> {
        let variation = self.variation(operation.read(), value).await?;
        let target = operation.target();
        let before = self.state(operation.read()).await?;
        if operation.end().is_some_and(|end| end <= self.now()) {
            return Err(Error::EndIsPast); // it came while we waited for another write
        }
        let mut after = before.view();
        after.setting = Some(variation.value.clone());
        after.expires_at = operation.end();
        if dry_run {
            let put = self.0.upstream.draft_put(&operation.put(variation.value.clone()))?;
            let patch = operation.schedule(before.expiration.as_ref(), &variation.id);
            let patch = patch.map(|patch| self.0.upstream.draft_patch(&patch)).transpose()?;
            let calls =
                [Some(put), patch].into_iter().flatten().map(call).collect::<Result<_, _>>()?;
            return Ok(Written::WouldBe { before: before.view(), after, calls });
        }
        let writing = self.0.cache.begin_write(&target.user);
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
            let put = self.0.upstream.draft_put(&operation.put())?;
            let patch = operation.schedule(before.expiration.as_ref(), "");
            let patch = patch.map(|patch| self.0.upstream.draft_patch(&patch)).transpose()?;
            let calls =
                [Some(put), patch].into_iter().flatten().map(call).collect::<Result<_, _>>()?;
            return Ok(Written::WouldBe { before: before.view(), after, calls });
        }
        let writing = self.0.cache.begin_write(&target.user);
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

pub(super) fn call(draft: Draft) -> Result<Call, Error> {
    let body = Json::from_raw(draft.body).ok().ok_or(Error::Crashed)?;
    Ok(Call { method: draft.method, path: draft.path, body })
}

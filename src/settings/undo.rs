//! Taking an override back whose end could not be scheduled.

use jiff::Timestamp;

use super::Settings;
use super::doubt::is_at;
use super::error::Error;
use super::state::{State, same};
use super::views::StepOutcome;
use crate::domain::Json;
use crate::policy::{Operation, Set};

impl Settings {
    /// Puts back what was before, where nobody changed it since.
    pub(super) async fn undo(
        &self,
        operation: &Operation<Set>,
        ours: &Json,
        before: &State,
    ) -> StepOutcome {
        let Ok(now) = self.setting_now(operation.read()).await else {
            return StepOutcome::UndoFailed;
        };
        if !same(now.as_ref(), Some(ours)) || self.is_rescheduled(operation, before).await {
            return StepOutcome::Done;
        }
        let before = before.as_of(self.now());
        let put = operation.undo(before.setting.clone());
        if let Err(failure) = self.0.upstream.put_setting(&put).await {
            let settled = self.settle_put(operation, before.setting.as_ref(), failure);
            if settled.await.is_err() {
                return StepOutcome::UndoFailed;
            }
        }
        match self.restore_expiration(operation, &before).await {
            Ok(()) => StepOutcome::Undone,
            // Without an override there is nothing that could end, or fail to.
            Err(_) if before.setting.is_none() => StepOutcome::Undone,
            Err(_) => self.undo_what_is_over(operation, &before).await,
        }
    }

    /// The end from before came while the override was being put back, and can't be scheduled any more: then nothing
    /// would be left of it, and it must not stand for good.
    async fn undo_what_is_over(&self, operation: &Operation<Set>, before: &State) -> StepOutcome {
        let is_over = before.as_of(self.now()).setting.is_none();
        if is_over && self.0.upstream.put_setting(&operation.undo(None)).await.is_ok() {
            return StepOutcome::Undone;
        }
        StepOutcome::UndoFailed
    }

    /// Whether someone else has scheduled an end meanwhile: one that is neither from before nor ours.
    async fn is_rescheduled(&self, operation: &Operation<Set>, before: &State) -> bool {
        let Ok(Some(now)) = self.expiration_now(operation.read()).await else {
            return false;
        };
        let known = [before.view().expires_at, operation.end()];
        !known.contains(&Some(now.at))
    }

    async fn restore_expiration(
        &self,
        operation: &Operation<Set>,
        before: &State,
    ) -> Result<(), Error> {
        let found = self.expiration_now(operation.read()).await?;
        let wanted = before.expiration.as_ref();
        let Some(patch) = operation.undo_schedule(found.as_ref(), wanted) else {
            return Ok(());
        };
        let sent = self.0.upstream.patch_expirations(&patch).await;
        if sent.is_ok_and(|report| report.is_complete()) {
            return Ok(());
        }
        let now = self.expiration_now(operation.read()).await?;
        if is_at(now.as_ref(), wanted.map(|one| (one.at, one.variation_id.as_str()))) {
            return Ok(());
        }
        Err(Error::NotOverridden)
    }
}

impl State {
    /// What would be left of it by now, had nobody touched it: an override is over when its end has come.
    fn as_of(&self, now: Timestamp) -> Self {
        if self.expiration.as_ref().is_some_and(|one| one.at <= now) {
            return Self::default();
        }
        self.clone()
    }
}

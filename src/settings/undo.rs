//! Taking an override back whose end could not be scheduled.

use jiff::Timestamp;

use super::Settings;
use super::doubt::is_at;
use super::error::Error;
use super::state::{State, same};
use super::views::StepOutcome;
use crate::domain::{Expiration, Json};
use crate::policy::{Operation, Set};

impl Settings {
    /// Puts back what was before, where nobody changed it since; `schedule` is what became of giving it our end. In as
    /// few calls as it takes: what is put back has no end until it has been given its own again.
    pub(super) async fn undo(
        &self,
        operation: &Operation<Set>,
        ours: &Json,
        before: &State,
        schedule: StepOutcome,
    ) -> StepOutcome {
        let read = operation.read();
        let (now, end) = futures_util::join!(self.setting_now(read), self.expiration_now(read));
        let Ok(now) = now else {
            return StepOutcome::UndoFailed;
        };
        let is_rescheduled = matches!(&end, Ok(Some(end)) if is_of_others(end, operation, before));
        if !same(now.as_ref(), Some(ours)) || is_rescheduled {
            return StepOutcome::Done;
        }
        // Ours may still arrive where its outcome is not known.
        let has_no_end = matches!(end, Ok(None)) && schedule == StepOutcome::Failed;
        let before = before.as_of(self.now());
        let put = operation.undo(before.setting.clone());
        if let Err(failure) = self.0.upstream.put_setting(&put).await {
            let settled = self.settle_put(operation, before.setting.as_ref(), failure);
            if settled.await.is_err() {
                return StepOutcome::UndoFailed;
            }
        }
        match self.restore_expiration(operation, &before, has_no_end).await {
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

    /// Makes the end what it was. One that was not there before the value was put back is not there now, so there is
    /// nothing to look at.
    async fn restore_expiration(
        &self,
        operation: &Operation<Set>,
        before: &State,
        has_no_end: bool,
    ) -> Result<(), Error> {
        let found = if has_no_end { None } else { self.expiration_now(operation.read()).await? };
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

/// Whether someone else has scheduled this end: one that is neither from before nor ours.
fn is_of_others(end: &Expiration, operation: &Operation<Set>, before: &State) -> bool {
    let known = [before.view().expires_at, operation.end()];
    !known.contains(&Some(end.at))
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

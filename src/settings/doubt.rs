//! What a failed call leaves in doubt, and how a look at `LaunchDarkly` settles it.

use jiff::Timestamp;

use super::Settings;
use super::error::{Unfinished, Upstream};
use super::state::{of_flag, same};
use super::views::{Applied, Step, StepOutcome};
use crate::domain::{Expiration, Json};
use crate::policy::{Action, Operation, Patch};
use crate::upstream::{self, Failure, PatchReport};

/// A step that is not known to be in force.
#[derive(Debug)]
pub(super) struct Halt {
    /// What became of it: `Failed` or `Unknown`.
    pub(super) outcome: StepOutcome,
    /// Why; none where `LaunchDarkly` answered that it did not follow an instruction.
    pub(super) cause: Option<Upstream>,
}

/// Whether a call that failed may have changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It did not.
    None,
    /// It was answered, so it is over: a look tells.
    UntilLooked,
    /// It may still be on its way, and take effect after any look.
    Lasting,
}

impl Doubt {
    pub(super) fn about(failure: &Failure) -> Self {
        if failure.applied() == upstream::Applied::No {
            return Self::None;
        }
        // A gateway's 502 and 504 are of something in between, behind which the call may go on.
        let is_under_way = matches!(
            failure,
            Failure::Timeout
                | Failure::Unreachable { .. }
                | Failure::Unavailable { status: 502 | 504, .. }
        );
        if is_under_way { Self::Lasting } else { Self::UntilLooked }
    }

    /// What is to be said of a step that a look did not find in force, or that could not be looked at.
    fn outcome(self, looked: bool) -> StepOutcome {
        match (self, looked) {
            (Self::None, _) | (Self::UntilLooked, true) => StepOutcome::Failed,
            (Self::UntilLooked, false) | (Self::Lasting, _) => StepOutcome::Unknown,
        }
    }
}

impl Halt {
    /// Of a step before which a look failed, so that nothing was sent.
    pub(super) fn before_sending(failure: Failure) -> Self {
        Self { outcome: StepOutcome::Failed, cause: Some(failure.into()) }
    }

    /// The failure of a write that consists of this step, or got no further.
    pub(super) fn alone<A: Action>(
        self,
        operation: &Operation<A>,
        step: &'static str,
    ) -> Box<Unfinished> {
        let outcome = self.outcome;
        let applied = if outcome == StepOutcome::Unknown { Applied::Unknown } else { Applied::No };
        let steps = vec![Step { step, outcome }];
        Unfinished::at(operation.id(), applied, steps, self.cause)
    }
}

impl Settings {
    /// What a put that failed means: nothing if the value is there all the same.
    pub(super) async fn settle_put<A: Action>(
        &self,
        operation: &Operation<A>,
        wanted: Option<&Json>,
        failure: Failure,
    ) -> Result<(), Halt> {
        let doubt = Doubt::about(&failure);
        let mut looked = false;
        if doubt != Doubt::None {
            let now = self.setting_now(operation.read()).await;
            looked = now.is_ok();
            if now.is_ok_and(|now| same(now.as_ref(), wanted)) {
                return Ok(());
            }
        }
        Err(Halt { outcome: doubt.outcome(looked), cause: Some(failure.into()) })
    }

    /// Sends a change of expirations. Unless it is certain that it was refused, a look tells whether all is as
    /// wanted.
    pub(super) async fn send<A: Action>(
        &self,
        operation: &Operation<A>,
        patch: &Patch<'_>,
        wanted: Option<(Timestamp, &str)>,
    ) -> Result<(), Halt> {
        let (doubt, failure) = match self.0.upstream.patch_expirations(patch).await {
            Ok(report) if report.is_complete() && shows(&report, operation, wanted) => {
                return Ok(());
            }
            // An answer that does not show what it says proves nothing, and one may say that it failed because all is
            // as wanted already: what was to be cancelled has gone.
            Ok(_) => (Doubt::None, None),
            Err(failure) => match Doubt::about(&failure) {
                Doubt::None => return Err(Halt::before_sending(failure)),
                doubt @ (Doubt::UntilLooked | Doubt::Lasting) => (doubt, Some(failure)),
            },
        };
        let now = self.expiration_now(operation.read()).await;
        let looked = now.is_ok();
        if now.is_ok_and(|now| is_at(now.as_ref(), wanted)) {
            return Ok(());
        }
        Err(Halt { outcome: doubt.outcome(looked), cause: failure.map(Upstream::from) })
    }
}

/// Whether the answer lists what was wanted.
fn shows<A: Action>(
    report: &PatchReport,
    operation: &Operation<A>,
    wanted: Option<(Timestamp, &str)>,
) -> bool {
    is_at(of_flag(&report.items, &operation.target().flag).as_ref(), wanted)
}

/// Whether the scheduled removal is this one, for this variation. That of another variation ends nothing.
pub(super) fn is_at(now: Option<&Expiration>, wanted: Option<(Timestamp, &str)>) -> bool {
    now.map(|one| (one.at, one.variation_id.as_str())) == wanted
}

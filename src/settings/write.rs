//! What every write to one flag has around it: its lane, its own task, and its line in the journal.

use futures_util::future::BoxFuture;

use super::Settings;
use super::error::Error;
use super::journal::Told;
use super::lanes::Lane;
use super::set::Change;
use super::views::Call;
use crate::domain::{FlagTarget, Json};
use crate::policy::{Action, ActionKind, Declared, Patch, Permit, Put};
use crate::upstream::Draft;

impl Settings {
    /// Runs the steps of a write alone on its flag, to their end, and takes their outcome down.
    pub(super) async fn write<A, T, S>(
        &self,
        action: ActionKind,
        permit: Permit<A>,
        change: Change,
        steps: S,
    ) -> Result<T, Error>
    where
        A: Action,
        T: Told + Send + 'static,
        S: for<'a> FnOnce(
                &'a Settings,
                Permit<A>,
                &'a Declared<'a>,
            ) -> BoxFuture<'a, Result<T, Error>>
            + Send
            + 'static,
    {
        let this = self.clone();
        let lane = self.lane(permit.target(), change.dry_run).await?;
        let begun = change.begin(self.now());
        let record = change.record_of(begun, action, &permit);
        let write = async move { steps(&this, permit, &change.declared(begun)).await };
        self.to_its_end(lane, record, write).await
    }

    /// What a write would send, in the order in which it would: the very requests that it builds.
    pub(super) fn calls(
        &self,
        put: Option<&Put<'_>>,
        patch: Option<&Patch<'_>>,
    ) -> Result<Vec<Call>, Error> {
        let upstream = &self.0.upstream;
        let put = put.map(|put| upstream.draft_put(put)).transpose()?;
        let patch = patch.map(|patch| upstream.draft_patch(patch)).transpose()?;
        put.into_iter().chain(patch.into_iter().flatten()).map(call).collect()
    }

    /// Waits until no other write to the flag runs; a dry run has nothing to wait for. The wait is the caller's own:
    /// whoever hangs up meanwhile has asked for nothing.
    async fn lane(&self, target: &FlagTarget, dry_run: bool) -> Result<Option<Lane>, Error> {
        if dry_run {
            return Ok(None);
        }
        let FlagTarget { user, flag } = target;
        let lane = self.0.lanes.enter(&user.place, std::slice::from_ref(flag)).await;
        lane.map(Some).ok_or(Error::Busy)
    }
}

fn call(draft: Draft) -> Result<Call, Error> {
    let body = Json::from_raw(draft.body).ok().ok_or(Error::Crashed)?;
    Ok(Call { method: draft.method, path: draft.path, body })
}

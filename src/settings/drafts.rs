//! What a write would send, for a dry run.

use super::Settings;
use super::error::Error;
use super::views::Call;
use crate::domain::Json;
use crate::policy::{Patch, Put};
use crate::upstream::Draft;

impl Settings {
    /// The calls of these steps, in the order in which they would be made.
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
}

fn call(draft: Draft) -> Result<Call, Error> {
    let body = Json::from_raw(draft.body).ok().ok_or(Error::Crashed)?;
    Ok(Call { method: draft.method, path: draft.path, body })
}

//! The five functions by the User Settings API. `LaunchDarkly` removes it with API version `20240415`; what takes its
//! place has the same five methods.

use super::answers::{Expirations, FlagSetting, PatchReport, UserSettings};
use super::call::{Call, Draft, Request};
use super::failure::Failure;
use super::paths::Paths;
use super::transport::Transport;
use super::wire;
use crate::domain::UserTarget;
use crate::policy::{Patch, Permit, Put, Read};

/// The User Settings API.
#[derive(Clone, Debug)]
pub(super) struct UserSettingsApi {
    paths: Paths,
    transport: Transport,
}

impl UserSettingsApi {
    pub(super) fn new(paths: Paths, transport: Transport) -> Self {
        Self { paths, transport }
    }

    pub(super) async fn list_settings(
        &self,
        permit: &Permit<Read, UserTarget>,
    ) -> Result<UserSettings, Failure> {
        let url = self.paths.settings(permit.target())?;
        let request = Request::read(Call::ListSettings, url);
        self.transport.exchange(&request, wire::read_settings).await
    }

    pub(super) async fn get_setting(&self, permit: &Permit<Read>) -> Result<FlagSetting, Failure> {
        let url = self.paths.setting(permit.target())?;
        let request = Request::read(Call::GetSetting, url);
        self.transport.exchange(&request, wire::read_setting).await
    }

    pub(super) async fn put_setting(&self, put: &Put<'_>) -> Result<(), Failure> {
        let request = self.put(put)?;
        self.transport.exchange(&request, wire::read_nothing).await
    }

    pub(super) fn draft_put(&self, put: &Put<'_>) -> Result<Draft, Failure> {
        Ok(self.put(put)?.into_draft(&self.paths))
    }

    /// The target is that of a permit for this user, or for one of their flags.
    pub(super) async fn list_expirations(&self, user: &UserTarget) -> Result<Expirations, Failure> {
        let url = self.paths.expirations(user)?;
        let request = Request::read(Call::ListExpirations, url);
        self.transport.exchange(&request, wire::read_expirations).await
    }

    pub(super) async fn patch_expirations(
        &self,
        patch: &Patch<'_>,
    ) -> Result<PatchReport, Failure> {
        let request = self.patch(patch)?;
        self.transport.exchange(&request, wire::read_patch_report).await
    }

    pub(super) fn draft_patch(&self, patch: &Patch<'_>) -> Result<Draft, Failure> {
        Ok(self.patch(patch)?.into_draft(&self.paths))
    }

    fn put(&self, put: &Put<'_>) -> Result<Request, Failure> {
        let url = self.paths.setting(put.target())?;
        Ok(Request::with_body(Call::PutSetting, url, wire::put_body(put)))
    }

    fn patch(&self, patch: &Patch<'_>) -> Result<Request, Failure> {
        let url = self.paths.expirations(patch.target())?;
        Ok(Request::with_body(Call::PatchExpirations, url, wire::patch_body(patch)))
    }
}

//! The five functions, by whichever backend serves.
//!
//! Where the operator leaves the choice to us, an operation of the User Settings API that answers as removed is not
//! believed at once: a target that `LaunchDarkly` does not know looks the same. Only when a flag of the same project
//! can be read, and a read of the User Settings API answers as removed again, has it ended. The request that found
//! out is then served by the other backend, so that none fails.

use std::time::Duration;

use tokio::time::timeout;

use super::answers::{ExpirationItem, Expirations, FlagSetting, PatchReport, UserSettings};
use super::backends::{Backend, Cause, is_plain};
use super::call::{Call, Draft, Request};
use super::client::Client;
use super::contexts::in_order;
use super::failure::Failure;
use super::flags::Remembered;
use super::paths::Page;
use super::wire;
use crate::domain::{FlagKey, Json, UserTarget};
use crate::policy::{Patch, Permit, Put, Read};

/// How long the answer to a change waits for what is to stand beside it: less than other writes to the same flags wait
/// for this one to end.
const MOST_BESIDE: Duration = Duration::from_secs(3);

/// What somebody asked about: enough to find out whether the operations were removed.
struct About<'a> {
    user: &'a UserTarget,
    flag: Option<&'a FlagKey>,
}

impl Client {
    /// All flags of a user: `GET /api/v2/users/{project}/{environment}/{user}/flags`, or an evaluation of all flags.
    ///
    /// The permit is for some of the flags; leave out what it does not see.
    pub async fn list_settings(
        &self,
        permit: &Permit<Read, UserTarget>,
        remembered: &impl Remembered,
    ) -> Result<UserSettings, Failure> {
        let about = About { user: permit.target(), flag: None };
        let old = self.user_settings.list_settings(permit);
        self.served(&about, old, self.contexts.list_settings(permit, remembered)).await
    }

    /// One flag of a user: `GET /api/v2/users/{project}/{environment}/{user}/flags/{flag}`, or an evaluation of it.
    pub async fn get_setting(
        &self,
        permit: &Permit<Read>,
        remembered: &impl Remembered,
    ) -> Result<FlagSetting, Failure> {
        let about = About { user: &permit.target().user, flag: Some(&permit.target().flag) };
        let old = self.user_settings.get_setting(permit);
        self.served(&about, old, self.contexts.get_setting(permit, remembered)).await
    }

    /// What a user is set to at this moment; none for nothing. `now` must not answer with what it remembers.
    pub async fn current_setting(
        &self,
        permit: &Permit<Read>,
        now: &impl Remembered,
    ) -> Result<Option<Json>, Failure> {
        let about = About { user: &permit.target().user, flag: Some(&permit.target().flag) };
        let old = async {
            let setting = self.user_settings.get_setting(permit).await?.setting;
            Ok((!setting.is_null()).then_some(setting))
        };
        let new = async {
            let document = now.flag(&permit.part()).await?;
            let found = document.setting_of(&permit.target().user.user)?;
            // A variation that is `null` reads as nothing everywhere else.
            Ok(found.map(|variation| variation.value.clone()).filter(|value| !value.is_null()))
        };
        self.served(&about, old, new).await
    }

    /// Sets or erases: `PUT /api/v2/users/{project}/{environment}/{user}/flags/{flag}`, or the same of a context.
    pub async fn put_setting(&self, put: &Put<'_>) -> Result<(), Failure> {
        let about = About { user: &put.target().user, flag: Some(&put.target().flag) };
        let old = self.user_settings.put_setting(put);
        self.served(&about, old, self.contexts.put_setting(put)).await
    }

    /// What [`Client::put_setting`] would send.
    pub fn draft_put(&self, put: &Put<'_>) -> Result<Draft, Failure> {
        match self.backend() {
            Backend::UserSettings => self.user_settings.draft_put(put),
            Backend::Contexts => self.contexts.draft_put(put),
        }
    }

    /// The scheduled removals of a user, for all flags:
    /// `GET /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`, or the expiring targets of each flag
    /// that is set for the user.
    ///
    /// The permit may be for some of the flags; leave out what it does not see.
    pub async fn list_expirations(
        &self,
        permit: &Permit<Read, UserTarget>,
        remembered: &impl Remembered,
    ) -> Result<Expirations, Failure> {
        let about = About { user: permit.target(), flag: None };
        let old = self.user_settings.list_expirations(permit.target());
        self.served(&about, old, self.contexts.list_expirations(permit, remembered)).await
    }

    /// The scheduled removal of one flag of a user at this moment. There may be those of other flags with it.
    pub async fn current_expirations(
        &self,
        permit: &Permit<Read>,
    ) -> Result<Vec<ExpirationItem>, Failure> {
        let about = About { user: &permit.target().user, flag: Some(&permit.target().flag) };
        let old =
            async { Ok(self.user_settings.list_expirations(&permit.target().user).await?.items) };
        self.served(&about, old, self.contexts.expirations_of(permit.part())).await
    }

    /// Changes scheduled removals: `PATCH /api/v2/users/{project}/{user}/expiring-user-targets/{environment}`, or one
    /// patch for each flag.
    ///
    /// An answer may report instructions that failed: ask [`PatchReport::is_complete`]. It may leave out what is
    /// scheduled for other flags: [`Client::complete`] adds it.
    pub async fn patch_expirations(&self, patch: &Patch<'_>) -> Result<PatchReport, Failure> {
        let about = About { user: patch.target(), flag: None };
        let old = self.user_settings.patch_expirations(patch);
        self.served(&about, old, self.contexts.patch_expirations(patch)).await
    }

    /// What [`Client::patch_expirations`] would send: one call or several.
    pub fn draft_patch(&self, patch: &Patch<'_>) -> Result<Vec<Draft>, Failure> {
        match self.backend() {
            Backend::UserSettings => Ok(vec![self.user_settings.draft_patch(patch)?]),
            Backend::Contexts => self.contexts.draft_patch(patch),
        }
    }

    /// A report with all that is scheduled for the user, as the User Settings API gives it, where the backend that serves
    /// tells only of the flags that were patched: of all of them that it has `told`.
    pub async fn complete(
        &self,
        mut report: PatchReport,
        told: &[FlagKey],
        permit: &Permit<Read, UserTarget>,
        remembered: &impl Remembered,
    ) -> PatchReport {
        if self.backend() == Backend::UserSettings {
            return report;
        }
        let others = self.contexts.expirations_beside(told, permit, remembered);
        // The change was made, and its answer must not be lost, or come late, for what would have stood beside it.
        match timeout(MOST_BESIDE, others).await.unwrap_or(Err(Failure::Timeout)) {
            Ok(others) => {
                report.items.retain(|item| told.contains(&item.expiration.flag));
                report.items.extend(others);
                report.items = in_order(report.items);
            }
            Err(fault) => tracing::warn!(%fault, "an answer lists only what was changed"),
        }
        report
    }

    /// What the backend that serves answers. `old` is of the User Settings API.
    async fn served<T>(
        &self,
        about: &About<'_>,
        old: impl Future<Output = Result<T, Failure>>,
        new: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        if self.backend() == Backend::Contexts {
            return new.await;
        }
        match old.await {
            Err(failure) if failure.looks_removed() && self.is_removed(about).await => new.await,
            answer => answer,
        }
    }

    /// Whether the operations were removed, after one of them answered as if they were.
    async fn is_removed(&self, about: &About<'_>) -> bool {
        if !self.backends.may_change() {
            return self.backend() == Backend::Contexts;
        }
        if !self.can_read_flags(about).await {
            return false;
        }
        // Behind this, since a target that is not known must hold up nobody else.
        let _one_at_a_time = self.backends.asking().await;
        if !self.backends.may_change() {
            return self.backend() == Backend::Contexts;
        }
        let again = self.user_settings.list_expirations(about.user).await;
        let is_removed = again.is_err_and(|failure| failure.looks_removed());
        // A router may stumble over a strange key. That request is served, and nothing is learned from it.
        if is_removed && is_plain(&about.user.user) {
            self.backends.change_over(Cause::OperationsRemoved);
        }
        is_removed
    }

    /// Whether the flag asked about can be read, or any flag of its project.
    async fn can_read_flags(&self, about: &About<'_>) -> bool {
        let place = &about.user.place;
        if let Some(flag) = about.flag {
            let url = self.paths.flag(&about.user.flag(flag.clone()));
            let Ok(url) = url else { return false };
            let request = Request::read(Call::GetFlag, url);
            return self.transport.exchange(&request, wire::read_flag).await.is_ok();
        }
        let Ok(url) = self.paths.flags(place, Page { limit: 1, offset: 0 }) else { return false };
        let request = Request::read(Call::ListFlags, url);
        self.transport.exchange(&request, wire::read_flags).await.is_ok()
    }
}

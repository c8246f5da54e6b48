//! An override and its end as they stand at `LaunchDarkly`, past the cache: what a write starts from.

use super::Settings;
use super::error::Error;
use super::remembering::Definition;
use super::views::StateView;
use crate::cache::Freshness;
use crate::domain::{Expiration, FlagKey, Json};
use crate::policy::{Permit, Read};
use crate::upstream::{ExpirationItem, Variation};

/// An override and its end.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// What the user is set to; none for nothing.
    pub(super) setting: Option<Json>,
    /// The scheduled removal; none if there is none.
    pub(super) expiration: Option<Expiration>,
}

impl State {
    pub(super) fn view(&self) -> StateView {
        StateView {
            setting: self.setting.clone(),
            expires_at: self.expiration.as_ref().map(|one| one.at),
        }
    }

    pub(super) fn is_set_to(&self, value: &Json) -> bool {
        same(self.setting.as_ref(), Some(value))
    }
}

/// Whether two settings are the same.
pub(super) fn same(a: Option<&Json>, b: Option<&Json>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.same_value(b),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// The scheduled removal of `flag` among a user's.
pub(super) fn of_flag(items: &[ExpirationItem], flag: &FlagKey) -> Option<Expiration> {
    items.iter().map(|item| &item.expiration).find(|one| one.flag == *flag).cloned()
}

impl Settings {
    /// The override and its end now. The end is looked at first: should it come between the two looks, the override is
    /// not there any more. The other way round, or both at once, an override that has just ended would pass for one
    /// without an end, and undoing would put it back for good.
    pub(super) async fn state(&self, read: &Permit<Read>) -> Result<State, Error> {
        let expiration = self.expiration_now(read).await?;
        let setting = self.setting_now(read).await?;
        Ok(State { setting, expiration })
    }

    /// What the user is set to now; none for nothing.
    pub(super) async fn setting_now(&self, read: &Permit<Read>) -> Result<Option<Json>, Error> {
        let now = self.remembering(Freshness::Anew);
        Ok(self.0.upstream.current_setting(read, &now).await?)
    }

    /// The scheduled removal now; none if there is none.
    pub(super) async fn expiration_now(
        &self,
        read: &Permit<Read>,
    ) -> Result<Option<Expiration>, Error> {
        let found = self.0.upstream.current_expirations(read).await?;
        Ok(of_flag(&found, &read.target().flag))
    }

    /// The variation that means `value`, and the state before it is set. Where no definition of the flag is kept, the
    /// look at the state may bring it.
    pub(super) async fn variation_and_state(
        &self,
        read: &Permit<Read>,
        value: &Json,
    ) -> Result<(Variation, State), Error> {
        if let Some(kept) = self.kept_definition(&read.part()) {
            let variation = self.variation_in(kept, read, value).await?;
            return Ok((variation, self.state(read).await?));
        }
        let state = self.state(read).await?;
        Ok((self.variation(read, value).await?, state))
    }

    /// The variation that means `value`.
    pub(super) async fn variation(
        &self,
        read: &Permit<Read>,
        value: &Json,
    ) -> Result<Variation, Error> {
        let found = self.definition(&read.part(), Freshness::Kept).await?;
        self.variation_in(found, read, value).await
    }

    /// The variation that means `value`, in a definition or in a newer one: before it says that there is none it asks
    /// `LaunchDarkly`, unless it just did, since a variation may have been added.
    async fn variation_in(
        &self,
        mut found: Definition,
        read: &Permit<Read>,
        value: &Json,
    ) -> Result<Variation, Error> {
        if found.flag.variation(value).is_none() && !found.is_new {
            found = self.definition(&read.part(), Freshness::Anew).await?;
        }
        let variation = found.flag.variation(value).cloned();
        let valid = || found.flag.variations.iter().map(|one| one.value.clone()).collect();
        variation.ok_or_else(|| Error::NoSuchVariation { valid: valid() })
    }
}

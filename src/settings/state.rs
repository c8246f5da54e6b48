//! An override and its end as they stand at `LaunchDarkly`, past the cache: what a write starts from.

use super::Settings;
use super::error::Error;
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
        Ok(self.0.upstream.current_setting(read).await?)
    }

    /// The scheduled removal now; none if there is none.
    pub(super) async fn expiration_now(
        &self,
        read: &Permit<Read>,
    ) -> Result<Option<Expiration>, Error> {
        let found = self.0.upstream.current_expirations(read).await?;
        Ok(of_flag(&found, &read.target().flag))
    }

    /// The variation that means `value`. Before it says that there is none it asks `LaunchDarkly`, unless it just
    /// did, since a variation may have been added.
    pub(super) async fn variation(
        &self,
        read: &Permit<Read>,
        value: &Json,
    ) -> Result<Variation, Error> {
        let mut valid = Vec::new();
        for freshness in [Freshness::Kept, Freshness::Anew] {
            let found = self.definition(&read.part(), freshness).await?;
            if let Some(variation) = found.flag.variation(value) {
                return Ok(variation.clone());
            }
            valid = found.flag.variations.iter().map(|one| one.value.clone()).collect();
            if found.is_new {
                break;
            }
        }
        Err(Error::NoSuchVariation { valid })
    }
}

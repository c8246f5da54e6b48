//! What a user gets: the bodies that HTTP has, in words.

use std::num::NonZeroU32;

use super::{Desk, Trouble, timing};
use crate::chat::answer::Answer;
use crate::chat::answers::{self, FlagBody, ListBody, Wanted};
use crate::chat::command::{Aim, Named};
use crate::chat::speaker::Speaker;
use crate::domain::{UserKey, UserTarget};
use crate::policy::{ActionKind, Permit, Policy, Read};
use crate::problem::Problem;
use crate::settings::views::{Filter, Shape};
use crate::settings::{Freshness, List};

impl Desk {
    /// One flag of a user.
    pub(super) async fn get(&self, speaker: &Speaker, aim: &Aim) -> Result<Answer, Trouble> {
        let identity = self.identify(speaker);
        let user = self.admit(speaker, &identity, &aim.user, &aim.place, ActionKind::Read)?;
        let target = user.flag(aim.flag.clone());
        let permit: Permit<Read> = Policy::authorize(&identity, target)?;
        let found = self.0.settings.flag_with_end(&permit, Freshness::Kept);
        let body = timing::read(found).await?.body.bytes;
        let body: FlagBody<'_> = serde_json::from_slice(&body).map_err(Problem::internal)?;
        Ok(answers::flag(permit.target(), &body))
    }

    /// A page of the flags of a user.
    pub(super) async fn list(
        &self,
        speaker: &Speaker,
        user: &UserKey,
        named: &Named,
        overridden: bool,
        page: NonZeroU32,
    ) -> Result<Answer, Trouble> {
        let identity = self.identify(speaker);
        let user = self.admit(speaker, &identity, user, named, ActionKind::Read)?;
        let permit: Permit<Read, UserTarget> = Policy::authorize(&identity, user.clone())?;
        let filter = Filter { overridden, ..Filter::default() };
        let wanted = List { filter, with_expiration: true };
        let found = self.0.settings.flags(&permit, &wanted, Shape::V1, Freshness::Kept);
        let body = timing::read(found).await?.body.bytes;
        let body: ListBody<'_> = serde_json::from_slice(&body).map_err(Problem::internal)?;
        Ok(answers::list(&Wanted { user, overridden, page }, &body))
    }
}

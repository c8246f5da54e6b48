//! Changing when an override ends.

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::Settings;
use super::doubt::Halt;
use super::error::Error;
use super::set::{Change, Terms};
use super::state::State;
use super::views::Written;
use crate::cache::Writing;
use crate::policy::{Action, ActionKind, Declared, End, Operation, Permit, Schedule};

impl Settings {
    /// Makes an override end at `end`; none lets it stand for good.
    pub async fn schedule(
        &self,
        permit: Permit<Schedule>,
        end: Option<Timestamp>,
        change: Change,
    ) -> Result<Written, Error> {
        let terms = change.terms();
        self.write(ActionKind::Schedule, permit, change, move |this, permit, declared| {
            async move { this.schedule_under(permit, declared, end, &terms).await }.boxed()
        })
        .await
    }

    async fn schedule_under(
        &self,
        permit: Permit<Schedule>,
        declared: &Declared<'_>,
        end: Option<Timestamp>,
        terms: &Terms,
    ) -> Result<Written, Error> {
        if end.is_some_and(|end| end <= declared.now) {
            return Err(Error::EndIsPast);
        }
        let target = permit.target().clone();
        let (operation, before) = self.begin_schedule(permit, declared, end).await?;
        terms.check(&before)?;
        let variation_id = match (&before.setting, end, &before.expiration) {
            (Some(setting), Some(_), _) => self.variation(operation.read(), setting).await?.id,
            (None, Some(_), _) => return Err(Error::NotOverridden),
            (_, None, found) => {
                found.as_ref().map_or_else(String::new, |one| one.variation_id.clone())
            }
        };
        let mut after = before.view();
        after.expires_at = end;
        let patch = operation.schedule(before.expiration.as_ref(), &variation_id);
        if terms.dry_run {
            let calls = self.calls(None, patch.as_ref())?;
            return Ok(Written::WouldBe { before: before.view(), after, calls });
        }
        let id = operation.id().to_string();
        if let Some(patch) = patch {
            let writing = self.begin_write(&target.user, std::slice::from_ref(&target.flag));
            let wanted = end.map(|end| (end, variation_id.as_str()));
            let sent = self.send(&operation, &patch, wanted).await;
            self.settle(&operation, &before, writing, sent.is_ok()).await;
            sent.map_err(|halt| halt.alone(&operation, "schedule"))?;
        }
        Ok(Written::Made { operation: id, before: before.view(), after })
    }

    /// An end is checked against the guards before anything is asked; a cancellation only when it is known
    /// whether there is still something to protect.
    async fn begin_schedule(
        &self,
        permit: Permit<Schedule>,
        declared: &Declared<'_>,
        end: Option<Timestamp>,
    ) -> Result<(Operation<Schedule>, State), Error> {
        if let Some(at) = end {
            let operation = permit.begin(declared, End::At(at))?;
            let before = self.state(operation.read()).await?;
            return Ok((operation, before));
        }
        let over = End::Never { override_stands: false };
        permit.clone().begin(declared, over)?; // what must be met in any case, before anything is asked
        let before = self.state(&permit.to_read()).await?;
        let override_stands = before.setting.is_some();
        Ok((permit.begin(declared, End::Never { override_stands })?, before))
    }

    /// Makes the end what the operation wants, after its value was set or cleared. What `LaunchDarkly` does with a pending
    /// expiration when its target moves is not documented, so if there was one, a look comes first.
    pub(super) async fn reschedule<A: Action>(
        &self,
        operation: &Operation<A>,
        before: &State,
        variation_id: &str,
    ) -> Result<(), Halt> {
        let mut found = None;
        if before.expiration.is_some() {
            let now = self.0.upstream.current_expirations(operation.read()).await;
            let now = now.map_err(Halt::before_sending)?;
            found = super::state::of_flag(&now, &operation.target().flag);
        }
        let Some(patch) = operation.schedule(found.as_ref(), variation_id) else {
            return Ok(());
        };
        let wanted = operation.end().map(|end| (end, variation_id));
        self.send(operation, &patch, wanted).await
    }

    /// Ends a write's hold on the cache, and tells it when the override ends. It is told on both sides of the
    /// moment in which the generation moves, so that no fetch in between misses it.
    pub(super) async fn settle<A: Action>(
        &self,
        operation: &Operation<A>,
        before: &State,
        writing: Writing,
        done: bool,
    ) {
        self.learn(operation, before, done).await;
        drop(writing);
        self.learn(operation, before, done).await;
    }

    /// Tells the cache of the end that is in force, or of those that may be: the one that was wanted, and the one from
    /// before, which a read may have found gone while the write was under way, and which undoing puts back.
    async fn learn<A: Action>(&self, operation: &Operation<A>, before: &State, done: bool) {
        let (target, cache) = (operation.target(), &self.0.cache);
        let (user, flag, end) = (&target.user, &target.flag, operation.end());
        if done {
            return cache.learn_end(user, flag, end).await;
        }
        for end in end.into_iter().chain(before.expiration.as_ref().map(|one| one.at)) {
            cache.learn_possible_end(user, flag, end);
        }
    }
}

//! The five functions, in the words of [`Client`](crate::upstream::Client).

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::merge::{Group, Merged, by_flag};
use super::shapes;
use crate::domain::{FlagKey, FlagTarget, UserTarget};
use crate::policy::{Part, Patch, Permit, Put, Read, Resource};
use crate::upstream::answers::{
    ExpirationItem, Expirations, FlagSetting, PatchError, PatchReport, UserSettings,
};
use crate::upstream::call::{Call, Draft, Request};
use crate::upstream::failure::{Failure, Says};
use crate::upstream::flags::{Attributes, FlagDocument, Remembered};
use crate::upstream::paths::Paths;
use crate::upstream::transport::Transport;
use crate::upstream::wire;

/// How many flags are asked at a time when their expiring targets are wanted: few, since `LaunchDarkly` has been seen to
/// allow five such calls in ten seconds.
const AT_ONCE: usize = 4;

/// What one flag's patch brought: the user's items, how many instructions failed, and why.
type Patched = (Vec<ExpirationItem>, usize, Vec<PatchError>);

/// The replacement APIs.
#[derive(Clone, Debug)]
pub(in crate::upstream) struct ContextsApi {
    paths: Paths,
    transport: Transport,
    /// Whether users are evaluated with the attributes that `LaunchDarkly` has stored of them.
    stored_attributes: bool,
}

impl ContextsApi {
    pub(in crate::upstream) fn new(
        paths: Paths,
        transport: Transport,
        stored_attributes: bool,
    ) -> Self {
        Self { paths, transport, stored_attributes }
    }

    /// The same, sending by another way.
    pub(in crate::upstream) fn over(&self, transport: Transport) -> Self {
        Self { transport, ..self.clone() }
    }

    pub(in crate::upstream) async fn list_settings(
        &self,
        permit: &Permit<Read, UserTarget>,
        remembered: &impl Remembered,
    ) -> Result<UserSettings, Failure> {
        let user = permit.target();
        let mut known = remembered.flags(permit).await?;
        let evaluations = self.evaluate(permit, None, remembered).await?;
        let lacking = evaluations.keys().filter(|flag| known.lacks(flag)).cloned();
        known
            .newer
            .extend(Box::pin(lacking_definitions(permit, lacking.collect(), remembered)).await?);
        let mut flags = Vec::with_capacity(evaluations.len());
        for (flag, evaluation) in evaluations {
            // One without a definition has gone since it was evaluated.
            let Some(document) = known.get(&flag) else { continue };
            let set_to = document.setting_of(&user.user)?.map(|variation| &variation.value);
            let url = self.paths.setting(&user.flag(flag.clone()))?;
            let setting = shapes::setting(&self.paths, "self", &url, evaluation, set_to);
            flags.push((flag, setting));
        }
        let links = shapes::links(&self.paths, "self", &self.paths.settings(user)?);
        Ok(UserSettings { links: Some(links), flags })
    }

    pub(in crate::upstream) async fn get_setting(
        &self,
        permit: &Permit<Read>,
        remembered: &impl Remembered,
    ) -> Result<FlagSetting, Failure> {
        let FlagTarget { user, flag } = permit.target();
        let document = remembered.flag(&permit.part()).await?;
        let set_to = document.setting_of(&user.user)?.map(|variation| &variation.value);
        // The filter finds every flag whose key or name holds this key.
        let mut found = self.evaluate(permit, Some(flag), remembered).await?;
        let mut evaluation = found.remove(flag);
        // A search by text that finds nothing is no proof. Of archived flags none is evaluated.
        if evaluation.is_none() && !document.archived {
            evaluation = self.evaluate(permit, None, remembered).await?.remove(flag);
        }
        let evaluation = evaluation.ok_or_else(unknown_flag)?;
        let url = self.paths.setting(permit.target())?;
        Ok(shapes::setting(&self.paths, flag.as_str(), &url, evaluation, set_to))
    }

    pub(in crate::upstream) async fn put_setting(&self, put: &Put<'_>) -> Result<(), Failure> {
        let request = self.put(put)?;
        self.transport.exchange(&request, wire::read_nothing).await
    }

    pub(in crate::upstream) fn draft_put(&self, put: &Put<'_>) -> Result<Draft, Failure> {
        Ok(self.put(put)?.into_draft(&self.paths))
    }

    pub(in crate::upstream) async fn list_expirations(
        &self,
        permit: &Permit<Read, UserTarget>,
        remembered: &impl Remembered,
    ) -> Result<Expirations, Failure> {
        let many = self.over(self.transport.for_many());
        let items = Box::pin(many.expirations_beside(&[], permit, remembered)).await?;
        let url = self.paths.expirations(permit.target())?;
        let links = shapes::links(&self.paths, "self", &url);
        Ok(Expirations { links: Some(links), items })
    }

    /// The scheduled removals of all flags but `known`.
    pub(in crate::upstream) async fn expirations_beside(
        &self,
        known: &[FlagKey],
        permit: &Permit<Read, UserTarget>,
        remembered: &impl Remembered,
    ) -> Result<Vec<ExpirationItem>, Failure> {
        // Only what is set for the user can end.
        let mut targeting = remembered.flags(permit).await?.targeting(&permit.target().user)?;
        targeting.retain(|flag| !known.contains(flag));
        let each = targeting.into_iter().map(|flag| self.expirations_of(permit.part(flag)));
        let found: Vec<_> = futures_util::stream::iter(each)
            .buffered(AT_ONCE)
            .try_collect()
            .await
            .map_err(Failure::without_words)?;
        Ok(shapes::in_order(found.into_iter().flatten().collect()))
    }

    /// The scheduled removal of one flag, as it is now.
    pub(in crate::upstream) async fn expirations_of(
        &self,
        part: Part,
    ) -> Result<Vec<ExpirationItem>, Failure> {
        let FlagTarget { user, flag } = part.target();
        self.paths.expirations(user)?; // refused alike, whichever API serves
        let url = self.paths.expiring_targets(&user.place, flag)?;
        let request = Request::read(Call::ListExpiringTargets, url);
        match self.transport.exchange(&request, wire::read_flag_report).await {
            Ok(report) => report.of_user(&user.user, flag).map_err(Failure::Invalid),
            // The flag has gone, and what was scheduled with it.
            Err(Failure::NotFound(_)) => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    /// Changes what is scheduled, flag after flag in the order of the patch.
    pub(in crate::upstream) async fn patch_expirations(
        &self,
        patch: &Patch<'_>,
    ) -> Result<PatchReport, Failure> {
        let mut merged = Merged::default();
        for group in by_flag(patch.steps()) {
            if merged.is_over() {
                merged.left_out(&group);
                continue;
            }
            match self.patch_flag(patch, &group).await {
                Ok((items, failed, errors)) => merged.answered(&group, items, failed, errors),
                Err(failure) => merged.refused(&group, failure),
            }
        }
        let links = shapes::links(&self.paths, "self", &self.paths.expirations(patch.target())?);
        Ok(PatchReport { links: Some(links), ..merged.report()? })
    }

    pub(in crate::upstream) fn draft_patch(
        &self,
        patch: &Patch<'_>,
    ) -> Result<Vec<Draft>, Failure> {
        let groups = by_flag(patch.steps());
        let drafts = groups.iter().map(|group| self.patch(patch, group));
        drafts.map(|request| Ok(request?.into_draft(&self.paths))).collect()
    }

    async fn evaluate<T: Resource>(
        &self,
        permit: &Permit<Read, T>,
        flag: Option<&FlagKey>,
        remembered: &impl Remembered,
    ) -> Result<BTreeMap<FlagKey, wire::Evaluation>, Failure> {
        let target = permit.target();
        let user = UserTarget { place: target.place().clone(), user: target.user().clone() };
        let stored = if self.stored_attributes {
            remembered.attributes(permit).await?
        } else {
            Arc::new(Attributes::new())
        };
        let url = self.paths.evaluate(&user, flag)?;
        let body = wire::evaluate_body(&user.user, &stored);
        let request = Request::with_body(Call::Evaluate, url, body);
        let read = if flag.is_some() { wire::read_evaluations } else { wire::read_all_evaluations };
        self.transport.exchange(&request, read).await
    }

    async fn patch_flag(&self, patch: &Patch<'_>, group: &Group<'_>) -> Result<Patched, Failure> {
        let request = self.patch(patch, group)?;
        let report = self.transport.exchange(&request, wire::read_flag_report).await?;
        let items = report.of_user(&patch.target().user, group.flag).map_err(Failure::Invalid)?;
        Ok((items, report.failed.unwrap_or_default(), report.errors))
    }

    fn put(&self, put: &Put<'_>) -> Result<Request, Failure> {
        let url = self.paths.context_setting(put.target())?;
        Ok(Request::with_body(Call::PutContextSetting, url, wire::put_body(put)))
    }

    fn patch(&self, patch: &Patch<'_>, group: &Group<'_>) -> Result<Request, Failure> {
        self.paths.expirations(patch.target())?; // refused alike, whichever API serves
        let url = self.paths.expiring_targets(&patch.target().place, group.flag)?;
        let steps: Vec<_> = group.steps.iter().map(|(_, step)| *step).collect();
        let body = wire::flag_patch_body(patch, &steps);
        Ok(Request::with_body(Call::PatchExpiringTargets, url, body))
    }
}

/// The definitions of flags that were not among all of them, each fetched alone; none of one that has gone.
async fn lacking_definitions(
    permit: &Permit<Read, UserTarget>,
    flags: Vec<FlagKey>,
    remembered: &impl Remembered,
) -> Result<Vec<(FlagKey, Option<Arc<FlagDocument>>)>, Failure> {
    let each = flags.into_iter().map(|flag| async move {
        match remembered.flag(&permit.part(flag.clone())).await {
            Ok(document) => Ok((flag, Some(document))),
            Err(Failure::NotFound(_)) => Ok((flag, None)),
            Err(failure) => Err(failure),
        }
    });
    futures_util::stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await
}

/// How `LaunchDarkly` says that it does not know a flag, which an evaluation says by leaving it out.
fn unknown_flag() -> Failure {
    Failure::NotFound(Says {
        status: 404,
        code: Some("not_found".to_owned()),
        message: Some("Invalid resource identifier".to_owned()),
    })
}

//! What is remembered for the replacement APIs, which tell in several answers what the User Settings API tells in one:
//! the definitions of flags and the stored attributes of users. All of it comes through the cache.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::Settings;
use super::document::Document;
use crate::cache::{Found, Freshness, Kind, Look};
use crate::domain::{FlagKey, FlagTarget, UserTarget};
use crate::policy::{MayRead, Part, Permit, Read, Resource};
use crate::upstream::{Attributes, Failure, FlagDocument, FlagsOfUser, Invalid, Remembered};

/// How many flags' definitions are fetched at a time: few, since `LaunchDarkly` has been seen to allow five such calls
/// in ten seconds.
pub(super) const DEFINITIONS_AT_ONCE: usize = 4;

/// Whether something was told that goes on. It would be told of every user, and again whenever what is kept of them
/// ends; operators need to hear of it once, and again if it comes back.
#[derive(Debug, Default)]
pub(super) struct Told(AtomicBool);

impl Told {
    /// Whether this is to be told now: it is so, and was not when last looked at.
    fn is_news(&self, is_so: bool) -> bool {
        let was_so = self.0.swap(is_so, Ordering::Relaxed);
        is_so && !was_so
    }
}

/// What is remembered, as fresh as somebody asks for.
#[derive(Clone, Debug)]
pub(super) struct Remembering {
    settings: Settings,
    freshness: Freshness,
}

impl Settings {
    pub(super) fn remembering(&self, freshness: Freshness) -> Remembering {
        Remembering { settings: self.clone(), freshness }
    }

    /// A flag's definition, which for its variations is the same for every user. Where it is not kept, it is fetched
    /// alone.
    pub(super) async fn definition(
        &self,
        part: &Part,
        freshness: Freshness,
    ) -> Result<Definition, Arc<Failure>> {
        let look = self.0.cache.look(part, freshness);
        if let Some(flag) = kept_definition(&look, &part.target().flag) {
            return Ok(Definition { flag, is_new: false });
        }
        let upstream = self.0.upstream.clone();
        let fetch = |part: Part| async move {
            Ok(Document::Definition(Arc::new(upstream.get_flag(&part).await?)))
        };
        let found = look.fetch(Kind::FlagDocument, fetch).await?;
        definition(&found).map(|flag| Definition { flag, is_new: true })
    }

    /// A flag's definition for its variations, if it is kept.
    pub(super) fn kept_definition(&self, part: &Part) -> Option<Definition> {
        let look = self.0.cache.look(part, Freshness::Kept);
        let flag = kept_definition(&look, &part.target().flag)?;
        Some(Definition { flag, is_new: false })
    }

    /// Whether what is kept of a project's flags has this one.
    pub(super) fn has_definition(document: &Document, flag: &FlagKey) -> bool {
        document.definitions().is_some_and(|flags| flags.contains_key(flag))
    }
}

/// A flag's definition, and whether it was fetched for this question.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) flag: Arc<FlagDocument>,
    pub(super) is_new: bool,
}

impl Remembered for Remembering {
    async fn flags(&self, permit: &Permit<Read, UserTarget>) -> Result<FlagsOfUser, Failure> {
        let found = self.definitions(permit).await.map_err(|failure| (*failure).clone())?;
        let documents = found.value.definitions().ok_or_else(mixed_up)?;
        let outdated = self.settings.0.cache.outdated(permit.target(), &found, documents.keys());
        let newer = outdated.into_iter().map(|flag| self.newer(permit, flag));
        let newer = futures_util::stream::iter(newer).buffer_unordered(DEFINITIONS_AT_ONCE);
        let newer: BTreeMap<_, _> = newer.try_collect().await?;
        Ok(FlagsOfUser { documents: Arc::clone(documents), newer })
    }

    async fn flag(&self, part: &Part) -> Result<Arc<FlagDocument>, Failure> {
        self.one(part).await.map_err(|failure| (*failure).clone())
    }

    async fn attributes<T: Resource>(
        &self,
        permit: &Permit<Read, T>,
    ) -> Result<Arc<Attributes>, Failure> {
        let look = self.settings.0.cache.look(permit, self.freshness);
        let found = if let Some(found) = look.kept(Kind::Attributes, Kind::Attributes) {
            found
        } else {
            let settings = self.settings.clone();
            let fetch = |permit: Permit<Read, T>| async move {
                let stored = settings.0.upstream.get_attributes(&permit).await?;
                if settings.0.contexts_closed.is_news(stored.is_none()) {
                    tracing::warn!(
                        "LaunchDarkly's token may not read contexts: users are evaluated without their stored \
                             attributes, so that rules on them do not match"
                    );
                }
                Ok(Document::Attributes(Arc::new(stored.unwrap_or_default())))
            };
            let fetched = look.fetch(Kind::Attributes, fetch).await;
            fetched.map_err(|failure| (*failure).clone())?
        };
        found.value.attributes().map(Arc::clone).ok_or_else(mixed_up)
    }
}

impl Remembering {
    /// All definitions, of which some may be outdated for the permit's user.
    async fn definitions<P: MayRead>(&self, proof: &P) -> Result<Found<Document>, Arc<Failure>> {
        let look = self.settings.0.cache.look(proof, self.freshness);
        if let Some(found) = look.kept(Kind::FlagDocuments, Kind::FlagDocuments) {
            return Ok(found);
        }
        let upstream = self.settings.0.upstream.clone();
        let fetch = |proof: P| async move {
            Ok(Document::Definitions(Arc::new(upstream.list_flags(&proof).await?)))
        };
        look.fetch(Kind::FlagDocuments, fetch).await
    }

    /// The definition of a flag since its target was changed; none if it has gone.
    async fn newer(
        &self,
        permit: &Permit<Read, UserTarget>,
        flag: FlagKey,
    ) -> Result<(FlagKey, Option<Arc<FlagDocument>>), Failure> {
        match self.alone(&permit.part(flag.clone())).await.map_err(|failure| (*failure).clone()) {
            Ok(document) => Ok((flag, Some(document))),
            Err(Failure::NotFound(_)) => Ok((flag, None)),
            Err(failure) => Err(failure),
        }
    }

    /// One definition, right for the user: from all of them where those are kept, or else alone.
    async fn one(&self, part: &Part) -> Result<Arc<FlagDocument>, Arc<Failure>> {
        let FlagTarget { user, flag } = part.target();
        // Whoever wants to know what is now wants to know it of this flag.
        if self.freshness == Freshness::Kept {
            let look = self.settings.0.cache.look(part, self.freshness);
            if let Some(found) = look.kept(Kind::FlagDocument, Kind::FlagDocument) {
                return definition(&found);
            }
            let all = match self.definitions(part).await {
                // All take several calls, and one takes one: it may be had nevertheless.
                Err(failure) if is_of_the_moment(&failure) => {
                    let alone = Box::pin(self.alone(part)).await;
                    // The first refusal has LaunchDarkly's words, which one of our own has not.
                    return alone
                        .map_err(|other| if is_of_the_moment(&other) { failure } else { other });
                }
                all => all?,
            };
            let cache = &self.settings.0.cache;
            let is_right = cache.outdated(user, &all, std::iter::once(flag)).is_empty();
            if let Some(document) = among(&all, flag).filter(|_| is_right) {
                return Ok(document);
            }
        }
        self.alone(part).await
    }

    /// One definition, right for the user.
    async fn alone(&self, part: &Part) -> Result<Arc<FlagDocument>, Arc<Failure>> {
        let look = self.settings.0.cache.look(part, self.freshness);
        if let Some(found) = look.kept(Kind::FlagDocument, Kind::FlagDocument) {
            return definition(&found);
        }
        let upstream = self.settings.0.upstream.clone();
        let fetch = |part: Part| async move {
            Ok(Document::Definition(Arc::new(upstream.get_flag(&part).await?)))
        };
        definition(&look.fetch(Kind::FlagDocument, fetch).await?)
    }
}

/// A flag's definition, alone or among all of its project's, whoever's targets have changed since.
fn kept_definition<P: MayRead>(
    look: &Look<'_, Document, Failure, P>,
    flag: &FlagKey,
) -> Option<Arc<FlagDocument>> {
    let kind = Kind::FlagDocument;
    if let Some(found) = look.kept_for_anybody(kind, kind) {
        return found.value.definition().map(Arc::clone);
    }
    among(&look.kept_for_anybody(Kind::FlagDocuments, kind)?, flag)
}

fn definition(found: &Found<Document>) -> Result<Arc<FlagDocument>, Arc<Failure>> {
    found.value.definition().map(Arc::clone).ok_or_else(|| Arc::new(mixed_up()))
}

fn among(found: &Found<Document>, flag: &FlagKey) -> Option<Arc<FlagDocument>> {
    found.value.definitions()?.get(flag).map(Arc::clone)
}

/// Whether the next call may be answered although this one was not.
fn is_of_the_moment(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::RateLimited { .. }
            | Failure::Timeout
            | Failure::Unavailable { .. }
            | Failure::NoSlot { .. }
    )
}

/// What is kept under a kind is of that kind, so this does not happen.
fn mixed_up() -> Failure {
    Failure::Invalid(Invalid::Incomplete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_is_told_once_and_again_when_it_comes_back() {
        let told = Told::default();
        let seen = [false, true, true, true, false, false, true, true];
        let news = seen.map(|is_so| told.is_news(is_so));
        assert_eq!(news, [false, true, false, false, false, false, true, false]);
    }
}

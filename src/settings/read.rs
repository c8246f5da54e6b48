//! Reading, through the cache.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::Settings;
use super::document::Document;
use super::error::Error;
use super::remembering::DEFINITIONS_AT_ONCE;
use super::shadow::{Question, Seen};
use super::views::{
    Body, ExpirationsDocument, Filter, FlagsDocument, Shape, entity_tag, with_member,
};
use crate::cache::{Found, Freshness, Kind, Outcome};
use crate::domain::{FlagKey, FlagTarget, Json, UserTarget};
use crate::policy::{Permit, Read};
use crate::upstream::{Failure, FlagDocument, Invalid};

/// A body, and where it came from.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The body and its tag.
    pub body: Body,
    /// Where it came from.
    pub origin: Origin,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// How it was found.
    pub outcome: Outcome,
    /// How old it is.
    pub age: Duration,
    /// How long it is good yet.
    pub ttl: Duration,
}

/// What a caller wants of a list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Which flags.
    pub filter: Filter,
    /// Whether each shall say when it ends.
    pub with_expiration: bool,
}

impl<V> From<&Found<V>> for Origin {
    fn from(found: &Found<V>) -> Self {
        Self { outcome: found.outcome, age: found.age, ttl: found.ttl }
    }
}

impl Origin {
    /// Of an answer made of two: the less fresh, and whatever had to be fetched.
    fn and(self, other: Self) -> Self {
        let outcome = if self.outcome == Outcome::Hit { other.outcome } else { self.outcome };
        Self { outcome, age: self.age.max(other.age), ttl: self.ttl.min(other.ttl) }
    }
}

impl Settings {
    /// One flag setting.
    pub async fn flag(
        &self,
        permit: &Permit<Read>,
        shape: Shape,
        freshness: Freshness,
    ) -> Result<Answer, Error> {
        let found = self.find_flag(permit, freshness).await?;
        let origin = Origin::from(&found);
        let flag = &permit.target().flag;
        let body =
            found.value.flags().and_then(|flags| flags.flag(flag, shape, |f| permit.sees(f)));
        match body {
            Some(body) => Ok(Answer { body: body?, origin }),
            // The list is there and the flag is not in it: it may be newer than the list.
            None => Err(Error::Crashed),
        }
    }

    /// One flag setting of `/v1` that says when it ends.
    pub async fn flag_with_end(
        &self,
        permit: &Permit<Read>,
        freshness: Freshness,
    ) -> Result<Answer, Error> {
        let user = permit.to_user();
        let answer = self.flag(permit, Shape::V1, freshness).await?;
        let ends = self.find_expirations(&user, freshness).await?;
        let member = end_member(ends.value.expirations(), &permit.target().flag)?;
        let bytes = with_member(&answer.body.bytes, &member);
        let body = Body { tag: entity_tag(&bytes), bytes: bytes.into() };
        Ok(Answer { body, origin: answer.origin.and(Origin::from(&ends)) })
    }

    /// A user's flag settings, those that the caller may read.
    pub async fn flags(
        &self,
        permit: &Permit<Read, UserTarget>,
        list: &List,
        shape: Shape,
        freshness: Freshness,
    ) -> Result<Answer, Error> {
        let found = self.find_flags(permit, freshness).await?;
        let origin = Origin::from(&found);
        let Some(flags) = found.value.flags() else {
            return Err(Error::Crashed);
        };
        if list.with_expiration {
            let ends = self.find_expirations(permit, freshness).await?;
            let document = ends.value.expirations();
            let extra = |flag: &FlagKey| end_member(document, flag).unwrap_or_default();
            let body = flags.part(shape, &list.filter, |f| permit.sees(f), Some(&extra))?;
            return Ok(Answer { body, origin: origin.and(Origin::from(&ends)) });
        }
        let body = if list.filter.is_open() && permit.sees_all() {
            flags.whole(shape)
        } else {
            flags.part(shape, &list.filter, |f| permit.sees(f), None)?
        };
        Ok(Answer { body, origin })
    }

    /// A user's scheduled removals, those that the caller may read.
    pub async fn expirations(
        &self,
        permit: &Permit<Read, UserTarget>,
        shape: Shape,
        freshness: Freshness,
    ) -> Result<Answer, Error> {
        let found = self.find_expirations(permit, freshness).await?;
        let origin = Origin::from(&found);
        let Some(document) = found.value.expirations() else {
            return Err(Error::Crashed);
        };
        let body = match shape {
            Shape::DropIn => document.drop_in(|flag| permit.sees(flag))?,
            Shape::V1 => {
                let values = self.values_of(permit, document).await?;
                let value = |flag: &FlagKey, id: &str| values.get(flag)?.get(id);
                document.v1(permit.target(), |flag| permit.sees(flag), value)?
            }
        };
        Ok(Answer { body, origin })
    }

    /// The flag itself where it is kept, else from the list where that is kept, else fetched.
    async fn find_flag(
        &self,
        permit: &Permit<Read>,
        freshness: Freshness,
    ) -> Result<Found<Document>, Error> {
        let look = self.0.cache.look(permit, freshness);
        if let Some(found) = look.kept(Kind::One, Kind::One) {
            return Ok(found);
        }
        if let Some(found) = look.kept(Kind::List, Kind::One) {
            let has = |flags: &FlagsDocument| flags.has(&permit.target().flag);
            if found.value.flags().is_some_and(has) {
                return Ok(found);
            }
        }
        let (upstream, known) = (self.0.upstream.clone(), self.remembering(freshness));
        let shadow = self.0.shadow.clone();
        let fetch = |permit: Permit<Read>| async move {
            let answer = upstream.get_setting(&permit, &known).await;
            if let Some(shadow) = shadow {
                shadow
                    .offer(|| Some((Question::Flag(permit.clone()), Seen::one(&permit, &answer)?)));
            }
            let setting = answer?;
            let FlagTarget { user, flag } = permit.target();
            FlagsDocument::one(user, flag, &setting).map(Document::Flags).map_err(unwritable)
        };
        Ok(look.fetch(Kind::One, fetch).await?)
    }

    async fn find_flags(
        &self,
        permit: &Permit<Read, UserTarget>,
        freshness: Freshness,
    ) -> Result<Found<Document>, Error> {
        let look = self.0.cache.look(permit, freshness);
        if let Some(found) = look.kept(Kind::List, Kind::List) {
            return Ok(found);
        }
        let (upstream, known) = (self.0.upstream.clone(), self.remembering(freshness));
        let shadow = self.0.shadow.clone();
        let fetch = |permit: Permit<Read, UserTarget>| async move {
            let settings = upstream.list_settings(&permit, &known).await?;
            if let Some(shadow) = shadow {
                shadow.offer(|| Some((Question::Flags(permit.clone()), Seen::list(&settings))));
            }
            let list = FlagsDocument::list(permit.target(), settings);
            list.map(Document::Flags).map_err(unwritable)
        };
        Ok(look.fetch(Kind::List, fetch).await?)
    }

    async fn find_expirations(
        &self,
        permit: &Permit<Read, UserTarget>,
        freshness: Freshness,
    ) -> Result<Found<Document>, Error> {
        let look = self.0.cache.look(permit, freshness);
        if let Some(found) = look.kept(Kind::Expirations, Kind::Expirations) {
            return Ok(found);
        }
        let (upstream, known) = (self.0.upstream.clone(), self.remembering(freshness));
        let shadow = self.0.shadow.clone();
        let fetch = |permit: Permit<Read, UserTarget>| async move {
            let expirations = upstream.list_expirations(&permit, &known).await?;
            if let Some(shadow) = shadow {
                shadow.offer(|| {
                    Some((Question::Expirations(permit.clone()), Seen::ends(&expirations)))
                });
            }
            Ok(Document::Expirations(ExpirationsDocument(expirations)))
        };
        Ok(look.fetch_ends(fetch, ends_of).await?)
    }

    /// The values of the variations that the visible expirations name, by flag and variation.
    async fn values_of(
        &self,
        permit: &Permit<Read, UserTarget>,
        document: &ExpirationsDocument,
    ) -> Result<HashMap<FlagKey, HashMap<String, Json>>, Error> {
        let visible = document.0.items.iter().filter(|item| permit.sees(&item.expiration.flag));
        let fetch = visible.map(|item| async move {
            let part = permit.part(item.expiration.flag.clone());
            let mut found = self.definition(&part, Freshness::Kept).await?;
            // A variation younger than what is kept is not one that is gone.
            if !values_by_id(&found.flag).contains_key(&item.expiration.variation_id) {
                found = self.definition(&part, Freshness::Now).await?;
            }
            Ok::<_, Error>((item.expiration.flag.clone(), values_by_id(&found.flag)))
        });
        futures_util::stream::iter(fetch).buffered(DEFINITIONS_AT_ONCE).try_collect().await
    }
}

fn values_by_id(flag: &FlagDocument) -> HashMap<String, Json> {
    flag.variations.iter().map(|one| (one.id.clone(), one.value.clone())).collect()
}

/// An answer that was read but can't be written again is none.
fn unwritable(_: serde_json::Error) -> Failure {
    Failure::Invalid(Invalid::Json { line: 0, column: 0 })
}

fn ends_of(document: &Document) -> Option<BTreeMap<FlagKey, jiff::Timestamp>> {
    let items = &document.expirations()?.0.items;
    Some(items.iter().map(|item| (item.expiration.flag.clone(), item.expiration.at)).collect())
}

fn end_member(
    document: Option<&ExpirationsDocument>,
    flag: &FlagKey,
) -> Result<String, serde_json::Error> {
    let end = document.and_then(|document| document.end_of(flag));
    Ok(format!("\"expires_at\":{}", serde_json::to_string(&end)?))
}

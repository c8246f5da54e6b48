//! Scheduled removals as both APIs show them.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::flags::Body;
use super::pen::links_or_none;
use super::tag::entity_tag;
use crate::domain::{FlagKey, Json, UserTarget};
use crate::upstream::Expirations;

/// One scheduled removal on `/v1`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Expiration)]
pub struct ExpirationView<'a> {
    /// The flag.
    #[schema(value_type = String, example = "checkout.new-flow")]
    pub flag: &'a FlagKey,
    /// The value that will be taken away; `null` where the flag no longer has that variation.
    #[schema(value_type = serde_json::Value, required = true, example = true)]
    pub value: Option<&'a Json>,
    /// When, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// LaunchDarkly's version of the record.
    pub version: i64,
}

/// A user's scheduled removals on `/v1`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpirationList)]
pub struct ExpirationsView<'a> {
    /// The project.
    pub project: &'a str,
    /// The environment.
    pub environment: &'a str,
    /// The user.
    pub user: &'a str,
    /// Sorted by flag key.
    pub expirations: Vec<ExpirationView<'a>>,
}

/// A user's scheduled removals as fetched.
#[derive(Debug)]
pub struct ExpirationsDocument(pub Expirations);

impl ExpirationsDocument {
    /// When the override of a flag ends; none for never.
    #[must_use]
    pub fn end_of(&self, flag: &FlagKey) -> Option<Timestamp> {
        let found = self.0.items.iter().find(|item| item.expiration.flag == *flag);
        found.map(|item| item.expiration.at)
    }

    /// LaunchDarkly's body, with what the caller may see.
    pub fn drop_in(&self, sees: impl Fn(&FlagKey) -> bool) -> Result<Body, serde_json::Error> {
        #[derive(Serialize)]
        struct List<'a> {
            items: Vec<&'a RawValue>,
            #[serde(rename = "_links")]
            links: &'a RawValue,
        }
        let items = self.0.items.iter().filter(|item| sees(&item.expiration.flag));
        let links = links_or_none(self.0.links.as_deref());
        body(&List { links: &links, items: items.map(|item| &*item.raw).collect() })
    }

    /// Our body, with what the caller may see. `values` gives the value of a flag's variation.
    pub fn v1<'a>(
        &'a self,
        user: &UserTarget,
        sees: impl Fn(&FlagKey) -> bool,
        values: impl Fn(&FlagKey, &str) -> Option<&'a Json>,
    ) -> Result<Body, serde_json::Error> {
        let items = self.0.items.iter().map(|item| &item.expiration);
        let mut expirations: Vec<_> = items
            .filter(|one| sees(&one.flag))
            .map(|one| ExpirationView {
                flag: &one.flag,
                value: values(&one.flag, &one.variation_id),
                expires_at: one.at,
                version: one.version,
            })
            .collect();
        expirations.sort_by(|a, b| a.flag.cmp(b.flag));
        body(&ExpirationsView {
            project: user.place.project.as_str(),
            environment: user.place.environment.as_str(),
            user: user.user.as_str(),
            expirations,
        })
    }

    /// About how many bytes this takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let one = |item: &crate::upstream::ExpirationItem| item.raw.get().len() + 160;
        size_of::<Self>() + self.0.items.iter().map(one).sum::<usize>()
    }
}

fn body(view: &impl Serialize) -> Result<Body, serde_json::Error> {
    let bytes = Bytes::from(serde_json::to_vec(view)?);
    Ok(Body { tag: entity_tag(&bytes), bytes })
}

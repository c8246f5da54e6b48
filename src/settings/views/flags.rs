//! Flag settings as both APIs show them.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::filter::Filter;
use super::pen::{CLOSE_V1, OPEN_DROP_IN, Pen, Slot, close_drop_in, with_member};
use super::prerequisite::without_prerequisite;
use super::tag::entity_tag;
use crate::domain::{FlagKey, UserTarget};
use crate::upstream::{FlagSetting, UserSettings};

/// Which API a body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Ours.
    V1,
    /// LaunchDarkly's.
    DropIn,
}

/// A flag setting on `/v1`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FlagSetting)]
pub struct FlagView<'a> {
    /// The project.
    #[schema(example = "shop")]
    pub project: &'a str,
    /// The environment.
    #[schema(example = "test")]
    pub environment: &'a str,
    /// The user.
    #[schema(example = "anna@example.com")]
    pub user: &'a str,
    /// The flag.
    #[schema(example = "checkout.new-flow")]
    pub flag: &'a str,
    /// What the user receives, as LaunchDarkly gave it.
    #[schema(value_type = serde_json::Value, required = true, example = true)]
    pub value: &'a RawValue,
    /// What the user is explicitly set to; `null` for nothing.
    #[schema(value_type = serde_json::Value, required = true, example = true)]
    pub setting: &'a RawValue,
    /// Whether there is a setting.
    pub overridden: bool,
    /// Why the user receives the value, as LaunchDarkly has it; `null` where it gave none.
    #[schema(value_type = Option<Object>, required = true, example = json!({"kind": "TARGET_MATCH"}))]
    pub reason: Option<&'a RawValue>,
}

/// The list of a user's flag settings on `/v1`: the head, before `flags`.
#[derive(Debug, Serialize)]
pub struct FlagsView<'a> {
    /// The project.
    pub project: &'a str,
    /// The environment.
    pub environment: &'a str,
    /// The user.
    pub user: &'a str,
}

/// Flag settings of one user, ready to send: all of them, or one.
#[derive(Debug)]
pub struct FlagsDocument {
    pub(super) v1: Bytes,
    pub(super) drop_in: Bytes,
    pub(super) v1_tag: Bytes,
    pub(super) drop_in_tag: Bytes,
    pub(super) head: Bytes,
    pub(super) links: Option<Box<RawValue>>,
    pub(super) flags: Vec<Slot>,
}

/// A body and its entity tag.
#[derive(Clone, Debug)]
pub struct Body {
    /// The bytes to send.
    pub bytes: Bytes,
    /// The entity tag, kept as it is sent.
    pub tag: Bytes,
}

impl FlagsDocument {
    /// All flag settings of a user.
    pub fn list(user: &UserTarget, settings: UserSettings) -> Result<Self, serde_json::Error> {
        let mut pen = Pen::default();
        let head = pen.open_list(user)?;
        let mut flags = Vec::with_capacity(settings.flags.len());
        for (key, setting) in &settings.flags {
            pen.next(flags.is_empty(), key)?;
            flags.push(pen.slot(user, key, setting)?);
        }
        pen.close_list(settings.links.as_deref())?;
        Ok(pen.finish(head, settings.links, flags))
    }

    /// One flag setting of a user.
    pub fn one(
        user: &UserTarget,
        key: &FlagKey,
        one: &FlagSetting,
    ) -> Result<Self, serde_json::Error> {
        let mut pen = Pen::default();
        let slot = pen.slot(user, key, one)?;
        Ok(pen.finish(Bytes::new(), None, vec![slot]))
    }

    /// One flag's body; none if it is not among these. `sees` tells which flags the caller may read: a
    /// prerequisite that is not is left out of the reason.
    pub fn flag(
        &self,
        key: &FlagKey,
        shape: Shape,
        sees: impl Fn(&FlagKey) -> bool,
    ) -> Option<Result<Body, serde_json::Error>> {
        let place = self.flags.binary_search_by(|slot| slot.key.cmp(key)).ok()?;
        let slot = self.flags.get(place)?;
        Some(self.body_of(slot, shape, &sees))
    }

    /// Whether `key` is among these.
    #[must_use]
    pub fn has(&self, key: &FlagKey) -> bool {
        self.flags.binary_search_by(|slot| slot.key.cmp(key)).is_ok()
    }

    /// The whole list, for a caller who may read every flag.
    #[must_use]
    pub fn whole(&self, shape: Shape) -> Body {
        let (bytes, tag) = match shape {
            Shape::V1 => (&self.v1, &self.v1_tag),
            Shape::DropIn => (&self.drop_in, &self.drop_in_tag),
        };
        Body { bytes: bytes.clone(), tag: tag.clone() }
    }

    /// The flags that `filter` lets through and the caller may read. `extra` adds a member to each on `/v1`.
    pub fn part(
        &self,
        shape: Shape,
        filter: &Filter,
        sees: impl Fn(&FlagKey) -> bool,
        extra: Option<&dyn Fn(&FlagKey) -> String>,
    ) -> Result<Body, serde_json::Error> {
        let mut body = Vec::with_capacity(self.v1.len());
        body.extend(match shape {
            Shape::V1 => &self.head[..],
            Shape::DropIn => OPEN_DROP_IN,
        });
        let shown = self.flags.iter().filter(|slot| filter.lets(slot) && sees(&slot.key));
        for (n, slot) in shown.enumerate() {
            if n > 0 {
                body.push(b',');
            }
            if shape == Shape::DropIn {
                serde_json::to_writer(&mut body, slot.key.as_str())?;
                body.push(b':');
            }
            let one = self.body_of(slot, shape, &sees)?;
            match extra {
                Some(extra) => body.extend(with_member(&one.bytes, &extra(&slot.key))),
                None => body.extend(&one.bytes),
            }
        }
        match shape {
            Shape::V1 => body.extend(CLOSE_V1),
            Shape::DropIn => body.extend(close_drop_in(self.links.as_deref())?.as_bytes()),
        }
        Ok(Body { tag: entity_tag(&body), bytes: body.into() })
    }

    /// About how many bytes this takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let slots: usize = self
            .flags
            .iter()
            .map(|slot| size_of::<Slot>() + 3 * slot.key.as_str().len() + 64)
            .sum();
        size_of::<Self>() + self.v1.len() + self.drop_in.len() + self.head.len() + slots
    }

    fn body_of(
        &self,
        slot: &Slot,
        shape: Shape,
        sees: &impl Fn(&FlagKey) -> bool,
    ) -> Result<Body, serde_json::Error> {
        let (bytes, range, tag) = match shape {
            Shape::V1 => (&self.v1, &slot.v1, &slot.v1_tag),
            Shape::DropIn => (&self.drop_in, &slot.drop_in, &slot.drop_in_tag),
        };
        let bytes = bytes.slice(range.clone());
        if slot.prerequisite.as_ref().is_none_or(|needed| needed.is_seen(sees)) {
            return Ok(Body { bytes, tag: tag.clone() });
        }
        let bytes = without_prerequisite(&bytes)?;
        Ok(Body { tag: entity_tag(&bytes), bytes: bytes.into() })
    }
}

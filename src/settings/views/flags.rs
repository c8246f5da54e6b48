//! Flag settings as both APIs show them.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::prerequisite::{Prerequisite, without_prerequisite};
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
    v1: Bytes,
    drop_in: Bytes,
    v1_tag: String,
    drop_in_tag: String,
    head: Bytes,
    links: Option<Box<RawValue>>,
    flags: Vec<Slot>,
}

/// Where one flag's bodies are.
#[derive(Debug)]
struct Slot {
    key: FlagKey,
    overridden: bool,
    prerequisite: Option<Prerequisite>,
    v1: Range<usize>,
    drop_in: Range<usize>,
    v1_tag: String,
    drop_in_tag: String,
}

/// What a caller wants of a list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only flags with a setting.
    pub overridden: bool,
    /// Only flags whose key starts so.
    pub prefix: Option<String>,
    /// Only these flags, if any are named.
    pub flags: Vec<FlagKey>,
}

impl Filter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.overridden && self.prefix.is_none() && self.flags.is_empty()
    }

    fn lets(&self, slot: &Slot) -> bool {
        (!self.overridden || slot.overridden)
            && self.prefix.as_ref().is_none_or(|start| slot.key.as_str().starts_with(start))
            && (self.flags.is_empty() || self.flags.contains(&slot.key))
    }
}

/// A body and its entity tag.
#[derive(Clone, Debug)]
pub struct Body {
    /// The bytes to send.
    pub bytes: Bytes,
    /// The entity tag.
    pub tag: String,
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

/// Writes both shapes of a document side by side.
#[derive(Default)]
struct Pen {
    v1: Vec<u8>,
    drop_in: Vec<u8>,
}

impl Pen {
    fn open_list(&mut self, user: &UserTarget) -> Result<Bytes, serde_json::Error> {
        let head = serde_json::to_string(&FlagsView {
            project: user.place.project.as_str(),
            environment: user.place.environment.as_str(),
            user: user.user.as_str(),
        })?;
        let head = format!("{},\"flags\":[", head.trim_end_matches('}'));
        self.v1.extend(head.as_bytes());
        self.drop_in.extend(OPEN_DROP_IN);
        Ok(head.into())
    }

    fn next(&mut self, first: bool, key: &FlagKey) -> Result<(), serde_json::Error> {
        if !first {
            self.v1.push(b',');
            self.drop_in.push(b',');
        }
        serde_json::to_writer(&mut self.drop_in, key.as_str())?;
        self.drop_in.push(b':');
        Ok(())
    }

    fn slot(
        &mut self,
        user: &UserTarget,
        key: &FlagKey,
        setting: &FlagSetting,
    ) -> Result<Slot, serde_json::Error> {
        let reason = setting.reason.as_ref();
        let view = FlagView {
            project: user.place.project.as_str(),
            environment: user.place.environment.as_str(),
            user: user.user.as_str(),
            flag: key.as_str(),
            value: setting.value.raw(),
            setting: setting.setting.raw(),
            overridden: !setting.setting.is_null(),
            reason: reason.map(|reason| &*reason.raw),
        };
        let (v1, drop_in) = (self.v1.len(), self.drop_in.len());
        serde_json::to_writer(&mut self.v1, &view)?;
        self.drop_in.extend(setting.raw.get().as_bytes());
        let (v1, drop_in) = (v1..self.v1.len(), drop_in..self.drop_in.len());
        let tag = |bytes: &[u8], range: &Range<usize>| {
            entity_tag(bytes.get(range.clone()).unwrap_or_default())
        };
        Ok(Slot {
            key: key.clone(),
            overridden: view.overridden,
            prerequisite: reason
                .and_then(|reason| reason.prerequisite_key.as_deref().map(Prerequisite::named)),
            v1_tag: tag(&self.v1, &v1),
            drop_in_tag: tag(&self.drop_in, &drop_in),
            v1,
            drop_in,
        })
    }

    fn close_list(&mut self, links: Option<&RawValue>) -> Result<(), serde_json::Error> {
        self.v1.extend(CLOSE_V1);
        self.drop_in.extend(close_drop_in(links)?.as_bytes());
        Ok(())
    }

    fn finish(self, head: Bytes, links: Option<Box<RawValue>>, flags: Vec<Slot>) -> FlagsDocument {
        FlagsDocument {
            v1_tag: entity_tag(&self.v1),
            drop_in_tag: entity_tag(&self.drop_in),
            v1: self.v1.into(),
            drop_in: self.drop_in.into(),
            head,
            links,
            flags,
        }
    }
}

const OPEN_DROP_IN: &[u8] = b"{\"items\":{";
const CLOSE_V1: &[u8] = b"]}";

/// The links come last, as in `LaunchDarkly`'s examples.
fn close_drop_in(links: Option<&RawValue>) -> Result<String, serde_json::Error> {
    Ok(format!("}},\"_links\":{}}}", serde_json::to_string(&links_or_none(links))?))
}

/// LaunchDarkly's official clients demand `_links`, so that an absent one becomes an empty one.
pub(in crate::settings) fn links_or_none(links: Option<&RawValue>) -> Cow<'_, RawValue> {
    match links {
        Some(links) => Cow::Borrowed(links),
        None => Cow::Owned(RawValue::from_string("{}".to_owned()).unwrap_or_default()),
    }
}

/// An object as text with one member more, given as `"name":value`.
#[must_use]
pub fn with_member(object: &[u8], member: &str) -> Vec<u8> {
    let mut longer = object.strip_suffix(b"}").unwrap_or(object).to_vec();
    longer.push(b',');
    longer.extend(member.as_bytes());
    longer.push(b'}');
    longer
}

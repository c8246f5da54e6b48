//! Writes flag settings, once, in both shapes.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::flags::{FlagView, FlagsDocument, FlagsView};
use super::prerequisite::Prerequisite;
use super::tag::entity_tag;
use crate::domain::{FlagKey, UserTarget};
use crate::upstream::FlagSetting;

/// Where one flag's bodies are.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) key: FlagKey,
    pub(super) overridden: bool,
    pub(super) prerequisite: Option<Prerequisite>,
    pub(super) v1: Range<usize>,
    pub(super) drop_in: Range<usize>,
    pub(super) v1_tag: Bytes,
    pub(super) drop_in_tag: Bytes,
}

/// Writes both shapes of a document side by side.
#[derive(Default)]
pub(super) struct Pen {
    v1: Vec<u8>,
    drop_in: Vec<u8>,
}

impl Pen {
    pub(super) fn open_list(&mut self, user: &UserTarget) -> Result<Bytes, serde_json::Error> {
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

    pub(super) fn next(&mut self, first: bool, key: &FlagKey) -> Result<(), serde_json::Error> {
        if !first {
            self.v1.push(b',');
            self.drop_in.push(b',');
        }
        serde_json::to_writer(&mut self.drop_in, key.as_str())?;
        self.drop_in.push(b':');
        Ok(())
    }

    pub(super) fn slot(
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

    pub(super) fn close_list(&mut self, links: Option<&RawValue>) -> Result<(), serde_json::Error> {
        self.v1.extend(CLOSE_V1);
        self.drop_in.extend(close_drop_in(links)?.as_bytes());
        Ok(())
    }

    pub(super) fn finish(
        self,
        head: Bytes,
        links: Option<Box<RawValue>>,
        flags: Vec<Slot>,
    ) -> FlagsDocument {
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

pub(super) const OPEN_DROP_IN: &[u8] = b"{\"items\":{";
pub(super) const CLOSE_V1: &[u8] = b"]}";

/// The links come last, as in `LaunchDarkly`'s examples.
pub(super) fn close_drop_in(links: Option<&RawValue>) -> Result<String, serde_json::Error> {
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
pub(in crate::settings) fn with_member(object: &[u8], member: &str) -> Vec<u8> {
    let mut longer = object.strip_suffix(b"}").unwrap_or(object).to_vec();
    longer.push(b',');
    longer.extend(member.as_bytes());
    longer.push(b'}');
    longer
}

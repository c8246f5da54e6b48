//! In what two answers differ.
//!
//! Values are compared as JSON, in which numbers must be spelled alike: `1` and `1.0` are two things to a caller, while
//! blanks, the order of members and how characters are escaped say nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::domain::{Expiration, FlagKey, Json};
use crate::upstream::{FlagSetting, Reason};

/// A flag in which two answers differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The flag.
    pub flag: FlagKey,
    /// In what.
    pub kind: Kind,
    /// What the side that serves says; none where it says nothing.
    pub active: Option<Json>,
    /// What the other side says.
    pub other: Option<Json>,
}

/// In what two answers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What the user receives.
    Value,
    /// What the user is explicitly set to.
    Setting,
    /// Why the user receives the value.
    Reason,
    /// Only the side that serves has the flag.
    Missing,
    /// Only the other side has the flag.
    Extra,
    /// When the override ends, or which.
    Expiration,
    /// The other side did not answer.
    Failed,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Value,
        Self::Setting,
        Self::Reason,
        Self::Missing,
        Self::Extra,
        Self::Expiration,
        Self::Failed,
    ];

    /// The value of the label `kind`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Setting => "setting",
            Self::Reason => "reason",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Expiration => "expiration",
            Self::Failed => "failed",
        }
    }
}

/// Flag settings by flag.
pub type Flags = BTreeMap<FlagKey, FlagSetting>;

/// In what two lists of flag settings differ, by flag.
#[must_use]
pub fn of_flags(active: &Flags, other: &Flags) -> Vec<Difference> {
    let keys: BTreeSet<_> = active.keys().chain(other.keys()).collect();
    let each = keys.into_iter().flat_map(|flag| match (active.get(flag), other.get(flag)) {
        (Some(active), Some(other)) => of_flag(flag, active, other),
        (active, other) => {
            let kind = if active.is_some() { Kind::Missing } else { Kind::Extra };
            let value = |one: &FlagSetting| one.value.clone();
            vec![Difference {
                flag: flag.clone(),
                kind,
                active: active.map(value),
                other: other.map(value),
            }]
        }
    });
    each.collect()
}

fn of_flag(flag: &FlagKey, active: &FlagSetting, other: &FlagSetting) -> Vec<Difference> {
    let (reason, other_reason) = (why(active.reason.as_ref()), why(other.reason.as_ref()));
    let parts = [
        (Kind::Value, &active.value, &other.value),
        (Kind::Setting, &active.setting, &other.setting),
        (Kind::Reason, &reason, &other_reason),
    ];
    let differ = parts.into_iter().filter(|(_, active, other)| !active.same_spelling(other));
    let difference = |(kind, active, other): (Kind, &Json, &Json)| Difference {
        flag: flag.clone(),
        kind,
        active: Some(active.clone()),
        other: Some(other.clone()),
    };
    differ.map(difference).collect()
}

/// `null` where no reason is given, as `/v1` shows it.
fn why(reason: Option<&Reason>) -> Json {
    let reason = reason.and_then(|reason| Json::from_raw(reason.raw.clone()).ok());
    reason.unwrap_or_else(Json::null)
}

/// In what two lists of scheduled removals differ, by flag. Their order says nothing.
#[must_use]
pub fn of_expirations(active: &[Expiration], other: &[Expiration]) -> Vec<Difference> {
    let flags: BTreeSet<_> = active.iter().chain(other).map(|one| &one.flag).collect();
    let each = flags.into_iter().filter_map(|flag| {
        let (active, other) = (ends(flag, active), ends(flag, other));
        let same = active == other;
        let shown = |ends: &[End<'_>]| {
            let text = serde_json::to_string(ends).ok().filter(|_| !ends.is_empty());
            text.and_then(|text| Json::parse(&text).ok())
        };
        (!same).then(|| Difference {
            flag: flag.clone(),
            kind: Kind::Expiration,
            active: shown(&active),
            other: shown(&other),
        })
    });
    each.collect()
}

/// What a caller sees of a scheduled removal.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct End<'a> {
    variation_id: &'a str,
    expires_at: jiff::Timestamp,
    version: i64,
}

fn ends<'a>(flag: &FlagKey, all: &'a [Expiration]) -> Vec<End<'a>> {
    let own = all.iter().filter(|one| one.flag == *flag);
    let mut ends: Vec<_> = own
        .map(|one| End {
            variation_id: &one.variation_id,
            expires_at: one.at,
            version: one.version,
        })
        .collect();
    ends.sort();
    ends
}

//! Definitions of flags: one, and a page of a project's.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::parse;
use crate::domain::{EnvironmentKey, FlagKey, Json};
use crate::upstream::failure::Invalid;
use crate::upstream::flags::{FlagDocument, Targets, Variation};
use crate::upstream::paths::USER;

/// An index that no list of variations reaches.
const NO_VARIATION: usize = usize::MAX;

#[derive(Deserialize)]
struct FlagWire {
    key: Option<String>,
    kind: Option<String>,
    archived: Option<bool>,
    variations: Vec<VariationWire>,
    environments: Option<HashMap<String, EnvironmentWire>>,
}

#[derive(Deserialize)]
struct VariationWire {
    #[serde(rename = "_id")]
    id: String,
    value: Json,
}

/// A flag in one environment. A summary has neither targets nor `fallthrough`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnvironmentWire {
    targets: Option<Vec<TargetWire>>,
    context_targets: Option<Vec<TargetWire>>,
    fallthrough: Option<IgnoredAny>,
}

/// `variation` is an index; one that is none concerns only the users who have it. Without a kind the values are users.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetWire {
    values: Vec<String>,
    variation: Option<i64>,
    context_kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageWire {
    items: Vec<FlagWire>,
    total_count: Option<usize>,
}

/// A flag's definition, before it is known which environment is meant.
#[derive(Debug)]
pub(in crate::upstream) struct FlagRecord {
    /// None where the key is none of ours.
    pub(in crate::upstream) key: Option<FlagKey>,
    kind: Option<String>,
    archived: bool,
    variations: Vec<Variation>,
    environments: HashMap<String, EnvironmentWire>,
}

/// A page of a project's flags.
#[derive(Debug)]
pub(in crate::upstream) struct FlagPage {
    pub(in crate::upstream) flags: Vec<FlagRecord>,
    /// How many flags there are on all pages, where `LaunchDarkly` says.
    pub(in crate::upstream) total: Option<usize>,
}

/// A flag's definition.
pub(in crate::upstream) fn read_flag(body: &[u8]) -> Result<FlagRecord, Invalid> {
    Ok(parse::<FlagWire>(body)?.into())
}

/// A page of them.
pub(in crate::upstream) fn read_flags(body: &[u8]) -> Result<FlagPage, Invalid> {
    let PageWire { items, total_count } = parse(body)?;
    Ok(FlagPage { flags: items.into_iter().map(Into::into).collect(), total: total_count })
}

impl From<FlagWire> for FlagRecord {
    fn from(wire: FlagWire) -> Self {
        let variation = |VariationWire { id, value }| Variation { id, value };
        Self {
            key: wire.key.and_then(|key| key.parse().ok()),
            kind: wire.kind,
            archived: wire.archived.unwrap_or(false),
            variations: wire.variations.into_iter().map(variation).collect(),
            environments: wire.environments.unwrap_or_default(),
        }
    }
}

impl FlagRecord {
    /// The definition with the targets of this environment.
    pub(in crate::upstream) fn in_environment(
        mut self,
        environment: &EnvironmentKey,
    ) -> FlagDocument {
        let there = self.environments.remove(environment.as_str());
        FlagDocument {
            kind: self.kind,
            archived: self.archived,
            variations: self.variations,
            targets: there.and_then(targets),
        }
    }
}

/// The users among the targets; none if it is a summary, which doesn't tell them.
fn targets(environment: EnvironmentWire) -> Option<Targets> {
    let EnvironmentWire { targets, context_targets, fallthrough } = environment;
    if targets.is_none() && fallthrough.is_none() {
        return None;
    }
    let all = targets.into_iter().flatten().chain(context_targets.into_iter().flatten());
    let users = all.filter(|one| one.context_kind.as_deref().is_none_or(|kind| kind == USER));
    let each = users.flat_map(|one| {
        let variation = one.variation.and_then(|index| usize::try_from(index).ok());
        let variation = variation.unwrap_or(NO_VARIATION);
        one.values.into_iter().map(move |user| (user.into_boxed_str(), variation))
    });
    Some(each.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAG: &str = r#"{"key":"f","kind":"multivariate","archived":true,"new":1,
        "variations":[{"_id":"one","value":1.0,"name":"x"},{"_id":"two","value":{"a":[2]}}],
        "environments":{"test":{"fallthrough":{"variation":0},
            "targets":[{"values":["anna"],"variation":1},
                       {"values":["ben"],"variation":0,"contextKind":"user"}],
            "contextTargets":[{"values":["cleo"],"variation":1,"contextKind":"device"},
                              {"values":[],"variation":0,"contextKind":"user"}]}}}"#;

    fn flag(body: &str) -> FlagDocument {
        let record = read_flag(body.as_bytes()).unwrap();
        record.in_environment(&"test".parse().unwrap())
    }

    fn setting(flag: &FlagDocument, user: &str) -> Option<String> {
        let found = flag.setting_of(&user.parse().unwrap()).unwrap();
        found.map(|one| one.value.as_str().to_owned())
    }

    #[test]
    fn a_variation_is_found_by_what_its_value_means() {
        let flag = flag(FLAG);
        assert!(flag.archived);
        let found = flag.variation(&Json::parse("1").unwrap()).unwrap();
        assert_eq!((found.id.as_str(), found.value.as_str()), ("one", "1.0"));
        assert!(flag.variation(&Json::parse("2").unwrap()).is_none());
    }

    #[test]
    fn only_users_are_targets_and_their_variation_is_an_index() {
        let flag = flag(FLAG);
        assert_eq!(setting(&flag, "anna").as_deref(), Some(r#"{"a":[2]}"#));
        assert_eq!(setting(&flag, "ben").as_deref(), Some("1.0"));
        assert_eq!(setting(&flag, "cleo"), None);
    }

    #[test]
    fn targets_that_are_not_told_are_not_taken_for_none() {
        let summary = r#"{"variations":[],"environments":{"test":{"on":true}}}"#;
        let elsewhere = r#"{"variations":[],"environments":{}}"#;
        let past_the_end = FLAG.replace("\"variation\":1}", "\"variation\":7}");
        for body in [summary, elsewhere, &past_the_end] {
            assert!(flag(body).setting_of(&"anna".parse().unwrap()).is_err(), "{body}");
        }
        let nobody = r#"{"variations":[],"environments":{"test":{"fallthrough":{}}}}"#;
        assert_eq!(setting(&flag(nobody), "anna"), None);
    }

    #[test]
    fn a_flag_without_variations_is_no_answer() {
        assert!(read_flag(b"{}").is_err());
        assert!(read_flag(br#"{"variations":[{"value":1}]}"#).is_err());
    }

    #[test]
    fn a_page_says_how_many_there_are() {
        let page =
            read_flags(format!(r#"{{"items":[{FLAG}],"totalCount":7}}"#).as_bytes()).unwrap();
        assert_eq!((page.flags.len(), page.total), (1, Some(7)));
        assert_eq!(page.flags[0].key.as_ref().unwrap().as_str(), "f");
    }
}

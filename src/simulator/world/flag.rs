//! A flag, its variations, and how it is targeted in one environment. The members have `LaunchDarkly`'s
//! names, so that a part of a real flag can be pasted into a seed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::context::USER;
use crate::simulator::json::Json;

/// One of a flag's possible values.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::simulator) struct Variation {
    /// The UUID that instructions name it by; made from the flag's place when the seed has none.
    #[serde(default, rename = "_id")]
    pub(in crate::simulator) id: String,
    pub(in crate::simulator) value: Json,
    pub(in crate::simulator) name: Option<String>,
    pub(in crate::simulator) description: Option<String>,
}

/// A flag with its targeting in every environment of its project.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Flag {
    pub(in crate::simulator) key: String,
    pub(in crate::simulator) name: String,
    pub(in crate::simulator) description: String,
    pub(in crate::simulator) tags: Vec<String>,
    pub(in crate::simulator) temporary: bool,
    pub(in crate::simulator) archived: bool,
    pub(in crate::simulator) deprecated: bool,
    pub(in crate::simulator) version: u64,
    /// Unix milliseconds.
    pub(in crate::simulator) creation_date: i64,
    pub(in crate::simulator) variations: Vec<Variation>,
    /// By environment key.
    pub(in crate::simulator) targeting: BTreeMap<String, Targeting>,
}

/// How a flag is targeted in one environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Targeting {
    pub(in crate::simulator) on: bool,
    /// What is served while the flag is off; without it users receive `null`.
    pub(in crate::simulator) off_variation: Option<usize>,
    /// What is served when nothing else matches; without it users receive `null`.
    pub(in crate::simulator) fallthrough: Option<Serve>,
    #[serde(default)]
    pub(in crate::simulator) targets: Vec<Targets>,
    #[serde(default)]
    pub(in crate::simulator) rules: Vec<Rule>,
    #[serde(default)]
    pub(in crate::simulator) prerequisites: Vec<Prerequisite>,
    #[serde(skip, default = "first_version")]
    pub(in crate::simulator) version: u64,
    /// Unix milliseconds.
    #[serde(skip)]
    pub(in crate::simulator) last_modified: i64,
}

/// The contexts of one kind that are individually targeted on one variation.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Targets {
    #[serde(default = "user_kind")]
    pub(in crate::simulator) context_kind: String,
    pub(in crate::simulator) variation: usize,
    pub(in crate::simulator) values: Vec<String>,
}

/// What a rule or the fall-through serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) enum Serve {
    Variation(usize),
    /// Each with its weight in thousandths of a percent; together 100,000.
    Rollout(Vec<Weighted>),
}

/// A variation's share of a percentage rollout.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::simulator) struct Weighted {
    pub(in crate::simulator) variation: usize,
    pub(in crate::simulator) weight: u64,
}

/// Serves something to those whose attributes satisfy every clause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::simulator) struct Rule {
    #[serde(default, rename = "_id")]
    pub(in crate::simulator) id: String,
    pub(in crate::simulator) clauses: Vec<Clause>,
    pub(in crate::simulator) serve: Serve,
}

/// One condition on one attribute of the context of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::simulator) struct Clause {
    #[serde(default = "user_kind")]
    pub(in crate::simulator) context_kind: String,
    pub(in crate::simulator) attribute: String,
    pub(in crate::simulator) op: Operator,
    pub(in crate::simulator) values: Vec<Value>,
    #[serde(default)]
    pub(in crate::simulator) negate: bool,
}

/// How a clause compares; the others of `LaunchDarkly`'s operators are not simulated.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::simulator) enum Operator {
    In,
    StartsWith,
    EndsWith,
    Contains,
    LessThan,
    GreaterThan,
}

/// Another flag, which must be on and serve this variation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::simulator) struct Prerequisite {
    pub(in crate::simulator) key: String,
    pub(in crate::simulator) variation: usize,
}

fn first_version() -> u64 {
    1
}

fn user_kind() -> String {
    USER.to_owned()
}

impl Operator {
    /// `LaunchDarkly`'s word.
    pub(in crate::simulator) fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
            Self::LessThan => "lessThan",
            Self::GreaterThan => "greaterThan",
        }
    }
}

impl Flag {
    /// `boolean` when its values are `true` and `false`, else `multivariate`.
    pub(in crate::simulator) fn kind(&self) -> &'static str {
        if self.variations.iter().all(|v| v.value.is_boolean()) {
            "boolean"
        } else {
            "multivariate"
        }
    }

    /// Whether its key or its name has this text in it, which is in lower case.
    pub(in crate::simulator) fn mentions(&self, text: &str) -> bool {
        [&self.key, &self.name].iter().any(|own| own.to_lowercase().contains(text))
    }

    /// The index of the variation that has this value.
    pub(in crate::simulator) fn variation_of(&self, value: &Json) -> Option<usize> {
        let spelled_alike = |v: &Variation| v.value.text() == value.text();
        self.variations
            .iter()
            .position(spelled_alike)
            .or_else(|| self.variations.iter().position(|v| v.value.same_value(value)))
    }

    /// The index of the variation that has this id.
    pub(in crate::simulator) fn variation_with_id(&self, id: &str) -> Option<usize> {
        self.variations.iter().position(|v| v.id == id)
    }

    /// The value at an index.
    pub(in crate::simulator) fn value(&self, variation: usize) -> Option<&Json> {
        self.variations.get(variation).map(|v| &v.value)
    }
}

impl Targets {
    /// Whether this context is one of them.
    pub(in crate::simulator) fn hold(&self, kind: &str, key: &str) -> bool {
        self.context_kind == kind && self.values.iter().any(|value| value == key)
    }
}

impl Targeting {
    /// On, and the same variation for everybody, on or off.
    pub(in crate::simulator) fn serving(variation: usize) -> Self {
        Self {
            on: true,
            off_variation: Some(variation),
            fallthrough: Some(Serve::Variation(variation)),
            targets: Vec::new(),
            rules: Vec::new(),
            prerequisites: Vec::new(),
            version: first_version(),
            last_modified: 0,
        }
    }

    /// The variation on which a context is individually targeted.
    pub(in crate::simulator) fn target_of(&self, kind: &str, key: &str) -> Option<usize> {
        self.targets.iter().find(|targets| targets.hold(kind, key)).map(|t| t.variation)
    }

    /// Targets a context on this variation alone, or on none.
    pub(in crate::simulator) fn set_target(
        &mut self,
        kind: &str,
        key: &str,
        variation: Option<usize>,
    ) {
        for targets in self.targets.iter_mut().filter(|t| t.context_kind == kind) {
            targets.values.retain(|value| value != key);
        }
        self.targets.retain(|targets| !targets.values.is_empty());
        let Some(variation) = variation else { return };
        let same = |t: &&mut Targets| t.variation == variation && t.context_kind == kind;
        match self.targets.iter_mut().find(same) {
            Some(targets) => targets.values.push(key.to_owned()),
            None => self.targets.push(Targets {
                context_kind: kind.to_owned(),
                variation,
                values: vec![key.to_owned()],
            }),
        }
    }
}

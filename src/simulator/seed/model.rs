//! The seed's shape, how it is read, and the account that is made from it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::check;
use crate::simulator::json::Json;
use crate::simulator::world::{Account, Attributes, Targeting, Variation};

/// The token that the built-in seed accepts for everything. It opens nothing but a simulator.
pub const BUILT_IN_TOKEN: &str = "api-simulator-00000000-0000-4000-8000-000000000000";

/// The token of the built-in seed that may only read.
pub const BUILT_IN_READER_TOKEN: &str = "api-simulator-00000000-0000-4000-8000-000000000001";

const BUILT_IN: &str = include_str!("shop.json");

/// What the simulator starts with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    pub(in crate::simulator) tokens: Vec<TokenSeed>,
    pub(super) projects: Vec<ProjectSeed>,
}

/// What is wrong with a seed, and where.
#[derive(Debug, thiserror::Error)]
pub enum SeedFault {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is not JSON, or not of the seed's shape.
    #[error("line {line}, column {column}, at `{path}`: {what}")]
    Shape {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// The member, as `projects[0].flags[2].variations`.
        path: String,
        /// What was expected.
        what: String,
    },
    /// Its shape is right, but it contradicts itself.
    #[error("at `{path}`: {what}")]
    Sense {
        /// The member, as `projects.shop.flags.sort.order`.
        path: String,
        /// What is wrong.
        what: String,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::simulator) struct TokenSeed {
    pub(in crate::simulator) token: String,
    pub(in crate::simulator) name: String,
    #[serde(default)]
    pub(in crate::simulator) role: Role,
}

/// What a token may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::simulator) enum Role {
    #[default]
    Writer,
    Reader,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectSeed {
    pub(super) key: String,
    #[serde(default)]
    #[expect(dead_code, reason = "a real project has it; no operation here shows it")]
    name: String,
    pub(super) environments: Vec<EnvironmentSeed>,
    #[serde(default)]
    pub(super) users: Vec<UserSeed>,
    #[serde(default)]
    pub(super) flags: Vec<FlagSeed>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EnvironmentSeed {
    pub(super) key: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) approval_settings: ApprovalSeed,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "a real environment has it; it binds only LaunchDarkly's web pages, never its API"
    )]
    require_comments: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ApprovalSeed {
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) required_approval_tags: Vec<String>,
}

/// A user, and what was stored of them before, or from other applications.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UserSeed {
    pub(super) key: String,
    #[serde(default)]
    pub(super) attributes: Attributes,
    pub(super) application_id: Option<String>,
    /// When they were last seen; at the start, when left out.
    pub(super) last_seen: Option<Timestamp>,
    #[serde(default)]
    pub(super) other_versions: Vec<RecordSeed>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RecordSeed {
    pub(super) application_id: Option<String>,
    pub(super) last_seen: Timestamp,
    pub(super) attributes: Attributes,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlagSeed {
    pub(super) key: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) temporary: bool,
    #[serde(default)]
    pub(super) archived: bool,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) variations: Vec<Variation>,
    pub(super) targeting: Targeting,
    #[serde(default)]
    pub(super) environments: BTreeMap<String, Targeting>,
}

impl Seed {
    /// The shop and the bank of the demo and of our own tests.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the file is a part of the program, and a test parses it"
    )]
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("the built-in seed is sound")
    }

    /// Reads a seed from a JSON file.
    pub fn load(file: &Path) -> Result<Self, SeedFault> {
        Self::parse(&std::fs::read_to_string(file)?)
    }

    /// Reads a seed from JSON text.
    pub fn parse(text: &str) -> Result<Self, SeedFault> {
        let mut json = serde_json::Deserializer::from_str(text);
        let seed: Self = serde_path_to_error::deserialize(&mut json).map_err(|fault| {
            let path = fault.path().to_string();
            let cause = fault.into_inner();
            SeedFault::shape(path, &cause)
        })?;
        json.end().map_err(|cause| SeedFault::shape(".".to_owned(), &cause))?;
        check::check(&seed)?;
        Ok(seed)
    }

    /// The same seed with another token accepted for everything, in place of its own tokens.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.tokens = vec![TokenSeed {
            token: token.to_owned(),
            name: "simulator".to_owned(),
            role: Role::Writer,
        }];
        self
    }

    /// The same seed with this many more flags in a project that it has, `many.0001` and so on, none of which
    /// serves or targets anything of its own: for lists of more than one page.
    #[must_use]
    pub fn with_many_flags(mut self, project: &str, count: usize) -> Self {
        if let Some(project) = self.projects.iter_mut().find(|known| known.key == project) {
            project.flags.extend((1..=count).map(FlagSeed::one_of_many));
        }
        self
    }

    /// The account as it is at the start, at this time in Unix milliseconds.
    pub(in crate::simulator) fn account(&self, now: i64) -> Account {
        let projects = self.projects.iter().cloned();
        Account::new(projects.map(|project| (project.key.clone(), project.build(now))).collect())
    }
}

impl FlagSeed {
    fn one_of_many(number: usize) -> Self {
        let value = |value: bool| Variation {
            id: String::new(),
            value: Json::from(value),
            name: None,
            description: None,
        };
        Self {
            key: format!("many.{number:04}"),
            name: format!("One of many: {number}"),
            description: String::new(),
            tags: vec!["many".to_owned()],
            temporary: false,
            archived: false,
            deprecated: false,
            variations: vec![value(true), value(false)],
            targeting: Targeting::serving(1),
            environments: BTreeMap::new(),
        }
    }
}

impl SeedFault {
    fn shape(path: String, cause: &serde_json::Error) -> Self {
        let text = cause.to_string();
        let what = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self::Shape { line: cause.line(), column: cause.column(), path, what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_seed_is_sound_and_accepts_its_tokens() {
        let seed = Seed::parse(BUILT_IN).unwrap();
        let tokens: Vec<_> = seed.tokens.iter().map(|t| t.token.as_str()).collect();
        assert_eq!(tokens, [BUILT_IN_TOKEN, BUILT_IN_READER_TOKEN]);
    }

    #[test]
    fn an_unknown_member_is_refused_with_its_line_and_path() {
        let text = BUILT_IN.replacen("\"offVariation\"", "\"offvariation\"", 1);
        let fault = Seed::parse(&text).unwrap_err().to_string();
        assert!(fault.starts_with("line "), "{fault}");
        assert!(fault.contains("projects[0].flags[0].targeting"), "{fault}");
        assert!(fault.contains("unknown field `offvariation`"), "{fault}");
    }

    #[test]
    fn a_file_that_is_not_there_is_a_fault() {
        let fault = Seed::load(Path::new("/nowhere/seed.json")).unwrap_err();
        assert!(fault.to_string().starts_with("cannot be read: "), "{fault}");
    }

    #[test]
    fn text_behind_the_seed_is_refused() {
        let fault = Seed::parse(&format!("{BUILT_IN} x")).unwrap_err();
        assert!(matches!(fault, SeedFault::Shape { .. }), "{fault}");
    }

    #[test]
    fn values_keep_their_spelling() {
        let seed = Seed::built_in();
        let account = seed.account(0);
        let limit = &account.projects["shop"].flags["checkout.limit"];
        let texts: Vec<_> = limit.variations.iter().map(|v| v.value.text()).collect();
        assert_eq!(texts, ["1", "2.0", "12345678901234567890"]);
    }
}

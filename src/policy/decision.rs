//! What was decided and by which rule: the one text that `explain`, `permissions/check` and a 403 share.

use std::fmt;

use super::action::ActionKind;
use super::rules::Answer;
use crate::domain::{FlagKey, Place};

/// An answer to "may they?".
#[derive(Clone, Debug)]
pub struct Decision {
    allowed: bool,
    team: Option<String>,
    rule: Rule,
}

/// The rule that decided, as text for whoever asked. It names nothing that is not the caller's own: their
/// teams, and the place of a rule in the policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    text: String,
    /// The same for somebody who has never seen the file.
    plain: String,
}

/// The policy said no. Only the policy makes one.
#[derive(Clone, Debug, thiserror::Error)]
#[error("you lack `{}` on {resource}: {rule}", .actions.join("` or `"))]
pub struct Denied {
    actions: Vec<&'static str>,
    resource: String,
    rule: Rule,
}

impl Decision {
    pub(super) fn of(answer: Answer, team_name: impl Fn(usize) -> String) -> Self {
        let (allowed, team) = match answer {
            Answer::Granted { team, .. } => (true, Some(team)),
            Answer::Denied { booked, .. } => (false, booked),
            Answer::NoGrant | Answer::NoTeam => (false, None),
        };
        let rule = match answer {
            Answer::Granted { team, grant } => {
                let rest = format!("of team `{}` allows it", team_name(team));
                Rule::at(&format!("teams[{team}].grants[{grant}]"), "a grant", &rest)
            }
            Answer::Denied { team, deny, .. } => {
                let rest = format!("of team `{}` denies it", team_name(team));
                Rule::at(&format!("teams[{team}].denies[{deny}]"), "a deny", &rest)
            }
            Answer::NoGrant => Rule::none("no grant of your teams allows it"),
            Answer::NoTeam => Rule::none("you are in no team of the policy"),
        };
        Self { allowed, team: team.map(team_name), rule }
    }

    /// Whether it may be done.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.allowed
    }

    /// The team it is booked on: the first whose grant matched.
    #[must_use]
    pub fn team(&self) -> Option<&str> {
        self.team.as_deref()
    }

    /// The rule that decided.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.rule
    }
}

impl Rule {
    fn at(place: &str, kind: &str, rest: &str) -> Self {
        Self { text: format!("{place} {rest}"), plain: format!("{kind} {rest}") }
    }

    fn none(text: &str) -> Self {
        Self { text: text.to_owned(), plain: text.to_owned() }
    }

    /// The one rule that refused all of these or, where there is none, each of theirs.
    fn of_all(refused: &[(ActionKind, Decision)]) -> Self {
        let rules = refused.iter().map(|(_, decision)| &decision.rule);
        if let Some(first) =
            rules.clone().next().filter(|first| rules.clone().all(|one| one == *first))
        {
            return first.clone();
        }
        let each = |words: fn(&Self) -> &str| {
            let each =
                refused.iter().map(|(action, one)| format!("`{action}`: {}", words(&one.rule)));
            each.collect::<Vec<_>>().join("; ")
        };
        Self { text: each(|rule| &rule.text), plain: each(|rule| &rule.plain) }
    }
}

impl Denied {
    /// What is missing there: all of these, of which any would do. The rule is named that refused them; where not one rule
    /// refused all, each of them.
    pub(super) fn of(
        refused: &[(ActionKind, Decision)],
        place: &Place,
        flag: Option<&FlagKey>,
    ) -> Self {
        let flag = flag.map(|flag| format!(", flag `{flag}`")).unwrap_or_default();
        Self {
            actions: refused.iter().map(|(action, _)| action.name()).collect(),
            resource: format!(
                "project `{}`, environment `{}`{flag} for this user",
                place.project, place.environment
            ),
            rule: Rule::of_all(refused),
        }
    }

    /// The same for somebody who has never seen the policy file: without the place of the rule in it.
    #[must_use]
    pub fn in_plain_words(&self) -> String {
        let Self { actions, resource, rule } = self;
        format!("you lack `{}` on {resource}: {}", actions.join("` or `"), rule.plain)
    }

    /// The action that is missing, or those of which any would do.
    #[must_use]
    pub fn action(&self) -> String {
        self.actions.join(" or ")
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

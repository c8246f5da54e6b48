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
pub struct Rule(String);

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
                format!("teams[{team}].grants[{grant}] of team `{}` allows it", team_name(team))
            }
            Answer::Denied { team, deny, .. } => {
                format!("teams[{team}].denies[{deny}] of team `{}` denies it", team_name(team))
            }
            Answer::NoGrant => "no grant of your teams allows it".to_owned(),
            Answer::NoTeam => "you are in no team of the policy".to_owned(),
        };
        Self { allowed, team: team.map(team_name), rule: Rule(rule) }
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

    pub(super) fn denied(
        self,
        actions: &[ActionKind],
        place: &Place,
        flag: Option<&FlagKey>,
    ) -> Denied {
        let actions: Vec<_> = actions.iter().map(|action| action.name()).collect();
        let flag = flag.map(|flag| format!(", flag `{flag}`")).unwrap_or_default();
        Denied {
            actions,
            resource: format!(
                "project `{}`, environment `{}`{flag} for this user",
                place.project, place.environment
            ),
            rule: self.rule,
        }
    }
}

impl Denied {
    /// The action that is missing, or those of which any would do.
    #[must_use]
    pub fn action(&self) -> String {
        self.actions.join(" or ")
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

//! A caller as one version of the policy knows them.

use std::sync::Arc;

use super::action::{ActionKind, ActionSet};
use super::file::Policy;
use super::rules::Question;
use crate::auth::Caller;
use crate::domain::{FlagKey, Place, UserKey};

/// A caller and the teams they are in under one version of the policy. Cheap to clone. A request that began
/// under a version finishes under it.
#[derive(Clone, Debug)]
pub struct Identity(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    policy: Arc<Policy>,
    caller: Caller,
    teams: Vec<usize>,
}

/// A grant or a deny of a caller's team, for telling them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseSummary {
    /// The team.
    pub team: String,
    /// What may, or may not, be done.
    pub actions: ActionSet,
    /// The patterns of the policy file.
    pub scope: ScopeSummary,
}

/// Where it holds, as patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeSummary {
    /// Of projects.
    pub projects: Vec<String>,
    /// Of environments.
    pub environments: Vec<String>,
    /// Of flags.
    pub flags: Vec<String>,
    /// Of users.
    pub users: Vec<String>,
}

impl Identity {
    pub(super) fn new(policy: Arc<Policy>, caller: Caller) -> Self {
        let teams = policy.rules().teams_of(&caller);
        Self::in_teams(policy, caller, teams)
    }

    /// A caller in these teams, whatever the policy says of its members.
    pub(super) fn in_teams(policy: Arc<Policy>, caller: Caller, teams: Vec<usize>) -> Self {
        Self(Arc::new(Inner { policy, caller, teams }))
    }

    /// Who calls.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.0.caller
    }

    /// The version of the policy this identity belongs to.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.0.policy
    }

    /// The names of the caller's teams, in file order.
    pub fn teams(&self) -> impl Iterator<Item = &str> {
        self.0.teams.iter().map(|n| self.0.policy.team_name(Some(*n)))
    }

    /// Everything the caller's teams grant.
    #[must_use]
    pub fn grants(&self) -> Vec<ClauseSummary> {
        self.0.policy.grants_of(&self.0.teams)
    }

    /// Everything that the caller's teams deny, whatever others grant.
    #[must_use]
    pub fn denies(&self) -> Vec<ClauseSummary> {
        self.0.policy.denies_of(&self.0.teams)
    }

    pub(super) fn team_indexes(&self) -> &[usize] {
        &self.0.teams
    }

    pub(super) fn sees_all(&self, place: &Place, user: &UserKey) -> bool {
        self.0.policy.rules().sees_all(&self.0.teams, place, user)
    }

    pub(super) fn sees(&self, place: &Place, user: &UserKey, flag: &FlagKey) -> bool {
        let question = Question { action: ActionKind::Read, place, user, flag: Some(flag) };
        let answer = self.0.policy.rules().answer(&self.0.teams, question);
        matches!(answer, super::rules::Answer::Granted { .. })
    }
}

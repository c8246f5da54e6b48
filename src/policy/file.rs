//! One version of the policy file.

use std::sync::Arc;

use jiff::Timestamp;
use toml::de::DeTable;

use super::action::{Action, ActionKind};
use super::decision::{Decision, Denied};
use super::freeze::{Frozen, freeze_at};
use super::glob::Glob;
use super::guard::{GuardRule, Guards};
use super::identity::{ClauseSummary, Identity, ScopeSummary};
use super::permit::Permit;
use super::reader::{Faults, PolicyFault, Reader};
use super::resource::Resource;
use super::rules::{Answer, Clause, Question, Rules, Team};
use super::rules_reader::read_rules;
use super::summary::Summary;
use crate::auth::Caller;
use crate::domain::{FlagKey, Place};
use crate::telemetry::{DecisionCounters, DropInCounters, DropInOperation, Metrics};

/// The team name for what no team is booked for.
pub(super) const NO_TEAM: &str = "none";

/// One version of the policy.
#[derive(Debug)]
pub struct Policy {
    rules: Rules,
    counters: DecisionCounters,
    drop_in: DropInCounters,
    summary: Summary,
}

impl Policy {
    /// Takes a policy file. `issuers` are the names of those configured. Reports every fault.
    pub fn parse(
        text: &str,
        issuers: &[&str],
        metrics: &Metrics,
    ) -> Result<Self, Vec<PolicyFault>> {
        let faults = Faults::in_text(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            faults.add(&error.span().unwrap_or_default(), "the file", error.message());
        }
        let rules = if errors.is_empty() {
            read_rules(&Reader::root(root.get_ref(), &faults), issuers)
        } else {
            Rules::default()
        };
        // A refused file leaves no series behind.
        let rules = faults.into_result(rules)?;
        let teams: Vec<&str> = rules.teams.iter().map(|team| team.name.as_str()).collect();
        let counters = metrics.decision_counters(&teams, &ActionKind::ALL.map(ActionKind::name));
        let drop_in = metrics.drop_in_counters(&teams);
        let summary = Summary::of(text, &rules);
        Ok(Self { rules, counters, drop_in, summary })
    }

    /// The caller as this version knows them.
    #[must_use]
    pub fn identify(self: &Arc<Self>, caller: Caller) -> Identity {
        Identity::new(Arc::clone(self), caller)
    }

    /// The operator at the command line as someone who is in the team of this name and in no other, to read as they may;
    /// none if there is no such team. For a command of the operator's alone: no token was verified.
    #[must_use]
    pub fn insecure_operator_in(self: &Arc<Self>, team: &str) -> Option<Identity> {
        let team = self.rules.teams.iter().position(|one| one.name == team)?;
        let caller = Caller::insecure_operator();
        Some(Identity::in_teams(Arc::clone(self), caller, vec![team]))
    }

    /// Decides whether `identity` may do `A` to `target`, counts the decision and logs a denial. The only
    /// maker of permits.
    pub fn authorize<A: Action, T: Resource>(
        identity: &Identity,
        target: T,
    ) -> Result<Permit<A, T>, Denied> {
        Self::decide(identity, target).0
    }

    /// The same for one of `LaunchDarkly`'s own operations, and counts which team still uses it.
    pub fn authorize_drop_in<A: Action, T: Resource>(
        identity: &Identity,
        target: T,
        operation: DropInOperation,
    ) -> Result<Permit<A, T>, Denied> {
        let (outcome, booked) = Self::decide(identity, target);
        identity.policy().drop_in.count(booked, operation);
        outcome
    }

    /// The outcome, and the team that it is booked on.
    fn decide<A: Action, T: Resource>(
        identity: &Identity,
        target: T,
    ) -> (Result<Permit<A, T>, Denied>, Option<usize>) {
        let policy = identity.policy();
        let mut refused = Vec::new();
        for action in A::ANY_OF {
            let answer = policy.ask(identity.team_indexes(), *action, &target);
            if let Answer::Granted { team, .. } = answer {
                policy.counters.count(Some(team), action.index(), true);
                return (Ok(Permit::granted(identity, target, Some(team))), Some(team));
            }
            refused.push((*action, answer));
        }
        let (action, answer) =
            refused.first().copied().unwrap_or((ActionKind::Read, Answer::NoGrant));
        let booked = if let Answer::Denied { booked, .. } = answer { booked } else { None };
        policy.counters.count(booked, action.index(), false);
        let refused: Vec<_> =
            refused.into_iter().map(|(action, answer)| (action, policy.decision(answer))).collect();
        let denied = Denied::of(&refused, target.place(), target.flag());
        tracing::info!(
            caller.issuer = identity.caller().issuer(),
            caller.subject = identity.caller().subject(),
            project.key = target.place().project.as_str(),
            environment.key = target.place().environment.as_str(),
            flag.key = target.flag().map(FlagKey::as_str),
            action = denied.action(),
            "denied by the policy"
        );
        (Err(denied), booked)
    }

    /// Answers a question without permitting anything: for `explain` and `permissions/check`.
    #[must_use]
    pub fn explain<T: Resource>(identity: &Identity, action: ActionKind, target: &T) -> Decision {
        let policy = identity.policy();
        policy.decision(policy.ask(identity.team_indexes(), action, target))
    }

    /// The same for someone who is in the team of this name and in no other; none if there is no such team.
    #[must_use]
    pub fn explain_team<T: Resource>(
        &self,
        team: &str,
        action: ActionKind,
        target: &T,
    ) -> Option<Decision> {
        let team = self.rules.teams.iter().position(|one| one.name == team)?;
        Some(self.decision(self.ask(&[team], action, target)))
    }

    /// What the guards on a target ask together.
    #[must_use]
    pub fn guards_on<T: Resource>(&self, target: &T) -> Guards {
        let here = |guard: &&GuardRule| {
            guard.scope.has(target.place(), target.user())
                && target.flag().is_none_or(|flag| guard.scope.has_flag(flag))
        };
        self.rules.guards.iter().filter(here).fold(Guards::default(), |all, one| all.and(one.asks))
    }

    /// The freeze that is in force in a place; of several the one that ends last.
    #[must_use]
    pub fn freeze_at(&self, place: &Place, now: Timestamp) -> Option<Frozen> {
        freeze_at(&self.rules.freezes, place, now)
    }

    /// What it has, in short.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn team_name(&self, team: Option<usize>) -> &str {
        team.and_then(|n| self.rules.teams.get(n)).map_or(NO_TEAM, |team| &team.name)
    }

    pub(super) fn grants_of(&self, teams: &[usize]) -> Vec<ClauseSummary> {
        self.summaries(teams, |team| &team.grants)
    }

    pub(super) fn denies_of(&self, teams: &[usize]) -> Vec<ClauseSummary> {
        self.summaries(teams, |team| &team.denies)
    }

    fn summaries(&self, teams: &[usize], of: fn(&Team) -> &[Clause]) -> Vec<ClauseSummary> {
        let texts = |globs: &[Glob]| globs.iter().map(ToString::to_string).collect();
        let teams = teams.iter().filter_map(|n| self.rules.teams.get(*n));
        let summary = |team: &Team, clause: &Clause| ClauseSummary {
            team: team.name.clone(),
            actions: clause.actions,
            scope: ScopeSummary {
                projects: texts(&clause.scope.projects),
                environments: texts(&clause.scope.environments),
                flags: texts(&clause.scope.flags),
                users: texts(&clause.scope.users),
            },
        };
        teams.flat_map(|team| of(team).iter().map(move |clause| summary(team, clause))).collect()
    }

    fn ask<T: Resource>(&self, teams: &[usize], action: ActionKind, target: &T) -> Answer {
        let (place, user, flag) = (target.place(), target.user(), target.flag());
        self.rules.answer(teams, Question { action, place, user, flag })
    }

    fn decision(&self, answer: Answer) -> Decision {
        Decision::of(answer, |n| self.team_name(Some(n)).to_owned())
    }
}

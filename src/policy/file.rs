//! One version of the policy file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use toml::de::DeTable;

use super::action::{Action, ActionKind};
use super::decision::{Decision, Denied};
use super::glob::Glob;
use super::guard::{GuardRule, Guards};
use super::identity::{GrantSummary, Identity, ScopeSummary};
use super::member::Member;
use super::permit::Permit;
use super::reader::{Faults, PolicyFault, Reader};
use super::resource::Resource;
use super::rules::{Answer, Clause, Question, Rules, Scope, Team};
use crate::auth::Caller;
use crate::domain::FlagKey;
use crate::telemetry::{DecisionCounters, Metrics};

/// The team name for what no team is booked for.
const NO_TEAM: &str = "none";

/// One version of the policy.
#[derive(Debug)]
pub struct Policy {
    rules: Rules,
    counters: DecisionCounters,
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
            faults.add(
                &error.span().unwrap_or_default(),
                "the file",
                error.message(),
            );
        }
        let rules = if errors.is_empty() {
            read_rules(&Reader::root(root.get_ref(), &faults), issuers)
        } else {
            Rules::default()
        };
        let teams: Vec<&str> = rules.teams.iter().map(|team| team.name.as_str()).collect();
        let counters = metrics.decision_counters(&teams, &ActionKind::ALL.map(ActionKind::name));
        let writes = [ActionKind::Set, ActionKind::Clear, ActionKind::Schedule];
        metrics.know_writers(&teams, &writes.map(ActionKind::name));
        faults.into_result(Self { rules, counters })
    }

    /// The caller as this version knows them.
    #[must_use]
    pub fn identify(self: &Arc<Self>, caller: Caller) -> Identity {
        Identity::new(Arc::clone(self), caller)
    }

    /// Decides whether `identity` may do `A` to `target`, counts the decision and logs a denial. The only
    /// maker of permits.
    pub fn authorize<A: Action, T: Resource>(
        identity: &Identity,
        target: T,
    ) -> Result<Permit<A, T>, Denied> {
        let policy = identity.policy();
        let mut refused = None;
        for action in A::ANY_OF {
            let answer = policy.ask(identity.team_indexes(), *action, &target);
            if let Answer::Granted { team, .. } = answer {
                policy.counters.count(Some(team), action.index(), true);
                return Ok(Permit::granted(identity, target, Some(team)));
            }
            refused.get_or_insert((*action, answer));
        }
        let (action, answer) = refused.unwrap_or((ActionKind::Read, Answer::NoGrant));
        let booked = if let Answer::Denied { booked, .. } = answer {
            booked
        } else {
            None
        };
        policy.counters.count(booked, action.index(), false);
        let denied = policy
            .decision(answer)
            .denied(A::ANY_OF, target.place(), target.flag());
        tracing::info!(
            caller.issuer = identity.caller().issuer(),
            caller.subject = identity.caller().subject(),
            project.key = target.place().project.as_str(),
            environment.key = target.place().environment.as_str(),
            flag.key = target.flag().map(FlagKey::as_str),
            action = denied.action(),
            "denied by the policy"
        );
        Err(denied)
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
        self.rules
            .guards
            .iter()
            .filter(here)
            .fold(Guards::default(), |all, one| all.and(one.asks))
    }

    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn team_name(&self, team: Option<usize>) -> &str {
        team.and_then(|n| self.rules.teams.get(n))
            .map_or(NO_TEAM, |team| &team.name)
    }

    pub(super) fn grants_of(&self, teams: &[usize]) -> Vec<GrantSummary> {
        let texts = |globs: &[Glob]| globs.iter().map(ToString::to_string).collect();
        let teams = teams.iter().filter_map(|n| self.rules.teams.get(*n));
        let summary = |team: &Team, grant: &Clause| GrantSummary {
            team: team.name.clone(),
            actions: grant.actions,
            scope: ScopeSummary {
                projects: texts(&grant.scope.projects),
                environments: texts(&grant.scope.environments),
                flags: texts(&grant.scope.flags),
                users: texts(&grant.scope.users),
            },
        };
        teams
            .flat_map(|team| team.grants.iter().map(|grant| summary(team, grant)))
            .collect()
    }

    fn ask<T: Resource>(&self, teams: &[usize], action: ActionKind, target: &T) -> Answer {
        let (place, user, flag) = (target.place(), target.user(), target.flag());
        self.rules.answer(
            teams,
            Question {
                action,
                place,
                user,
                flag,
            },
        )
    }

    fn decision(&self, answer: Answer) -> Decision {
        Decision::of(answer, |n| self.team_name(Some(n)).to_owned())
    }
}

/// The policy in force.
#[derive(Debug)]
pub struct Policies {
    current: ArcSwap<Policy>,
    version: AtomicU64,
}

impl Policies {
    /// Starts with `first`.
    #[must_use]
    pub fn new(first: Policy) -> Self {
        Self {
            current: ArcSwap::from_pointee(first),
            version: AtomicU64::new(1),
        }
    }

    /// The version in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Policy> {
        self.current.load_full()
    }

    /// Puts a new version in force, whole and at once. Requests under way finish under the old one.
    pub fn replace(&self, next: Policy) {
        self.current.store(Arc::new(next));
        self.version.fetch_add(1, Ordering::Release);
    }

    /// Whether `policy` is the version in force.
    #[must_use]
    pub fn is_current(&self, policy: &Arc<Policy>) -> bool {
        Arc::ptr_eq(&self.current.load(), policy)
    }
}

fn read_rules(root: &Reader<'_>, issuers: &[&str]) -> Rules {
    root.refuse_others(&["teams", "guards"]);
    let mut teams: Vec<Team> = Vec::new();
    for reader in root.tables("teams") {
        let team = read_team(&reader, issuers);
        if !team.name.is_empty() && teams.iter().any(|other| other.name == team.name) {
            reader.refuse("name", "must be the name of one team only");
        }
        teams.push(team);
    }
    let guards = root.tables("guards").iter().map(read_guard).collect();
    Rules { teams, guards }
}

fn read_team(reader: &Reader<'_>, issuers: &[&str]) -> Team {
    reader.refuse_others(&["name", "members", "grants", "denies"]);
    let name = reader.text("name").unwrap_or_default();
    if name == NO_TEAM || name.len() > 64 || name.contains(char::is_control) {
        reader.refuse(
            "name",
            "must have at most 64 bytes, no control characters, and not be `none`",
        );
    }
    Team {
        name: name.to_owned(),
        members: reader.entries("members", |text| Member::parse(text, issuers)),
        grants: reader
            .tables("grants")
            .iter()
            .map(|one| read_clause(one, true))
            .collect(),
        denies: reader
            .tables("denies")
            .iter()
            .map(|one| read_clause(one, false))
            .collect(),
    }
}

fn read_clause(reader: &Reader<'_>, grants: bool) -> Clause {
    reader.refuse_others(&["projects", "environments", "flags", "users", "actions"]);
    let actions = reader.actions();
    let actions = if grants {
        actions.with_included()
    } else {
        actions
    };
    Clause {
        scope: read_scope(reader),
        actions,
    }
}

fn read_scope(reader: &Reader<'_>) -> Scope {
    Scope {
        projects: reader.globs("projects"),
        environments: reader.globs("environments"),
        flags: reader.globs_or_any("flags"),
        users: reader.globs_or_any("users"),
    }
}

fn read_guard(reader: &Reader<'_>) -> GuardRule {
    reader.refuse_others(&[
        "projects",
        "environments",
        "flags",
        "users",
        "require_comment",
        "max_override",
        "confirm_in_chat",
        "second_person",
    ]);
    let asks = Guards {
        require_comment: reader.switch("require_comment"),
        max_override: reader.duration("max_override"),
        confirm_in_chat: reader.switch("confirm_in_chat"),
        second_person: reader.switch("second_person"),
    };
    GuardRule {
        scope: read_scope(reader),
        asks,
    }
}

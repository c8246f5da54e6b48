//! Teams and what they may do, as a policy file states it, and the plain evaluation of one question.

use super::action::{ActionKind, ActionSet};
use super::glob::Glob;
use super::guard::GuardRule;
use super::member::Member;
use crate::auth::Caller;
use crate::domain::{FlagKey, Place, UserKey};

/// Everything a policy file states.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) teams: Vec<Team>,
    pub(super) guards: Vec<GuardRule>,
}

/// A team: who belongs to it, what they may do, and what they may not whatever others grant.
#[derive(Debug)]
pub(super) struct Team {
    pub(super) name: String,
    pub(super) members: Vec<Member>,
    pub(super) grants: Vec<Clause>,
    pub(super) denies: Vec<Clause>,
}

/// Some actions in some places.
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) scope: Scope,
    pub(super) actions: ActionSet,
}

/// Some flags of some users in some environments of some projects.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) projects: Vec<Glob>,
    pub(super) environments: Vec<Glob>,
    pub(super) flags: Vec<Glob>,
    pub(super) users: Vec<Glob>,
}

/// One question: may this be done there?
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) action: ActionKind,
    pub(super) place: &'a Place,
    pub(super) user: &'a UserKey,
    /// None asks whether it may be done to any flag at all.
    pub(super) flag: Option<&'a FlagKey>,
}

/// The rule that answered a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The grant of this team, by their places in the file.
    Granted { team: usize, grant: usize },
    /// The deny of this team; `booked` is the team whose grant it overrules.
    Denied {
        team: usize,
        deny: usize,
        booked: Option<usize>,
    },
    /// No grant of the caller's teams matches.
    NoGrant,
    /// The caller is in no team.
    NoTeam,
}

impl Scope {
    pub(super) fn has_place(&self, place: &Place) -> bool {
        any(&self.projects, place.project.as_str())
            && any(&self.environments, place.environment.as_str())
    }

    pub(super) fn has(&self, place: &Place, user: &UserKey) -> bool {
        self.has_place(place) && any(&self.users, user.as_str())
    }

    pub(super) fn has_flag(&self, flag: &FlagKey) -> bool {
        any(&self.flags, flag.as_str())
    }
}

fn any(globs: &[Glob], key: &str) -> bool {
    globs.iter().any(|glob| glob.matches(key))
}

impl Clause {
    /// Whether, as a deny, it speaks about `action`: a deny of reading denies everything.
    fn denies(&self, action: ActionKind) -> bool {
        self.actions.has(action) || self.actions.has(ActionKind::Read)
    }
}

impl Rules {
    /// The teams that `caller` is a member of, in file order.
    pub(super) fn teams_of(&self, caller: &Caller) -> Vec<usize> {
        let is_member = |team: &Team| team.members.iter().any(|member| member.is(caller));
        self.teams
            .iter()
            .enumerate()
            .filter(|(_, team)| is_member(team))
            .map(|(n, _)| n)
            .collect()
    }

    /// The answer for a caller who is in `teams`.
    pub(super) fn answer(&self, teams: &[usize], question: Question<'_>) -> Answer {
        let denies = || self.clauses(teams, |team| &team.denies, question);
        let granted = self
            .clauses(teams, |team| &team.grants, question)
            .find(|(_, _, grant)| {
                grant.actions.has(question.action) && grants_some(&grant.scope, question, denies())
            });
        let Some((team, grant, _)) = granted else {
            return self.refusal(teams, question);
        };
        let overruled = question
            .flag
            .and_then(|_| denies().find(|(_, _, d)| speaks(d, question)));
        match overruled {
            Some((by, deny, _)) => Answer::Denied {
                team: by,
                deny,
                booked: Some(team),
            },
            None => Answer::Granted { team, grant },
        }
    }

    /// Why nothing was granted: a deny, if one speaks about it, since then no grant would help.
    fn refusal(&self, teams: &[usize], question: Question<'_>) -> Answer {
        if teams.is_empty() {
            return Answer::NoTeam;
        }
        let deny = self
            .clauses(teams, |team| &team.denies, question)
            .find(|(_, _, d)| speaks(d, question));
        match deny {
            Some((team, deny, _)) => Answer::Denied {
                team,
                deny,
                booked: None,
            },
            None => Answer::NoGrant,
        }
    }

    /// Whether a caller in `teams` may read every flag of this user, whatever flags there are. It may say no
    /// to one who in fact may.
    pub(super) fn sees_all(&self, teams: &[usize], place: &Place, user: &UserKey) -> bool {
        let question = Question {
            action: ActionKind::Read,
            place,
            user,
            flag: None,
        };
        let denied = self
            .clauses(teams, |team| &team.denies, question)
            .any(|(_, _, d)| d.denies(ActionKind::Read));
        !denied
            && self
                .clauses(teams, |team| &team.grants, question)
                .any(|(_, _, grant)| {
                    grant.actions.has(ActionKind::Read)
                        && grant
                            .scope
                            .flags
                            .iter()
                            .any(|glob| matches!(glob, Glob::Any))
                })
    }

    /// The clauses of `teams` that speak about the question's place and user, with their positions.
    fn clauses<'a>(
        &'a self,
        teams: &'a [usize],
        of: impl Fn(&'a Team) -> &'a [Clause] + Copy + 'a,
        question: Question<'a>,
    ) -> impl Iterator<Item = (usize, usize, &'a Clause)> + 'a {
        teams
            .iter()
            .filter_map(|n| self.teams.get(*n).map(|team| (*n, team)))
            .flat_map(move |(n, team)| {
                let here = move |clause: &Clause| clause.scope.has(question.place, question.user);
                of(team)
                    .iter()
                    .enumerate()
                    .filter(move |(_, clause)| here(clause))
                    .map(move |(i, clause)| (n, i, clause))
            })
    }
}

/// Whether a grant's scope takes in the flag asked for or, where any will do, one that no deny takes away.
fn grants_some<'a>(
    scope: &Scope,
    question: Question<'_>,
    denies: impl Iterator<Item = (usize, usize, &'a Clause)>,
) -> bool {
    let Some(flag) = question.flag else {
        let denies: Vec<_> = denies
            .filter(|(_, _, d)| d.denies(question.action))
            .collect();
        let taken = |glob: &Glob| {
            denies
                .iter()
                .any(|(_, _, d)| d.scope.flags.iter().any(|own| own.covers(glob)))
        };
        return !scope.flags.iter().all(taken);
    };
    scope.has_flag(flag)
}

fn speaks(deny: &Clause, question: Question<'_>) -> bool {
    deny.denies(question.action) && question.flag.is_none_or(|flag| deny.scope.has_flag(flag))
}

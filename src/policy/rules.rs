//! Teams and what they may do, as a policy file states it, and the plain evaluation of one question.

use super::action::{ActionKind, ActionSet};
use super::freeze::FreezeRule;
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
    pub(super) freezes: Vec<FreezeRule>,
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
    Denied { team: usize, deny: usize, booked: Option<usize> },
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

    /// Whether surely every flag that `glob` matches is among its flags.
    fn covers_flags(&self, glob: &Glob) -> bool {
        self.flags.iter().any(|own| own.covers(glob))
    }
}

/// Whether one of these patterns means `key`.
pub(super) fn any(globs: &[Glob], key: &str) -> bool {
    globs.iter().any(|glob| glob.matches(key))
}

impl Clause {
    /// Whether, as a grant in the right place, it gives what is asked for.
    fn grants(&self, question: Question<'_>) -> bool {
        self.actions.has(question.action)
            && question.flag.is_none_or(|flag| self.scope.has_flag(flag))
    }

    /// Whether, as a deny, it speaks about `action`: a deny of reading denies everything.
    fn denies(&self, action: ActionKind) -> bool {
        self.actions.has(action) || self.actions.has(ActionKind::Read)
    }
}

impl Rules {
    /// The teams that `caller` is a member of, in file order.
    pub(super) fn teams_of(&self, caller: &Caller) -> Vec<usize> {
        let is_member = |team: &Team| team.members.iter().any(|member| member.is(caller));
        self.teams.iter().enumerate().filter(|(_, team)| is_member(team)).map(|(n, _)| n).collect()
    }

    /// The answer for a caller who is in `teams`.
    pub(super) fn answer(&self, teams: &[usize], question: Question<'_>) -> Answer {
        let denies: Vec<_> = self
            .clauses(teams, |team| &team.denies, question)
            .filter(|(_, _, deny)| deny.denies(question.action))
            .collect();
        let overruling = |grant: &Scope| overruling(&denies, grant, question.flag);
        let mut grants = self
            .clauses(teams, |team| &team.grants, question)
            .filter(|(_, _, grant)| grant.grants(question))
            .map(|(team, grant, clause)| (team, grant, overruling(&clause.scope)))
            .peekable();
        let first = grants.peek().copied();
        let granted = grants.find(|(_, _, overruled)| overruled.is_none());
        match (granted, first) {
            (Some((team, grant, _)), _) => Answer::Granted { team, grant },
            (None, Some((team, _, Some((by, deny))))) => {
                Answer::Denied { team: by, deny, booked: Some(team) }
            }
            (None, _) => refusal(teams, &denies, question),
        }
    }

    /// Whether a caller in `teams` may read every flag of this user, whatever flags there are. It may say no
    /// to one who in fact may.
    pub(super) fn sees_all(&self, teams: &[usize], place: &Place, user: &UserKey) -> bool {
        let question = Question { action: ActionKind::Read, place, user, flag: None };
        let denied = self
            .clauses(teams, |team| &team.denies, question)
            .any(|(_, _, d)| d.denies(ActionKind::Read));
        !denied
            && self.clauses(teams, |team| &team.grants, question).any(|(_, _, grant)| {
                grant.actions.has(ActionKind::Read)
                    && grant.scope.flags.iter().any(|glob| matches!(glob, Glob::Any))
            })
    }

    /// The clauses of `teams` that speak about the question's place and user, with their positions.
    fn clauses<'a>(
        &'a self,
        teams: &'a [usize],
        of: impl Fn(&'a Team) -> &'a [Clause] + Copy + 'a,
        question: Question<'a>,
    ) -> impl Iterator<Item = (usize, usize, &'a Clause)> + 'a {
        teams.iter().filter_map(|n| self.teams.get(*n).map(|team| (*n, team))).flat_map(
            move |(n, team)| {
                let here = move |clause: &Clause| clause.scope.has(question.place, question.user);
                of(team)
                    .iter()
                    .enumerate()
                    .filter(move |(_, clause)| here(clause))
                    .map(move |(i, clause)| (n, i, clause))
            },
        )
    }
}

/// A deny with its team's and its own place in the file.
type Placed<'a> = (usize, usize, &'a Clause);

/// The deny that takes away all that a grant for this scope gives: the flag asked for or, where any will do,
/// every flag. Several denies may do that together; then the first that takes a part is named.
fn overruling(
    denies: &[Placed<'_>],
    grant: &Scope,
    flag: Option<&FlagKey>,
) -> Option<(usize, usize)> {
    let named = |(team, deny, _): &Placed<'_>| (*team, *deny);
    if let Some(flag) = flag {
        let takes = |(_, _, deny): &&Placed<'_>| deny.scope.has_flag(flag);
        return denies.iter().find(takes).map(named);
    }
    let takes = |glob: &Glob| {
        let covers = |(_, _, deny): &&Placed<'_>| deny.scope.covers_flags(glob);
        denies.iter().find(covers).map(named)
    };
    let by: Option<Vec<_>> = grant.flags.iter().map(takes).collect();
    by?.into_iter().min()
}

/// Why nothing was granted where no grant matches: a deny, if one takes away all that was asked for, since
/// then no grant would help.
fn refusal(teams: &[usize], denies: &[Placed<'_>], question: Question<'_>) -> Answer {
    if teams.is_empty() {
        return Answer::NoTeam;
    }
    let takes = |(_, _, deny): &&Placed<'_>| match question.flag {
        Some(flag) => deny.scope.has_flag(flag),
        None => deny.scope.covers_flags(&Glob::Any),
    };
    match denies.iter().find(takes) {
        Some((team, deny, _)) => Answer::Denied { team: *team, deny: *deny, booked: None },
        None => Answer::NoGrant,
    }
}

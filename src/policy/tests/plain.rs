//! Small policies as plain data: the text of their file, and strategies that make them at random. They know nothing of the
//! room's own types but actions.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

pub(super) const PROJECTS: [&str; 2] = ["p", "q"];
pub(super) const ENVIRONMENTS: [&str; 2] = ["e", "f"];
pub(super) const FLAGS: [&str; 4] = ["a", "ab", "b", "bb"];
pub(super) const USERS: [&str; 2] = ["u", "v"];
pub(super) const NAMES: [&str; 3] = ["t0", "t1", "t2"];

/// One flag of one user, by its keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) project: &'static str,
    pub(super) environment: &'static str,
    pub(super) flag: &'static str,
    pub(super) user: &'static str,
}

/// Patterns of projects, environments, flags and users.
#[derive(Clone, Debug)]
pub(super) struct PlainScope {
    projects: Vec<&'static str>,
    environments: Vec<&'static str>,
    flags: Vec<&'static str>,
    users: Vec<&'static str>,
}

/// A grant or a deny.
#[derive(Clone, Debug)]
pub(super) struct PlainClause {
    pub(super) scope: PlainScope,
    pub(super) actions: Vec<ActionKind>,
}

#[derive(Clone, Debug)]
pub(super) struct PlainTeam {
    pub(super) grants: Vec<PlainClause>,
    pub(super) denies: Vec<PlainClause>,
}

#[derive(Clone, Debug)]
pub(super) struct PlainGuard {
    pub(super) scope: PlainScope,
    pub(super) comment: bool,
    /// The longest override, in hours.
    pub(super) most: Option<i64>,
}

#[derive(Clone, Debug)]
pub(super) struct PlainFreeze {
    projects: Vec<&'static str>,
    environments: Vec<&'static str>,
    /// When it is over, in hours since 1970.
    pub(super) until: Option<i64>,
}

/// A whole policy. The team called [`NAMES`]`[n]` has the member `idp/team:NAME`.
#[derive(Clone, Debug)]
pub(super) struct PlainPolicy {
    pub(super) teams: Vec<PlainTeam>,
    pub(super) guards: Vec<PlainGuard>,
    pub(super) freezes: Vec<PlainFreeze>,
}

impl Spot {
    pub(super) fn target(self) -> FlagTarget {
        at(self.project, self.environment, self.user).flag(self.flag.parse().unwrap())
    }
}

fn matches(globs: &[&str], key: &str) -> bool {
    fn one(glob: &[u8], key: &[u8]) -> bool {
        match (glob, key) {
            ([], []) => true,
            ([b'*', rest @ ..], _) => (0..=key.len()).any(|n| one(rest, &key[n..])),
            ([b'?', rest @ ..], [_, tail @ ..]) => one(rest, tail),
            ([g, rest @ ..], [k, tail @ ..]) => g == k && one(rest, tail),
            _ => false,
        }
    }
    globs.iter().any(|glob| one(glob.as_bytes(), key.as_bytes()))
}

impl PlainScope {
    pub(super) fn has(&self, spot: Spot) -> bool {
        matches(&self.projects, spot.project)
            && matches(&self.environments, spot.environment)
            && matches(&self.flags, spot.flag)
            && matches(&self.users, spot.user)
    }

    fn text(&self) -> String {
        let Self { projects, environments, flags, users } = self;
        format!(
            "projects = {projects:?}, environments = {environments:?}, flags = {flags:?}, users = {users:?}"
        )
    }
}

impl PlainFreeze {
    pub(super) fn has(&self, spot: Spot) -> bool {
        matches(&self.projects, spot.project) && matches(&self.environments, spot.environment)
    }
}

impl PlainPolicy {
    /// The policy as the room reads it.
    pub(super) fn built(&self) -> Arc<Policy> {
        let mut text = String::new();
        let clause = |one: &PlainClause| {
            let actions: Vec<_> = one.actions.iter().map(|action| action.name()).collect();
            format!("{{ {}, actions = {actions:?} }},", one.scope.text())
        };
        let clauses = |all: &[PlainClause]| all.iter().map(clause).collect::<String>();
        let guard = |one: &PlainGuard| {
            let most = one.most.map(|hours| format!(", max_override = \"{hours}h\""));
            let (scope, most) = (one.scope.text(), most.unwrap_or_default());
            format!("{{ {scope}, require_comment = {}{most} }},", one.comment)
        };
        let freeze = |one: &PlainFreeze| {
            let until = one.until.map(|at| format!("until = {}, ", hour(at)));
            let (projects, environments) = (&one.projects, &one.environments);
            let until = until.unwrap_or_default();
            format!(
                "{{ {until}projects = {projects:?}, environments = {environments:?}, reason = \"r\" }},"
            )
        };
        let guards = self.guards.iter().map(guard).collect::<String>();
        let freezes = self.freezes.iter().map(freeze).collect::<String>();
        writeln!(text, "guards = [{guards}]\nfreezes = [{freezes}]").unwrap();
        for (name, team) in NAMES.iter().zip(&self.teams) {
            let (grants, denies) = (clauses(&team.grants), clauses(&team.denies));
            writeln!(
                text,
                "[[teams]]\nname = \"{name}\"\nmembers = [\"idp/team:{name}\"]\n\
                 grants = [{grants}]\ndenies = [{denies}]"
            )
            .unwrap();
        }
        policy(&text)
    }

    /// Those of these teams that there are, and somebody who is in them.
    pub(super) fn member(&self, of: &[usize]) -> (Vec<usize>, Identity) {
        let of: Vec<usize> = of.iter().copied().filter(|n| *n < self.teams.len()).collect();
        let names: Vec<_> = of.iter().map(|n| NAMES[*n]).collect();
        let identity = member(&self.built(), &names);
        (of, identity)
    }
}

/// This many hours after 1970 began.
pub(super) fn hour(n: i64) -> Timestamp {
    Timestamp::from_second(n * 3_600).unwrap()
}

fn some(of: &[&'static str]) -> impl Strategy<Value = Vec<&'static str>> + use<> {
    prop::collection::vec(select(of.to_vec()), 1..3)
}

fn scope() -> impl Strategy<Value = PlainScope> {
    (
        some(&["*", "p", "q"]),
        some(&["*", "*", "e", "?", "f"]),
        some(&["*", "a", "a*", "*b", "?", "b?", "b*"]),
        some(&["*", "*", "u", "v"]),
    )
        .prop_map(|(projects, environments, flags, users)| PlainScope {
            projects,
            environments,
            flags,
            users,
        })
}

fn clause() -> impl Strategy<Value = PlainClause> {
    (scope(), subsequence(ActionKind::ALL.to_vec(), 1..=4))
        .prop_map(|(scope, actions)| PlainClause { scope, actions })
}

fn team() -> impl Strategy<Value = PlainTeam> {
    let grants = prop::collection::vec(clause(), 0..3);
    let denies = prop::collection::vec(clause(), 0..2);
    (grants, denies).prop_map(|(grants, denies)| PlainTeam { grants, denies })
}

fn guard() -> impl Strategy<Value = PlainGuard> {
    (scope(), any::<bool>(), prop::option::of(1_i64..5))
        .prop_map(|(scope, comment, most)| PlainGuard { scope, comment, most })
}

fn freeze() -> impl Strategy<Value = PlainFreeze> {
    (some(&["p", "q", "*"]), some(&["e", "f", "?"]), prop::option::weighted(0.8, 0_i64..6))
        .prop_map(|(projects, environments, until)| PlainFreeze { projects, environments, until })
}

pub(super) fn plain_policy() -> impl Strategy<Value = PlainPolicy> {
    let teams = prop::collection::vec(team(), 1..4);
    let guards = prop::collection::vec(guard(), 0..3);
    let freezes = prop::collection::vec(freeze(), 0..3);
    (teams, guards, freezes).prop_map(|(teams, guards, freezes)| PlainPolicy {
        teams,
        guards,
        freezes,
    })
}

/// Some of the teams that there may be.
pub(super) fn some_teams() -> impl Strategy<Value = Vec<usize>> {
    subsequence(vec![0, 1, 2], 0..=3)
}

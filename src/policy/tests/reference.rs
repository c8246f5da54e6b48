//! Random small policies against a plain reading of the contract.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;

/// A grant or deny: patterns of projects, flags and users, and actions.
#[derive(Clone, Debug)]
struct PlainClause {
    projects: Vec<&'static str>,
    flags: Vec<&'static str>,
    users: Vec<&'static str>,
    actions: Vec<ActionKind>,
}

#[derive(Clone, Debug)]
struct PlainTeam {
    grants: Vec<PlainClause>,
    denies: Vec<PlainClause>,
}

const PROJECTS: [&str; 2] = ["p", "q"];
const FLAGS: [&str; 4] = ["a", "ab", "b", "bb"];
const USERS: [&str; 2] = ["u", "v"];
const NAMES: [&str; 3] = ["t0", "t1", "t2"];

fn plain_match(globs: &[&str], key: &str) -> bool {
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

impl PlainClause {
    fn has(&self, project: &str, flag: &str, user: &str) -> bool {
        plain_match(&self.projects, project)
            && plain_match(&self.flags, flag)
            && plain_match(&self.users, user)
    }

    fn text(&self) -> String {
        let actions: Vec<_> = self.actions.iter().map(|action| action.name()).collect();
        format!(
            "{{ projects = {:?}, environments = [\"*\"], flags = {:?}, users = {:?}, actions = {actions:?} }},",
            self.projects, self.flags, self.users
        )
    }
}

/// The contract: default deny; the union of grants; any of the caller's denies binds; a deny of read denies all;
/// writing includes reading. Gives the team it is booked on, too.
fn reference(
    teams: &[PlainTeam],
    of: &[usize],
    action: ActionKind,
    (project, flag, user): (&str, &str, &str),
) -> (bool, Option<usize>) {
    let grants = |clause: &PlainClause| {
        clause.has(project, flag, user)
            && (clause.actions.contains(&action) || action == ActionKind::Read)
    };
    let denies = |clause: &PlainClause| {
        clause.has(project, flag, user)
            && (clause.actions.contains(&action) || clause.actions.contains(&ActionKind::Read))
    };
    let booked = of.iter().copied().find(|n| teams[*n].grants.iter().any(grants));
    let overruled = of.iter().any(|n| teams[*n].denies.iter().any(denies));
    (booked.is_some() && !overruled, booked)
}

fn some(of: &[&'static str]) -> impl Strategy<Value = Vec<&'static str>> + use<> {
    prop::collection::vec(select(of.to_vec()), 1..3)
}

fn clause() -> impl Strategy<Value = PlainClause> {
    (
        some(&["*", "p", "q"]),
        some(&["*", "a", "a*", "*b", "?", "b?", "b*"]),
        some(&["*", "*", "u", "v"]),
        subsequence(ActionKind::ALL.to_vec(), 1..=4),
    )
        .prop_map(|(projects, flags, users, actions)| PlainClause {
            projects,
            flags,
            users,
            actions,
        })
}

fn team() -> impl Strategy<Value = PlainTeam> {
    let grants = prop::collection::vec(clause(), 0..3);
    let denies = prop::collection::vec(clause(), 0..2);
    (grants, denies).prop_map(|(grants, denies)| PlainTeam { grants, denies })
}

fn built(plain: &[PlainTeam]) -> Arc<Policy> {
    let mut text = String::new();
    for (name, team) in NAMES.iter().zip(plain) {
        let clauses = |all: &[PlainClause]| all.iter().map(PlainClause::text).collect::<String>();
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

proptest! {
    #[test]
    fn decisions_are_those_of_the_contract(
        plain in prop::collection::vec(team(), 1..4),
        of in subsequence(vec![0, 1, 2], 0..=3),
    ) {
        let of: Vec<usize> = of.into_iter().filter(|n| *n < plain.len()).collect();
        let names: Vec<_> = of.iter().map(|n| NAMES[*n]).collect();
        let identity = member(&built(&plain), &names);
        for project in PROJECTS {
            for who in USERS {
                let user = at(project, "e", who);
                let list = Policy::authorize::<Read, _>(&identity, user.clone());
                let mut seen = 0;
                for key in FLAGS {
                    let target = user.flag(key.parse().unwrap());
                    for action in ActionKind::ALL {
                        let decision = Policy::explain(&identity, action, &target);
                        let (allowed, booked) = reference(&plain, &of, action, (project, key, who));
                        prop_assert_eq!(decision.is_allowed(), allowed, "{:?} {}", target, action);
                        prop_assert_eq!(decision.team(), booked.map(|n| NAMES[n]));
                    }
                    let reads = reference(&plain, &of, ActionKind::Read, (project, key, who)).0;
                    seen += usize::from(reads);
                    if let Ok(list) = &list {
                        prop_assert_eq!(list.sees(&target.flag), reads);
                        prop_assert_eq!(list.narrow_to::<Read>(target.flag).is_ok(), reads);
                    }
                }
                match list {
                    Ok(list) if list.sees_all() => prop_assert_eq!(seen, FLAGS.len()),
                    Ok(_) => {}
                    Err(_) => prop_assert_eq!(seen, 0, "a list is denied and a flag is not"),
                }
            }
        }
    }
}

//! Policies as their files state them, and what they decide.

mod decisions;
mod example;
mod faults;
mod freezes;
mod guards;
mod plain;
mod reference;
mod versions;

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::auth::Caller;
use crate::domain::{FlagKey, FlagTarget, Place, UserTarget};
use crate::telemetry::Metrics;

const ISSUERS: [&str; 2] = ["idp", "k8s"];

fn metrics() -> Metrics {
    Metrics::new("test").unwrap()
}

fn policy(text: &str) -> Arc<Policy> {
    match Policy::parse(text, &ISSUERS, &metrics()) {
        Ok(policy) => Arc::new(policy),
        Err(faults) => panic!("{faults:?}"),
    }
}

/// The teams of a policy, each with the member `idp/team:NAME`, its grants, and its denies.
fn teams(teams: &[(&str, &str, &str)]) -> Arc<Policy> {
    let team = |(name, grants, denies): &(&str, &str, &str)| {
        format!(
            "[[teams]]\nname = \"{name}\"\nmembers = [\"idp/team:{name}\"]\n\
             grants = [{grants}]\ndenies = [{denies}]\n"
        )
    };
    policy(&teams.iter().map(team).collect::<String>())
}

/// Everything may be done to these flags.
fn flags(actions: &str, flags: &str) -> String {
    format!(
        "{{ projects = [\"*\"], environments = [\"*\"], flags = {flags}, actions = {actions} }},"
    )
}

fn caller(issuer: &str, subject: &str, teams: &[&str]) -> Caller {
    Caller::insecure_for_test(issuer, subject, teams, Timestamp::MAX)
}

fn member(policy: &Arc<Policy>, of: &[&str]) -> Identity {
    policy.identify(caller("idp", "alice", of))
}

fn user() -> UserTarget {
    at("shop", "production", "u")
}

fn at(project: &str, environment: &str, user: &str) -> UserTarget {
    UserTarget {
        place: Place {
            project: project.parse().unwrap(),
            environment: environment.parse().unwrap(),
        },
        user: user.parse().unwrap(),
    }
}

fn flag(key: &str) -> FlagTarget {
    user().flag(key.parse().unwrap())
}

fn key(text: &str) -> FlagKey {
    text.parse().unwrap()
}

/// The decision on a flag of [`user`], as `allow` or `deny`, with its rule.
fn decide(identity: &Identity, action: ActionKind, key: &str) -> String {
    let decision = Policy::explain(identity, action, &flag(key));
    let verdict = if decision.is_allowed() { "allow" } else { "deny" };
    format!("{verdict}: {}", decision.rule())
}

//! What a seed of the right shape may still get wrong: names that lead nowhere, and circles.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{FlagSeed, ProjectSeed, Seed, SeedFault};
use crate::simulator::world::{Serve, Targeting, WHOLE_ROLLOUT, is_kind};

/// Refuses a seed that contradicts itself, naming the first fault.
pub(super) fn check(seed: &Seed) -> Result<(), SeedFault> {
    demand(!seed.tokens.is_empty(), "tokens", "at least one token is needed")?;
    let tokens = seed.tokens.iter().map(|t| t.token.as_str());
    unique(tokens, "tokens", "token")?;
    let projects = seed.projects.iter().map(|p| p.key.as_str());
    unique(projects, "projects", "project")?;
    seed.projects.iter().try_for_each(check_project)
}

fn check_project(project: &ProjectSeed) -> Result<(), SeedFault> {
    let path = format!("projects.{}", project.key);
    let environments: Vec<_> = project.environments.iter().map(|e| e.key.as_str()).collect();
    unique(environments.iter().copied(), &path, "environment")?;
    for environment in &project.environments {
        let approvals = &environment.approval_settings;
        let either = !approvals.required || approvals.required_approval_tags.is_empty();
        demand(either, &path, "approval is required for every flag or by tag, not both")?;
    }
    unique(project.users.iter().map(|u| u.key.as_str()), &path, "user")?;
    unique(project.flags.iter().map(|f| f.key.as_str()), &path, "flag")?;
    let flags: BTreeMap<_, _> = project.flags.iter().map(|f| (f.key.as_str(), f)).collect();
    for flag in &project.flags {
        let path = format!("{path}.flags.{}", flag.key);
        check_flag(flag, &flags, &environments, &path)?;
    }
    Ok(())
}

fn check_flag(
    flag: &FlagSeed,
    flags: &BTreeMap<&str, &FlagSeed>,
    environments: &[&str],
    path: &str,
) -> Result<(), SeedFault> {
    demand(!flag.variations.is_empty(), path, "a flag needs variations")?;
    let texts = flag.variations.iter().map(|v| v.value.text());
    unique(texts, path, "variation value")?;
    let ids = flag.variations.iter().map(|v| v.id.as_str());
    unique(ids.filter(|id| !id.is_empty()), path, "variation id")?;
    for environment in flag.environments.keys() {
        let known = environments.contains(&environment.as_str());
        demand(known, path, &format!("unknown environment `{environment}`"))?;
    }
    for targeting in targetings(flag) {
        check_targeting(targeting, flag.variations.len(), path)?;
        for required in &targeting.prerequisites {
            let other = flags.get(required.key.as_str());
            let known = other.is_some_and(|other| required.variation < other.variations.len());
            demand(known, path, &format!("unknown prerequisite `{}`", required.key))?;
        }
    }
    let circle = reaches(flag, &flag.key, flags, &mut BTreeSet::new());
    demand(!circle, path, "its prerequisites lead back to itself")
}

fn check_targeting(targeting: &Targeting, variations: usize, path: &str) -> Result<(), SeedFault> {
    let rules = targeting.rules.iter().map(|rule| &rule.serve);
    let serves = rules.chain(&targeting.fallthrough);
    for serve in serves.clone() {
        if let Serve::Rollout(weights) = serve {
            let sum = weights.iter().map(|w| w.weight).fold(0, u64::saturating_add);
            demand(sum == WHOLE_ROLLOUT, path, "weights must add up to 100000")?;
        }
    }
    let indexes = serves
        .flat_map(served)
        .chain(targeting.off_variation)
        .chain(targeting.targets.iter().map(|targets| targets.variation));
    for index in indexes {
        demand(index < variations, path, &format!("there is no variation {index}"))?;
    }
    for kind in targeting.targets.iter().map(|targets| &targets.context_kind) {
        demand(is_kind(kind), path, &format!("`{kind}` is no kind of context"))?;
        let same = targeting.targets.iter().filter(|targets| targets.context_kind == *kind);
        unique(same.flat_map(|t| &t.values).map(String::as_str), path, "target")?;
    }
    Ok(())
}

fn served(serve: &Serve) -> Vec<usize> {
    match serve {
        Serve::Variation(index) => vec![*index],
        Serve::Rollout(weights) => weights.iter().map(|w| w.variation).collect(),
    }
}

fn targetings(flag: &FlagSeed) -> impl Iterator<Item = &Targeting> {
    flag.environments.values().chain([&flag.targeting])
}

fn reaches<'a>(
    from: &'a FlagSeed,
    goal: &str,
    flags: &BTreeMap<&str, &'a FlagSeed>,
    seen: &mut BTreeSet<&'a str>,
) -> bool {
    targetings(from).flat_map(|t| &t.prerequisites).any(|next| {
        next.key == goal
            || (seen.insert(&next.key)
                && flags
                    .get(next.key.as_str())
                    .is_some_and(|flag| reaches(flag, goal, flags, seen)))
    })
}

fn unique<'a>(all: impl Iterator<Item = &'a str>, path: &str, what: &str) -> Result<(), SeedFault> {
    let mut seen = BTreeSet::new();
    for one in all {
        demand(!one.is_empty(), path, &format!("a {what} is empty"))?;
        demand(seen.insert(one), path, &format!("the {what} `{one}` is there twice"))?;
    }
    Ok(())
}

fn demand(holds: bool, path: &str, what: &str) -> Result<(), SeedFault> {
    if holds {
        return Ok(());
    }
    Err(SeedFault::Sense { path: path.to_owned(), what: what.to_owned() })
}

#[cfg(test)]
mod tests {
    use crate::simulator::seed::Seed;

    fn fault(flags: &str) -> String {
        let seed = format!(
            r#"{{"tokens":[{{"token":"t","name":"n"}}],
                "projects":[{{"key":"p","environments":[{{"key":"e"}}],"flags":[{flags}]}}]}}"#
        );
        match Seed::parse(&seed) {
            Ok(_) => String::new(),
            Err(fault) => fault.to_string(),
        }
    }

    fn flag(key: &str, targeting: &str) -> String {
        format!(
            r#"{{"key":"{key}","variations":[{{"value":1}},{{"value":2}}],"targeting":{{"on":true{targeting}}}}}"#
        )
    }

    #[test]
    fn contradictions_are_named_with_their_place() {
        let circle = format!(
            "{},{}",
            flag("a", r#","prerequisites":[{"key":"b","variation":0}]"#),
            flag("b", r#","prerequisites":[{"key":"a","variation":0}]"#)
        );
        for (flags, words) in [
            (flag("f", r#","offVariation":2"#), "there is no variation 2"),
            (
                flag("f", r#","fallthrough":{"rollout":[{"variation":0,"weight":1}]}"#),
                "weights must add up to 100000",
            ),
            (
                flag("f", r#","prerequisites":[{"key":"g","variation":0}]"#),
                "unknown prerequisite `g`",
            ),
            (
                flag(
                    "f",
                    r#","targets":[{"variation":0,"values":["u"]},{"variation":1,"values":["u"]}]"#,
                ),
                "the target `u` is there twice",
            ),
            (
                flag("f", r#","targets":[{"contextKind":"a b","variation":0,"values":["u"]}]"#),
                "`a b` is no kind of context",
            ),
            (circle, "its prerequisites lead back to itself"),
        ] {
            let fault = fault(&flags);
            assert!(fault.contains(words), "{fault}");
            assert!(fault.starts_with("at `projects.p.flags."), "{fault}");
        }
        assert_eq!(fault(&flag("f", "")), "");
        let of_two_kinds = r#","targets":[{"variation":0,"values":["u"]},
            {"contextKind":"device","variation":1,"values":["u"]}]"#;
        assert_eq!(fault(&flag("f", of_two_kinds)), "");
    }
}

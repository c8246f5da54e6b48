//! Which value a context receives, and why: in the order off, prerequisites, individual targets, rules,
//! fall-through, as `LaunchDarkly` documents it.

use serde::Serialize;
use serde_json::Value;

use super::context::{Context, USER};
use super::flag::{Clause, Flag, Operator, Rule, Serve, Targeting, Targets, Weighted};
use super::{Environment, Project};
use crate::simulator::json::Json;

/// How far prerequisites are followed. A seed with a circle is refused, so this is only a backstop.
const MAX_PREREQUISITES: usize = 32;

/// All weights of a rollout together: thousandths of a percent.
pub(in crate::simulator) const WHOLE_ROLLOUT: u64 = 100_000;

/// What a user receives, and why.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Evaluation {
    /// The variation's index; without one the user receives `null`.
    pub(in crate::simulator) variation: Option<usize>,
    pub(in crate::simulator) value: Option<Json>,
    pub(in crate::simulator) reason: Reason,
}

/// Why a variation was chosen, as the REST API spells it (`ruleID`, where SDKs write `ruleId`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::simulator) enum Reason {
    Off,
    Fallthrough,
    TargetMatch,
    RuleMatch {
        #[serde(rename = "ruleIndex")]
        rule_index: usize,
        #[serde(rename = "ruleID")]
        rule_id: String,
    },
    PrerequisiteFailed {
        #[serde(rename = "prerequisiteKey")]
        prerequisite_key: String,
    },
    Error {
        #[serde(rename = "errorKind")]
        error_kind: &'static str,
    },
}

/// Evaluates a flag for a context.
pub(in crate::simulator) fn evaluate(
    project: &Project,
    environment: &Environment,
    flag: &Flag,
    context: &Context<'_>,
) -> Evaluation {
    let who = Who { environment: &environment.key, context };
    who.evaluate(project, flag, MAX_PREREQUISITES)
}

struct Who<'a> {
    environment: &'a str,
    context: &'a Context<'a>,
}

impl Who<'_> {
    fn evaluate(&self, project: &Project, flag: &Flag, depth: usize) -> Evaluation {
        let Some(targeting) = flag.targeting.get(self.environment) else {
            return chosen(flag, None, malformed());
        };
        if !targeting.on {
            return chosen(flag, targeting.off_variation, Reason::Off);
        }
        if let Some(prerequisite_key) = self.failed_prerequisite(project, targeting, depth) {
            let reason = Reason::PrerequisiteFailed { prerequisite_key };
            return chosen(flag, targeting.off_variation, reason);
        }
        if let Some(variation) = self.target_of(targeting) {
            return chosen(flag, Some(variation), Reason::TargetMatch);
        }
        let matched = targeting.rules.iter().position(|rule| self.matches(rule));
        if let Some((index, rule)) = matched.and_then(|at| Some((at, targeting.rules.get(at)?))) {
            let reason = Reason::RuleMatch { rule_index: index, rule_id: rule.id.clone() };
            return chosen(flag, self.serve(flag, &rule.serve), reason);
        }
        match &targeting.fallthrough {
            Some(serve) => chosen(flag, self.serve(flag, serve), Reason::Fallthrough),
            None => chosen(flag, None, malformed()),
        }
    }

    fn failed_prerequisite(
        &self,
        project: &Project,
        targeting: &Targeting,
        depth: usize,
    ) -> Option<String> {
        let holds = |key: &str, variation: usize| {
            depth > 0
                && project.flags.get(key).is_some_and(|flag| {
                    let on = flag.targeting.get(self.environment).is_some_and(|t| t.on);
                    on && self.evaluate(project, flag, depth - 1).variation == Some(variation)
                })
        };
        targeting
            .prerequisites
            .iter()
            .find(|required| !holds(&required.key, required.variation))
            .map(|required| required.key.clone())
    }

    fn matches(&self, rule: &Rule) -> bool {
        rule.clauses.iter().all(|clause| self.satisfies(clause))
    }

    /// The variation on which one of the contexts is individually targeted.
    fn target_of(&self, targeting: &Targeting) -> Option<usize> {
        let parts = self.context.parts();
        let holds = |targets: &&Targets| parts.iter().any(|part| targets.hold(part.kind, part.key));
        targeting.targets.iter().find(holds).map(|targets| targets.variation)
    }

    /// An attribute that the context does not have satisfies no clause, not even a negated one; neither does a
    /// context that is not there.
    fn satisfies(&self, clause: &Clause) -> bool {
        if clause.attribute == "kind" {
            let mut kinds = self.context.parts().iter().map(|part| Value::from(part.kind));
            return kinds.any(|kind| compare(clause, &kind)) != clause.negate;
        }
        let Some(part) = self.context.part(&clause.context_kind) else { return false };
        let key = Value::from(part.key);
        let attribute = match clause.attribute.as_str() {
            "key" => Some(&key),
            name => part.attribute(name),
        };
        attribute.is_some_and(|found| {
            let any = found.as_array().map_or_else(
                || compare(clause, found),
                |several| several.iter().any(|one| compare(clause, one)),
            );
            any != clause.negate
        })
    }

    /// Rollouts go by the user's key; where there is no user, everybody gets the first share, as in SDKs.
    fn serve(&self, flag: &Flag, serve: &Serve) -> Option<usize> {
        match serve {
            Serve::Variation(variation) => Some(*variation),
            Serve::Rollout(weights) => {
                let user = self.context.part(USER);
                pick(weights, user.map_or(0, |user| bucket(&flag.key, user.key)))
            }
        }
    }
}

fn chosen(flag: &Flag, variation: Option<usize>, reason: Reason) -> Evaluation {
    Evaluation { variation, value: variation.and_then(|at| flag.value(at).cloned()), reason }
}

fn malformed() -> Reason {
    Reason::Error { error_kind: "MALFORMED_FLAG" }
}

fn compare(clause: &Clause, found: &Value) -> bool {
    clause.values.iter().any(|wanted| {
        let texts = || Some((found.as_str()?, wanted.as_str()?));
        let numbers = || Some((found.as_f64()?, wanted.as_f64()?));
        match clause.op {
            Operator::In => found == wanted,
            Operator::StartsWith => texts().is_some_and(|(a, b)| a.starts_with(b)),
            Operator::EndsWith => texts().is_some_and(|(a, b)| a.ends_with(b)),
            Operator::Contains => texts().is_some_and(|(a, b)| a.contains(b)),
            Operator::LessThan => numbers().is_some_and(|(a, b)| a < b),
            Operator::GreaterThan => numbers().is_some_and(|(a, b)| a > b),
        }
    })
}

/// A fixed hash (FNV-1a) in place of `LaunchDarkly`'s, so that a rollout gives the same user the same
/// variation in every run.
fn bucket(flag: &str, user: &str) -> u64 {
    let bytes = flag.bytes().chain([0]).chain(user.bytes());
    super::flag_hash(bytes) % WHOLE_ROLLOUT
}

fn pick(weights: &[Weighted], bucket: u64) -> Option<usize> {
    let mut upto = 0;
    weights
        .iter()
        .find(|share| {
            upto += share.weight;
            bucket < upto
        })
        .map(|share| share.variation)
}

//! How the instructions of a semantic patch are followed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ACTION;
use crate::simulator::operations::Call;
use crate::simulator::operations::dispatch::needs_no_approval;
use crate::simulator::wire::Refusal;
use crate::simulator::world::{Place, Scheduling};

/// One instruction, complete.
pub(super) struct Step {
    pub(super) place: Place,
    pub(super) variation_id: String,
    pub(super) what: Scheduling,
}

/// What became of the instructions.
pub(super) struct Outcome {
    total: usize,
    errors: Vec<Value>,
}

/// Follows the instructions, all of which are in one environment.
pub(super) fn follow(
    call: &mut Call<'_>,
    comment: Option<String>,
    steps: &[Step],
) -> Result<Outcome, Refusal> {
    for step in steps {
        if let Ok((_, environment, flag)) = call.find_flag(&step.place) {
            needs_no_approval(environment.guards(flag), ACTION)?;
        }
    }
    let flags: BTreeSet<_> = steps.iter().map(|s| (&s.place.project, &s.place.flag)).collect();
    flags.into_iter().try_for_each(|(project, flag)| call.lock(project, flag))?;
    let (by, now) = (call.by(comment), call.now);
    let account = &mut call.state.account;
    let done = steps
        .iter()
        .map(|step| account.schedule(&step.place, &step.variation_id, step.what, &by, now));
    let failed = done.enumerate().filter_map(|(index, done)| Some((index, done.err()?)));
    let errors = failed
        .map(|(index, message)| json!({ "instructionIndex": index, "message": message }))
        .collect();
    Ok(Outcome { total: steps.len(), errors })
}

impl Outcome {
    /// What is scheduled afterwards, with the counters.
    pub(super) fn body(self, items: &[Value], links: &Value) -> Value {
        json!({
            "items": items,
            "_links": links,
            "totalInstructions": self.total,
            "successfulInstructions": self.total - self.errors.len(),
            "failedInstructions": self.errors.len(),
            "errors": self.errors,
        })
    }
}

//! Steps come from operations, errands from startup, and actions from the policy.

use flagward::domain::FlagTarget;
use flagward::policy::{Action, ActionKind, Errand, Put};

fn put(target: &FlagTarget) -> Put<'_> {
    Put {
        target,
        comment: "somebody else",
        setting: None,
    }
}

fn errand() -> Errand {
    Errand(())
}

#[derive(Clone, Copy, Debug)]
struct Mine;

impl Action for Mine {
    const ANY_OF: &'static [ActionKind] = &[];
}

fn main() {}

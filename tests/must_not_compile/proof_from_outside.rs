//! Errands come from startup, and actions from the policy.

use flagward::policy::{Action, ActionKind, Errand};

fn errand() -> Errand {
    Errand(())
}

#[derive(Clone, Copy, Debug)]
struct Mine;

impl Action for Mine {
    const ANY_OF: &'static [ActionKind] = &[];
}

fn main() {}

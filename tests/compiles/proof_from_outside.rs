//! Where proofs come from.

use flagward::policy::{Action, ActionKind, Errand};

fn errand() -> Errand {
    Errand::of_startup()
}

fn any_of<A: Action>() -> &'static [ActionKind] {
    A::ANY_OF
}

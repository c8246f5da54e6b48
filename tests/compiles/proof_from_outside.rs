//! Where proofs come from.

use flagward::policy::{Action, ActionKind, Clear, Errand, Operation, Put};

fn put(operation: &Operation<Clear>) -> Put<'_> {
    operation.put()
}

fn errand() -> Errand {
    Errand::of_startup()
}

fn any_of<A: Action>() -> &'static [ActionKind] {
    A::ANY_OF
}

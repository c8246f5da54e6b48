//! A step of an operation that is under way.

use flagward::policy::{Clear, Operation, Put};

fn keep(operation: &Operation<Clear>) -> Put<'_> {
    operation.put()
}

fn send_now(operation: Operation<Clear>) {
    let put = operation.put();
    let _ = put.comment();
    drop(operation);
}

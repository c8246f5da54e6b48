//! When an operation is over there is nothing left to send.

use flagward::policy::{Clear, Operation, Put};

fn keep(operation: Operation<Clear>) -> Put<'static> {
    operation.put()
}

fn send_later(operation: Operation<Clear>) {
    let put = operation.put();
    drop(operation);
    let _ = put.comment();
}

fn main() {}

//! An operation is one change: there is no second one of it, and a permit is gone when it has begun.

use flagward::policy::{Clear, Declared, Operation, Permit};

fn copy(operation: &Operation<Clear>) -> Operation<Clear> {
    operation.clone()
}

fn again(permit: Permit<Clear>, declared: &Declared<'_>) {
    let _ = permit.begin(declared);
    let _ = permit.begin(declared);
}

fn main() {}

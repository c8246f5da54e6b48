//! An operation is begun once and handed on.

use flagward::policy::{Clear, Declared, Operation, Permit};

fn hand_on(operation: Operation<Clear>) -> Operation<Clear> {
    operation
}

fn once(permit: Permit<Clear>, declared: &Declared<'_>) {
    let _ = permit.begin(declared);
}

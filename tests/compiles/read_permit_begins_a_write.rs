//! A permit to set begins a write.

use flagward::policy::{Declared, Permit, Set, SetOrClear};

fn begin(permit: Permit<Set>, declared: &Declared<'_>) {
    let _ = permit.begin(declared, None);
}

fn narrow(permit: &Permit<SetOrClear>) {
    let _ = permit.narrow::<Set>();
}

//! A read permit is not a write permit.

use flagward::policy::{Declared, Permit, Read, Set};

fn begin(permit: Permit<Read>, declared: &Declared<'_>) {
    let _ = permit.begin(declared, None);
}

fn narrow(permit: Permit<Read>) {
    let _ = permit.narrow::<Set>();
}

fn main() {}

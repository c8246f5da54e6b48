//! What a body means must be asked for before anything begins.

use flagward::policy::{Declared, Permit, SetOrClear};

fn begin(permit: Permit<SetOrClear>, declared: &Declared<'_>) {
    let _ = permit.begin(declared);
}

fn main() {}

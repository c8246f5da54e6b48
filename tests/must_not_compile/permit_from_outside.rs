//! Only the policy makes a permit.

use std::marker::PhantomData;

use flagward::domain::FlagTarget;
use flagward::policy::{Identity, Permit, Read};

fn ask(identity: &Identity, target: FlagTarget) -> Permit<Read> {
    Permit::granted(identity, target, None)
}

fn build(identity: Identity, target: FlagTarget) -> Permit<Read> {
    Permit {
        identity,
        target,
        team: None,
        action: PhantomData,
    }
}

fn main() {}

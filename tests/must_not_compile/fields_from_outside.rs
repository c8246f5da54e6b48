//! Nobody puts a permit or a step together from its parts.

use std::marker::PhantomData;

use flagward::domain::FlagTarget;
use flagward::policy::{Identity, Permit, Put, Read};

fn permit(identity: Identity, target: FlagTarget) -> Permit<Read> {
    Permit {
        identity,
        target,
        team: None,
        action: PhantomData,
    }
}

fn put(target: &FlagTarget) -> Put<'_> {
    Put {
        target,
        comment: "somebody else",
        setting: None,
    }
}

fn main() {}

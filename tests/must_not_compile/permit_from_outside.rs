//! Only the policy makes a permit.

use flagward::domain::FlagTarget;
use flagward::policy::{Identity, Permit, Read};

fn ask(identity: &Identity, target: FlagTarget) -> Permit<Read> {
    Permit::granted(identity, target, None)
}

fn main() {}

//! The policy makes a permit.

use flagward::domain::FlagTarget;
use flagward::policy::{Denied, Identity, Permit, Policy, Read};

fn ask(identity: &Identity, target: FlagTarget) -> Result<Permit<Read>, Denied> {
    Policy::authorize(identity, target)
}

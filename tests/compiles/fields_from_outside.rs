//! What a permit and a step are made of can be looked at.

use flagward::domain::FlagTarget;
use flagward::policy::{Identity, Permit, Put, Read};

fn permit(permit: &Permit<Read>) -> (&Identity, &FlagTarget) {
    (permit.identity(), permit.target())
}

fn put<'put>(put: &'put Put<'_>) -> (&'put FlagTarget, &'put str) {
    (put.target(), put.comment())
}

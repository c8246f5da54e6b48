//! Text becomes a key by parsing, or not at all.

use flagward::domain::{FlagKey, UserKey};

fn flag() -> FlagKey {
    FlagKey("../other".into())
}

fn user() -> UserKey {
    UserKey::from("..".to_owned())
}

fn main() {}

//! Text becomes a key by parsing.

use flagward::domain::{FlagKey, KeyFault, UserKey};

fn flag() -> Result<FlagKey, KeyFault> {
    "sort.order".parse()
}

fn user() -> Result<UserKey, KeyFault> {
    "a/b".parse()
}

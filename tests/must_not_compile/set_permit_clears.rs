//! A permit to set is not one to clear.

use flagward::policy::{Permit, Set};
use flagward::settings::{Change, Settings};

async fn clear(settings: &Settings, permit: Permit<Set>, change: Change) {
    let _ = settings.clear(permit, change).await;
}

fn main() {}

//! A permit to clear is one to clear.

use flagward::policy::{Clear, Permit};
use flagward::settings::{Change, Settings};

async fn clear(settings: &Settings, permit: Permit<Clear>, change: Change) {
    let _ = settings.clear(permit, change).await;
}

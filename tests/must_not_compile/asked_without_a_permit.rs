//! Nothing is looked up or asked for a target alone.

use flagward::cache::{Cache, Freshness, Weigh};
use flagward::domain::{FlagTarget, Json};
use flagward::upstream::Client;

async fn ask(client: &Client, target: &FlagTarget) {
    let _ = client.current_expirations(target).await;
}

async fn put(client: &Client, target: &FlagTarget, value: &Json) {
    let _ = client.put_setting(target, value).await;
}

fn look<V: Weigh + Send + Sync + 'static>(cache: &Cache<V, ()>, target: &FlagTarget) {
    let _ = cache.look(target, Freshness::Kept);
}

fn main() {}

//! With the proof it is.

use flagward::cache::{Cache, Freshness, Weigh};
use flagward::policy::{Permit, Put, Read};
use flagward::upstream::Client;

async fn ask(client: &Client, permit: &Permit<Read>) {
    let _ = client.current_expirations(permit).await;
}

async fn put(client: &Client, put: &Put<'_>) {
    let _ = client.put_setting(put).await;
}

fn look<V: Weigh + Send + Sync + 'static>(cache: &Cache<V, ()>, permit: &Permit<Read>) {
    let _ = cache.look(permit, Freshness::Kept);
}

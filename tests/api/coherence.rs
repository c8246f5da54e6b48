//! No read that began after a write was answered shows the state before it: many readers and writers on few users,
//! through both APIs, against a slow upstream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use flagward::simulator::Latency;
use serde_json::Value;

use crate::backend::{Backend, backend};
use crate::coherence_stage::{Dice, Scene, Stage, assert_coherent, run, seed};
use crate::house::House;
use crate::writes_kit::{BEN, FLOW, status};

#[tokio::test(flavor = "multi_thread")]
async fn no_read_shows_a_state_older_than_the_last_write_answered_before_it() {
    let seed = seed();
    let stage = Stage::set(seed);
    let scene = stage.scene(10_000);
    let twin = Arc::clone(&scene);
    let operation = |scene: &Scene, dice: &mut Dice| {
        if dice.roll(10) < 6 {
            scene.read(dice);
        } else {
            scene.write(dice);
        }
    };
    tokio::task::spawn_blocking(move || run(&twin, seed, operation)).await.unwrap();
    assert_coherent(&scene, 10_000);
    stage.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_read_shows_an_override_after_its_end() {
    let seed = seed();
    let stage = Stage::set(seed);
    let scene = stage.scene(3_000);
    let over = Arc::new(AtomicBool::new(false));
    let (twin, clock, stop) = (Arc::clone(&scene), stage.clock.clone(), Arc::clone(&over));
    let mover = tokio::spawn(async move {
        while !stop.load(Ordering::SeqCst) {
            clock.advance(Duration::from_millis(5));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    let operation = |scene: &Scene, dice: &mut Dice| {
        if dice.roll(10) < 8 {
            scene.read(dice);
        } else {
            scene.set_for_a_moment(dice);
        }
    };
    tokio::task::spawn_blocking(move || run(&twin, seed, operation)).await.unwrap();
    over.store(true, Ordering::SeqCst);
    mover.await.unwrap();
    assert_coherent(&scene, 2_500);
    stage.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_that_began_before_an_override_ended_is_not_joined_after() {
    let house = Arc::new(House::open());
    let set = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#);
    assert_eq!(set.await.status, 200);
    let read = backend().read_of_flow();
    house.answer_as_of_now(read);
    house.upstream.simulator.set_latency(Latency::fixed(400));
    house.forget();
    let twin = Arc::clone(&house);
    let early = tokio::spawn(async move { twin.ask("GET", FLOW, "").await });
    until(|| !house.sent().is_empty()).await;
    house.clock.advance(Duration::from_hours(1));
    let late = house.ask("GET", FLOW, "").await;
    assert_eq!(late.json()["setting"], Value::Null, "{late:?}");
    let early = early.await.unwrap().json();
    match backend() {
        Backend::UserSettings => assert_eq!(early["setting"], true),
        // Of definitions that are older than a known end, the flag is looked at again.
        Backend::Contexts => assert_eq!(early["setting"], Value::Null),
    }
    assert_eq!(house.sent().iter().filter(|one| one.path == read.1).count(), 2);
    Arc::into_inner(house).unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_that_ended_while_a_write_looked_at_it_is_not_put_back_for_good() {
    let house = Arc::new(House::open());
    let set = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"1h"}"#);
    assert_eq!(set.await.status, 200);
    // The look at the setting is answered as of its arrival, every other one a moment later.
    let look = backend().look_at_flow();
    house.answer_as_of_now(look);
    house.spoil(backend().patches(), status(500));
    house.upstream.simulator.set_latency(Latency::fixed(400));
    house.forget();
    let twin = Arc::clone(&house);
    let body = r#"{"setting":false,"expires_in":"2h"}"#;
    let write = tokio::spawn(async move { twin.ask("PUT", FLOW, body).await });
    until(|| house.sent().iter().any(|one| one.path == look.1)).await;
    house.clock.advance(Duration::from_hours(1));
    let failed = write.await.unwrap();
    assert_eq!(failed.json()["steps"][0]["outcome"], "undone", "{failed:?}");
    assert_eq!((house.flow(), house.ends()), (None, vec![]));
    Arc::into_inner(house).unwrap().close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_that_was_put_back_is_not_shown_after_its_end() {
    let house = House::open();
    let set = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"20s"}"#);
    assert_eq!(set.await.status, 200);
    house.spoil(backend().patches(), status(500));
    let failed = house.ask("PUT", FLOW, r#"{"setting":false,"expires_in":"10s"}"#).await;
    assert_eq!(failed.json()["steps"][0]["outcome"], "undone", "{failed:?}");
    house.clock.advance(Duration::from_secs(11));
    assert_eq!(house.ask("GET", FLOW, "").await.json()["setting"], true);
    house.clock.advance(Duration::from_secs(9));
    assert_eq!(house.ask("GET", FLOW, "").await.json()["setting"], Value::Null);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_a_read_found_gone_before_it_was_put_back_is_known_again() {
    let house = Arc::new(House::open());
    let set = house.ask("PUT", FLOW, r#"{"setting":true,"expires_in":"20s"}"#);
    assert_eq!(set.await.status, 200);
    house.spoil(backend().patches(), status(500));
    house.upstream.simulator.set_latency(Latency::fixed(400));
    house.forget();
    let twin = Arc::clone(&house);
    let body = r#"{"setting":false,"expires_in":"25s"}"#;
    let write = tokio::spawn(async move { twin.ask("PUT", FLOW, body).await });
    until(|| house.sent().iter().any(|one| one.method == "PATCH")).await;
    let ends = house.ask("GET", &format!("{BEN}/expirations"), "").await;
    assert_eq!(ends.json()["expirations"], Value::Array(vec![]), "{ends:?}");
    let failed = write.await.unwrap();
    assert_eq!(failed.json()["steps"][0]["outcome"], "undone", "{failed:?}");
    house.upstream.simulator.set_latency(Latency::none());
    assert_eq!(house.ask("GET", FLOW, "").await.json()["setting"], true);
    house.clock.advance(Duration::from_secs(20));
    assert_eq!(house.ask("GET", FLOW, "").await.json()["setting"], Value::Null);
    Arc::into_inner(house).unwrap().close().await;
}

async fn until(is_so: impl Fn() -> bool) {
    let waits = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(8), waits).await.unwrap();
}

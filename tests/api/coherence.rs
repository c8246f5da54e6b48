//! No read that began after a write was answered shows the state before it: many readers and writers on few users,
//! through both APIs, against a slow upstream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::coherence_stage::{Dice, Scene, Stage, assert_coherent, run, seed};

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
    tokio::task::spawn_blocking(move || run(&twin, seed, operation))
        .await
        .unwrap();
    assert_coherent(&scene, 10_000);
    stage.gateway.stop().await;
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
    tokio::task::spawn_blocking(move || run(&twin, seed, operation))
        .await
        .unwrap();
    over.store(true, Ordering::SeqCst);
    mover.await.unwrap();
    assert_coherent(&scene, 2_500);
    stage.gateway.stop().await;
}

//! The cache in bytes.

use super::*;

const SMALL: Limits = Limits { max_bytes: 64 << 10, ..LIMITS };

#[tokio::test]
async fn the_gauges_are_right_after_they_are_brought_up_to_date() {
    let rig = Rig::new();
    rig.list("u", &"x".repeat(1_000)).await;
    rig.list("v", &"x".repeat(2_000)).await;
    rig.cache.update_gauges();
    assert_eq!(rig.metrics.cache_entries.get(), 2);
    let bytes = rig.metrics.cache_bytes.get();
    assert!((3_000..5_000).contains(&bytes), "{bytes}");
}

#[tokio::test]
async fn entries_leave_when_their_bytes_are_too_many_and_that_is_counted() {
    let rig = Rig::with(SMALL);
    for n in 0..100 {
        rig.list(&format!("u{n}"), &"x".repeat(4_000)).await;
        rig.cache.update_gauges();
        assert!(rig.metrics.cache_bytes.get() <= 64 << 10);
    }
    let entries = rig.metrics.cache_entries.get();
    assert!((10..=16).contains(&entries), "{entries}");
    let evicted = |cause| {
        let family = &rig.metrics.cache_evictions;
        family.with_label_values(&[cause]).get()
    };
    assert_eq!(evicted("size"), u64::try_from(100 - entries).unwrap());
    assert_eq!(evicted("expired"), 0);
}

#[tokio::test]
async fn what_is_larger_than_the_cache_is_answered_and_not_kept() {
    let rig = Rig::with(SMALL);
    let huge = "x".repeat(65 << 10);
    assert_eq!(rig.list("u", &huge).await.value.text, huge);
    rig.cache.update_gauges();
    assert_eq!(rig.metrics.cache_entries.get(), 0);
    assert_eq!(rig.list("u", "small").await.outcome, Outcome::Miss);
}

#[tokio::test]
async fn what_is_fetched_again_takes_the_place_of_what_was() {
    let rig = Rig::new();
    rig.list("u", "old").await;
    rig.pass(30);
    rig.list("u", "new").await;
    rig.cache.update_gauges();
    assert_eq!(rig.metrics.cache_entries.get(), 1);
    let replaced = rig.metrics.cache_evictions.with_label_values(&["replaced"]);
    assert_eq!(replaced.get(), 1);
}

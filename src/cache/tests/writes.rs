//! What a write makes void.

use super::*;

/// Starts a read of the list and leaves its fetch under way.
macro_rules! under_way {
    ($rig:ident, $land:ident, $reader:ident) => {
        let ($land, landing) = held();
        let mut $reader = Box::pin($rig.read(Kind::List, user("u"), Freshness::Kept, landing));
        assert!(poll_once(&mut $reader).await.is_none());
    };
}

#[tokio::test]
async fn a_write_voids_all_that_is_known_of_its_user() {
    let rig = Rig::new();
    rig.list("u", "old").await;
    rig.expirations("u", &[]).await;
    let fetch = || async { Ok(Value::from("old")) };
    let flag = || rig.read(Kind::One, one("u", "f"), Freshness::Kept, fetch());
    flag().await.unwrap();
    drop(rig.begin_write(&user("u")));
    assert_eq!(rig.list("u", "new").await.outcome, Outcome::Miss);
    assert_eq!(rig.expirations("u", &[]).await.outcome, Outcome::Miss);
    assert_eq!(flag().await.unwrap().outcome, Outcome::Miss);
}

#[tokio::test]
async fn a_write_is_void_at_once_and_again_when_it_ends() {
    let rig = Rig::new();
    rig.list("u", "before").await;
    let writing = rig.begin_write(&user("u"));
    assert_eq!(rig.list("u", "during").await.outcome, Outcome::Miss);
    drop(writing);
    assert_eq!(rig.list("u", "after").await.outcome, Outcome::Miss);
}

#[tokio::test]
async fn a_fetch_under_way_when_a_write_began_is_never_found_after_it() {
    let rig = Rig::new();
    under_way!(rig, land, reader);
    let writing = rig.begin_write(&user("u"));
    drop(writing);
    land.send(Ok("old".into())).unwrap();
    assert_eq!(reader.await.unwrap().value.text, "old");
    let after = rig.list("u", "new").await;
    assert_eq!((after.outcome, &*after.value.text), (Outcome::Miss, "new"));
}

#[tokio::test]
async fn a_fetch_that_lands_in_the_middle_of_a_write_is_never_found_after_it() {
    let rig = Rig::new();
    under_way!(rig, land, reader);
    let writing = rig.begin_write(&user("u"));
    land.send(Ok("old".into())).unwrap();
    reader.await.unwrap();
    drop(writing);
    assert_eq!(rig.list("u", "new").await.value.text, "new");
}

#[tokio::test]
async fn a_fetch_that_starts_in_the_middle_of_a_write_is_never_found_after_it() {
    let rig = Rig::new();
    let writing = rig.begin_write(&user("u"));
    under_way!(rig, land, reader);
    drop(writing);
    land.send(Ok("old".into())).unwrap();
    reader.await.unwrap();
    assert_eq!(rig.list("u", "new").await.value.text, "new");
}

#[tokio::test]
async fn a_fetch_from_before_a_write_is_not_joined_after_it() {
    let rig = Rig::new();
    under_way!(rig, land_first, first);
    let writing = rig.begin_write(&user("u"));
    under_way!(rig, land_second, second);
    drop(writing);
    let third = rig.list("u", "new").await;
    assert_eq!((third.outcome, &*third.value.text), (Outcome::Miss, "new"));
    land_second.send(Ok("in the middle".into())).unwrap();
    land_first.send(Ok("old".into())).unwrap();
    assert_eq!(first.await.unwrap().value.text, "old");
    assert_eq!(second.await.unwrap().value.text, "in the middle");
    assert_eq!(rig.list("u", "").await.value.text, "new");
}

#[tokio::test]
async fn a_look_from_before_a_write_finds_what_was_then_and_keeps_nothing() {
    let rig = Rig::new();
    let permit = rig.permit(user("u"));
    let look = rig.cache.look(&permit, Freshness::Kept);
    drop(rig.begin_write(&user("u")));
    let old = |_| async { Ok(Value::from("old")) };
    look.fetch(Kind::List, old).await.unwrap();
    assert!(look.kept(Kind::List, Kind::List).is_none());
    assert_eq!(rig.list("u", "new").await.value.text, "new");
}

#[tokio::test]
async fn a_write_that_is_dropped_half_way_voids_too() {
    let rig = Rig::new();
    let cache = rig.cache.clone();
    let mut write = Box::pin(async move {
        let _writing = cache.begin_write(&user("u"), &[], |_, _| true);
        std::future::pending::<()>().await;
    });
    assert!(poll_once(&mut write).await.is_none());
    rig.list("u", "during").await;
    drop(write);
    assert_eq!(rig.list("u", "after").await.outcome, Outcome::Miss);
}

#[tokio::test]
async fn another_users_write_voids_nothing_but_by_a_shared_counter() {
    let rig = Rig::new();
    for n in 0..100 {
        rig.list(&format!("u{n}"), "x").await;
    }
    drop(rig.begin_write(&user("writer")));
    let mut elsewhere = user("u0");
    elsewhere.place.environment = "test".parse().unwrap();
    drop(rig.begin_write(&elsewhere));
    let mut void = 0;
    for n in 0..100 {
        let found = rig.list(&format!("u{n}"), "x").await;
        void += usize::from(found.outcome == Outcome::Miss);
    }
    // Two counters of 65,536 moved: more than two of a hundred users on them is a one in a hundred million.
    assert!(void <= 2, "{void} of 100");
}

//! Reads that wait for the same answer.

use super::*;

#[tokio::test]
async fn many_misses_at_once_make_one_fetch() {
    let rig = Rig::new();
    let (land, landing) = held();
    let mut leader = Box::pin(rig.read(Kind::List, user("u"), Freshness::Kept, landing));
    assert!(poll_once(&mut leader).await.is_none());
    let mut followers: Vec<_> = (0..9).map(|_| Box::pin(rig.list("u", "never"))).collect();
    for follower in &mut followers {
        assert!(poll_once(follower).await.is_none());
    }
    land.send(Ok("x".into())).unwrap();
    assert_eq!(leader.await.unwrap().outcome, Outcome::Miss);
    for follower in followers {
        let found = follower.await;
        assert_eq!(found.outcome, Outcome::Collapsed);
        assert_eq!(found.value.text, "x");
    }
    assert_eq!(rig.fetches(), 1);
    assert_eq!(rig.counted("list", Outcome::Collapsed), 9);
}

#[tokio::test]
async fn identical_forced_reads_make_one_fetch() {
    let rig = Rig::new();
    rig.list("u", "old").await;
    rig.pass(2);
    let (land, landing) = held();
    let mut leader = Box::pin(rig.read(Kind::List, user("u"), Freshness::Now, landing));
    assert!(poll_once(&mut leader).await.is_none());
    let never = async { panic!("joined reads don't fetch") };
    let mut follower = Box::pin(rig.read(Kind::List, user("u"), Freshness::Now, never));
    assert!(poll_once(&mut follower).await.is_none());
    land.send(Ok("new".into())).unwrap();
    assert_eq!(leader.await.unwrap().outcome, Outcome::Forced);
    assert_eq!(follower.await.unwrap().outcome, Outcome::Collapsed);
}

#[tokio::test]
async fn a_failed_fetch_reaches_all_who_wait_and_the_next_tries_again() {
    let rig = Rig::new();
    let (land, landing) = held();
    let mut leader = Box::pin(rig.read(Kind::List, user("u"), Freshness::Kept, landing));
    assert!(poll_once(&mut leader).await.is_none());
    let never = async { panic!("joined reads don't fetch") };
    let mut follower = Box::pin(rig.read(Kind::List, user("u"), Freshness::Kept, never));
    assert!(poll_once(&mut follower).await.is_none());
    land.send(Err("down")).unwrap();
    assert_eq!(*leader.await.unwrap_err(), "down");
    assert_eq!(*follower.await.unwrap_err(), "down");
    assert_eq!(rig.list("u", "up").await.outcome, Outcome::Miss);
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn a_look_up_whose_fetch_fails_is_counted_too() {
    let rig = Rig::new();
    let fetch = async { Err("down") };
    let failed = rig.read(Kind::List, user("u"), Freshness::Kept, fetch);
    assert!(failed.await.is_err());
    assert_eq!(rig.counted("list", Outcome::Miss), 1);
}

#[tokio::test]
async fn who_waits_for_a_reader_that_hung_up_gets_its_answer_without_another_fetch() {
    let rig = Rig::new();
    let (land, landing) = held();
    let mut leader = Box::pin(rig.read(Kind::List, user("u"), Freshness::Kept, landing));
    assert!(poll_once(&mut leader).await.is_none());
    let mut follower = Box::pin(rig.list("u", "second"));
    assert!(poll_once(&mut follower).await.is_none());
    drop(leader);
    land.send(Ok("first".into())).unwrap();
    assert_eq!(follower.await.value.text, "first");
    assert_eq!(rig.fetches(), 1);
    assert_eq!(rig.list("u", "third").await.value.text, "first");
}

#[tokio::test]
async fn a_fetch_that_nobody_waits_for_is_dropped_and_the_next_starts_anew() {
    let rig = Rig::new();
    let (land, landing) = held();
    let mut only = Box::pin(rig.read(Kind::List, user("u"), Freshness::Kept, landing));
    assert!(poll_once(&mut only).await.is_none());
    drop(only);
    assert!(land.send(Ok("lost".into())).is_err(), "the fetch was dropped");
    assert_eq!(rig.list("u", "found").await.value.text, "found");
}

#[tokio::test]
async fn a_fetch_that_panics_before_it_starts_leaves_the_board_usable() {
    let rig = Rig::new();
    let cache = rig.cache.clone();
    let permit = rig.permit(user("u"));
    let crashed = tokio::spawn(async move {
        let look = cache.look(&permit, Freshness::Kept);
        let broken = |_| -> std::future::Ready<Fetched> { panic!("on purpose") };
        look.fetch(Kind::List, broken).await
    });
    assert!(crashed.await.unwrap_err().is_panic());
    assert_eq!(rig.list("u", "x").await.outcome, Outcome::Miss);
}

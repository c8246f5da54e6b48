//! No entry outlives the next expiration that is known of its user.

use super::*;

#[tokio::test]
async fn an_entry_ends_with_the_first_expiration_that_a_read_has_shown() {
    let rig = Rig::new();
    rig.expirations("u", &[("f", 10), ("g", 20), ("past", 0)]).await;
    assert_eq!(rig.list("u", "x").await.ttl, Duration::from_secs(10));
    rig.pass(9);
    assert_eq!(rig.list("u", "y").await.outcome, Outcome::Hit);
    rig.pass(1);
    let after = rig.list("u", "y").await;
    assert_eq!(after.outcome, Outcome::Miss);
    assert_eq!(after.ttl, Duration::from_secs(10), "until the second end");
    assert_eq!(rig.expirations("u", &[("g", 20)]).await.outcome, Outcome::Miss);
}

#[tokio::test]
async fn an_entry_from_before_an_end_was_read_does_not_outlive_it() {
    let rig = Rig::new();
    rig.list("u", "x").await;
    rig.expirations("u", &[("f", 10)]).await;
    rig.pass(10);
    assert_eq!(rig.list("u", "y").await.outcome, Outcome::Miss);
}

#[tokio::test]
async fn what_told_of_new_ends_is_itself_kept() {
    let rig = Rig::new();
    rig.expirations("u", &[("f", 10)]).await;
    let again = rig.expirations("u", &[]).await;
    assert_eq!(again.outcome, Outcome::Hit);
    rig.list("u", "x").await;
    rig.pass(2);
    let now = async { Ok(Value { text: String::new(), ends: [(flag("f"), at(10))].into() }) };
    let forced = rig.read(Kind::Expirations, user("u"), Freshness::Now, now);
    assert_eq!(forced.await.unwrap().outcome, Outcome::Forced);
    let list = rig.list("u", "y").await;
    assert_eq!(list.outcome, Outcome::Hit, "nothing new was learned");
}

#[tokio::test]
async fn an_entry_ends_with_an_expiration_that_a_write_has_set() {
    let rig = Rig::new();
    let writing = rig.begin_write(&user("u"));
    let end = Some(at(10));
    rig.cache.learn_end(&user("u"), &flag("f"), end).await;
    drop(writing);
    rig.cache.learn_end(&user("u"), &flag("f"), end).await;
    assert_eq!(rig.list("u", "x").await.ttl, Duration::from_secs(10));
    assert_eq!(rig.list("v", "x").await.ttl, Duration::from_secs(30));
    rig.cache.learn_end(&user("u"), &flag("f"), None).await;
    drop(rig.begin_write(&user("u")));
    assert_eq!(rig.list("u", "x").await.ttl, Duration::from_secs(30));
}

#[tokio::test]
async fn an_entry_kept_while_a_write_was_telling_its_end_does_not_outlive_it() {
    let rig = Rig::new();
    let writing = rig.begin_write(&user("u"));
    rig.cache.learn_end(&user("u"), &flag("f"), Some(at(10))).await;
    // A read of the state before the write takes the end away again, while the write is still under way.
    rig.expirations("u", &[]).await;
    drop(writing);
    assert_eq!(rig.list("u", "x").await.ttl, Duration::from_secs(30));
    rig.cache.learn_end(&user("u"), &flag("f"), Some(at(10))).await;
    let after = rig.list("u", "x").await;
    assert_eq!(after.outcome, Outcome::Miss);
    assert_eq!(after.ttl, Duration::from_secs(10));
}

#[tokio::test]
async fn an_end_that_a_write_told_is_not_lost_to_a_read_from_before_it() {
    let rig = Rig::new();
    let (land, landing) = held();
    let mut reader = Box::pin(rig.read(Kind::Expirations, user("u"), Freshness::Kept, landing));
    assert!(poll_once(&mut reader).await.is_none());
    let writing = rig.begin_write(&user("u"));
    rig.cache.learn_end(&user("u"), &flag("f"), Some(at(10))).await;
    drop(writing);
    land.send(Ok(Value::default())).unwrap();
    reader.await.unwrap();
    assert_eq!(rig.list("u", "x").await.ttl, Duration::from_secs(10));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ends_told_by_writes_to_many_flags_at_once_are_all_known() {
    let rig = Rig::new();
    let tell = |n: i64| {
        let cache = rig.cache.clone();
        let key = flag(&format!("f{n}"));
        tokio::spawn(async move { cache.learn_end(&user("u"), &key, Some(at(n))).await })
    };
    let tasks: Vec<_> = (1..=200).map(tell).collect();
    for task in tasks {
        task.await.unwrap();
    }
    for n in 1..=200 {
        let next = rig.cache.ends.next(&user("u"), at(n - 1));
        assert_eq!(next, Some(at(n)));
    }
}

#[tokio::test]
async fn a_read_that_a_write_overtakes_while_it_learns_takes_no_end_away() {
    let rig = Rig::new();
    let before = rig.cache.generations.current(&user("u"));
    let writing = rig.begin_write(&user("u"));
    rig.cache.learn_end(&user("u"), &flag("f"), Some(at(10))).await;
    drop(writing);
    let nothing = BTreeMap::new();
    assert_eq!(rig.cache.learn_ends(&user("u"), nothing, before), None);
    assert_eq!(rig.list("u", "x").await.ttl, Duration::from_secs(10));
}

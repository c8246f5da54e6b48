//! What is fetched, and what it counts as.

use super::*;

async fn read(rig: &Rig, freshness: Freshness) -> Found<Value> {
    let fetch = async { Ok(Value::from("x")) };
    rig.read(Kind::List, user("u"), freshness, fetch).await.unwrap()
}

#[tokio::test]
async fn the_first_read_is_a_miss_and_the_next_a_hit() {
    let rig = Rig::new();
    let first = rig.list("u", "old").await;
    let second = rig.list("u", "new").await;
    assert_eq!((first.outcome, second.outcome), (Outcome::Miss, Outcome::Hit));
    assert_eq!(second.value.text, "old");
    assert_eq!(rig.fetches(), 1);
    assert_eq!(rig.counted("list", Outcome::Miss), 1);
    assert_eq!(rig.counted("list", Outcome::Hit), 1);
}

#[tokio::test]
async fn kinds_and_targets_are_kept_apart() {
    let rig = Rig::new();
    rig.list("u", "of u").await;
    assert_eq!(rig.list("v", "of v").await.outcome, Outcome::Miss);
    for (kind, key) in [(Kind::One, "f"), (Kind::One, "g"), (Kind::FlagDocument, "f")] {
        let fetch = async { Ok(Value::from("x")) };
        let found = rig.read(kind, one("u", key), Freshness::Kept, fetch).await;
        assert_eq!(found.unwrap().outcome, Outcome::Miss, "{kind:?} {key}");
    }
    assert_eq!(rig.expirations("u", &[]).await.outcome, Outcome::Miss);
    assert_eq!(rig.list("u", "").await.value.text, "of u");
}

#[tokio::test]
async fn one_flag_answered_from_the_list_counts_as_a_look_up_of_a_flag() {
    let rig = Rig::new();
    rig.list("u", "all").await;
    let permit = rig.permit(one("u", "f"));
    let look = rig.cache.look(&permit, Freshness::Kept);
    assert!(look.kept(Kind::One, Kind::One).is_none());
    assert!(look.kept(Kind::List, Kind::One).is_some());
    assert_eq!(rig.counted("flag", Outcome::Hit), 1);
    assert_eq!(rig.counted("list", Outcome::Hit), 0);
}

#[tokio::test]
async fn a_forced_read_fetches_only_what_is_older_than_the_minimum_age() {
    let rig = Rig::new();
    read(&rig, Freshness::Kept).await;
    rig.clock.advance(Duration::from_millis(999));
    assert_eq!(read(&rig, Freshness::Now).await.outcome, Outcome::Hit);
    rig.clock.advance(Duration::from_millis(1));
    assert_eq!(read(&rig, Freshness::Now).await.outcome, Outcome::Forced);
    assert_eq!(read(&rig, Freshness::Now).await.outcome, Outcome::Hit);
    assert_eq!(rig.fetches(), 2);
    assert_eq!(rig.counted("list", Outcome::Forced), 1);
}

#[tokio::test]
async fn an_entry_is_good_for_its_time_by_the_injected_clock() {
    let rig = Rig::new();
    rig.list("u", "x").await;
    rig.pass(29);
    let found = rig.list("u", "y").await;
    assert_eq!(found.outcome, Outcome::Hit);
    assert_eq!(found.age, Duration::from_secs(29));
    assert_eq!(found.ttl, Duration::from_secs(1));
    rig.pass(1);
    assert_eq!(rig.list("u", "y").await.outcome, Outcome::Miss);
}

#[tokio::test]
async fn an_answer_ages_while_it_is_on_its_way() {
    let rig = Rig::new();
    let clock = rig.clock.clone();
    let slow = async move {
        clock.advance(Duration::from_secs(4));
        Ok(Value::default())
    };
    let found = rig.read(Kind::List, user("u"), Freshness::Kept, slow);
    let found = found.await.unwrap();
    assert_eq!(found.age, Duration::from_secs(4));
    assert_eq!(found.ttl, Duration::from_secs(26));
}

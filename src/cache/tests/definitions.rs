//! What users share, and for whom a write makes it void.

use super::*;

async fn documents(rig: &Rig, of: &str, flags: &'static str) -> Found<Value> {
    let fetch = async move { Ok(Value::from(flags)) };
    rig.read(Kind::FlagDocuments, user(of), Freshness::Kept, fetch).await.unwrap()
}

async fn document(rig: &Rig, of: &str, text: &'static str) -> Found<Value> {
    let fetch = async move { Ok(Value::from(text)) };
    rig.read(Kind::FlagDocument, one(of, "f"), Freshness::Kept, fetch).await.unwrap()
}

fn outdated(rig: &Rig, of: &str, documents: &Found<Value>) -> Vec<FlagKey> {
    rig.cache.outdated(&user(of), documents, [flag("f"), flag("g")].iter())
}

#[tokio::test]
async fn a_write_outdates_a_flag_for_its_user_and_nothing_else() {
    let rig = Rig::new();
    let before = documents(&rig, "u", "f g").await;
    let writing = rig.begin_write_to(&one("u", "f"));
    let after = documents(&rig, "v", "").await;
    assert_eq!(after.outcome, Outcome::Hit);
    for found in [&before, &after] {
        assert_eq!(outdated(&rig, "u", found), [flag("f")]);
        assert_eq!(outdated(&rig, "v", found), []);
    }
    drop(writing);
    assert_eq!(outdated(&rig, "u", &after), [flag("f")]);
    rig.pass(30);
    let anew = documents(&rig, "v", "f g").await;
    assert_eq!((anew.outcome, outdated(&rig, "u", &anew)), (Outcome::Miss, vec![]));
}

#[tokio::test]
async fn what_was_fetched_while_a_write_ran_is_outdated() {
    let rig = Rig::new();
    documents(&rig, "u", "f g").await;
    let writing = rig.begin_write_to(&one("u", "f"));
    rig.pass(30);
    let during = documents(&rig, "u", "f g").await;
    assert_eq!(outdated(&rig, "u", &during), []);
    drop(writing);
    assert_eq!(outdated(&rig, "u", &during), [flag("f")]);
}

#[tokio::test]
async fn one_definition_is_fetched_again_for_the_user_whose_target_changed() {
    let rig = Rig::new();
    document(&rig, "u", "old").await;
    drop(rig.begin_write_to(&one("u", "f")));
    assert_eq!(document(&rig, "v", "").await.value.text, "old");
    assert_eq!(document(&rig, "u", "new").await.value.text, "new");
    assert_eq!(document(&rig, "v", "").await.value.text, "new");
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn a_fetch_from_before_a_write_is_not_joined_after_it() {
    let rig = Rig::new();
    let (land, slow) = held();
    let mut first = Box::pin(rig.read(Kind::FlagDocument, one("u", "f"), Freshness::Kept, slow));
    assert!(poll_once(&mut first).await.is_none());
    drop(rig.begin_write_to(&one("u", "f")));
    assert_eq!(document(&rig, "u", "new").await.value.text, "new");
    land.send(Ok(Value::from("old"))).unwrap();
    assert_eq!(first.await.unwrap().value.text, "old");
    assert_eq!(document(&rig, "u", "newer").await.value.text, "newer");
}

#[tokio::test]
async fn a_flag_that_the_definitions_lack_outdates_them_for_everybody() {
    let rig = Rig::new();
    documents(&rig, "u", "g").await;
    drop(rig.begin_write_to(&one("u", "g")));
    assert_eq!(documents(&rig, "v", "").await.outcome, Outcome::Hit);
    drop(rig.begin_write_to(&one("u", "f")));
    assert_eq!(documents(&rig, "v", "f g").await.outcome, Outcome::Miss);
    assert_eq!(documents(&rig, "v", "").await.outcome, Outcome::Hit);
}

#[tokio::test]
async fn an_override_that_has_ended_outdates_its_flag() {
    let rig = Rig::new();
    rig.cache.learn_end(&user("u"), &flag("f"), Some(at(10))).await;
    let found = documents(&rig, "u", "f g").await;
    document(&rig, "u", "set").await;
    assert_eq!(outdated(&rig, "u", &found), []);
    rig.pass(10);
    assert_eq!(outdated(&rig, "u", &found), [flag("f")]);
    assert_eq!(outdated(&rig, "v", &found), []);
    assert_eq!(document(&rig, "u", "over").await.value.text, "over");
    assert_eq!(document(&rig, "u", "").await.value.text, "over");
}

#[tokio::test]
async fn an_end_that_is_forgotten_still_outdates_what_was_fetched_before_it() {
    let rig = Rig::new();
    rig.expirations("u", &[("f", 10)]).await;
    let found = documents(&rig, "u", "f g").await;
    rig.pass(10);
    rig.expirations("u", &[]).await;
    assert_eq!(outdated(&rig, "u", &found), [flag("f")]);
}

#[tokio::test]
async fn stored_attributes_outlive_writes() {
    let rig = Rig::new();
    let read = |text: &'static str| {
        let fetch = async move { Ok(Value::from(text)) };
        rig.read(Kind::Attributes, user("u"), Freshness::Kept, fetch)
    };
    read("stored").await.unwrap();
    drop(rig.begin_write(&user("u")));
    assert_eq!(read("").await.unwrap().value.text, "stored");
    rig.pass(30);
    assert_eq!(read("newer").await.unwrap().value.text, "newer");
}

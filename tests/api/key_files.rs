//! An issuer's keys in a file that changes while the gateway runs.

use crate::key_house::{ISSUER, ask, house, key, see, set};
use crate::metrics::value;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_set_s_file_is_taken_when_it_changes_and_a_broken_one_never() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let (old, new) = (key("old", "rsa"), key("new", "p256"));
    std::fs::write(&file, set(&[&old])).unwrap();
    let house = house(ISSUER, &[("JWKS_FILE", file.to_str().unwrap())]);
    let tokens = [&old, &new].map(|key| key.token(ISSUER, &house.clock));
    assert_eq!(ask(&house, &tokens[0]).await, "200");
    assert!(ask(&house, &tokens[1]).await.contains("is not among its issuer's keys"));

    std::fs::write(&file, r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#).unwrap();
    let shown = see(&house, |shown| shown["last_error"] == "invalid").await;
    assert_eq!((&shown["keys"], &shown["source"]), (&1.into(), &"jwks_file".into()));
    assert!(shown["failing_since"].is_string() && shown["fetched_at"].is_string(), "{shown}");
    assert_eq!(ask(&house, &tokens[0]).await, "200");

    std::fs::write(folder.path().join("next"), set(&[&old, &new])).unwrap();
    std::fs::rename(folder.path().join("next"), &file).unwrap();
    see(&house, |shown| shown["keys"] == 2 && shown["failing_since"].is_null()).await;
    assert_eq!(ask(&house, &tokens[0]).await, "200");
    assert_eq!(ask(&house, &tokens[1]).await, "200");

    // The verified token of before is forgotten with its key.
    std::fs::write(&file, set(&[&new])).unwrap();
    see(&house, |shown| shown["keys"] == 1).await;
    assert!(ask(&house, &tokens[0]).await.contains("is not among its issuer's keys"));
    assert_eq!(ask(&house, &tokens[1]).await, "200");

    std::fs::remove_file(&file).unwrap();
    see(&house, |shown| shown["last_error"] == "unreadable").await;
    assert_eq!(ask(&house, &tokens[1]).await, "200");
    let scrape = house.ask_management("/metrics").await.body;
    for (series, expected) in [
        ("flagward_auth_keys{issuer=\"web\"}", 1.0),
        ("flagward_auth_key_fetches_total{issuer=\"web\",outcome=\"fetched\"}", 3.0),
        ("flagward_auth_key_fetches_total{issuer=\"web\",outcome=\"invalid\"}", 1.0),
        ("flagward_auth_key_fetches_total{issuer=\"web\",outcome=\"unreadable\"}", 1.0),
        ("flagward_auth_failures_total{reason=\"unknown-key\"}", 2.0),
    ] {
        assert_eq!(value(&scrape, series), Some(expected), "{series}");
    }
    house.close().await;
}

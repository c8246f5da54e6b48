//! Health, on both listeners.

use crate::backend::backend;
use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn health_is_bare_for_callers_and_in_detail_for_operators() {
    let house = House::open();
    for path in ["/healthz", "/readyz"] {
        let bare = house.send("GET", path, &[("Authorization", "nonsense")], "").await;
        assert_eq!((bare.status, bare.body.as_str()), (200, r#"{"status":"ok"}"#));
        assert_eq!(bare.header("cache-control"), Some("no-store"));
        let detail = house.ask_management(path).await;
        assert_eq!(detail.status, 200);
        let detail = detail.json();
        assert_eq!(detail["status"], "ok");
        assert_eq!(detail["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(detail["backend"], backend().name());
        assert_eq!(detail["policy"]["teams"], 3);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_routes_are_not_for_callers_nor_theirs_for_operators() {
    let house = House::open();
    assert_eq!(house.ask("GET", "/metrics", "").await.status, 404);
    for path in [
        "/v1/whoami",
        "/v1/projects/shop/environments/test/users/u/flags",
        "/api/v2/users/shop/test/u/flags",
        "/openapi.json",
    ] {
        assert_eq!(house.ask_management(path).await.status, 404, "{path}");
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_while_launchdarkly_is_down() {
    let house = House::with(
        crate::house::POLICY,
        &[("FLAGWARD__LAUNCHDARKLY__BASE_URL", "http://127.0.0.1:1")],
    );
    assert_eq!(house.ask("GET", "/readyz", "").await.status, 200);
    assert_eq!(house.ask("GET", "/v1/whoami", "").await.status, 200);
    house.close().await;
}

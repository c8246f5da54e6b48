//! Every spelling of a way out of what somebody may do, and that none leads anywhere.

use percent_encoding::percent_decode_str;

use crate::house::House;

/// Spellings of a way from the shop's user into the bank.
const WAYS_OUT: [&str; 26] = [
    "..%2f..%2fbank%2fproduction%2fu9",
    "..%2F..%2Fbank%2Fproduction%2Fu9",
    "%2e%2e%2f%2e%2e%2fbank%2fproduction%2fu9",
    "%2e%2e",
    "%2E.",
    "..",
    ".",
    "%2e",
    "../../bank/production/u9",
    "..%5c..%5cbank%5cproduction%5cu9",
    "..\\..\\bank\\production\\u9",
    "..%5C..%2Fbank",
    "a/../../../bank/production/u9",
    "a%2f..%2f..%2f..%2fbank%2fproduction%2fu9",
    "a%2f%2e%2e",
    "a%5c.",
    "%00",
    "u9%00",
    "u9%0d%0aHost:%20bank",
    "%ff",
    "%c0%ae%c0%ae%2f",
    "%zz",
    "%",
    "%u002e%u002e",
    "",
    "/",
];

/// Spellings that look like a way out and are a user's plain key.
const STRANGE_KEYS: [&str; 8] = [
    "%252e%252e%252f%252e%252e%252fbank",
    "..%252f..%252fbank",
    "..;%2fbank",
    "a%2f%2fb",
    ";bank=u9",
    "u9%3fenv=production",
    "u9%23bank",
    "...%2fu9",
];

/// The paths of reads and writes of one user of the shop, on both APIs.
fn doors(user: &str) -> [(&'static str, String); 7] {
    let v1 = format!("/v1/projects/shop/environments/test/users/{user}");
    let drop_in = format!("/api/v2/users/shop/test/{user}/flags");
    [
        ("GET", format!("{v1}/flags")),
        ("GET", format!("{v1}/flags/sort.order")),
        ("PUT", format!("{v1}/flags/sort.order")),
        ("GET", format!("{v1}/expirations")),
        ("GET", drop_in.clone()),
        ("PUT", format!("{drop_in}/sort.order")),
        ("GET", format!("/api/v2/users/shop/{user}/expiring-user-targets/test")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_user_leads_out_of_the_project() {
    let house = House::open();
    for user in WAYS_OUT {
        for (method, path) in doors(user) {
            let answer = house.ask(method, &path, r#"{"setting":"price"}"#).await;
            assert!(matches!(answer.status, 400 | 404), "{method} {path}: {answer:?}");
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    assert!(house.upstream.simulator.history().is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_keys_are_decoded_once_and_stay_one_user() {
    let house = House::open();
    for user in STRANGE_KEYS {
        let key = percent_decode_str(user).decode_utf8().unwrap().into_owned();
        for (method, path) in doors(user) {
            let answer = house.ask(method, &path, r#"{"setting":"price"}"#).await;
            assert!(answer.status < 300, "{method} {path}: {answer:?}");
        }
        let set = house.upstream.simulator.setting("shop", "test", &key, "sort.order");
        assert_eq!(set.as_deref(), Some("\"price\""), "{user}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_the_other_keys_leads_anywhere() {
    let house = House::open();
    for key in WAYS_OUT.into_iter().chain(STRANGE_KEYS) {
        for path in [
            format!("/v1/projects/{key}/environments/test/users/u/flags"),
            format!("/v1/projects/shop/environments/{key}/users/u/flags"),
            format!("/v1/projects/shop/environments/test/users/u/flags/{key}"),
            format!("/api/v2/users/{key}/test/u/flags"),
            format!("/api/v2/users/shop/{key}/u/flags"),
            format!("/api/v2/users/shop/test/u/flags/{key}"),
            format!("/api/v2/users/{key}/u/expiring-user-targets/test"),
            format!("/api/v2/users/shop/u/expiring-user-targets/{key}"),
        ] {
            let answer = house.ask("GET", &path, "").await;
            assert!(matches!(answer.status, 400 | 403 | 404), "{path}: {answer:?}");
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_a_request_target_leads_elsewhere() {
    let house = House::open();
    let bank = "/v1/projects/bank/environments/production/users/u9/flags";
    for target in [
        format!("http://bank.example.com{bank}"),
        "http://bank.example.com/api/v2/users/shop/../../bank/production/u9/flags".to_owned(),
        format!("/{bank}"),
        format!("/.{bank}"),
        format!("/v1/..{bank}"),
        "/v1/projects/shop/../bank/environments/production/users/u9/flags".to_owned(),
        "/v1/projects/shop/environments/test/users/u/flags/../../../../../../bank".to_owned(),
        "/v1/projects/shop;bank/environments/test/users/u/flags".to_owned(),
        "/v1/./projects/bank/environments/production/users/u9/flags".to_owned(),
        "/v1%2fprojects%2fbank%2fenvironments%2fproduction%2fusers%2fu9%2fflags".to_owned(),
        "/api/v2/users/bank/production/u9/flags".to_owned(),
        "/api/v2/users/shop/test/u9/flags/sort.order/../../../../bank/production/u9/flags"
            .to_owned(),
        "/api/v2/users/shop//../bank/production/u9/flags".to_owned(),
        "/api/v2/users/shop/expiring-user-targets/flags".to_owned(),
        "/api/v2/users/shop/u9/expiring-user-targets/flags".to_owned(),
        "/api/v2/caller-identity".to_owned(),
        "/api/v2/tokens".to_owned(),
        "/api/v2/flags/shop/sort.order?env=test".to_owned(),
        "*".to_owned(),
    ] {
        let answer = house.ask("GET", &target, "").await;
        assert!((400..500).contains(&answer.status), "{target}: {answer:?}");
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absolute_target_means_its_path() {
    let house = House::open();
    let path = "http://elsewhere.example.com/v1/projects/shop/environments/test/users/anna@example.com/flags/sort.order";
    assert_eq!(house.ask("GET", path, "").await.json()["user"], "anna@example.com");
    house.close().await;
}

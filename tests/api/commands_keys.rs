//! Commands with issuers that publish their keys.

use flagward::clock::Clock;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::key_house::{ISSUER, key, set};
use crate::process::{Site, run_with_input};
use crate::wire::Served;

/// Adds the issuer `web` to a site, with this in the place of a key.
fn add(site: &Site, keys: &str) {
    let issuer = format!(
        "[[auth.issuers]]\nname = \"web\"\nissuer = \"{ISSUER}\"\naudiences = [\"flagward\"]\n\
         algorithms = [\"RS256\"]\n{keys}\n[policy]"
    );
    site.edit("[policy]", &issuer);
}

#[tokio::test]
async fn check_refuses_a_key_set_s_file_that_is_none() {
    let site = Site::alone();
    site.write("keys.json", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}");
    add(&site, "jwks_file = \"keys.json\"");
    for command in ["check", "serve"] {
        let ended = site.run(command, &[]).await;
        let said = "auth.issuers.1.jwks_file: the file `keys.json` must not have a secret (kty `oct`) in it: whoever can read the set could sign\n";
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.starts_with("flagward.toml:") && ended.err.ends_with(said), "{ended:?}");
    }
}

#[tokio::test]
async fn check_online_fetches_the_keys_that_issuers_publish() {
    let (upstream, server) = (Served::start(Clock::system()), MockServer::start().await);
    let site = Site::new(upstream.address(), &upstream.simulator.token());
    add(&site, &format!("jwks_url = \"{}/keys?secret=planted\"", server.uri()));
    let publish = async |answer: ResponseTemplate| {
        server.reset().await;
        Mock::given(any()).respond_with(answer).expect(1..).mount(&server).await;
    };
    let keys = [key("a", "rsa"), key("b", "rsa-other")];
    publish(ResponseTemplate::new(200).set_body_string(set(&[&keys[0], &keys[1]]))).await;
    assert_eq!(site.run("check", &[]).await.code, Some(0));
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    let good = site.run("check", &["--online"]).await;
    assert_eq!(good.code, Some(0), "{good:?}");
    assert!(good.out.contains("issuer web: jwks_url has keys for it: 2\n"), "{good:?}");
    publish(ResponseTemplate::new(404)).await;
    let gone = site.run("check", &["--online"]).await;
    let said = "issuer web: jwks_url: the server answered 404\n";
    assert_eq!((gone.code, gone.err.as_str()), (Some(1), said));
    assert!(!gone.out.contains("planted"), "{gone:?}");
}

#[tokio::test]
async fn explain_fetches_the_keys_that_it_needs_for_a_token() {
    let server = MockServer::start().await;
    let only = key("a", "rsa");
    let answer = ResponseTemplate::new(200).set_body_string(set(&[&only]));
    Mock::given(any()).respond_with(answer).up_to_n_times(1).mount(&server).await;
    let site = Site::alone();
    add(&site, &format!("jwks_url = \"{}/keys\"", server.uri()));
    let token = only.token(ISSUER, &Clock::system());
    let rest = ["--token", "-", "read", "shop/test"];
    let explain = async || run_with_input(site.command("explain", &rest), &token).await;
    let denied = explain().await;
    assert_eq!(denied.code, Some(1));
    assert!(denied.out.starts_with("denied: "), "{denied:?}");
    let unknown = explain().await;
    let said = "the token is refused: the issuer's keys are not known yet: try again in a moment\n\
                issuer web: jwks_url: the server answered 404\n";
    assert_eq!((unknown.code, unknown.err.as_str()), (Some(1), said));
}

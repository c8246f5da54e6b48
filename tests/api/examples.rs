//! The configurations in `deploy/examples`: each loads, and takes the tokens that it is for.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flagward::auth::{Authenticator, Caller, Refused};
use flagward::config::{self, Config, Environment};
use flagward::policy::Policy;
use flagward::telemetry::Metrics;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use crate::key_house::{Key, key, set};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/examples");
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys");
/// When these tests are: 2026-11-21T12:00:00Z.
const NOW: i64 = 1_795_262_400;

/// An example, with files of ours where it names some that are not here.
struct Example {
    config: Config,
    text: String,
}

impl Example {
    fn load(name: &str, settings: &[(&str, &str)]) -> Self {
        let file = format!("{FOLDER}/{name}.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let with = [("LAUNCHDARKLY__TOKEN", "api-x")];
        let with = with.iter().chain(settings);
        let environment: Environment =
            with.map(|(key, value)| (format!("FLAGWARD__{key}"), (*value).to_owned())).collect();
        let config = config::load(&text, file.as_ref(), &environment).unwrap();
        assert_eq!(config.auth.issuers.len(), 1, "{name}");
        Self { config, text }
    }

    /// The caller of a token with this header and these claims, signed by `sign`, where the issuer publishes these keys.
    fn verify(
        &self,
        published: &[&Key],
        header: &Value,
        claims: &Value,
        (key, by): &(EncodingKey, Algorithm),
    ) -> Result<Caller, Refused> {
        let authenticator = Authenticator::new(&self.config.auth).unwrap();
        if !published.is_empty() {
            let name = self.config.auth.issuers[0].name.as_str();
            let keyring = authenticator.keyring(name).unwrap();
            keyring.replace(set(published).as_bytes()).unwrap();
        }
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = crypto::sign(message.as_bytes(), key, *by).unwrap();
        authenticator
            .verify(&format!("{message}.{signature}"), Timestamp::from_second(NOW).unwrap())
    }

    /// Whether the members that the example shows let this caller into their team.
    fn is_member(&self, caller: &Caller) -> bool {
        let members = self.text.lines().find_map(|line| line.strip_prefix("# members = ")).unwrap();
        let policy = format!("[[teams]]\nname = \"payments\"\nmembers = {members}\n");
        let name = self.config.auth.issuers[0].name.as_str();
        let policy = Policy::parse(&policy, &[name], &Metrics::new("test").unwrap()).unwrap();
        Arc::new(policy).identify(caller.clone()).teams().eq(["payments"])
    }
}

/// Claims of this issuer for this audience, with more.
fn claims(issuer: &str, audience: &Value, more: &Value) -> Value {
    let mut claims = json!({"iss": issuer, "aud": audience, "exp": NOW + 3600, "iat": NOW});
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims
}

fn rsa() -> (EncodingKey, Algorithm) {
    let pem = std::fs::read(format!("{KEYS}/rsa.pem")).unwrap();
    (EncodingKey::from_rsa_pem(&pem).unwrap(), Algorithm::RS256)
}

#[test]
fn a_service_token_of_an_identity_provider_is_taken() {
    let example = Example::load("identity-provider", &[]);
    let issuer = "https://idp.example.com/realms/company";
    // As Keycloak makes them for a client's own account.
    let claims = claims(
        issuer,
        &json!(["flagward", "account"]),
        &json!({
        "sub": "0b1cf1f1-2d3c-4a1e-9a52-0f3b8a2d0f57", "typ": "Bearer", "azp": "shop-service", "jti": "1",
        "realm_access": {"roles": ["offline_access", "payments"]}, "scope": "profile email",
        "clientId": "shop-service", "preferred_username": "service-account-shop-service"}),
    );
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "a"});
    let caller = example.verify(&[&key("a", "rsa")], &header, &claims, &rsa()).unwrap();
    assert!(example.is_member(&caller), "{caller:?}");
}

#[test]
fn an_access_token_in_the_standard_form_is_taken_and_an_id_token_for_others_is_not() {
    let example = Example::load("access-tokens", &[]);
    let of = |audience: &str| {
        claims(
            "https://login.example.com/",
            &json!(audience),
            &json!({
        "sub": "5ba552d67", "client_id": "s6BhdRkqt3", "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
        "auth_time": NOW - 60, "scope": "openid profile", "groups": ["payments"]}),
        )
    };
    let header = json!({"typ": "at+jwt", "alg": "RS256", "kid": "a"});
    let keys = [&key("a", "rsa")];
    let good = of("https://flagward.example.com");
    let caller = example.verify(&keys, &header, &good, &rsa()).unwrap();
    assert!(example.is_member(&caller), "{caller:?}");
    let other = example.verify(&keys, &header, &of("s6BhdRkqt3"), &rsa());
    assert_eq!(other, Err(Refused::Audience));
    let logout = json!({"typ": "logout+jwt", "alg": "RS256", "kid": "a"});
    assert_eq!(example.verify(&keys, &logout, &good, &rsa()), Err(Refused::Unsupported));
}

#[test]
fn a_projected_service_account_token_is_taken() {
    let authority = format!("{KEYS}/localhost-ca.pem");
    let example = Example::load("kubernetes", &[("AUTH__ISSUERS__0__CA_FILE", &authority)]);
    let of = |subject: &str| {
        claims(
            "https://kubernetes.default.svc.cluster.local",
            &json!(["flagward"]),
            &json!({
        "sub": subject, "nbf": NOW, "jti": "9f3c", "kubernetes.io": {"namespace": "payments",
        "node": {"name": "n1", "uid": "u1"}, "pod": {"name": "worker-0", "uid": "u2"},
        "serviceaccount": {"name": "worker", "uid": "u3"}, "warnafter": NOW + 3000}}),
        )
    };
    let header = json!({"alg": "RS256", "kid": "G2hL"});
    let keys = [&key("G2hL", "rsa")];
    let worker = of("system:serviceaccount:payments:worker");
    let caller = example.verify(&keys, &header, &worker, &rsa()).unwrap();
    assert!(example.is_member(&caller), "{caller:?}");
    let other = of("system:serviceaccount:default:default");
    let caller = example.verify(&keys, &header, &other, &rsa()).unwrap();
    assert!(!example.is_member(&caller), "{caller:?}");
}

#[test]
fn a_jwt_svid_is_taken() {
    let example = Example::load("spiffe", &[]);
    let audience = json!(["spiffe://example.org/flagward"]);
    let workload = json!({"sub": "spiffe://example.org/ns/payments/sa/worker"});
    let claims = claims("https://oidc.example.org", &audience, &workload);
    let pem = std::fs::read(format!("{KEYS}/p256.pem")).unwrap();
    let p256 = (EncodingKey::from_ec_pem(&pem).unwrap(), Algorithm::ES256);
    for kind in ["JWT", "JOSE"] {
        let header = json!({"alg": "ES256", "kid": "a", "typ": kind});
        let caller = example.verify(&[&key("a", "p256")], &header, &claims, &p256).unwrap();
        assert!(example.is_member(&caller), "{caller:?}");
    }
}

#[test]
fn tokens_of_a_small_shop_are_taken_from_either_secret_while_it_is_changed() {
    let secrets = [("2026-12", "new-secret-".repeat(4)), ("2026-06", "old-secret-".repeat(4))];
    let example = Example::load(
        "small-shop",
        &[
            ("AUTH__ISSUERS__0__KEYS__0__SECRET", &secrets[0].1),
            ("AUTH__ISSUERS__0__KEYS__1__SECRET", &secrets[1].1),
        ],
    );
    let teams = json!({"sub": "deployer", "teams": ["payments"]});
    let claims = claims("https://shop.example.com", &json!("flagward"), &teams);
    for (kid, secret) in &secrets {
        let key = (EncodingKey::from_secret(secret.as_bytes()), Algorithm::HS256);
        for header in [json!({"alg": "HS256", "kid": kid}), json!({"alg": "HS256", "typ": "JWT"})] {
            let caller = example.verify(&[], &header, &claims, &key).unwrap();
            assert!(example.is_member(&caller), "{caller:?}");
        }
    }
    let old = (EncodingKey::from_secret(secrets[1].1.as_bytes()), Algorithm::HS256);
    let mixed = example.verify(&[], &json!({"alg": "HS256", "kid": "2026-12"}), &claims, &old);
    assert_eq!(mixed, Err(Refused::Signature));
}

#[test]
fn every_example_has_a_test() {
    let names = std::fs::read_dir(FOLDER).unwrap().map(|file| file.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    let tested = ["access-tokens", "identity-provider", "kubernetes", "small-shop", "spiffe"];
    assert_eq!(names, tested.map(|name| format!("{name}.toml")));
}

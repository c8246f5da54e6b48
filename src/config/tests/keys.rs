//! What an issuer's tokens are verified with: one source, or several keys.

use super::super::auth::{IssuerKey, IssuerKeys, KeySetSource};
use super::{LEAST, faults, load_text};

const ALGORITHMS: &str = "algorithms = [\"HS256\"]\n";
const SECRET: &str = r#"secret = "planted-secret-planted-secret-planted""#;

/// The least configuration with other lines where its secret is.
fn with(line: &str, other: &str) -> String {
    assert!(LEAST.contains(line), "{line}");
    LEAST.replace(line, other)
}

/// The least configuration with these tables of keys.
fn with_keys(tables: &str) -> String {
    let tables = tables.replace("[[key]]", "[[auth.issuers.keys]]");
    LEAST.replace(ALGORITHMS, "").replace(SECRET, &tables)
}

#[test]
fn there_is_exactly_one_key() {
    let one = "t.toml:5: auth.issuers.0: must have exactly one of secret, secret_file, \
               public_key_file, keys, jwks_file, jwks_url, discovery";
    let both = faults(&with(SECRET, &format!("{SECRET}\npublic_key_file = \"rsa.pub.pem\"")));
    assert_eq!(both, [one]);
    assert_eq!(faults(&with(SECRET, "")), [one]);
    let both = faults(&with(SECRET, &format!("{SECRET}\nsecret_file = \"rsa.pub.pem\"")));
    let beside = "t.toml:10: auth.issuers.0.secret: must not stand beside `secret_file`: give one of the two";
    assert_eq!(both, [beside]);
}

#[test]
fn several_keys_have_each_its_own_algorithms_and_name() {
    let text = with_keys(
        r#"[[key]]
kid = "old"
algorithms = ["HS256", "HS512"]
secret = "planted-secret-planted-secret-planted"
[[key]]
algorithms = ["PS256"]
public_key_file = "rsa.pub.pem""#,
    );
    let IssuerKeys::Fixed(keys) = load_text(&text).auth.issuers[0].keys.clone() else {
        panic!("keys were given");
    };
    let kids: Vec<_> = keys.iter().map(|key| key.kid.as_deref()).collect();
    assert_eq!(kids, [Some("old"), None]);
    assert!(matches!(&keys[0].key, IssuerKey::Secret { algorithms, .. } if algorithms.len() == 2));
    assert!(
        matches!(&keys[1].key, IssuerKey::PublicKey { algorithms, .. } if algorithms.len() == 1)
    );
}

#[test]
fn every_fault_of_several_keys_names_the_key() {
    let key = |rest: &str| with_keys(&format!("[[key]]\n{rest}"));
    let sources = "must have exactly one of secret, secret_file, public_key_file";
    let of_one = "t.toml:9: auth.issuers.0.keys.0";
    for (rest, fault) in [
        (ALGORITHMS.to_owned(), format!("{of_one}: {sources}")),
        (
            format!("{ALGORITHMS}{SECRET}\npublic_key_file = \"rsa.pub.pem\""),
            format!("{of_one}: {sources}"),
        ),
        (
            SECRET.to_owned(),
            format!(
                "{of_one}.algorithms: is missing: must be a list of what may sign: HS256, HS384, HS512 with a secret; RS256 to RS512, PS256 to PS512, ES256, ES384 or EdDSA with a public key"
            ),
        ),
        (format!("{SECRET}\nalgorithms = [\"RS256\"]"), {
            "t.toml:11: auth.issuers.0.keys.0.algorithms: must be HS256, HS384 or HS512 with a secret".to_owned()
        }),
        (format!("{ALGORITHMS}{SECRET}\nkid = \"\""), {
            "t.toml:12: auth.issuers.0.keys.0.kid: must be text of 1 to 256 bytes".to_owned()
        }),
        (format!("{ALGORITHMS}{SECRET}\njwks_url = \"x\""), {
            "t.toml:12: auth.issuers.0.keys.0.jwks_url: is no key we know; those here are: kid, algorithms, public_key_file, secret, secret_file".to_owned()
        }),
    ] {
        assert_eq!(faults(&key(&rest)), [fault], "{rest}");
    }
    let twice = format!("[[key]]\nkid = \"a\"\n{ALGORITHMS}{SECRET}\n").repeat(2);
    let expected =
        "t.toml:14: auth.issuers.0.keys.1.kid: must differ from every other key's of this issuer";
    assert_eq!(faults(&with_keys(&twice)), [expected]);
    let many = format!("[[key]]\n{ALGORITHMS}{SECRET}\n").repeat(9);
    assert_eq!(faults(&with_keys(&many)), ["t.toml:9: auth.issuers.0.keys: must be at most 8"]);
}

#[test]
fn a_list_of_algorithms_for_all_keys_is_refused() {
    let keys = format!("[[auth.issuers.keys]]\n{ALGORITHMS}{SECRET}");
    let expected = "t.toml:9: auth.issuers.0.algorithms: must not stand beside `keys`: each of them has its own";
    assert_eq!(faults(&with(SECRET, &keys)), [expected]);
}

/// The least configuration with these lines in place of its secret, and an algorithm that a key set may have.
fn with_set(lines: &str) -> String {
    with(SECRET, lines).replace("HS256", "RS256")
}

#[test]
fn a_key_set_is_in_a_file_at_an_address_or_where_the_issuer_says() {
    let source = |lines: &str| match load_text(&with_set(lines)).auth.issuers[0].keys.clone() {
        IssuerKeys::Set(set) => set.source,
        IssuerKeys::Fixed(_) => panic!("a key set was given"),
    };
    let file = source("jwks_file = \"README.md\"");
    assert!(
        matches!(&file, KeySetSource::File(file) if file.path.ends_with("keys/README.md") && !file.bytes.is_empty())
    );
    for url in [
        "https://idp.example.com/keys?p=a",
        "http://127.0.0.1:8080/",
        "http://[::1]/",
        "http://localhost/",
    ] {
        let found = source(&format!("jwks_url = \"{url}\"\nproxy = \"http://proxy:3128\""));
        assert!(
            matches!(&found, KeySetSource::Url(at, way) if at.as_str() == url && way.proxy.is_some())
        );
    }
    let found = source("discovery = true\nca_file = \"ca.pem\"");
    let KeySetSource::Discovery(document, way) = found else {
        panic!("discovery was asked for");
    };
    let url = "https://idp.example.com/.well-known/openid-configuration";
    assert_eq!((document.url.as_str(), document.issuer.as_str()), (url, "https://idp.example.com"));
    assert!(way.ca_certificates.is_some() && way.proxy.is_none());
    let below =
        with_set("discovery = true").replace("idp.example.com", "idp.example.com/realms/a/");
    let IssuerKeys::Set(set) = load_text(&below).auth.issuers[0].keys.clone() else {
        panic!("discovery was asked for");
    };
    let KeySetSource::Discovery(document, _) = set.source else {
        panic!("discovery was asked for");
    };
    assert_eq!(document.url.path(), "/realms/a/.well-known/openid-configuration");
    assert_eq!(document.issuer, "https://idp.example.com/realms/a/");
}

#[test]
fn every_fault_of_a_key_set_says_what_is_expected() {
    let url = "10: auth.issuers.0.jwks_url: must be an https URL without user name or fragment, like \"https://idp.example.com/jwks.json\"; http only for loopback addresses";
    let one = "5: auth.issuers.0: must have exactly one of secret, secret_file, public_key_file, keys, jwks_file, jwks_url, discovery";
    let good = "jwks_url = \"https://a.b/\"";
    for (lines, fault) in [
        ("jwks_url = \"http://idp.example.com/\"", url),
        ("jwks_url = \"http://10.0.0.1/\"", url),
        ("jwks_url = \"https://planted:planted@a.b/\"", url),
        ("jwks_url = \"https://a.b/#c\"", url),
        ("jwks_url = \"file:///etc/passwd\"", url),
        ("jwks_url = \"\"", url),
        (
            "jwks_file = \"nowhere\"",
            "10: auth.issuers.0.jwks_file: the file `nowhere` must be readable: No such file or directory (os error 2)",
        ),
        ("discovery = true\njwks_url = \"https://a.b/\"", one),
        ("discovery = false", one),
        (
            "jwks_file = \"ca.pem\"\nproxy = \"http://a.b/\"",
            "11: auth.issuers.0.proxy: goes only with jwks_url or discovery",
        ),
        (
            "public_key_file = \"rsa.pub.pem\"\nca_file = \"ca.pem\"",
            "11: auth.issuers.0.ca_file: goes only with jwks_url or discovery",
        ),
    ] {
        assert_eq!(faults(&with_set(lines)), [format!("t.toml:{fault}")], "{lines}");
    }
    let algorithms = "9: auth.issuers.0.algorithms: must be a list of RS256 to RS512, PS256 to PS512, ES256, ES384 or EdDSA with a key set";
    assert_eq!(faults(&with(SECRET, good)), [format!("t.toml:{algorithms}")]);
    let plain = with_set("discovery = true").replace("https://idp", "http://idp");
    let expected = "10: auth.issuers.0.discovery: needs an `issuer` that is an https URL; http only for loopback addresses";
    assert_eq!(faults(&plain), [format!("t.toml:{expected}")]);
}

//! What an issuer's tokens are verified with: one source, or several keys.

use super::super::auth::{IssuerKey, IssuerKeys};
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
               public_key_file, keys, jwks_file, jwks_url";
    let both = faults(&with(SECRET, &format!("{SECRET}\npublic_key_file = \"rsa.pub.pem\"")));
    assert_eq!(both, [one]);
    assert_eq!(faults(&with(SECRET, "")), [one]);
    let both = faults(&with(SECRET, &format!("{SECRET}\nsecret_file = \"rsa.pub.pem\"")));
    let beside = "t.toml:10: auth.issuers.0.secret: must not stand beside `secret_file`: give one of the two";
    assert_eq!(both, [beside]);
    for key in ["jwks_url"] {
        let expected = format!(
            "t.toml:10: auth.issuers.0.{key}: is not supported yet in this version: use secret, \
             secret_file, public_key_file, keys or jwks_file"
        );
        assert_eq!(faults(&with(SECRET, &format!("{key} = \"x\""))), [expected]);
    }
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

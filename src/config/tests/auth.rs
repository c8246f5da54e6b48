//! `[[auth.issuers]]`.

use std::io::Write as _;

use secrecy::ExposeSecret as _;

use super::super::auth::{IssuerKey, KeyKind};
use super::{LEAST, faults, load_text};

const SECRET: &str = r#"secret = "planted-secret-planted-secret-planted""#;

/// The least configuration with one line for another.
fn with(line: &str, other: &str) -> String {
    assert!(LEAST.contains(line), "{line}");
    LEAST.replace(line, other)
}

#[test]
fn issuer_names_are_plain_and_not_ours() {
    let name = "must be a-z, 0-9 and -, not start with -, and have at most 64 bytes";
    for bad in ["", "Idp", "-x", "a_b", "a/b", "ü", &"a".repeat(65)] {
        let text = with("name = \"idp\"", &format!("name = \"{bad}\""));
        assert_eq!(faults(&text), [format!("t.toml:6: auth.issuers.0.name: {name}")], "{bad}");
    }
    let ours =
        "must not be one of slack, mattermost, teams, discord, github, flagward: those are ours";
    for bad in ["slack", "mattermost", "teams", "discord", "github", "flagward"] {
        let text = with("name = \"idp\"", &format!("name = \"{bad}\""));
        assert_eq!(faults(&text), [format!("t.toml:6: auth.issuers.0.name: {ours}")], "{bad}");
    }
}

#[test]
fn two_issuers_differ_in_name_and_in_issuer() {
    let second = LEAST.split_once("[[").unwrap().1.split_once("[policy]").unwrap().0;
    assert_eq!(
        faults(&format!("{LEAST}\n[[{second}")),
        [
            "t.toml:16: auth.issuers.1.name: must differ from every other issuer's",
            "t.toml:17: auth.issuers.1.issuer: must differ from every other issuer's",
        ]
    );
}

#[test]
fn what_is_missing_is_named_with_the_issuer_s_line() {
    let text = "[launchdarkly]\ntoken = \"x\"\n[policy]\nfile = \"p\"\n[[auth.issuers]]\n";
    let faults = faults(text);
    assert!(faults.iter().all(|fault| fault.starts_with("t.toml:5: auth.issuers.0")), "{faults:?}");
    let keys: Vec<_> = faults.iter().map(|fault| fault.split(": ").nth(1).unwrap()).collect();
    let wanted = ["name", "issuer", "audiences", "", "algorithms"];
    let wanted = wanted.map(|key| format!("auth.issuers.0.{key}").trim_end_matches('.').to_owned());
    assert_eq!(keys, wanted);
}

#[test]
fn every_other_fault_of_an_issuer_says_what_is_expected() {
    let audiences = "audiences: must be a list of texts that aren't empty, like [\"flagward\"]";
    let pointer = "team_claim: must be a JSON pointer like \"/teams\" or \"/realm_access/roles\"";
    for (line, other, fault) in [
        ("issuer = \"https://idp.example.com\"", "issuer = \"\"", {
            "7: auth.issuers.0.issuer: must be the `iss` of its tokens, like \"https://idp.example.com\"".to_owned()
        }),
        ("audiences = [\"flagward\"]", "audiences = []", format!("8: auth.issuers.0.{audiences}")),
        (
            "audiences = [\"flagward\"]",
            "audiences = [\"\"]",
            format!("8: auth.issuers.0.{audiences}"),
        ),
        (
            "audiences = [\"flagward\"]",
            "audiences = \"a\"",
            format!("8: auth.issuers.0.{audiences}"),
        ),
        ("algorithms = [\"HS256\"]", "algorithms = [\"RS256\"]", {
            "9: auth.issuers.0.algorithms: must be HS256, HS384 or HS512 with a secret".to_owned()
        }),
        ("algorithms = [\"HS256\"]", "algorithms = [\"HS256\", \"none\"]", {
            "9: auth.issuers.0.algorithms: must be HS256, HS384 or HS512 with a secret".to_owned()
        }),
        (
            "name = \"idp\"",
            "name = \"idp\"\nteam_claim = \"teams\"",
            format!("7: auth.issuers.0.{pointer}"),
        ),
        (
            "name = \"idp\"",
            "name = \"idp\"\nteam_claim = \"\"",
            format!("7: auth.issuers.0.{pointer}"),
        ),
        (
            "name = \"idp\"",
            "name = \"idp\"\nteam_claim = \"/a~2\"",
            format!("7: auth.issuers.0.{pointer}"),
        ),
        ("name = \"idp\"", "name = \"idp\"\nleeway = \"6m\"", {
            "7: auth.issuers.0.leeway: must be a length of time from 0s to 5m, like \"90s\" or \"1h30m\"".to_owned()
        }),
        (SECRET, "secret = \"planted-31-bytes-planted-31-byt\"", {
            "10: auth.issuers.0.secret: must have at least 32 bytes".to_owned()
        }),
    ] {
        assert_eq!(faults(&with(line, other)), [format!("t.toml:{fault}")], "{other}");
    }
}

#[test]
fn a_public_key_goes_only_with_its_own_algorithms() {
    for (file, kind, algorithms) in [
        ("rsa", KeyKind::Rsa, vec!["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]),
        ("p256", KeyKind::P256, vec!["ES256"]),
        ("p384", KeyKind::P384, vec!["ES384"]),
        ("ed25519", KeyKind::Ed25519, vec!["EdDSA"]),
    ] {
        let key = with(SECRET, &format!("public_key_file = \"{file}.pub.pem\""));
        let with = |name: &str| key.replace("HS256", name);
        for name in ["HS256", "RS256", "PS512", "ES256", "ES384", "EdDSA", "none", "rs256"] {
            if algorithms.contains(&name) {
                let IssuerKey::PublicKey { key, .. } =
                    load_text(&with(name)).auth.issuers[0].keys.first_for_test().clone()
                else {
                    panic!("a public key was given");
                };
                assert_eq!(key.kind(), kind);
            } else {
                let expected =
                    format!("must be one of {} with this public key", algorithms.join(", "));
                assert_eq!(
                    faults(&with(name)),
                    [format!("t.toml:9: auth.issuers.0.algorithms: {expected}")]
                );
            }
        }
    }
}

#[test]
fn a_file_that_holds_no_good_public_key_is_refused() {
    for file in ["rsa.pem", "rsa-1024.pub.pem", "k256.pub.pem", "ca.pem", "README.md"] {
        let text = with(SECRET, &format!("public_key_file = \"{file}\""));
        let expected = format!(
            "t.toml:10: auth.issuers.0.public_key_file: the file `{file}` must hold one public key in \
             PEM (`BEGIN PUBLIC KEY`): RSA of 2048 bits or more, P-256, P-384 or Ed25519"
        );
        assert_eq!(faults(&text), [expected]);
    }
}

#[test]
fn a_file_with_two_public_keys_is_refused() {
    let mut two = tempfile::NamedTempFile::new().unwrap();
    for name in ["rsa.pub.pem", "p256.pub.pem"] {
        two.write_all(&std::fs::read(super::file().with_file_name(name)).unwrap()).unwrap();
    }
    let text = with(SECRET, &format!("public_key_file = \"{}\"", two.path().display()));
    let faults = faults(&text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("must hold one public key"), "{faults:?}");
}

#[test]
fn a_secret_in_a_file_is_its_text_without_the_last_line_break() {
    for ending in ["", "\n", "\r\n"] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "{}{ending}", "s".repeat(32)).unwrap();
        let path = file.path().display();
        let IssuerKey::Secret { secret, .. } =
            load_text(&with(SECRET, &format!("secret_file = \"{path}\""))).auth.issuers[0]
                .keys
                .first_for_test()
                .clone()
        else {
            panic!("a secret was given");
        };
        assert_eq!(secret.expose_secret(), "s".repeat(32));
    }
}

#[test]
fn what_nobody_sees_around_a_secret_in_a_file_is_a_fault() {
    let bom = "must not start with a byte order mark (BOM): save it as plain UTF-8";
    let space = "must not have white space around the secret, but for one line break at its end";
    let secret = "s".repeat(32);
    for (text, expected) in [
        (format!("\u{feff}{secret}\n"), bom),
        (format!(" {secret}"), space),
        (format!("{secret}\t\n"), space),
        (format!("{secret}\n\n"), space),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &text).unwrap();
        let path = file.path().display();
        let found = faults(&with(SECRET, &format!("secret_file = \"{path}\"")));
        let fault = format!("t.toml:10: auth.issuers.0.secret_file: the file `{path}` {expected}");
        assert_eq!(found, [fault], "{text:?}");
    }
}

#[test]
fn a_public_key_is_no_secret() {
    let key = "must be a secret and not a key in PEM or JSON: use `public_key_file` or `jwks_file`";
    for text in [
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n",
        "{\"keys\": [{\"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"\", \"y\": \"\"}]}",
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let given = format!("secret_file = \"{}\"", file.path().display());
        let found = faults(&with(SECRET, &given));
        assert_eq!(found, [format!("t.toml:10: auth.issuers.0.secret_file: {key}")], "{text:?}");
    }
}

#[test]
fn a_secret_s_file_must_be_readable_text_that_is_not_empty() {
    let token =
        |path: &str| with("token = \"api-planted-token\"", &format!("token_file = \"{path}\""));
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let (empty, binary) = (at("empty", b"\n"), at("binary", b"\xff\xfe"));
    for (path, expected) in [
        (
            "nowhere",
            // It is not repeated: by mistake it may be the secret itself.
            "the file that it names must be readable: No such file or directory (os error 2)"
                .to_owned(),
        ),
        (&empty, "must not be empty".to_owned()),
        (&binary, format!("the file `{binary}` must be UTF-8")),
        ("/dev/zero", "the file that it names must be at most 1 MiB".to_owned()),
    ] {
        let expected = format!("t.toml:3: launchdarkly.token_file: {expected}");
        assert_eq!(faults(&token(path)), [expected]);
    }
}

#[test]
fn issuers_that_are_no_list_of_tables_are_one_fault() {
    let expected = "auth.issuers: must be a list of tables with at least one `[[auth.issuers]]`";
    let rest = "[launchdarkly]\ntoken = \"x\"\n[policy]\nfile = \"p\"\n[auth]\n";
    for issuers in ["issuers = []", "issuers = 1", "[auth.issuers]"] {
        assert_eq!(faults(&format!("{rest}{issuers}")), [format!("t.toml:6: {expected}")]);
    }
    assert_eq!(
        faults(&format!("{rest}issuers = [1]")),
        ["t.toml:6: auth.issuers.0: must be a table"]
    );
}

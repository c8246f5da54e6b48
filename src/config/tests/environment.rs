//! The environment over the file.

use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::super::{Config, load};
use super::{LEAST, environment, faults_with, file};

fn load_with(text: &str, variables: &[(&str, &str)]) -> Config {
    load(text, &file(), &environment(variables)).unwrap()
}

#[test]
fn a_variable_wins_over_the_file() {
    let config = load_with(
        LEAST,
        &[
            ("FLAGWARD__SERVER__LISTEN", "[::]:9000"),
            ("FLAGWARD__SERVER__WORKERS", "3"),
            ("FLAGWARD__CACHE__TTL", "5s"),
            ("FLAGWARD__AUTH__ISSUERS__0__ISSUER", "other"),
            ("FLAGWARD__AUTH__ISSUERS__0__AUDIENCES", "a, b"),
            ("FLAGWARD__AUTH__ISSUERS__0__ALGORITHMS", r#"["HS384", "HS512"]"#),
            ("FLAGWARD_SERVICE_HOST", "10.0.0.1"),
            ("FLAGWARD_PORT__X", "tcp://10.0.0.1"),
            ("PATH", "/bin"),
        ],
    );
    assert_eq!(config.server.listen.to_string(), "[::]:9000");
    assert_eq!(config.server.workers.unwrap().get(), 3);
    assert_eq!(config.cache.ttl, Duration::from_secs(5));
    let issuer = &config.auth.issuers[0];
    assert_eq!((issuer.issuer.as_str(), issuer.name.as_str()), ("other", "idp"));
    assert_eq!(issuer.audiences, ["a", "b"]);
    assert!(format!("{:?}", issuer.keys).contains("[Hs384, Hs512]"));
}

#[test]
fn a_secret_of_digits_keeps_its_zeros() {
    let digits = "00123450000000000000000000000000";
    let variables = [
        ("FLAGWARD__LAUNCHDARKLY__TOKEN", "0012345"),
        ("FLAGWARD__AUTH__ISSUERS__0__SECRET", digits),
    ];
    let config = load_with(LEAST, &variables);
    assert_eq!(config.launchdarkly.token.expose_secret(), "0012345");
    let super::super::auth::IssuerKey::Secret { secret, .. } =
        config.auth.issuers[0].keys.first_for_test()
    else {
        panic!("a secret was given");
    };
    assert_eq!(secret.expose_secret(), digits);
}

#[test]
fn the_environment_alone_can_be_the_whole_configuration() {
    let mut variables = vec![
        ("FLAGWARD__LAUNCHDARKLY__TOKEN".to_owned(), "api-x".to_owned()),
        ("FLAGWARD__POLICY__FILE".to_owned(), "/etc/policy.toml".to_owned()),
    ];
    // Eleven, because 10 comes before 2 in the order of names.
    for index in 0..11 {
        for (key, text) in [
            ("NAME", format!("i{index}")),
            ("ISSUER", format!("iss-{index}")),
            ("AUDIENCES", "flagward".to_owned()),
            ("ALGORITHMS", "HS256".to_owned()),
            ("SECRET", "s".repeat(32)),
        ] {
            variables.push((format!("FLAGWARD__AUTH__ISSUERS__{index}__{key}"), text));
        }
    }
    let config = load("", &file(), &variables.into_iter().collect()).unwrap();
    let names: Vec<_> = config.auth.issuers.iter().map(|issuer| issuer.name.as_str()).collect();
    assert_eq!(names, ["i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9", "i10"]);
    assert_eq!(config.policy.file.to_str(), Some("/etc/policy.toml"));
}

#[test]
fn every_variable_that_is_no_key_is_a_fault() {
    let known = "listen, management_listen, hooks_listen, base_path, workers, request_timeout, \
                 max_body, shutdown_grace";
    let capitals = "must be parts in capitals with two underscores between them";
    for (name, expected) in [
        ("FLAGWARD__SERVER__LISTN", {
            format!("server.listn: is no key we know; those here are: {known}")
        }),
        ("FLAGWARD__SERVR__LISTEN", {
            "servr: is no key we know; those here are: server, launchdarkly, auth, policy, cache, drop_in, chat"
                .into()
        }),
        ("FLAGWARD__server__listen", { format!("server.listen: {capitals}") }),
        ("FLAGWARD__", capitals.into()),
        ("FLAGWARD__SERVER____LISTEN", format!("server..listen: {capitals}")),
        ("FLAGWARD__SERVER", "server: must be a table".into()),
        ("FLAGWARD__POLICY__FILE__X", "policy.file.x: `file` has no key `x` in it".into()),
        ("FLAGWARD__AUTH__ISSUERS__FIRST__NAME", {
            "auth.issuers.first.name: `issuers` is a list: a number must stand where `first` does, 0 for the first".into()
        }),
        ("FLAGWARD__AUTH__ISSUERS__2__NAME", {
            "auth.issuers.2.name: there are only 1 before it: the next is number 1".into()
        }),
        ("FLAGWARD__AUTH__ISSUERS__0", "auth.issuers.0: must be a table".into()),
    ] {
        let faults = faults_with(LEAST, &[(name, "planted")]);
        let found = faults.iter().any(|fault| {
            let fault = fault.strip_prefix(&format!("environment variable {name}: "));
            fault.is_some_and(|fault| fault.starts_with(&expected))
        });
        assert!(found, "{name}: {faults:#?}");
    }
}

#[test]
fn a_fault_in_a_variable_names_the_variable() {
    let variables = [
        ("FLAGWARD__SERVER__LISTEN", "planted"),
        ("FLAGWARD__SERVER__WORKERS", "planted"),
        ("FLAGWARD__AUTH__ISSUERS__0__AUDIENCES", "a,,b"),
    ];
    assert_eq!(
        faults_with(LEAST, &variables),
        [
            "environment variable FLAGWARD__AUTH__ISSUERS__0__AUDIENCES: auth.issuers.0.audiences: \
             must be a list of texts that aren't empty, like [\"flagward\"]",
            "environment variable FLAGWARD__SERVER__LISTEN: server.listen: must be an address and \
             port like \"127.0.0.1:8080\" or \"[::]:8080\"",
            "environment variable FLAGWARD__SERVER__WORKERS: server.workers: must be a whole number \
             from 1 to 1024",
        ]
    );
}

#[test]
fn a_secret_of_the_environment_wins_over_the_file_that_the_file_names_and_the_other_way_round() {
    let text = LEAST.replace("token = \"api-planted-token\"", "token_file = \"nowhere\"");
    assert_ne!(text, LEAST);
    let config = load_with(&text, &[("FLAGWARD__LAUNCHDARKLY__TOKEN", "api-of-the-variable")]);
    assert_eq!(config.launchdarkly.token.expose_secret(), "api-of-the-variable");

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "api-of-the-file\n").unwrap();
    let path = file.path().display().to_string();
    let config = load_with(LEAST, &[("FLAGWARD__LAUNCHDARKLY__TOKEN_FILE", &path)]);
    assert_eq!(config.launchdarkly.token.expose_secret(), "api-of-the-file");

    let both =
        [("FLAGWARD__LAUNCHDARKLY__TOKEN", "x"), ("FLAGWARD__LAUNCHDARKLY__TOKEN_FILE", "y")];
    assert_eq!(faults_with(LEAST, &both).len(), 1);
}

//! The fault of every key outside of `auth`.

use super::{LEAST, faults, load_text};

/// The least configuration with `line` in `section`, and the fault that it makes, without file and line.
fn fault_of(section: &str, line: &str) -> String {
    let text = if LEAST.contains(&format!("[{section}]")) {
        LEAST.replace(&format!("[{section}]"), &format!("[{section}]\n{line}"))
    } else {
        format!("{LEAST}\n[{section}]\n{line}\n")
    };
    let mut faults = faults(&text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = faults.remove(0);
    let (place, fault) = fault.split_once(": ").unwrap();
    assert!(place.starts_with("t.toml:"), "{place}");
    fault.to_owned()
}

const LENGTH: &str = "must be a length of time from 1ms to 10m, like \"90s\" or \"1h30m\"";
const ADDRESS: &str = "must be an address and port like \"127.0.0.1:8080\" or \"[::]:8080\"";

#[test]
fn every_fault_of_the_server_says_what_is_expected() {
    let path = "must be empty, or segments like \"/flagward\" without a slash at the end";
    for (line, expected) in [
        ("listen = \"localhost\"", format!("server.listen: {ADDRESS}")),
        ("listen = 8080", format!("server.listen: {ADDRESS}")),
        ("management_listen = \"x:1\"", format!("server.management_listen: {ADDRESS}")),
        (
            "management_listen = \"127.0.0.1:8080\"",
            "server.management_listen: must differ from `listen`, and from all it covers: metrics aren't for callers"
                .into(),
        ),
        ("hooks_listen = \"x:1\"", format!("server.hooks_listen: {ADDRESS}")),
        (
            "hooks_listen = \"127.0.0.1:1\"",
            "server.hooks_listen: must not stand without a chat platform, such as `[chat.slack]`: nothing would be there"
                .into(),
        ),
        ("base_path = \"x\"", format!("server.base_path: {path}")),
        ("base_path = \"/\"", format!("server.base_path: {path}")),
        ("base_path = \"/x/\"", format!("server.base_path: {path}")),
        ("base_path = \"/x//y\"", format!("server.base_path: {path}")),
        ("base_path = \"/x/..\"", format!("server.base_path: {path}")),
        ("base_path = \"/{x}\"", format!("server.base_path: {path}")),
        ("workers = 0", "server.workers: must be a whole number from 1 to 1024".into()),
        ("workers = \"2\"", "server.workers: must be a whole number from 1 to 1024".into()),
        ("request_timeout = 30", format!("server.request_timeout: {LENGTH}")),
        ("request_timeout = \"0s\"", format!("server.request_timeout: {LENGTH}")),
        ("shutdown_grace = \"11m\"", {
            format!("server.shutdown_grace: {}", LENGTH.replace("1ms", "0s"))
        }),
        (
            "max_body = \"64KB\"",
            "server.max_body: must be a size of at least 1024 bytes, like \"64KiB\" or \"64MiB\""
                .into(),
        ),
    ] {
        assert_eq!(fault_of("server", line), expected, "{line}");
    }
}

#[test]
fn every_fault_of_the_upstream_says_what_is_expected() {
    let length = LENGTH.replace("10m", "2m");
    let version = "must be the eight digits of a version, like \"20220603\"";
    let proxy = "must be like \"http://proxy.internal:3128\", without a user name or password";
    let backend = "must be \"auto\", \"user-settings\" or \"contexts\"";
    for (line, expected) in [
        ("backend = \"users\"", format!("backend: {backend}")),
        ("stored_attributes = \"yes\"", "stored_attributes: must be true or false".to_owned()),
        ("user_settings_api_version = \"2024041\"", {
            format!("user_settings_api_version: {version}")
        }),
        ("user_settings_api_version = \"beta\"", {
            format!("user_settings_api_version: {version}")
        }),
        ("connect_timeout = \"3\"", format!("connect_timeout: {length}")),
        ("request_timeout = \"1h\"", format!("request_timeout: {length}")),
        ("max_concurrency = 0", "max_concurrency: must be a whole number from 1 to 1024".into()),
        ("proxy = \"socks5://p:1\"", format!("proxy: {proxy}")),
        ("proxy = \"http://u:planted@p:1\"", format!("proxy: {proxy}")),
        (
            "ca_file = \"rsa.pem\"",
            "ca_file: the file `rsa.pem` must hold PEM certificates".into(),
        ),
        (
            "ca_file = \"nowhere.pem\"",
            "ca_file: the file `nowhere.pem` must be readable: No such file or directory (os error 2)"
                .into(),
        ),
    ] {
        assert_eq!(fault_of("launchdarkly", line), format!("launchdarkly.{expected}"), "{line}");
    }
    assert!(
        load_text(&LEAST.replace("token =", "ca_file = \"ca.pem\"\ntoken ="))
            .launchdarkly
            .ca_certificates
            .is_some()
    );
}

#[test]
fn the_shared_token_never_goes_unencrypted_to_a_public_host() {
    for url in [
        "http://app.launchdarkly.com",
        "http://8.8.8.8",
        "http://local.example.com",
        "https://u:planted@app.launchdarkly.com",
        "https://app.launchdarkly.com?x=1",
        "https://app.launchdarkly.com#x",
        "ftp://localhost",
        "file:///etc/passwd",
        "localhost",
        "",
    ] {
        let fault = fault_of("launchdarkly", &format!("base_url = \"{url}\""));
        assert!(fault.starts_with("launchdarkly.base_url: must be an https URL"), "{url}: {fault}");
    }
    for url in [
        "https://app.eu.launchdarkly.com",
        "http://127.0.0.1:8089/simulator",
        "http://[::1]:8089",
        "http://10.0.0.7",
        "http://localhost:1",
        "http://simulator:8080",
        "http://simulator.flagward.svc.cluster.local",
    ] {
        let text = LEAST.replace("token =", &format!("base_url = \"{url}\"\ntoken ="));
        assert!(load_text(&text).launchdarkly.base_url.as_str().starts_with(url), "{url}");
    }
}

#[test]
fn only_an_access_token_is_taken_for_the_shared_token() {
    let kind = "launchdarkly.token: is an SDK or mobile key, and the API doesn't take those: give \
                an access token (`api-…`)";
    let ascii = "launchdarkly.token: must be printable ASCII without spaces: it goes into a header";
    for (token, expected) in [
        ("\"sdk-planted\"", kind),
        ("\"mob-planted\"", kind),
        ("\"api planted\"", ascii),
        ("\"api-planted\\n\"", ascii),
        ("\"\"", "launchdarkly.token: must not be empty"),
        ("12345", "launchdarkly.token: must be text in quotes"),
    ] {
        let text = LEAST.replace("\"api-planted-token\"", token);
        assert_eq!(faults(&text), [format!("t.toml:3: {expected}")], "{token}");
    }
    let without = LEAST.replace("token = \"api-planted-token\"", "");
    let missing = "t.toml:2: launchdarkly.token: is missing: give an access token with write \
                   rights, or its file in `token_file`";
    assert_eq!(faults(&without), [missing]);
}

#[test]
fn a_memory_that_is_never_fresh_enough_is_refused() {
    let fault = fault_of("cache", "ttl = \"1s\"\nmin_age = \"2s\"");
    assert_eq!(fault, "cache.min_age: must be at most `ttl`");
    let fault = fault_of("cache", "max_size = \"0B\"");
    let expected = "must be a size of at least 1048576 bytes, like \"64KiB\" or \"64MiB\"";
    assert_eq!(fault, format!("cache.max_size: {expected}"));
}

#[test]
fn many_faults_are_all_reported_in_the_order_of_their_lines() {
    let text = "[cache]\nttl = 5\n\n[server]\nlistn = \"x\"\nworkers = -1\n\n[launchdarkly]\n\
                token = \"sdk-planted\"\n[logging]\n[server.listen]\n";
    let known = "listen, management_listen, hooks_listen, base_path, workers, request_timeout, \
                 max_body, shutdown_grace";
    assert_eq!(
        faults(text),
        [
            "t.toml: auth.issuers: is missing: must be a list of tables with at least one \
             `[[auth.issuers]]`".to_owned(),
            "t.toml: policy.file: is missing: must be the path of the policy file, like \
             \"policy.toml\""
                .to_owned(),
            "t.toml:2: cache.ttl: must be a length of time from 1ms to 60m, like \"90s\" or \
             \"1h30m\""
                .to_owned(),
            format!("t.toml:5: server.listn: is no key we know; those here are: {known}"),
            "t.toml:6: server.workers: must be a whole number from 1 to 1024".to_owned(),
            "t.toml:9: launchdarkly.token: is an SDK or mobile key, and the API doesn't take those: \
             give an access token (`api-…`)"
                .to_owned(),
            "t.toml:10: logging: is no key we know; those here are: server, launchdarkly, auth, \
             policy, cache, drop_in, chat"
                .to_owned(),
            format!("t.toml:11: server.listen: {ADDRESS}"),
        ]
    );
}

#[test]
fn broken_toml_is_reported_by_line_and_never_quoted() {
    let text = "[launchdarkly]\ntoken = \"api-planted\nx = 1\n[server\n";
    let faults = faults(text);
    assert!(faults.iter().all(|fault| fault.contains(": is not TOML: ")), "{faults:?}");
    assert!(faults[0].starts_with("t.toml:2: "), "{faults:?}");
    assert!(faults.len() > 1, "{faults:?}");
}

#[test]
fn no_debug_output_shows_a_secret() {
    let shown = format!("{:?}", load_text(LEAST));
    assert!(!shown.contains("planted"), "{shown}");
    assert!(shown.contains("app.launchdarkly.com"), "{shown}");
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_configuration_or_faults_and_never_a_panic(text in "\\PC{0,80}") {
        let _ = super::load(&text, &super::file(), &super::Environment::new());
        let _ = super::load(&format!("[server]\nlisten = {text}"), &super::file(), &super::Environment::new());
    }
}

#[test]
fn faults_tell_where_the_policy_is_unless_that_or_an_issuer_s_name_is_among_them() {
    let hint = |text: &str| {
        let loaded = super::load(text, &super::file(), &super::environment(&[]));
        loaded.unwrap_err().policy_hint().cloned()
    };
    let told = hint(&format!("{LEAST}\n[cache]\nttl = 7\n")).unwrap();
    assert_eq!(told.issuers, ["idp"]);
    assert!(told.policy.file.ends_with("policy.toml"), "{told:?}");
    assert_eq!(hint(&LEAST.replace("name = \"idp\"", "name = \"I D P\"")), None);
    assert_eq!(hint(&LEAST.replace("[policy]", "[police]")), None);
}

#[test]
fn listeners_that_cover_each_other_are_a_fault() {
    for (listen, management, is_fault) in [
        ("0.0.0.0:8080", "127.0.0.1:8080", true),
        ("127.0.0.1:8080", "0.0.0.0:8080", true),
        ("[::]:8080", "127.0.0.1:8080", true),
        ("[::1]:8080", "[::]:8080", true),
        ("0.0.0.0:8080", "[::1]:8080", false),
        ("127.0.0.1:8080", "127.0.0.2:8080", false),
        ("0.0.0.0:8080", "0.0.0.0:9901", false),
        ("0.0.0.0:0", "0.0.0.0:0", false),
    ] {
        let server =
            format!("[server]\nlisten = \"{listen}\"\nmanagement_listen = \"{management}\"");
        let loaded =
            super::load(&format!("{server}\n{LEAST}"), &super::file(), &super::environment(&[]));
        let found: Vec<_> = loaded
            .err()
            .iter()
            .flat_map(crate::config::Faults::iter)
            .map(ToString::to_string)
            .collect();
        assert_eq!(found.len(), usize::from(is_fault), "{listen} {management} {found:?}");
    }
}

//! Every command as people meet it: its help, and what it says to wrong usage.

use std::path::Path;

use crate::process::{Site, flagward, run};

const COMMANDS: [&str; 9] = [
    "serve",
    "demo",
    "check",
    "explain",
    "migrate-check",
    "token",
    "openapi",
    "health",
    "simulator",
];

#[tokio::test]
async fn help_on_every_level_says_what_a_command_does_and_shows_examples() {
    let help = run(flagward(Path::new("."), &["--help"])).await;
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    let mut all = help.out;
    for command in COMMANDS {
        let help = run(flagward(Path::new("."), &[command, "--help"])).await;
        assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
        assert!(help.out.contains("Example"), "{command}");
        all = format!("{all}\n======== {command}\n{}", help.out);
    }
    insta::assert_snapshot!("help", all);
}

#[tokio::test]
async fn the_version_is_the_package_s() {
    let version = run(flagward(Path::new("."), &["--version"])).await;
    let expected = format!("flagward {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((version.code, version.out, version.err), (Some(0), expected, String::new()));
}

#[tokio::test]
async fn wrong_usage_is_a_2_with_the_reason() {
    let target = "must be PROJECT/ENVIRONMENT or PROJECT/ENVIRONMENT/FLAG";
    let explain = |rest: &[&'static str]| [&["explain", "--config", "x"], rest].concat();
    let cases: [(Vec<&str>, &str); 12] = [
        (vec!["serv"], "a similar subcommand exists: 'serve'"),
        (vec!["chekc", "--config", "x"], "a similar subcommand exists: 'check'"),
        (vec!["serve"], "required arguments were not provided"),
        (vec!["serve", "--confg", "x"], "a similar argument exists: '--config'"),
        (vec!["demo", "--listen", "here"], "invalid value 'here' for '--listen <ADDR>'"),
        (vec!["health", "--url", "ftp://x"], "must be like http://127.0.0.1:8080"),
        (vec!["health", "--url", "http://u:p@x"], "without user name, query and fragment"),
        (vec!["token", "--config", "x", "--subject", "a", "--ttl", "soon"], "invalid value 'soon'"),
        (explain(&["--team", "a", "delete", "shop/test"]), "must be read, set, clear or schedule"),
        (explain(&["--team", "a", "read", "shop"]), target),
        (explain(&["--team", "a", "--token", "-", "read", "shop/test"]), "cannot be used with"),
        (explain(&["--token", "eyJ", "read", "shop/test"]), "--token: must be `-`"),
    ];
    for (arguments, reason) in cases {
        let ended = run(flagward(Path::new("."), &arguments)).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains(reason), "{arguments:?}: {}", ended.err);
    }
}

#[tokio::test]
async fn a_target_that_is_none_says_which_part_is_wrong() {
    for (target, part) in
        [("a b/test", "project: "), ("shop/", "environment: "), ("shop/test/a/b", "flag: ")]
    {
        let arguments = ["explain", "--config", "x", "--team", "a", "read", target];
        let ended = run(flagward(Path::new("."), &arguments)).await;
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.contains(part), "{}", ended.err);
    }
}

#[tokio::test]
async fn openapi_prints_the_document_and_nothing_else() {
    let printed = run(flagward(Path::new("."), &["openapi"])).await;
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    assert_eq!(printed.out, flagward::http::openapi_document());
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_failure_and_a_full_disk_is() {
    let site = Site::alone();
    let binary = env!("CARGO_BIN_EXE_flagward");
    let shell = |line: String| {
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &line]).current_dir(site.0.path());
        shell
    };
    let piped = run(shell(format!("set -o pipefail; {binary} openapi | head -c 1"))).await;
    assert_eq!((piped.code, piped.out.as_str(), piped.err.as_str()), (Some(0), "{", ""));
    let full = run(shell(format!("{binary} openapi > /dev/full"))).await;
    let reason = "standard output: No space left on device (os error 28)\n";
    assert_eq!((full.code, full.err.as_str()), (Some(1), reason));
}

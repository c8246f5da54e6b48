//! `flagward check`.

use std::path::Path;

use crate::process::{Running, Site, flagward, run};
use crate::wire::exchange;

#[tokio::test]
async fn a_good_configuration_is_said_to_be_good() {
    let site = Site::alone();
    let checked = site.run("check", &[]).await;
    let good = "flagward.toml: the configuration is good\npolicy.toml: the policy is good; version 7b69975ed950, teams: 3, grants: 3, denies: 1, guards: 1, freezes: 0\n";
    assert_eq!((checked.code, checked.out.as_str(), checked.err.as_str()), (Some(0), good, ""));
}

#[tokio::test]
async fn a_chat_that_is_on_is_said_without_its_secrets() {
    let site = Site::alone();
    let said = async |more: &[(&str, &str)]| {
        let mut check = site.command("check", &[]);
        check.env("FLAGWARD__CHAT__SIGNING_SECRET", "planted-for-buttons-planted-for-buttons");
        check.env("FLAGWARD__CHAT__SLACK__SIGNING_SECRET", "planted0planted0planted0planted0");
        check.envs(more.iter().copied());
        let checked = run(check).await;
        assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""));
        assert!(!checked.out.contains("planted"), "{}", checked.out);
        checked.out.lines().last().unwrap().to_owned()
    };
    let to = "answers go to https://hooks.slack.com";
    let every = said(&[("FLAGWARD__SERVER__LISTEN", "127.0.0.1:7070")]).await;
    let at = "chat: Slack is on at 127.0.0.1:7070/hooks/slack";
    assert_eq!(every, format!("{at}, from every channel; {to}"));
    let elsewhere = [
        ("FLAGWARD__SERVER__HOOKS_LISTEN", "0.0.0.0:7071"),
        ("FLAGWARD__SERVER__BASE_PATH", "/gw"),
        ("FLAGWARD__CHAT__SLACK__CHANNELS__0__CHANNEL", "C2"),
        ("FLAGWARD__CHAT__SLACK__CHANNELS__1__CHANNEL", "C1"),
        ("FLAGWARD__CHAT__SLACK__CHANNELS__2__CHANNEL", "C2"),
        ("FLAGWARD__CHAT__SLACK__RESPONSE_HOST", "hooks.slack-gov.com"),
    ];
    let at = "chat: Slack is on at 0.0.0.0:7071/gw/hooks/slack";
    let to = "answers go to https://hooks.slack-gov.com";
    assert_eq!(said(&elsewhere).await, format!("{at}, from the channels C1, C2; {to}"));
}

#[tokio::test]
async fn a_policy_without_teams_is_a_fault_since_it_would_lock_everybody_out() {
    let site = Site::alone();
    site.write("policy.toml", "");
    for command in ["check", "serve"] {
        let ended = site.run(command, &[]).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
        assert!(ended.err.starts_with("policy.toml:1: teams: must have at least one"), "{ended:?}");
    }
}

#[tokio::test]
async fn check_and_serve_print_every_fault_of_configuration_and_policy_one_a_line() {
    let site = Site::alone();
    site.edit("workers = 1", "wrokers = 1");
    site.edit("shutdown_grace = \"8s\"", "shutdown_grace = 8");
    site.write(
        "policy.toml",
        "[[teams]]\nname = \"a\"\nmembers = [\"other/team:a\"]\n[[guards]]\nprojects = []\n",
    );
    for command in ["check", "serve"] {
        let mut run = site.command(command, &[]);
        run.env("FLAGWARD__CACHE__TTL", "often");
        let ended = Running::start(run).ended().await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
        insta::assert_snapshot!("faults", ended.err);
    }
}

#[tokio::test]
async fn a_faulty_policy_is_refused_with_every_fault_whatever_the_command() {
    let site = Site::alone();
    site.write("policy.toml", "[[teams]]\nname = \"none\"\n[[guard]]\n");
    let explain = ["--team", "a", "read", "shop/test"];
    for (command, rest) in [("check", &[][..]), ("serve", &[]), ("explain", &explain)] {
        let ended = site.run(command, rest).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
        let lines: Vec<_> = ended.err.lines().collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines.iter().all(|line| line.starts_with("policy.toml:")), "{lines:?}");
    }
}

#[tokio::test]
async fn files_that_are_not_there_are_named() {
    let site = Site::alone();
    std::fs::remove_file(site.path("policy.toml")).unwrap();
    let checked = site.run("check", &[]).await;
    let reason = "flagward.toml:16: policy.file: the file `policy.toml` must be readable: No such file or directory (os error 2)\n";
    assert_eq!((checked.code, checked.err.as_str()), (Some(2), reason));
    std::fs::remove_file(site.path("flagward.toml")).unwrap();
    let checked = site.run("check", &[]).await;
    let reason = "flagward.toml: must be readable: No such file or directory (os error 2)\n";
    assert_eq!((checked.code, checked.err.as_str()), (Some(2), reason));
}

#[tokio::test]
async fn online_says_whether_launchdarkly_takes_the_token() {
    let mut simulator =
        Running::start(flagward(Path::new("."), &["simulator", "--listen", "127.0.0.1:0"]));
    let said = simulator.says("what else").await;
    let printed =
        |key: &str| said.lines().find_map(|line| line.strip_prefix(key)).unwrap().to_owned();
    let (url, token) = (printed("url: "), printed("token: "));
    let site = Site::new(url.trim_start_matches("http://").parse().unwrap(), &token);
    let good = site.run("check", &["--online"]).await;
    assert_eq!((good.code, good.err.as_str()), (Some(0), ""));
    let takes = format!("{url}/: LaunchDarkly takes the token: simulator\n");
    let version = "version 20220603 of the User Settings API";
    let lists = format!("{url}/: LaunchDarkly lists {version}; the backend is user-settings\n");
    assert!(good.out.ends_with(&format!("{takes}{lists}")), "{}", good.out);

    let address = url.trim_start_matches("http://").parse().unwrap();
    let json = [("Content-Type", "application/json")];
    let path = "/simulator/user-settings";
    let retired = tokio::task::spawn_blocking(move || {
        exchange(address, "PUT", path, &json, "\"retired\"").unwrap()
    });
    assert!(retired.await.unwrap().status < 300);
    let good = site.run("check", &["--online"]).await;
    let lists =
        format!("{url}/: LaunchDarkly no longer lists {version}; the backend is contexts\n");
    assert_eq!((good.code, good.err.as_str()), (Some(0), ""));
    assert!(good.out.ends_with(&format!("{takes}{lists}")), "{}", good.out);
    site.edit("[launchdarkly]", "[launchdarkly]\nbackend = \"user-settings\"");
    let ended = site.run("check", &["--online"]).await;
    let reason = format!(
        "{url}/: LaunchDarkly no longer lists {version}, and the backend is user-settings: set \
         launchdarkly.backend to \"auto\" or \"contexts\"\n"
    );
    assert_eq!((ended.code, ended.err), (Some(1), reason));

    site.edit(&token, "api-another");
    let refused = site.run("check", &["--online"]).await;
    let reason = format!("{url}/: LaunchDarkly refused the shared token with status 401\n");
    assert_eq!((refused.code, refused.err), (Some(1), reason));

    simulator.signal("TERM");
    let ended = simulator.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let gone = site.run("check", &["--online"]).await;
    assert_eq!(gone.code, Some(1));
    assert!(
        gone.err.starts_with(&format!("{url}/: LaunchDarkly is not reachable: ")),
        "{}",
        gone.err
    );
    assert!(gone.err.contains("Connection refused"), "{}", gone.err);
    assert_eq!(gone.err.lines().count(), 1);
}

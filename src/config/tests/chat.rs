//! `[chat]` and what depends on it.

use secrecy::ExposeSecret as _;

use super::super::chat::Chat;
use super::{LEAST, environment, faults, faults_with, file, load_text};
use crate::config::Config;
use crate::policy::ActionKind;

const OWN: &str = "planted-for-buttons-planted-for-buttons";
const SLACK: &str = "planted0planted0planted0planted0";

/// The least chat, with `lines` in `[chat.slack]`.
fn text(lines: &str) -> String {
    format!(
        "{LEAST}[chat]\nsigning_secret = \"{OWN}\"\n[chat.slack]\nsigning_secret = \"{SLACK}\"\n{lines}\n"
    )
}

fn chat(lines: &str) -> Chat {
    load_text(&text(lines)).chat.unwrap()
}

/// The faults of [`text`] without file and line.
fn faults_of(lines: &str) -> Vec<String> {
    without_place(&faults(&text(lines)))
}

fn without_place(faults: &[String]) -> Vec<String> {
    faults.iter().map(|fault| fault.split_once(": ").unwrap().1.to_owned()).collect()
}

#[test]
fn nobody_talks_to_us_by_default() {
    assert!(load_text(LEAST).chat.is_none());
}

#[test]
fn slack_needs_two_secrets_and_nothing_else() {
    let chat = chat("");
    assert_eq!(chat.signing_secret.expose_secret(), OWN);
    let slack = chat.slack.unwrap();
    assert_eq!(slack.signing_secret.expose_secret(), SLACK);
    assert_eq!(slack.response_host, "hooks.slack.com");
    assert!(slack.previous_signing_secret.is_none() && slack.channels.is_empty());
    assert!(slack.proxy.is_none() && slack.ca_certificates.is_none());
}

#[test]
fn every_key_of_slack_is_read() {
    let slack = chat(
        "previous_signing_secret = \"planted1planted1planted1planted1\"\nresponse_host = \"Hooks.slack-gov.com:443\"\n\
         proxy = \"http://proxy.internal:3128\"\nca_file = \"ca.pem\"\n[[chat.slack.channels]]\nchannel = \"C024BE91L\"\n\
         projects = [\"shop\"]\nenvironments = [\"prod*\"]\nactions = [\"read\", \"set\"]\ndefault = \"shop/production\"\n\
         [[chat.slack.channels]]\nchannel = \"*\"",
    );
    let slack = slack.slack.unwrap();
    assert_eq!(slack.response_host, "hooks.slack-gov.com");
    assert_eq!(slack.proxy.unwrap().as_str(), "http://proxy.internal:3128/");
    assert!(slack.previous_signing_secret.is_some() && slack.ca_certificates.is_some());
    let [one, every] = slack.channels.as_slice() else { panic!("two channels") };
    assert_eq!((one.channel.as_str(), every.channel.as_str()), ("C024BE91L", "*"));
    assert_eq!(
        (one.projects.as_slice(), one.environments.as_slice()),
        (&["shop".to_owned()][..], &["prod*".to_owned()][..])
    );
    assert_eq!(one.actions, ["read", "set"]);
    let place = one.default.as_ref().unwrap();
    assert_eq!((place.project.as_str(), place.environment.as_str()), ("shop", "production"));
    assert_eq!(
        (every.projects.as_slice(), every.environments.as_slice()),
        (&["*".to_owned()][..], &["*".to_owned()][..])
    );
    assert!(every.default.is_none());
}

#[test]
fn the_actions_of_a_channel_are_those_of_the_policy() {
    let slack = chat("[[chat.slack.channels]]\nchannel = \"*\"").slack.unwrap();
    assert_eq!(slack.channels[0].actions, ActionKind::ALL.map(ActionKind::name));
}

#[test]
fn every_fault_of_slack_says_what_is_expected() {
    let host =
        "response_host: must be a host name, and a port if it isn't 443, like \"hooks.slack.com\"";
    let proxy =
        "proxy: must be like \"http://proxy.internal:3128\", without a user name or password";
    for (line, expected) in [
        (
            "previous_signing_secret = \"planted\"",
            "previous_signing_secret: must have at least 32 bytes",
        ),
        (
            &format!("previous_signing_secret = \"{SLACK}\""),
            "previous_signing_secret: must differ from the current one: leave it out when nothing is rotated",
        ),
        ("response_host = \"https://hooks.slack.com\"", host),
        ("response_host = \"planted@hooks.slack.com\"", host),
        ("response_host = 1", host),
        ("proxy = \"socks5://p:1\"", proxy),
        ("ca_file = \"rsa.pem\"", "ca_file: the file `rsa.pem` must hold PEM certificates"),
        (
            "signing_secret_file = \"x\"",
            "signing_secret: must not stand beside `signing_secret_file`: give one of the two",
        ),
        (
            "channels = []",
            "channels: must be a list of tables with at least one `[[chat.slack.channels]]`",
        ),
        (
            "channels = \"C1\"",
            "channels: must be a list of tables with at least one `[[chat.slack.channels]]`",
        ),
        (
            "channel = 1",
            "channel: is no key we know; those here are: signing_secret, signing_secret_file, previous_signing_secret, previous_signing_secret_file, response_host, proxy, ca_file, channels",
        ),
    ] {
        assert_eq!(faults_of(line), [format!("chat.slack.{expected}")], "{line}");
    }
}

#[test]
fn every_fault_of_a_channel_says_what_is_expected() {
    let id = "channel: must be the channel's id, like \"C024BE91L\", or \"*\" for every channel";
    let missing = format!("{}{}", "channel: is missing", id.trim_start_matches("channel"));
    let projects =
        "projects: must be a list of patterns that aren't empty, like [\"shop\", \"pay*\"]";
    let environments = "environments: must be a list of patterns that aren't empty, like [\"test\", \"staging-*\"]";
    let actions = "actions: must be a list of some of read, set, clear, schedule";
    let default = "default: must be PROJECT/ENVIRONMENT, like \"shop/test\"";
    for (line, expected) in [
        ("", missing.as_str()),
        ("channel = \"#general\"", id),
        ("channel = \"c1\"", id),
        ("channel = \"\"", id),
        ("channel = \"C*\"", id),
        (&format!("channel = \"{}\"", "C".repeat(33)), id),
        ("channel = \"*\"\nprojects = []", projects),
        ("channel = \"*\"\nprojects = [\"\"]", projects),
        ("channel = \"*\"\nenvironments = \"*\"", environments),
        ("channel = \"*\"\nactions = [\"read\", \"planted\"]", actions),
        ("channel = \"*\"\nactions = []", actions),
        ("channel = \"*\"\ndefault = \"shop\"", default),
        ("channel = \"*\"\ndefault = \"shop/\"", default),
        ("channel = \"*\"\ndefault = \"shop/test/x\"", default),
        ("channel = \"*\"\ndefault = \"../test\"", default),
        (
            "channel = \"*\"\nname = \"x\"",
            "name: is no key we know; those here are: channel, projects, environments, actions, default",
        ),
    ] {
        let found = faults_of(&format!("[[chat.slack.channels]]\n{line}"));
        assert_eq!(found, [format!("chat.slack.channels.0.{expected}")], "{line}");
    }
}

#[test]
fn a_chat_without_secrets_or_platform_is_a_fault() {
    let own = "chat.signing_secret: is missing: give at least 32 random bytes, the same on all replicas, or their file in `signing_secret_file`";
    let platform = "chat: must have a platform: `[chat.slack]`";
    let slack = "chat.slack.signing_secret: is missing: give the signing secret of the Slack app, at least 32 bytes, or its file in `signing_secret_file`";
    for (text, expected) in [
        ("[chat]", vec![own, platform]),
        ("[chat.slack]", vec![own, slack]),
        (
            "[chat]\nsigning_secret = \"planted\"\n[chat.slack]\nsigning_secret = \"\"",
            vec![
                "chat.signing_secret: must have at least 32 bytes",
                "chat.slack.signing_secret: must not be empty",
            ],
        ),
        ("[chat]\nslack = 1", vec![own, "chat.slack: must be a table"]),
    ] {
        assert_eq!(without_place(&faults(&format!("{LEAST}{text}\n"))), expected, "{text}");
    }
}

#[test]
fn one_secret_is_not_for_two_purposes() {
    let expected = "chat.signing_secret: must differ from Slack's: whoever holds that one could make our buttons";
    assert_eq!(faults_of(&format!("previous_signing_secret = \"{OWN}\"")), [expected]);
    let same = text("").replace(OWN, SLACK);
    assert_eq!(without_place(&faults(&same)), [expected]);
}

#[test]
fn the_environment_can_be_all_of_it() {
    let variables = [
        ("FLAGWARD__CHAT__SIGNING_SECRET", OWN),
        ("FLAGWARD__CHAT__SLACK__SIGNING_SECRET", SLACK),
        ("FLAGWARD__CHAT__SLACK__CHANNELS__0__CHANNEL", "C1"),
        ("FLAGWARD__CHAT__SLACK__CHANNELS__0__ACTIONS", "read, set"),
        ("FLAGWARD__CHAT__SLACK__CHANNELS__0__DEFAULT", "shop/test"),
        ("FLAGWARD__CHAT__SLACK__CHANNELS__1__CHANNEL", "*"),
        ("FLAGWARD__SERVER__HOOKS_LISTEN", "127.0.0.1:8081"),
    ];
    let config: Config = super::load(LEAST, &file(), &environment(&variables)).unwrap();
    assert_eq!(config.server.hooks_listen.unwrap().port(), 8081);
    let slack = config.chat.unwrap().slack.unwrap();
    let channels: Vec<_> = slack.channels.iter().map(|each| each.channel.as_str()).collect();
    assert_eq!(channels, ["C1", "*"]);
    assert_eq!(slack.channels[0].actions, ["read", "set"]);
    let wrong = [("FLAGWARD__CHAT__SLACK__CHANNELS__0__ACTIONS", "planted")];
    let found = faults_with(&text("[[chat.slack.channels]]\nchannel = \"*\""), &wrong);
    assert_eq!(
        found,
        [
            "environment variable FLAGWARD__CHAT__SLACK__CHANNELS__0__ACTIONS: chat.slack.channels.0.actions: must be a list \
         of some of read, set, clear, schedule",
        ]
    );
}

#[test]
fn the_listener_for_hooks_covers_no_other_and_is_covered_by_none() {
    for (hooks, is_fault) in [
        ("127.0.0.1:8080", true),
        ("0.0.0.0:9901", true),
        ("[::]:8080", true),
        ("127.0.0.1:8081", false),
        ("127.0.0.2:8080", false),
        ("127.0.0.1:0", false),
    ] {
        let all = format!("[server]\nhooks_listen = \"{hooks}\"\n{}", text(""));
        let loaded = super::load(&all, &file(), &environment(&[]));
        let expected = format!(
            "{}:2: server.hooks_listen: must differ from `listen` and `management_listen`, and from all they cover: it is \
             what the internet may reach",
            file().display()
        );
        let found = loaded.err().map(|faults| faults.to_string());
        assert_eq!(found, is_fault.then_some(expected), "{hooks}");
    }
}

#[test]
fn no_debug_output_shows_a_secret_of_the_chat() {
    let shown = format!(
        "{:?}",
        load_text(&text(&format!("previous_signing_secret = \"{}\"", "planted-".repeat(5))))
    );
    assert!(shown.contains("hooks.slack.com") && !shown.contains("planted"), "{shown}");
}

//! `flagward demo`, as a newcomer uses it.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Running, flagward, run};

/// A demo under way, with a folder of its own for what it puts aside.
async fn demo(temporary: &TempDir) -> (Running, String) {
    let mut command = flagward(Path::new("."), &["demo", "--listen", "127.0.0.1:0"]);
    command.env("TMPDIR", temporary.path());
    let mut demo = Running::start(command);
    let said = demo.says("line of the log below").await;
    (demo, said)
}

/// The status that a printed line gets, and the body.
async fn paste(line: &str) -> (String, String) {
    let mut shell = Command::new("bash");
    let full = format!("{line} -w '\\n%{{http_code}}'");
    shell.args(["-c", &full]);
    let pasted = run(shell).await;
    assert_eq!((pasted.code, pasted.err.as_str()), (Some(0), ""), "{line}");
    let (body, status) = pasted.out.rsplit_once('\n').unwrap();
    (status.to_owned(), body.to_owned())
}

#[tokio::test]
async fn every_printed_line_works_as_it_stands_even_with_another_demo_beside() {
    let temporary = TempDir::new().unwrap();
    let (another, _) = demo(&temporary).await;
    let (running, said) = demo(&temporary).await;
    let lines: Vec<_> = said.lines().filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(lines.len(), 7);
    let mut bodies = Vec::new();
    for line in lines {
        let (status, body) = paste(line).await;
        assert_eq!(status, "200", "{line}\n{body}");
        bodies.push(body);
    }
    assert!(bodies[0].contains("\"overridden\":false"), "{}", bodies[0]);
    assert!(bodies[1].contains("\"applied\":\"yes\""), "{}", bodies[1]);
    assert!(
        bodies[2].contains("\"overridden\":true") && bodies[2].contains("\"expires_at\":\"2"),
        "{}",
        bodies[2]
    );
    assert!(bodies[4].contains("\"allowed\":false"), "{}", bodies[4]);
    assert!(bodies[6].contains("trying the demo"), "{}", bodies[6]);
    for page in ["metrics", "health", "simulator"] {
        let url = said.lines().find_map(|line| line.strip_prefix(&format!("{page}: "))).unwrap();
        assert_eq!(paste(&format!("curl -sS '{url}'")).await.0, "200", "{url}");
    }
    for demo in [running, another] {
        assert!(!demo.err().contains("eyJ"), "{}", demo.err());
        demo.signal("TERM");
        assert_eq!(demo.ended().await.code, Some(0));
    }
}

/// What Slack would be answered to each of the printed lines, in this shell.
async fn in_slack(shell: &str, said: &str) -> Vec<String> {
    let lines: Vec<_> = said.lines().filter(|line| line.starts_with("flags")).collect();
    let [function, commands @ ..] = lines.as_slice() else { panic!("{said}") };
    assert!(function.starts_with("flags() {") && commands.len() == 3, "{lines:?}");
    let mut shell = Command::new(shell);
    shell.args(["-euc", &lines.join("\n")]);
    let pasted = run(shell).await;
    assert_eq!((pasted.code, pasted.err.as_str()), (Some(0), ""), "{}", pasted.out);
    pasted.out.lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn slack_can_be_played_by_the_printed_lines_in_any_shell() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("left out: the printed lines sign with openssl, which is not there");
        return;
    }
    let temporary = TempDir::new().unwrap();
    let (demo, said) = demo(&temporary).await;
    for shell in ["sh", "bash"] {
        let answers = in_slack(shell, &said).await;
        let [help, get, set] = answers.as_slice() else { panic!("{shell}: {answers:?}") };
        for answer in [help, get, set] {
            let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
            assert!(answer["blocks"].is_array(), "{shell}: {answer}");
        }
        assert!(help.contains("whoami") && help.contains("\"ephemeral\""), "{help}");
        assert!(get.contains("checkout.new-flow") && get.contains("ben@example.org"), "{get}");
        assert!(set.contains("Confirm") && set.contains("\"in_channel\""), "{set}");
    }
    let url = said.lines().find_map(|line| line.strip_prefix("url: ")).unwrap();
    let unsigned = format!("curl -sS '{url}/hooks/slack/command' -d 'text=help'");
    assert_eq!(paste(&unsigned).await.0, "401");
    demo.signal("TERM");
    assert_eq!(demo.ended().await.code, Some(0));
}

#[tokio::test]
async fn its_policy_is_ours_alone_can_be_edited_and_is_gone_after_ctrl_c() {
    let temporary = TempDir::new().unwrap();
    let (mut demo, said) = demo(&temporary).await;
    let policy = said.lines().find_map(|line| line.strip_prefix("policy: ")).unwrap();
    let folder = Path::new(policy).parent().unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let text = std::fs::read_to_string(policy).unwrap();
    std::fs::write(policy, text.replace("actions = [\"read\"]", "actions = [\"read\", \"set\"]"))
        .unwrap();
    demo.logs("a new version of the policy is in force").await;
    let question = said.lines().find(|line| line.contains("permissions/check")).unwrap();
    assert!(paste(question).await.1.contains("\"allowed\":true"));
    demo.signal("INT");
    let ended = demo.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.ends_with("The demo is over, and everything in it forgotten.\n"));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_way_out() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(flagward(Path::new("."), &["demo", "--listen", &address])).await;
    let reason = format!(
        "{address} can't be listened on: Address already in use (os error 98); take another with --listen 127.0.0.1:0\n"
    );
    assert_eq!((ended.code, ended.out.as_str(), ended.err), (Some(1), "", reason));
}

//! The desk of the chat door: what it does not do, and what it says then.

use flagward::chat::Audience;
use flagward::simulator::{Fault, FaultKind};

use crate::backend::backend;
use crate::chat_stage::{Stage, channel, speaker, words};

const BEN: &str = "ben@example.org -p shop -e test";

#[tokio::test(flavor = "multi_thread")]
async fn somebody_in_no_team_is_told_what_to_ask_for_and_nothing_else() {
    let stage = Stage::with(&[channel("C1", &["test"], &["read"])]);
    for command in ["list u", "get a u", "on a u", "clear a u", "expire a u --never"] {
        let told = stage.hear("U9", command).await;
        assert!(told.contains("`slack/T1/U9` to the members of a team"), "{told}");
    }
    assert!(stage.hear("U9", "help").await.contains("`/flags`"));
    assert!(stage.hear("U9", "whoami").await.contains("`slack/T1/U9` to the members"));
    assert_eq!(stage.calls(), 0);
    assert_eq!((stage.counted("get", "refused"), stage.counted("whoami", "answered")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_for_what_its_tables_say_and_carries_a_default() {
    let stage = Stage::with(&[
        channel("C1", &["test"], &["read"]),
        channel("C2", &["staging", "test"], &["set"]),
    ]);
    let ask = async |channel: &str, text: &str| {
        words(&stage.desk.hear(&speaker("U1", channel), text).await)
    };
    let told = ask("C1", "get checkout.new-flow ben@example.org").await;
    assert!(told.contains("in `shop/test`\nReceives"), "{told}");
    let calls = stage.calls();
    let told = ask("C1", "on checkout.new-flow ben@example.org").await;
    assert!(told.contains("`set` in `shop/test` is not for this channel."), "{told}");
    assert!(told.contains("`C1`"), "{told}");
    let told = ask("C1", "get checkout.new-flow ben@example.org -e production").await;
    assert!(told.contains("`read` in `shop/production` is not for this channel."), "{told}");
    for command in ["get checkout.new-flow u", "on checkout.new-flow u -p shop -e test"] {
        let told = ask("C3", command).await;
        assert!(told.contains("only help and whoami") && told.contains("`C3`"), "{told}");
    }
    assert_eq!(stage.calls(), calls, "nothing was asked for those");
    let told = ask("C2", "on checkout.new-flow ben@example.org -e test").await;
    assert!(told.contains("to `true` until it is cleared"), "{told}");
    let told = ask("C2", "whoami").await;
    assert!(told.contains("• read, set, project `shop`, environments `staging`, `test`"), "{told}");
    assert!(told.contains("`shop/staging` is meant."), "{told}");
    assert!(ask("C3", "whoami").await.contains("not set up"));
    let open = Stage::open();
    let told = open.hear("U1", "get checkout.new-flow ben@example.org -p shop").await;
    assert!(told.contains("`-p PROJECT -e ENVIRONMENT`"), "{told}");
    assert_eq!(open.counted("get", "misread"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_denies_is_said_with_what_is_missing() {
    let stage = Stage::open();
    let told = stage.hear("U3", &format!("on checkout.new-flow {BEN}")).await;
    assert!(
        told.contains(
            "You lack `set` on project `shop`, environment `test`, flag `checkout.new-flow`"
        ),
        "{told}"
    );
    let told = stage.hear("U1", &format!("on kill-switch.payments {BEN}")).await;
    assert!(told.contains(": a deny of team `oncall` denies it."), "{told}");
    let told = stage.hear("U1", "get transfer.limit u9 -p bank -e production").await;
    assert!(told.contains("You lack `read` on project `bank`"), "{told}");
    assert_eq!(stage.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_guard_says_which_option_satisfies_it() {
    let stage = Stage::open();
    let flow = "checkout.new-flow ben@example.org -p shop -e production";
    let reason = "To paste, with your reason between the quotes";
    for (command, said) in [
        (
            format!("on {flow}"),
            format!(
                "here one has to say why. Add `--note \"why\"`.\n\
                 And here an override has to end, after 1d at most. Add `--for 1d` or less.\n\
                 {reason}: `/flags set checkout.new-flow true ben@example.org -p shop -e production --for 1d --note \"\"`"
            ),
        ),
        (
            format!("clear {flow}"),
            format!(
                "here one has to say why. Add `--note \"why\"`.\n{reason}: `/flags clear {flow} --note \"\"`"
            ),
        ),
        (
            format!("on {flow} --note x"),
            "here an override has to end, after 1d at most. Add `--for 1d` or less.\n\
             To paste: `/flags set checkout.new-flow true ben@example.org -p shop -e production --for 1d --note \"x\"`".to_owned(),
        ),
        (
            format!("on {flow} --note x --for 25h"),
            "here an override may last 1d at most. Choose an earlier end.\n\
             To paste: `/flags set checkout.new-flow true ben@example.org -p shop -e production --for 1d --note \"x\"`".to_owned(),
        ),
    ] {
        let answer = stage.say("U1", &command).await;
        let verb = if command.starts_with("on") { "set" } else { "clear" };
        assert_eq!(
            words(&answer),
            format!("`{verb} checkout.new-flow` for `ben@example.org` in `shop/production`: Nothing was done: {said}")
        );
        assert_eq!(answer.audience, Audience::Asker);
    }
    assert!(stage.upstream.simulator.change_elsewhere(
        ("shop", "production", "ben@example.org", "checkout.new-flow"),
        Some("true")
    ));
    let told = stage.hear("U1", &format!("expire {flow} --never --note x")).await;
    assert_eq!(
        told,
        "`expire checkout.new-flow` for `ben@example.org` in `shop/production`: Nothing was done: here an override may last 1d at most, so its end can't be taken away. Clear the override, or move its end with `--in`."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_is_said_with_what_can() {
    let stage = Stage::open();
    for (command, said) in [
        (format!("set checkout.limit 7 {BEN}"), "It has: `1`, `2.0`, `12345678901234567890`."),
        (
            format!("expire checkout.new-flow {BEN} --in 1h"),
            "`/flags set FLAG VALUE USER --for 2h`",
        ),
        (
            format!("expire checkout.new-flow {BEN} --at 2020-01-01T00:00:00Z"),
            "The end is not in the future",
        ),
        (format!("on checkout.new-flow {BEN} --for 99999999d"), "is longer than a year"),
        (
            format!("get no.such.flag {BEN}"),
            "`get no.such.flag` for `ben@example.org` in `shop/test`: LaunchDarkly does not know the project `shop`, its environment `test`, or the flag `no.such.flag`.\nCheck how you typed them.",
        ),
        (
            format!("on no.such.flag {BEN}"),
            "`set no.such.flag` for `ben@example.org` in `shop/test`: LaunchDarkly does not know",
        ),
        (
            "get a expiring-user-targets -p shop -e test".to_owned(),
            "mean something else by this user",
        ),
    ] {
        let told = stage.hear("U1", &command).await;
        assert!(told.contains(said), "{command}: {told}");
    }
    assert_eq!(stage.comments(), Vec::<String>::new());
    assert_eq!((stage.counted("set", "mistaken"), stage.counted("set", "failed")), (2, 0));
    assert_eq!(stage.counted("get", "mistaken"), 2);
    let answer = stage.say("U1", &format!("get no.such.flag {BEN}")).await;
    assert_eq!(answer.summary, "get no.such.flag in shop/test: There is no such thing");
    let default = Stage::with(&[channel("C1", &["nowhere"], &["read"])]);
    for (text, said) in [
        (
            "list u",
            "project and environment are this channel's default; say others with -p and -e.",
        ),
        ("list u -p shop", "the environment is this channel's default; say another with -e."),
        ("list u -e nowhere", "the project is this channel's default; say another with -p."),
    ] {
        let told = default.hear("U1", text).await;
        assert!(told.contains(said), "{text}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn launchdarklys_trouble_is_said_with_what_to_do() {
    let stage = Stage::open();
    let (method, path) = backend().puts();
    let simulator = &stage.upstream.simulator;
    let on = format!("on checkout.new-flow {BEN}");
    let body = r#"{"code":"invalid_request","message":"no <!here>\u202e"}"#.to_owned();
    let refusal = |status| FaultKind::Answer {
        status,
        body: Some(body.clone()),
        content_type: None,
        headers: [].into(),
    };
    for (status, said, theirs) in [
        (400, "LaunchDarkly finds the request wrong.", true),
        (503, "LaunchDarkly is not reachable or out of order: try again later", false),
        (
            403,
            "LaunchDarkly refuses Flagward, or gives an answer that makes no sense. Tell the operators of Flagward.\nOperation op_",
            false,
        ),
    ] {
        simulator.add_fault(Fault { times: 9, ..Fault::new(refusal(status)).on(method, path) });
        let told = stage.hear("U1", &on).await;
        simulator.clear_faults();
        let about = "`set checkout.new-flow` for `ben@example.org` in `shop/test`: ";
        assert!(told.starts_with(&format!("{about}{said}")), "{told}");
        assert!(told.contains("\nNothing was done."), "{told}");
        assert!(told.contains("op_"), "{told}");
        let message = "LaunchDarkly says: no <!here>\n";
        assert_eq!(told.contains(message), theirs, "{told}");
    }
    assert!(simulator.set_approval_required("shop", "test", true));
    let told = stage.hear("U1", &on).await;
    assert!(told.contains("need an approval in LaunchDarkly: ask for one there"), "{told}");
    assert_eq!((stage.counted("set", "failed"), stage.counted("set", "refused")), (3, 1));
}

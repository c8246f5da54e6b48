//! Commands at the desk of the chat door: every verb, who may, from where, and what is said to those who may not.

use flagward::chat::Audience;
use flagward::simulator::{Fault, FaultKind};

use crate::backend::backend;
use crate::chat_stage::{Stage, channel, speaker, words};

const BEN: &str = "ben@example.org -p shop -e test";

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_told_with_its_reason_its_override_and_its_end() {
    let stage = Stage::open();
    let get = format!("get checkout.new-flow {BEN}");
    assert_eq!(
        stage.hear("U1", &get).await,
        "`checkout.new-flow` for `ben@example.org` in `shop/test`\n\
         Receives `false` — no rule matched: the default applies.\n\
         It is not overridden."
    );
    let set =
        stage.say("U1", &format!("on checkout.new-flow {BEN} --for 2h --note \"ticket 7\"")).await;
    assert_eq!(set.audience, Audience::Channel);
    assert_eq!(set.summary, "Done: set checkout.new-flow in shop/test");
    let (receipt, operation) =
        words(&set).rsplit_once("Operation ").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(
        receipt,
        "@U1 set `checkout.new-flow` for `ben@example.org` in `shop/test` to `true` until 2026-11-21T14:00:00Z.\n\
         Before: no override\n\
         Now: `true`, until 2026-11-21T14:00:00Z\n\
         Why: ticket 7\n"
    );
    let operation = operation.trim_matches('`');
    assert_eq!(
        stage.comments(),
        [format!("[flagward slack/T1/U1 · oncall · slack:C1 · {operation}] ticket 7")]
    );
    assert_eq!(
        stage.hear("U1", &get).await,
        "`checkout.new-flow` for `ben@example.org` in `shop/test`\n\
         Receives `true` — this user is targeted by name.\n\
         It is overridden, until 2026-11-21T14:00:00Z."
    );
    let expire = stage.hear("U1", &format!("expire checkout.new-flow {BEN} --never")).await;
    assert!(expire.contains("took away the end of"), "{expire}");
    assert!(expire.contains("Now: `true`, until it is cleared"), "{expire}");
    let expire = stage.hear("U1", &format!("expire checkout.new-flow {BEN} --in 1h")).await;
    assert!(expire.contains("Now: `true`, until 2026-11-21T13:00:00Z"), "{expire}");
    let clear = stage.hear("U1", &format!("clear checkout.new-flow {BEN}")).await;
    assert!(
        clear.contains("Before: `true`, until 2026-11-21T13:00:00Z\nNow: no override"),
        "{clear}"
    );
    assert_eq!(stage.flow("test"), None);
    for (verb, times) in [("get", 2), ("set", 1), ("expire", 2), ("clear", 1)] {
        assert_eq!(stage.counted(verb, "answered"), times, "{verb}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_that_a_flag_does_not_give_is_told_apart() {
    let stage = Stage::open();
    assert!(stage.upstream.simulator.turn("shop", "test", "checkout.new-flow", false));
    stage.say("U1", &format!("on checkout.new-flow {BEN}")).await;
    let told = stage.hear("U1", &format!("get checkout.new-flow {BEN}")).await;
    assert!(told.ends_with("Receives `false` — the flag is off.\nIt is overridden with `true`, until it is cleared."), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_what_they_may_read_and_turns_its_pages() {
    let stage = Stage::open();
    let first = stage.say("U1", &format!("list {BEN}")).await;
    assert_eq!(first.audience, Audience::Asker);
    assert!(
        words(&first).starts_with(
            "`ben@example.org` in `shop/test`: 13 flags, page 1 of 2\n`banner.text`: "
        ),
        "{}",
        words(&first)
    );
    let second = stage.press("U1", &first, "Next").await;
    assert!(second.replaces);
    assert!(words(&second.answer).contains("page 2 of 2"));
    let back = stage.press("U1", &second.answer, "Previous").await;
    assert_eq!(back.answer, first);
    let readers = stage.hear("U3", &format!("list {BEN}")).await;
    assert!(readers.starts_with("`ben@example.org` in `shop/test`: 3 flags\n"), "{readers}");
    assert!(!readers.contains("banner.text"));
    let none = stage.hear("U1", "list nobody@example.org -p shop -e test --overridden").await;
    assert_eq!(
        none,
        "`nobody@example.org` in `shop/test`: nothing is overridden that you may read."
    );
    stage.say("U1", &format!("on checkout.new-flow {BEN} --for 1h")).await;
    let one = stage.hear("U3", &format!("list {BEN} --overridden")).await;
    assert!(one.ends_with("`checkout.new-flow`: `true` — this user is targeted by name · overridden, until 2026-11-21T13:00:00Z"), "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_turned_as_whoever_presses_and_only_lists_are_pages() {
    let stage = Stage::open();
    let first = stage.say("U1", &format!("list {BEN}")).await;
    let theirs = stage.press("U3", &first, "Next").await;
    assert!(words(&theirs.answer).contains(": 3 flags\n"));
    let stranger = stage.press("U9", &first, "Next").await;
    assert!(!stranger.replaces);
    assert!(words(&stranger.answer).contains("`slack/T1/U9`"));
    let forged = flagward::chat::Says::Show(format!("on checkout.new-flow {BEN}"));
    let reaction = stage.desk.press(&speaker("U1", "C1"), forged).await;
    assert!(!reaction.replaces);
    assert_eq!(stage.flow("test"), None);
}

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
    assert!(told.contains("set in `shop/test` is not for this channel."), "{told}");
    assert!(told.contains("`C1`"), "{told}");
    let told = ask("C1", "get checkout.new-flow ben@example.org -e production").await;
    assert!(told.contains("read in `shop/production` is not for this channel."), "{told}");
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
    assert!(told.contains("denies it"), "{told}");
    let told = stage.hear("U1", "get transfer.limit u9 -p bank -e production").await;
    assert!(told.contains("You lack `read` on project `bank`"), "{told}");
    assert_eq!(stage.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_guard_says_which_option_satisfies_it() {
    let stage = Stage::open();
    let flow = "checkout.new-flow ben@example.org -p shop -e production";
    for (command, said) in [
        (format!("on {flow}"), "here one has to say why. Add `--note \"why\"`."),
        (format!("clear {flow}"), "here one has to say why. Add `--note \"why\"`."),
        (
            format!("on {flow} --note x"),
            "here an override has to end, after 1d at most. Add `--for 1d` or less.",
        ),
        (
            format!("on {flow} --note x --for 25h"),
            "here an override may last 1d at most. Choose an earlier end.",
        ),
    ] {
        let answer = stage.say("U1", &command).await;
        assert_eq!(words(&answer), format!("Nothing was done: {said}"));
        assert_eq!(answer.audience, Audience::Asker);
    }
    assert!(stage.upstream.simulator.change_elsewhere(
        ("shop", "production", "ben@example.org", "checkout.new-flow"),
        Some("true")
    ));
    let told = stage.hear("U1", &format!("expire {flow} --never --note x")).await;
    assert_eq!(
        told,
        "Nothing was done: here an override may last 1d at most, so its end can't be taken away. Clear the override, or move its end with `--in`."
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
        (format!("on checkout.new-flow {BEN} --for 0s"), "The end is not in the future"),
        (format!("on checkout.new-flow {BEN} --for 99999999d"), "beyond the calendar"),
        (
            format!("get no.such.flag {BEN}"),
            "LaunchDarkly does not know this project, environment or flag.",
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
        (403, "LaunchDarkly gave an answer that we can't use: tell the operators", false),
    ] {
        simulator.add_fault(Fault { times: 9, ..Fault::new(refusal(status)).on(method, path) });
        let told = stage.hear("U1", &on).await;
        simulator.clear_faults();
        assert!(told.starts_with(said), "{told}");
        assert!(told.contains("op_"), "{told}");
        let message = "LaunchDarkly says: no <!here>\\u{202e}";
        assert_eq!(told.contains(message), theirs, "{told}");
    }
    assert!(simulator.set_approval_required("shop", "test", true));
    let told = stage.hear("U1", &on).await;
    assert!(told.contains("need an approval in LaunchDarkly: ask for one there"), "{told}");
    assert_eq!(stage.counted("set", "failed"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_others_wrote_is_in_a_summary_or_in_our_own_words() {
    let stage = Stage::open();
    let note = "\u{202e}<!channel> *x*";
    let answer = stage
        .say("U1", &format!("on checkout.new-flow <@U1>\u{a0}x -p shop -e test --note \"{note}\""))
        .await;
    let told = words(&answer);
    assert!(told.contains("Why: \\u{202e}<!channel> *x*"), "{told}");
    assert_eq!(answer.summary, "Done: set checkout.new-flow in shop/test");
}

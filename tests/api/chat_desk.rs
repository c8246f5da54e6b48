//! Commands at the desk of the chat door: every verb, who may, from where, and what is said to those who may not.

use flagward::chat::Audience;

use crate::chat_stage::{Stage, speaker, words};

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
    let receipt = stage.hear("U1", &format!("on checkout.new-flow {BEN}")).await;
    assert!(receipt.contains("\nThey still receive `false`: the flag is off.\n"), "{receipt}");
    let place = "ben@example.org -p shop -e staging";
    assert!(stage.upstream.simulator.turn("shop", "staging", "checkout.new-flow", false));
    let question = stage.say("U1", &format!("on checkout.new-flow {place}")).await;
    let asked = words(&question);
    assert!(asked.contains("\nThey would still receive `false`: the flag is off.\n"), "{asked}");
    assert!(stage.upstream.simulator.turn("shop", "staging", "checkout.new-flow", true));
    let receipt = words(&stage.press("U2", &question, "Confirm").await.answer);
    assert!(receipt.contains("Now: `true`") && !receipt.contains("receive"), "{receipt}");
    let told = stage.hear("U1", &format!("get checkout.new-flow {BEN}")).await;
    assert!(told.ends_with("Receives `false` — the flag is off.\nIt is overridden with `true`, until it is cleared."), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_nothing_to_do_is_told_to_who_asked_alone() {
    let stage = Stage::open();
    for (command, said) in [
        (format!("clear checkout.new-flow {BEN}"), "There was no override: nothing to clear."),
        (
            format!("expire checkout.new-flow {BEN} --never"),
            "There is no override, and no end to take away.",
        ),
        (
            "clear checkout.new-flow ben@example.org -p shop -e production --note x".to_owned(),
            "There was no override: nothing to clear.",
        ),
    ] {
        let answer = stage.say("U1", &command).await;
        assert!(words(&answer).contains(said), "{command}: {answer:?}");
        assert_eq!(answer.audience, Audience::Asker);
        assert!(answer.buttons.is_empty());
    }
    stage.say("U1", &format!("on checkout.new-flow {BEN}")).await;
    let told = stage.hear("U1", &format!("expire checkout.new-flow {BEN} --never")).await;
    assert!(told.contains("The override has no end already"), "{told}");
    assert_eq!((stage.counted("clear", "answered"), stage.counted("clear", "asked")), (2, 0));
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
async fn nothing_that_others_wrote_is_in_a_summary_or_in_our_own_words() {
    let stage = Stage::open();
    let note = r"\u202e<!channel> *x*";
    let command = format!("on checkout.new-flow \"<@U1> x\" -p shop -e test --note \"{note}\"");
    let answer = stage.say("U1", &command).await;
    let told = words(&answer);
    assert!(told.contains("for `<@U1> x` in `shop/test`"), "{told}");
    assert!(told.contains("Why: \\u{202e}<!channel> *x*"), "{told}");
    assert_eq!(answer.summary, "Done: set checkout.new-flow in shop/test");
}

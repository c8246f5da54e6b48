//! Confirmations at the desk of the chat door: what has changed between the question and the press.

use crate::chat_confirming::{CLEAR, EXPIRE, PRODUCTION, STAGING, asked, beside, instead};
use crate::chat_stage::{POLICY, Stage, button, channel, speaker, words};

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_of_the_press_counts_and_the_stricter_guard() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    stage.decree(&POLICY.replace("slack/T1/U1", "slack/T1/U8"));
    let told = instead(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("Who asked for this may not do it any more"), "{told}");
    stage.decree(POLICY);
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.starts_with("This was confirmed already"), "{told}");
    let question = asked(&stage, PRODUCTION).await;
    stage.decree(&POLICY.replace("confirm_in_chat", "second_person"));
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("somebody other than you"), "{told}");
    stage.decree(POLICY);
    let second = asked(&stage, STAGING).await;
    stage.decree(&POLICY.replace("second_person = true", "confirm_in_chat = true"));
    let told = beside(&stage.press("U1", &second, "Confirm").await);
    assert!(told.contains("somebody other than you"), "what was asked for stays: {told}");
    stage.decree(&POLICY.replace("24h", "1h"));
    let told = instead(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("here an override may last 1h at most"), "{told}");
    assert_eq!(stage.comments(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channels_rules_hold_for_the_press_too() {
    let stage = Stage::open();
    let question = asked(&stage, STAGING).await;
    let narrower = Stage::with(&[channel("C1", &["staging"], &["read"])]);
    let told = beside(&narrower.press("U2", &question, "Confirm").await);
    assert!(told.contains("`set` in `shop/staging` is not for this channel"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_shown_is_not_written_over() {
    let stage = Stage::open();
    let flow = ("shop", "production", "ben@example.org", "checkout.new-flow");
    let question = asked(&stage, PRODUCTION).await;
    assert!(stage.upstream.simulator.change_elsewhere(flow, Some("false")));
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("was changed since you were asked"), "{told}");
    let again = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(again.contains("when the flag had changed since it was asked"), "{again}");
    assert_eq!(stage.counted("confirm", "mistaken"), 1);
    assert_eq!(stage.flow("production").as_deref(), Some("false"));
    for command in [CLEAR, EXPIRE] {
        assert!(stage.upstream.simulator.change_elsewhere(flow, Some("false")));
        let question = asked(&stage, command).await;
        assert!(stage.upstream.simulator.change_elsewhere(flow, Some("true")));
        let told = beside(&stage.press("U1", &question, "Confirm").await);
        assert!(told.contains("was changed since you were asked"), "{command}: {told}");
    }
    assert_eq!(stage.comments(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_does_not_write_it_again() {
    let stage = Stage::open();
    let replica = stage.replica();
    let question = asked(&stage, PRODUCTION).await;
    instead(&stage.press("U1", &question, "Confirm").await);
    let says = button(&question, "Confirm");
    let told = beside(&replica.press(&speaker("U1", "C1"), says).await);
    assert!(told.contains("was changed since"), "{told}");
    assert_eq!(stage.comments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_when_it_is_confirmed_takes_the_place_of_the_question() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    assert!(stage.upstream.simulator.set_approval_required("shop", "production", true));
    let told = instead(&stage.press("U1", &question, "Confirm").await);
    assert!(told.starts_with("@U1 wanted to set `checkout.new-flow`"), "{told}");
    assert!(told.contains("need an approval"), "{told}");
    let again = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(again.starts_with("This was confirmed already"), "{again}");
    assert_eq!(stage.counted("confirm", "refused"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_button_can_carry_is_not_asked() {
    let stage = Stage::open();
    let long = PRODUCTION.replace("ticket 7", &"n".repeat(1_500));
    let answer = stage.say("U1", &long).await;
    assert!(words(&answer).contains("too long to be confirmed in a chat"));
    assert!(answer.buttons.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_refused_is_refused_before_anybody_is_asked() {
    let stage = Stage::open();
    for (command, said) in [
        (
            PRODUCTION.replacen("on checkout.new-flow", "set checkout.new-flow 7", 1),
            "The flag has no such value",
        ),
        (PRODUCTION.replace("--note \"ticket 7\"", ""), "here one has to say why"),
        (EXPIRE.to_owned(), "There is no override"),
    ] {
        let answer = stage.say("U1", &command).await;
        assert!(words(&answer).contains(said), "{answer:?}");
        assert!(answer.buttons.is_empty());
    }
}

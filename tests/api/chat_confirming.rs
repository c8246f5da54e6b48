//! Confirmations at the desk of the chat door: who may press, how often, how late, and what may have changed meanwhile.

use std::time::Duration;

use flagward::chat::{Answer, Audience, Reaction, Says};

use crate::chat_stage::{POLICY, Stage, button, channel, speaker, words};

/// Needs a confirmation by whoever asks.
const PRODUCTION: &str =
    "on checkout.new-flow ben@example.org -p shop -e production --for 2h --note \"ticket 7\"";
const EXPIRE: &str =
    "expire checkout.new-flow ben@example.org -p shop -e production --in 2h --note \"ticket 7\"";
const CLEAR: &str =
    "clear checkout.new-flow ben@example.org -p shop -e production --note \"ticket 7\"";
/// Needs a second person.
const STAGING: &str = "on checkout.new-flow ben@example.org -p shop -e staging";
const CLEAR_STAGING: &str = "clear checkout.new-flow ben@example.org -p shop -e staging";

async fn asked(stage: &Stage, command: &str) -> Answer {
    let question = stage.say("U1", command).await;
    assert_eq!(question.buttons.len(), 2, "{question:?}");
    question
}

/// What is said beside the message, which stays.
fn beside(reaction: &Reaction) -> String {
    assert!(!reaction.replaces, "{reaction:?}");
    assert_eq!(reaction.answer.audience, Audience::Asker);
    words(&reaction.answer)
}

/// What the message becomes.
fn instead(reaction: &Reaction) -> String {
    assert!(reaction.replaces, "{reaction:?}");
    assert_eq!(reaction.answer.audience, Audience::Channel);
    assert!(reaction.answer.buttons.is_empty());
    words(&reaction.answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_confirmed_is_written_as_it_was_shown() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    assert_eq!(question.audience, Audience::Channel);
    assert_eq!(question.summary, "To be confirmed: set checkout.new-flow in shop/production");
    assert_eq!(
        words(&question),
        "@U1 wants to set `checkout.new-flow` for `ben@example.org` in `shop/production` to `true` until 2026-11-21T14:00:00Z.\n\
         Now: no override\n\
         Then: `true`, until 2026-11-21T14:00:00Z\n\
         Why: ticket 7\n\
         Only @U1 can confirm it, until 2026-11-21T12:10:00Z."
    );
    assert_eq!(stage.comments(), Vec::<String>::new());
    stage.clock.advance(Duration::from_secs(599));
    let receipt = instead(&stage.press("U1", &question, "Confirm").await);
    assert!(receipt.starts_with("@U1 set `checkout.new-flow`"), "{receipt}");
    assert!(
        receipt.contains("Now: `true`, until 2026-11-21T14:00:00Z\n"),
        "the end is the one that was shown: {receipt}"
    );
    assert!(!receipt.contains("Confirmed by"));
    let comments = stage.comments();
    assert_eq!(comments.len(), 1);
    assert!(
        comments[0].starts_with("[flagward slack/T1/U1 · oncall · slack:C1 · op_"),
        "{comments:?}"
    );
    assert!(comments[0].ends_with("] ticket 7"), "{comments:?}");
    assert_eq!((stage.counted("set", "asked"), stage.counted("confirm", "answered")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_and_ends_are_confirmed_too() {
    let stage = Stage::open();
    for (command, shown) in [
        (PRODUCTION, "set `checkout.new-flow`"),
        (EXPIRE, "made the override of `checkout.new-flow`"),
        (CLEAR, "cleared the override of `checkout.new-flow`"),
    ] {
        let question = asked(&stage, command).await;
        let receipt = instead(&stage.press("U1", &question, "Confirm").await);
        assert!(receipt.contains(shown), "{receipt}");
    }
    assert_eq!(stage.flow("production"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_presses_at_once_one_writes() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    let says = button(&question, "Confirm");
    let presses = (0..16).map(|_| {
        let (desk, says) = (stage.desk.clone(), says.clone());
        tokio::spawn(async move { desk.press(&speaker("U1", "C1"), says).await })
    });
    let presses: Vec<_> = presses.collect();
    let mut replaced = 0;
    for press in presses {
        let reaction = press.await.unwrap();
        if reaction.replaces {
            replaced += 1;
        } else {
            assert!(beside(&reaction).starts_with("Somebody has pressed this before"));
        }
    }
    assert_eq!((replaced, stage.comments().len()), (1, 1));
    assert_eq!(stage.counted("confirm", "refused"), 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_asked_may_press_and_nobody_in_another_channel() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    for label in ["Confirm", "Cancel"] {
        for other in ["U2", "U3", "U9"] {
            let told = beside(&stage.press(other, &question, label).await);
            assert!(told.starts_with("Only who asked for this can"), "{told}");
        }
        let says = button(&question, label);
        let told = beside(&stage.desk.press(&speaker("U1", "C2"), says).await);
        assert!(told.starts_with("This button belongs into another channel"), "{told}");
    }
    assert_eq!(stage.flow("production"), None);
    instead(&stage.press("U1", &question, "Confirm").await);
    assert_eq!(stage.flow("production").as_deref(), Some("true"), "none of those spent it");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_late_is_too_late_and_what_is_not_ours_is_nothing() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    stage.clock.advance(Duration::from_mins(10));
    for label in ["Confirm", "Cancel"] {
        let told = beside(&stage.press("U1", &question, label).await);
        assert!(told.contains("the press came too late"), "{told}");
    }
    for sealed in ["", "x", "AAAA"] {
        let reaction =
            stage.desk.press(&speaker("U1", "C1"), Says::Confirm(sealed.to_owned())).await;
        assert!(beside(&reaction).starts_with("This button is not good any more"));
    }
    assert_eq!(stage.comments(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_stays_cancelled() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    let told = instead(&stage.press("U1", &question, "Cancel").await);
    assert!(told.starts_with("@U1 cancelled it: @U1 wanted to set"), "{told}");
    assert!(told.ends_with("Nothing was done."));
    for label in ["Confirm", "Cancel"] {
        let told = beside(&stage.press("U1", &question, label).await);
        assert!(told.starts_with("This was cancelled before"), "{told}");
    }
    let question = asked(&stage, PRODUCTION).await;
    instead(&stage.press("U1", &question, "Confirm").await);
    let told = beside(&stage.press("U1", &question, "Cancel").await);
    assert!(told.starts_with("Somebody has pressed this before"), "{told}");
    assert_eq!(stage.comments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_second_person_is_wanted_only_one_who_may_do_it_counts() {
    let stage = Stage::open();
    let question = asked(&stage, STAGING).await;
    let shown = words(&question);
    assert!(shown.ends_with("a second person has to agree: somebody other than @U1 who may set it too, until 2026-11-21T12:10:00Z."), "{shown}");
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("somebody else than you has to press"), "{told}");
    let told = beside(&stage.press("U3", &question, "Confirm").await);
    assert!(told.contains("You lack `set`"), "{told}");
    let told = beside(&stage.press("U9", &question, "Cancel").await);
    assert!(told.contains("`slack/T1/U9`"), "{told}");
    let receipt = instead(&stage.press("U2", &question, "Confirm").await);
    assert!(receipt.starts_with("@U1 set `checkout.new-flow`"), "{receipt}");
    assert!(receipt.contains("Confirmed by: @U2"), "{receipt}");
    let comments = stage.comments();
    assert!(
        comments[0].starts_with("[flagward slack/T1/U1 · oncall · slack:C1,confirmed:T1/U2 · op_"),
        "{comments:?}"
    );
    let question = asked(&stage, CLEAR_STAGING).await;
    let told = instead(&stage.press("U2", &question, "Cancel").await);
    assert!(told.starts_with("@U2 cancelled it: @U1 wanted to clear"), "{told}");
    let question = asked(&stage, CLEAR_STAGING).await;
    instead(&stage.press("U1", &question, "Cancel").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_of_the_press_counts_and_the_stricter_guard() {
    let stage = Stage::open();
    let question = asked(&stage, PRODUCTION).await;
    stage.decree(&POLICY.replace("slack/T1/U1", "slack/T1/U8"));
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.starts_with("Who asked for this may not do it any more"), "{told}");
    stage.decree(&POLICY.replace("confirm_in_chat", "second_person"));
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("somebody else than you"), "{told}");
    stage.decree(POLICY);
    let second = asked(&stage, STAGING).await;
    stage.decree(&POLICY.replace("second_person = true", "confirm_in_chat = true"));
    let told = beside(&stage.press("U1", &second, "Confirm").await);
    assert!(told.contains("somebody else than you"), "what was asked for stays: {told}");
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
    assert!(told.contains("set in `shop/staging` is not for this channel"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_shown_is_not_written_over() {
    let stage = Stage::open();
    let flow = ("shop", "production", "ben@example.org", "checkout.new-flow");
    let question = asked(&stage, PRODUCTION).await;
    assert!(stage.upstream.simulator.change_elsewhere(flow, Some("false")));
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("was changed since you were asked"), "{told}");
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
    assert!(again.starts_with("Somebody has pressed this before"), "{again}");
    assert_eq!(stage.counted("confirm", "failed"), 1);
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

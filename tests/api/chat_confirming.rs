//! Confirmations at the desk of the chat door: who may press, how often, how late, and what may have changed meanwhile.

use std::time::Duration;

use flagward::chat::{Answer, Audience, Reaction, Says};

use crate::chat_stage::{POLICY, Stage, button, speaker, speaker_of, words};

/// Needs a confirmation by whoever asks.
pub(crate) const PRODUCTION: &str =
    "on checkout.new-flow ben@example.org -p shop -e production --for 2h --note \"ticket 7\"";
pub(crate) const EXPIRE: &str =
    "expire checkout.new-flow ben@example.org -p shop -e production --in 2h --note \"ticket 7\"";
pub(crate) const CLEAR: &str =
    "clear checkout.new-flow ben@example.org -p shop -e production --note \"ticket 7\"";
/// Needs a second person.
pub(crate) const STAGING: &str = "on checkout.new-flow ben@example.org -p shop -e staging";
pub(crate) const CLEAR_STAGING: &str = "clear checkout.new-flow ben@example.org -p shop -e staging";

pub(crate) async fn asked(stage: &Stage, command: &str) -> Answer {
    let question = stage.say("U1", command).await;
    assert_eq!(question.buttons.len(), 2, "{question:?}");
    question
}

/// What is said beside the message, which stays.
pub(crate) fn beside(reaction: &Reaction) -> String {
    assert!(!reaction.replaces, "{reaction:?}");
    assert_eq!(reaction.answer.audience, Audience::Asker);
    words(&reaction.answer)
}

/// What the message becomes.
pub(crate) fn instead(reaction: &Reaction) -> String {
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
            assert!(beside(&reaction).starts_with("This was confirmed already"));
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
        let reaction = stage.press("U2", &question, label).await;
        let told = instead(&reaction);
        assert!(told.starts_with("@U1 wanted to set `checkout.new-flow`"), "{told}");
        assert!(told.contains("the press came too late"), "{told}");
        assert_eq!(reaction.answer.summary, "Expired: set checkout.new-flow in shop/production");
    }
    assert_eq!(stage.counted("confirm", "refused"), 1);
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
    assert!(told.starts_with("This was confirmed already"), "{told}");
    assert_eq!(stage.comments().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_second_person_is_wanted_only_one_who_may_do_it_counts() {
    let stage = Stage::open();
    let question = asked(&stage, STAGING).await;
    let shown = words(&question);
    assert!(shown.ends_with("a second person has to agree: somebody other than @U1 who may set it too, until 2026-11-21T12:10:00Z."), "{shown}");
    let told = beside(&stage.press("U1", &question, "Confirm").await);
    assert!(told.contains("somebody other than you has to press"), "{told}");
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
async fn who_asked_is_no_second_person_in_another_workspace() {
    let stage = Stage::open();
    let both = "members = [\"slack/T1/U1\", \"slack/T2/U1\", \"slack/T1/U2\"]";
    stage.decree(&POLICY.replacen("members = [\"slack/T1/U1\", \"slack/T1/U2\"]", both, 1));
    let question = asked(&stage, STAGING).await;
    let elsewhere = speaker_of("T2", "U1", "C1");
    for label in ["Confirm", "Cancel"] {
        let told = beside(&stage.desk.press(&elsewhere, button(&question, label)).await);
        assert!(told.contains("somebody other than you has to press"), "{label}: {told}");
    }
    assert_eq!(stage.comments(), Vec::<String>::new());
}

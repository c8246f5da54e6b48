//! Freezes at the desk of the chat door: nothing is written, nothing is asked, and no press is spent.

use std::time::Duration;

use crate::chat_stage::{POLICY, Stage, words};

const FREEZE: &str =
    "[[freezes]]\nprojects = [\"shop\"]\nenvironments = [\"*\"]\nreason = \"the shop moves\"\n";
/// Five minutes from the start: half as long as a question stands.
const UNTIL: &str = "until = \"2026-11-21T12:05:00Z\"\n";
const SOON: &str = "Nothing was done: changes are frozen here until 2026-11-21T12:05:00Z. Why: The shop moves. You can still look.";
const LATER: &str = "Nothing was done: changes are frozen here until further notice. Why: The shop moves. You can still look.";

const TEST: &str = "checkout.new-flow ben@example.org -p shop -e test";
const PRODUCTION: &str =
    "on checkout.new-flow ben@example.org -p shop -e production --for 2h --note \"ticket 7\"";
const STAGING: &str = "on checkout.new-flow ben@example.org -p shop -e staging";

fn freeze(stage: &Stage, until: &str) {
    stage.decree(&format!("{POLICY}{FREEZE}{until}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_refused_in_words_before_anything_is_asked() {
    let stage = Stage::open();
    freeze(&stage, "");
    for command in [
        format!("on {TEST}"),
        format!("clear {TEST}"),
        format!("expire {TEST} --in 2h"),
        format!("expire {TEST} --never"),
        PRODUCTION.to_owned(),
        STAGING.to_owned(),
    ] {
        let said = stage.say("U1", &command).await;
        assert!(words(&said).ends_with(LATER) && said.buttons.is_empty(), "{command}: {said:?}");
    }
    assert_eq!(stage.calls(), 0);
    assert_eq!(stage.counted("set", "refused"), 3);
    assert!(stage.hear("U1", &format!("get {TEST}")).await.contains("`false`"));
    let denied = stage.hear("U3", &format!("clear {TEST}")).await;
    assert!(denied.starts_with("You lack `clear`") && !denied.contains("frozen"), "{denied}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_in_a_freeze_does_nothing_and_can_be_pressed_again_when_it_is_over() {
    let stage = Stage::open();
    let question = stage.say("U1", PRODUCTION).await;
    freeze(&stage, UNTIL);
    stage.clock.advance(Duration::from_secs(299));
    let calls = stage.calls();
    let pressed = stage.press("U1", &question, "Confirm").await;
    assert!(!pressed.replaces && words(&pressed.answer).ends_with(SOON), "{pressed:?}");
    let stranger = stage.press("U2", &question, "Confirm").await;
    assert!(words(&stranger.answer).starts_with("Only who asked for this"), "{stranger:?}");
    assert_eq!((stage.calls(), stage.flow("production")), (calls, None));
    stage.clock.advance(Duration::from_secs(1));
    let pressed = stage.press("U1", &question, "Confirm").await;
    assert!(pressed.replaces, "{pressed:?}");
    assert_eq!(stage.flow("production").as_deref(), Some("true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_is_held_up_as_the_first_is_and_a_question_can_be_cancelled() {
    let stage = Stage::open();
    let question = stage.say("U1", STAGING).await;
    freeze(&stage, "");
    let pressed = stage.press("U2", &question, "Confirm").await;
    assert!(!pressed.replaces && words(&pressed.answer).ends_with(LATER), "{pressed:?}");
    assert!(stage.press("U1", &question, "Cancel").await.replaces);
    stage.decree(POLICY);
    let pressed = stage.press("U2", &question, "Confirm").await;
    assert!(words(&pressed.answer).starts_with("This was cancelled before"), "{pressed:?}");
    assert_eq!(stage.flow("staging"), None);
}

//! Settings as they are written.

use super::*;

#[test]
fn values_are_written_to_the_byte() {
    let world = World::new();
    for (sent, kept) in [("1", "1"), ("2", "2.0"), ("12345678901234567890", "12345678901234567890")]
    {
        assert_eq!(world.put("x", "checkout.limit", &format!(r#"{{"setting":{sent}}}"#)), 204);
        let answer = world.get(&setting("x", "checkout.limit"));
        let expected = format!(r#""_value":{kept},"setting":{kept},"#);
        assert!(text(&answer).contains(&expected), "{}", text(&answer));
    }
    assert_eq!(world.put("x", "checkout.limit", r#"{"setting":12345678901234567000}"#), 400);
}

#[test]
fn an_absent_setting_erases_and_unknown_members_are_ignored() {
    for body in ["{}", r#"{"setting":null}"#, r#"{"settings":false,"Setting":false}"#] {
        let world = World::new();
        assert_eq!(world.put("anna@example.com", "checkout.new-flow", body), 204);
        let set = world.simulator.setting("shop", "test", "anna@example.com", "checkout.new-flow");
        assert_eq!(set, None, "{body}");
    }
}

#[test]
fn a_put_answers_204_without_body_and_leaves_its_words_in_the_history() {
    let world = World::new();
    let body = r#"{"setting":"price","comment":"for a demo"}"#;
    let answer = world.ask("PUT", &setting("ü", "sort.order"), &[], body);
    assert_eq!((answer.status, answer.content_type, answer.body.len()), (204, None, 0));
    let history = world.simulator.history();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].kind, ChangeKind::SettingSet);
    assert_eq!(history[0].by, "simulator");
    assert_eq!(history[0].user, "ü");
    assert_eq!(history[0].comment.as_deref(), Some("for a demo"));
    assert_eq!(history[0].after.as_deref(), Some("\"price\""));
}

#[test]
fn a_change_made_elsewhere_is_somebody_elses() {
    let world = World::new();
    let place = ("shop", "test", "u", "sort.order");
    assert!(world.simulator.change_elsewhere(place, Some("\"newest\"")));
    assert!(!world.simulator.change_elsewhere(place, Some("\"none\"")));
    assert!(world.simulator.turn("shop", "test", "sort.order", false));
    let answer = json(&world.get(&setting("u", "sort.order")));
    assert_eq!(
        (&answer["setting"], &answer["_value"]),
        (&value("\"newest\""), &value("\"relevance\""))
    );
    let history = world.simulator.history();
    assert!(history.iter().all(|change| change.by == "somebody else"));
}

#[test]
fn a_put_that_changes_nothing_leaves_history_versions_and_expiration_alone() {
    let world = World::new();
    let version = || {
        let flag = json(&world.get("/api/v2/flags/shop/checkout.new-flow"));
        let environment = &flag["environments"]["test"]["version"];
        (flag["_version"].clone(), environment.clone())
    };
    let before = version();
    let at = format!(",\"value\":{}", START_MS + 60_000);
    let add = "addExpireUserTargetDate";
    let add = world.instruction(add, "checkout.new-flow", "true", &at);
    world.patch("anna@example.com", &add);
    let put = |body| world.put("anna@example.com", "checkout.new-flow", body);
    assert_eq!(put(r#"{"setting":true}"#), 204);
    assert_eq!((world.simulator.history().len(), version()), (1, before));
    let scheduled = || world.simulator.expirations("shop", "test", "anna@example.com").len();
    assert_eq!(scheduled(), 1);
    assert_eq!(put(r#"{"setting":false}"#), 204);
    assert_eq!((version(), scheduled()), ((value("2"), value("2")), 0));
}

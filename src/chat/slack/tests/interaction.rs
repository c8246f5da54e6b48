use super::*;
use crate::auth::SlackSecrets;

/// A body that Slack's documents sign: `v0=3d556b1d…` at 1531420620.
const VECTOR: &str = "payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U2CERLKJA%22%2C%22username%22%3A%22roadrunner%22%2C%22team_id%22%3A%22T1DC2JH3J%22%7D%2C%22api_app_id%22%3A%22A02%22%2C%22team%22%3A%7B%22id%22%3A%22T1DC2JH3J%22%2C%22domain%22%3A%22testteamnow%22%7D%2C%22channel%22%3A%7B%22id%22%3A%22G8PSS9T3V%22%2C%22name%22%3A%22foobar%22%7D%2C%22trigger_id%22%3A%221.2.abc%22%2C%22response_url%22%3A%22https%3A%2F%2Fhooks.slack.com%2Factions%2FT1DC2JH3J%2F1%2Fxyz%22%2C%22actions%22%3A%5B%7B%22type%22%3A%22button%22%2C%22block_id%22%3A%22b1%22%2C%22action_id%22%3A%22confirm%22%2C%22action_ts%22%3A%221531420620.000100%22%2C%22value%22%3A%22op_01%22%7D%5D%7D";

fn signed(secret: &str, at: i64, signature: Option<&str>, body: &str) -> SlackSigned {
    let secrets = SlackSecrets::new(&secret.into(), None);
    let own = secrets.sign(at, body.as_bytes()).unwrap();
    let signature = signature.unwrap_or(&own).as_bytes();
    let (body, time) = (body.as_bytes().to_vec().into(), at.to_string());
    let now = jiff::Timestamp::from_second(at).unwrap();
    secrets.verify(Some(time.as_bytes()), Some(signature), body, now).unwrap()
}

fn body(payload: &serde_json::Value) -> String {
    serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap()
}

fn press(body: &str) -> Press {
    match Payload::read(body.as_bytes()).unwrap() {
        Payload::Press(press) => press,
        Payload::Other => panic!("no press: {body}"),
    }
}

fn subject(payload: &serde_json::Value) -> String {
    let body = body(payload);
    let speaker = press(&body).speaker(&signed("secret", 0, None, &body), "r1").unwrap();
    speaker.caller.subject().to_owned()
}

/// As Slack sends it.
fn payload() -> serde_json::Value {
    serde_json::json!({
        "type": "block_actions",
        "user": {"id": "U2CERLKJA", "username": "roadrunner", "name": "roadrunner", "team_id": "T1DC2JH3J"},
        "api_app_id": "A02", "token": "Shh_its_a_seekrit",
        "container": {"type": "message", "message_ts": "1548261231.000200", "channel_id": "G8PSS9T3V", "is_ephemeral": false},
        "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
        "team": {"id": "T1DC2JH3J", "domain": "testteamnow"},
        "enterprise": null, "is_enterprise_install": false,
        "channel": {"id": "G8PSS9T3V", "name": "foobar"},
        "message": {"bot_id": "BAH5CA16Z", "type": "message", "text": "…", "ts": "1548261231.000200"},
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/T1DC2JH3J/1/xyz",
        "actions": [{"action_id": "confirm-0", "block_id": "=qXel", "type": "button", "style": "primary",
                     "text": {"type": "plain_text", "text": "Confirm", "emoji": false},
                     "value": "sealed", "action_ts": "1548426417.840180"}]
    })
}

#[test]
fn the_published_vector_is_verified_and_read() {
    let signature = "v0=3d556b1de345812e46ad601ea7db32d973caa6333d028faf7ba7d5b7db1665b5";
    let secret = "8f742231b10e8888abcd99yyyzzz85a5";
    let signed = signed(secret, 1_531_420_620, Some(signature), VECTOR);
    let press = press(VECTOR);
    let speaker = press.speaker(&signed, "r1").unwrap();
    assert_eq!(speaker.caller.subject(), "T1DC2JH3J/U2CERLKJA");
    assert_eq!((speaker.channel.as_str(), speaker.command.as_str()), ("G8PSS9T3V", "/flags"));
    assert_eq!(press.trigger_id.as_deref(), Some("1.2.abc"));
    assert!(press.says().is_none(), "`confirm` without a number is no button of ours");
}

#[test]
fn a_press_says_what_its_button_said() {
    assert_eq!(press(&body(&payload())).says(), Some(Says::Confirm("sealed".into())));
    let mut other = payload();
    other["actions"] = serde_json::json!([]);
    assert_eq!(press(&body(&other)).says(), None);
    other["actions"] = serde_json::json!([{"type": "static_select", "action_id": "confirm-0"}]);
    assert_eq!(press(&body(&other)).says(), None);
}

#[test]
fn the_workspace_is_where_it_was_pressed_but_for_guests_from_another_one() {
    let mut grid = payload();
    assert_eq!(subject(&grid), "T1DC2JH3J/U2CERLKJA");
    grid["user"]["team_id"] = "T0HOME".into();
    assert_eq!(subject(&grid), "T0HOME/U2CERLKJA", "a guest, by Slack Connect");
    grid["enterprise"] = serde_json::json!({"id": "E1", "name": "Globular"});
    assert_eq!(subject(&grid), "T1DC2JH3J/U2CERLKJA", "a member of the same organization");
    grid["team"] = serde_json::Value::Null;
    grid["is_enterprise_install"] = true.into();
    assert_eq!(subject(&grid), "T0HOME/U2CERLKJA", "installed for the organization");
    grid.as_object_mut().unwrap().remove("team");
    assert_eq!(subject(&grid), "T0HOME/U2CERLKJA");
}

#[test]
fn a_press_without_who_or_where_is_refused() {
    for missing in ["channel", "team"] {
        let mut without = payload();
        without[missing] = serde_json::Value::Null;
        without["user"]["team_id"] = serde_json::Value::Null;
        let body = body(&without);
        assert!(press(&body).speaker(&signed("secret", 0, None, &body), "r1").is_err());
    }
}

#[test]
fn other_kinds_of_interactions_are_no_press_whatever_they_hold() {
    for other in [r#"{"type":"view_submission","user":7}"#, r#"{"type":"shortcut"}"#] {
        let body = serde_urlencoded::to_string([("payload", other)]).unwrap();
        assert!(matches!(Payload::read(body.as_bytes()), Ok(Payload::Other)));
    }
}

#[test]
fn a_payload_that_is_missing_broken_or_given_twice_is_refused() {
    let twice = format!("{VECTOR}&payload=%7B%7D");
    let two_users = r#"payload={"type":"block_actions","user":{"id":"U1"},"user":{"id":"U2"}}"#;
    for bad in ["", "payload=", "payload=%7B", "payload=7", "payload={}", &twice, two_users] {
        assert!(Payload::read(bad.as_bytes()).is_err(), "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn any_payload_is_read_or_refused_without_a_panic(
        json in r#"\{("type":"block_actions",?)?("(user|team|actions|channel)":(null|7|\{\}|\[\]|"x"|\{"id":"U1"\}|\[\{\}\]),?){0,4}\}?"#,
    ) {
        let body = serde_urlencoded::to_string([("payload", json)]).unwrap();
        if let Ok(Payload::Press(press)) = Payload::read(body.as_bytes()) {
            let _: (Option<Says>, bool) =
                (press.says(), press.speaker(&signed("secret", 0, None, &body), "r").is_ok());
        }
    }
}

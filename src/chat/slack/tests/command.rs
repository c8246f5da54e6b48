use super::*;
use crate::auth::SlackSecrets;

/// As Slack sends it, to an app in a workspace of an Enterprise Grid organization.
const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&enterprise_id=E0001&enterprise_name=Globular&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fflags&text=get+dark-mode+anna%40example.com&api_app_id=A123456&is_enterprise_install=true&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c&something_new=1&something_new=2";

fn signed(body: &str) -> SlackSigned {
    let secrets = SlackSecrets::new(&"secret".into(), None);
    let signature = secrets.sign(0, body.as_bytes()).unwrap();
    let body = body.as_bytes().to_vec().into();
    let now = jiff::Timestamp::UNIX_EPOCH;
    secrets.verify(Some(b"0"), Some(signature.as_bytes()), body, now).unwrap()
}

fn speaker(body: &str) -> Result<Speaker, Fault> {
    let form = Form::parse(body.as_bytes()).unwrap();
    Typed::of(&form)?.speaker(&signed(body), "r1")
}

#[test]
fn a_command_is_read_by_its_ids() {
    let form = Form::parse(BODY.as_bytes()).unwrap();
    let typed = Typed::of(&form).unwrap();
    assert_eq!(typed.text, "get dark-mode anna@example.com");
    assert_eq!(typed.trigger, Some("398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"));
    assert!(typed.response_url.unwrap().starts_with("https://hooks.slack.com/commands/T1DC2JH3J/"));
    let speaker = speaker(BODY).unwrap();
    assert_eq!(speaker.caller.subject(), "T1DC2JH3J/U2CERLKJA");
    assert_eq!((speaker.person.as_str(), speaker.channel.as_str()), ("U2CERLKJA", "G8PSS9T3V"));
    assert_eq!((speaker.command.as_str(), speaker.request_id.as_str()), ("/flags", "r1"));
}

#[test]
fn names_do_not_matter() {
    let renamed = BODY.replace("roadrunner", "boss").replace("foobar", "general");
    assert_eq!(speaker(&renamed).unwrap().caller.subject(), "T1DC2JH3J/U2CERLKJA");
}

#[test]
fn what_is_left_out_given_twice_or_no_id_is_refused_by_name() {
    for (name, body) in [
        ("team_id", BODY.replace("team_id=T1DC2JH3J&", "")),
        ("user_id", BODY.replace("user_id=U2CERLKJA&", "")),
        ("channel_id", BODY.replace("channel_id=G8PSS9T3V&", "")),
        ("command", BODY.replace("command=%2Fflags&", "")),
        ("user_id", format!("{BODY}&user_id=U0")),
        ("text", format!("{BODY}&text=help")),
        ("trigger_id", format!("{BODY}&trigger_id=1")),
        ("response_url", format!("{BODY}&response_url=https%3A%2F%2Fexample.com")),
        ("user_id", BODY.replace("U2CERLKJA", "U1%2FU2")),
        ("user_id", BODY.replace("team_id=T1DC2JH3J", "team_id=T1%2F")),
        ("channel_id", BODY.replace("G8PSS9T3V", "G1%0A")),
        ("command", BODY.replace("%2Fflags", "flags")),
    ] {
        let refused = speaker(&body).unwrap_err();
        assert_eq!(refused.spot, crate::problem::Spot::Parameter(name.to_owned()), "{body}");
    }
    let without_text = BODY.replace("text=get+dark-mode+anna%40example.com&", "");
    assert!(speaker(&without_text).is_ok());
}

proptest::proptest! {
    #[test]
    fn any_body_is_read_or_refused_without_a_panic(body in "([a-z_]{0,12}|team_id|user_id|command|channel_id)=[%A-Z0-9/]{0,12}(&[a-z_=]{0,20}){0,4}") {
        let form = Form::parse(body.as_bytes());
        let _: Option<bool> = form.ok().map(|form| Typed::of(&form).is_ok());
    }
}

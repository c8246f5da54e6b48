use super::*;

#[test]
fn what_slack_tells_is_read_as_far_as_we_look_at_it() {
    let asks = r#"{"type":"url_verification","token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#;
    let told = read(asks.as_bytes()).unwrap();
    assert_eq!(told.r#type, "url_verification");
    assert!(told.challenge.unwrap().starts_with("3eZbrw1aBm2r"));
    let event = r#"{"token":"z","team_id":"T1","api_app_id":"A1","event":{"type":"app_home_opened","user":"U1"},"type":"event_callback","event_id":"Ev08MFMKH6","event_time":1234567890,"authorizations":[{"enterprise_id":"E1","team_id":null,"is_enterprise_install":true}]}"#;
    let told = read(event.as_bytes()).unwrap();
    assert_eq!(
        (told.r#type.as_str(), told.event_id.as_deref()),
        ("event_callback", Some("Ev08MFMKH6"))
    );
}

#[test]
fn what_is_no_object_with_one_type_is_refused() {
    for bad in ["", "{", "{}", "[]", r#"{"type":7}"#, r#"{"type":"a","type":"b"}"#] {
        assert!(read(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(read(b"\xff").is_err());
}

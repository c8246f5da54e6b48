//! What a seed of one's own can say beyond the built-in one.

use super::*;

/// The world of one flag (and its companions) in `p/e`, where user `nl` has a country.
fn world(flags: &str) -> World {
    let text = format!(
        r#"{{"tokens":[{{"token":"{BUILT_IN_TOKEN}","name":"n"}}],"projects":[{{"key":"p",
            "environments":[{{"key":"e"}}],
            "users":[{{"key":"nl","attributes":{{"country":"NL","age":30,"groups":["a","b"]}}}}],
            "flags":[{flags}]}}]}}"#
    );
    let clock = Clock::manual(Timestamp::UNIX_EPOCH);
    World { simulator: Simulator::new(Seed::parse(&text).unwrap(), clock.clone()), clock }
}

fn received(world: &World, user: &str) -> Value {
    json(&world.get(&format!("/api/v2/users/p/e/{user}/flags/f")))["_value"].clone()
}

#[test]
fn of_two_spellings_of_one_number_the_one_sent_is_set() {
    let flag = r#"{"key":"f","variations":[{"value":1},{"value":1.0}],"targeting":{"on":true}}"#;
    let world = world(flag);
    for (sent, kept) in [("1", "1"), ("1.0", "1.0"), ("1e0", "1")] {
        let body = format!(r#"{{"setting":{sent}}}"#);
        let put = world.ask("PUT", "/api/v2/users/p/e/u/flags/f", &[], &body);
        assert_eq!(put.status, 204);
        assert_eq!(world.simulator.setting("p", "e", "u", "f").as_deref(), Some(kept));
    }
}

#[test]
fn clauses_compare_as_their_operator_says() {
    for (clause, matches) in [
        (r#""attribute":"country","op":"in","values":["DE","NL"]"#, true),
        (r#""attribute":"country","op":"in","values":["NL"],"negate":true"#, false),
        (r#""attribute":"country","op":"in","values":["DE"],"negate":true"#, true),
        (r#""attribute":"none","op":"in","values":["DE"],"negate":true"#, false),
        (r#""attribute":"country","op":"startsWith","values":["N"]"#, true),
        (r#""attribute":"country","op":"endsWith","values":["N"]"#, false),
        (r#""attribute":"key","op":"contains","values":["l"]"#, true),
        (r#""attribute":"age","op":"greaterThan","values":[29]"#, true),
        (r#""attribute":"age","op":"lessThan","values":[30]"#, false),
        (r#""attribute":"groups","op":"in","values":["b"]"#, true),
    ] {
        let flag = format!(
            r#"{{"key":"f","variations":[{{"value":true}},{{"value":false}}],"targeting":{{"on":true,
                "fallthrough":{{"variation":1}},
                "rules":[{{"clauses":[{{{clause}}}],"serve":{{"variation":0}}}}]}}}}"#
        );
        assert_eq!(received(&world(&flag), "nl"), Value::Bool(matches), "{clause}");
    }
}

#[test]
fn a_prerequisite_that_is_off_fails_even_when_it_serves_the_right_variation() {
    for (on, expected) in [(true, true), (false, false)] {
        let flags = format!(
            r#"{{"key":"base","variations":[{{"value":true}}],"targeting":
                {{"on":{on},"offVariation":0,"fallthrough":{{"variation":0}}}}}},
               {{"key":"f","variations":[{{"value":true}},{{"value":false}}],"targeting":{{"on":true,
                "offVariation":1,"fallthrough":{{"variation":0}},
                "prerequisites":[{{"key":"base","variation":0}}]}}}}"#
        );
        assert_eq!(received(&world(&flags), "u"), Value::Bool(expected));
    }
}

#[test]
fn an_empty_name_is_left_out_of_the_flag() {
    let flag = r#"{"key":"f","variations":[{"value":1,"name":"","description":""},
        {"value":2,"name":"two"}],"targeting":{"on":true}}"#;
    let answer = json(&world(flag).get("/api/v2/flags/p/f"));
    assert_eq!(answer["variations"][0].as_object().unwrap().len(), 2);
    assert_eq!(answer["variations"][1]["name"], "two");
}

#[test]
fn a_clause_asks_the_context_of_its_own_kind() {
    for (clause, matches) in [
        (r#""contextKind":"device","attribute":"os","op":"in","values":["linux"]"#, true),
        (r#""attribute":"os","op":"in","values":["linux"]"#, false),
        (r#""contextKind":"org","attribute":"key","op":"in","values":["x"],"negate":true"#, false),
        (
            r#""contextKind":"device","attribute":"/screen/dpi","op":"greaterThan","values":[90]"#,
            true,
        ),
        (r#""attribute":"kind","op":"in","values":["device"]"#, true),
        (r#""attribute":"kind","op":"in","values":["org"]"#, false),
    ] {
        let flag = format!(
            r#"{{"key":"f","variations":[{{"value":true}},{{"value":false}}],"targeting":{{"on":true,
                "fallthrough":{{"variation":1}},
                "rules":[{{"clauses":[{{{clause}}}],"serve":{{"variation":0}}}}]}}}}"#
        );
        let context = r#"{"kind":"multi","user":{"key":"u"},
            "device":{"key":"d","os":"linux","screen":{"dpi":96}}}"#;
        let target = "/api/v2/projects/p/environments/e/flags/evaluate";
        let answer = json(&world(&flag).ask("POST", target, &[], context));
        assert_eq!(answer["items"][0]["_value"], Value::Bool(matches), "{clause}");
    }
}

#[test]
fn a_rollout_without_a_user_serves_its_first_share() {
    let flag = r#"{"key":"f","variations":[{"value":1},{"value":2}],"targeting":{"on":true,
        "fallthrough":{"rollout":[{"variation":1,"weight":1},{"variation":0,"weight":99999}]}}}"#;
    let target = "/api/v2/projects/p/environments/e/flags/evaluate";
    let answer = world(flag).ask("POST", target, &[], r#"{"kind":"device","key":"d"}"#);
    assert_eq!(json(&answer)["items"][0]["_value"], 2);
}

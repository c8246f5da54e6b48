//! The calls that replace the User Settings operations, and that both see and change the same.

use super::*;

const FLAG: &str = "/api/v2/flags/shop/checkout.new-flow";

fn context_setting(kind: &str, key: &str, flag: &str) -> String {
    let key = encode(key);
    format!("/api/v2/projects/shop/environments/test/contexts/{kind}/{key}/flags/{flag}")
}

fn evaluate(world: &World, query: &str, context: &str) -> Answer {
    let target = format!("/api/v2/projects/shop/environments/test/flags/evaluate{query}");
    world.ask("POST", &target, &[], context)
}

fn keys(answer: &Answer) -> Vec<String> {
    let items = json(answer)["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

fn evaluated(world: &World, context: &str, flag: &str) -> (Value, Value) {
    let answer = json(&evaluate(world, &format!("?filter=query+equals+{flag}"), context));
    let items = answer["items"].as_array().unwrap();
    let found = items.iter().find(|item| item["key"] == flag).unwrap();
    assert!(found.get("setting").is_none());
    (found["_value"].clone(), found["reason"].clone())
}

#[test]
fn both_puts_do_exactly_the_same() {
    for (flag, body) in [
        ("sort.order", r#"{"setting":"price","comment":"c"}"#),
        ("sort.order", r#"{"setting":"none"}"#),
        ("checkout.limit", r#"{"setting":2}"#),
        ("checkout.new-flow", "{}"),
        ("checkout.new-flow", r#"{"setting":null,"comment":"c"}"#),
        ("checkout.new-flow", r#"{"setting":false}"#),
        ("none", "{}"),
        ("sort.order", "["),
    ] {
        let (one, other) = (World::new(), World::new());
        let user = "anna@example.com";
        let old = one.ask("PUT", &setting(user, flag), &[], body);
        let new = other.ask("PUT", &context_setting("user", user, flag), &[], body);
        assert_eq!((old.status, &old.body), (new.status, &new.body), "{flag} {body}");
        let shown = |world: &World| {
            let list = world.get(&format!("/api/v2/users/shop/test/{}/flags", encode(user)));
            let flags = world.get("/api/v2/flags/shop?env=test&summary=0");
            let history = serde_json::to_string(&world.simulator.history()).unwrap();
            (text(&list).to_owned(), text(&flags).to_owned(), history)
        };
        assert_eq!(shown(&one), shown(&other), "{flag} {body}");
    }
}

#[test]
fn a_context_of_another_kind_is_a_target_of_its_own() {
    let world = World::new();
    let body = r#"{"setting":true}"#;
    let target = context_setting("device", "till-8", "checkout.new-flow");
    assert_eq!(world.ask("PUT", &target, &[], body).status, 204);
    assert_eq!(world.simulator.setting("shop", "test", "till-8", "checkout.new-flow"), None);
    let shown = json(&world.get(&format!("{FLAG}?env=test")));
    let environment = &shown["environments"]["test"];
    assert_eq!(
        environment["targets"],
        value(r#"[{"contextKind":"user","values":["anna@example.com"],"variation":0}]"#)
    );
    assert_eq!(
        environment["contextTargets"],
        value(
            r#"[{"contextKind":"user","values":[],"variation":0},
                {"contextKind":"device","values":["till-8"],"variation":0}]"#
        )
    );
    let both = r#"{"kind":"multi","user":{"key":"x"},"device":{"key":"till-8"}}"#;
    let (received, reason) = evaluated(&world, both, "checkout.new-flow");
    assert_eq!((received, reason["kind"].as_str()), (Value::Bool(true), Some("TARGET_MATCH")));
    assert_eq!(world.simulator.history()[0].context_kind, "device");
    let multi = context_setting("multi", "x", "checkout.new-flow");
    assert_eq!(world.ask("PUT", &multi, &[], body).status, 400);
}

#[test]
fn evaluate_goes_by_what_is_sent_and_never_by_what_is_stored() {
    let world = World::new();
    let anna = r#"{"kind":"user","key":"anna@example.com"}"#;
    assert_eq!(world.received("anna@example.com", "beta.features").0, Value::Bool(true));
    assert_eq!(evaluated(&world, anna, "beta.features").0, Value::Bool(false));
    let with = r#"{"kind":"user","key":"nobody","email":"x@example.com"}"#;
    let (received, reason) = evaluated(&world, with, "beta.features");
    assert_eq!((received, reason["ruleIndex"].as_i64()), (Value::Bool(true), Some(0)));
    assert_eq!(evaluated(&world, anna, "checkout.new-flow").0, Value::Bool(true));
    let device = r#"{"kind":"device","key":"anna@example.com","email":"x@example.com"}"#;
    for flag in ["checkout.new-flow", "beta.features"] {
        assert_eq!(evaluated(&world, device, flag).0, Value::Bool(false), "{flag}");
    }
}

#[test]
fn evaluate_with_what_is_stored_tells_what_the_user_settings_tell() {
    let world = World::new();
    for user in ["anna@example.com", "ben@example.org", "ü", "nobody"] {
        let records = json(&world.get(&records(user, "")));
        let bare = serde_json::json!({ "kind": "user", "key": user });
        let context = records["items"].get(0).map_or(&bare, |record| &record["context"]);
        let new = json(&evaluate(&world, "", &context.to_string()));
        let old = json(&world.get(&format!("/api/v2/users/shop/test/{}/flags", encode(user))));
        assert_eq!(new["totalCount"], 13);
        for item in new["items"].as_array().unwrap() {
            let same = &old["items"][item["key"].as_str().unwrap()];
            assert_eq!((&item["_value"], &item["reason"]), (&same["_value"], &same["reason"]));
        }
    }
}

#[test]
fn evaluations_are_filtered_sorted_and_paged() {
    let world = World::new();
    let user = r#"{"kind":"user","key":"u"}"#;
    let shown = |query: &str| keys(&evaluate(&world, query, user));
    assert_eq!(shown("?filter=query+equals+SORT").join(" "), "sort.order");
    assert_eq!(shown("?filter=query+equals+old+search").join(" "), "legacy.search");
    let both = "?filter=query%20equals%20new,%20tags%20contains%20[%22checkout%22]";
    assert_eq!(shown(both).join(" "), "checkout.express checkout.new-flow");
    let all = shown("");
    assert_eq!((all.len(), all.is_sorted()), (13, true));
    assert_eq!(shown("?limit=-1"), all);
    assert_eq!(shown("?limit=3&offset=2"), all[2..5]);
    assert_eq!(shown("?sort=-key&limit=1"), all[12..]);
    assert_eq!(json(&evaluate(&world, "?limit=3", user))["totalCount"], 13);
    for query in ["?limit=-2", "?limit=x", "?offset=-1", "?sort=age", "?filter=key+equals+a"] {
        assert_eq!(evaluate(&world, query, user).status, 400, "{query}");
    }
    for context in ["", "[]", "{}", r#"{"key":"u"}"#, r#"{"kind":"user","key":1}"#] {
        assert_eq!(evaluate(&world, "", context).status, 400, "{context}");
    }
    let reader = [("authorization", BUILT_IN_READER_TOKEN)];
    let target = "/api/v2/projects/shop/environments/test/flags/evaluate";
    assert_eq!(world.ask("POST", target, &reader, user).status, 200);
    assert_eq!(world.ask("GET", target, &reader, "").status, 405);
}

fn targets(world: &World, route: &str, instruction: Option<&str>) -> Value {
    let target = format!("{FLAG}/{route}/test");
    let body = instruction.map(|one| format!(r#"{{"comment":"why","instructions":[{one}]}}"#));
    let method = if body.is_some() { "PATCH" } else { "GET" };
    let answer = world.ask(method, &target, &[], body.as_deref().unwrap_or_default());
    assert_eq!(answer.status, 200, "{}", text(&answer));
    json(&answer)
}

#[test]
fn an_expiration_is_the_same_from_all_three_sides() {
    let world = World::new();
    let id = world.simulator.variation_id("shop", "checkout.new-flow", "true").unwrap();
    let make = |kind: &str, who: &str, rest: &str| {
        format!(r#"{{"kind":"{kind}","variationId":"{id}",{who}{rest}}}"#)
    };
    let context = r#""contextKind":"user","contextKey":"anna@example.com""#;
    let user = r#""userKey":"anna@example.com""#;
    let at = |ms: i64| format!(",\"value\":{}", START_MS + ms);
    let added =
        targets(&world, "expiring-targets", Some(&make("addExpiringTarget", context, &at(60_000))));
    assert_eq!(added["successfulInstructions"], 1, "{added}");
    let moved = make("updateExpireUserTargetDate", user, &(at(70_000) + r#","version":1"#));
    let moved = targets(&world, "expiring-user-targets", Some(&moved));
    assert_eq!(moved["successfulInstructions"], 1, "{moved}");
    let from_flag = targets(&world, "expiring-targets", None)["items"][0].clone();
    let from_users = targets(&world, "expiring-user-targets", None)["items"][0].clone();
    let from_user = json(&world.get(&expirations("anna@example.com")))["items"][0].clone();
    assert_eq!(from_users, from_user);
    assert_eq!((&from_flag["_id"], &from_flag["_version"]), (&from_user["_id"], &value("2")));
    assert_eq!(from_flag["contextKey"], from_user["userKey"]);
    let stale = make("updateExpiringTarget", context, &(at(80_000) + r#","version":1"#));
    assert_eq!(targets(&world, "expiring-targets", Some(&stale))["failedInstructions"], 1);
    let remove = make("removeExpiringTarget", context, "");
    let removed = targets(&world, "expiring-targets", Some(&remove));
    assert_eq!(removed["items"], value("[]"));
    assert!(world.simulator.expirations("shop", "test", "anna@example.com").is_empty());
    let kinds: Vec<_> = world.simulator.history().iter().map(|change| change.kind).collect();
    let expected =
        [ChangeKind::ExpirationAdded, ChangeKind::ExpirationUpdated, ChangeKind::ExpirationRemoved];
    assert_eq!(kinds, expected);
}

#[test]
fn the_end_of_another_kind_is_not_told_as_a_users() {
    let world = World::new();
    let id = world.simulator.variation_id("shop", "gift.wrapping", "true").unwrap();
    let body = format!(
        r#"{{"instructions":[{{"kind":"addExpiringTarget","variationId":"{id}","contextKind":"device",
            "contextKey":"till-7","value":{}}}]}}"#,
        START_MS + 1
    );
    let flag = "/api/v2/flags/shop/gift.wrapping";
    let contexts = format!("{flag}/expiring-targets/test");
    let added = json(&world.ask("PATCH", &contexts, &[], &body));
    assert_eq!(added["items"][0]["contextKind"], "device", "{added}");
    let users = json(&world.get(&format!("{flag}/expiring-user-targets/test")));
    assert_eq!(users["items"], value("[]"));
    world.clock.advance(std::time::Duration::from_millis(1));
    assert_eq!(json(&world.get(&contexts))["items"], value("[]"));
}

fn records(user: &str, query: &str) -> String {
    format!("/api/v2/projects/shop/environments/test/contexts/user/{}{query}", encode(user))
}

#[test]
fn a_context_has_a_record_per_application_and_the_latest_is_first() {
    let world = World::new();
    let read = |query: &str| json(&world.get(&records("anna@example.com", query)));
    let country = |answer: &Value| answer["items"][0]["context"]["country"].clone();
    let all = read("");
    assert_eq!((all["totalCount"].as_i64(), country(&all)), (Some(2), "NL".into()));
    assert_eq!(all["items"][0]["context"]["kind"], "user");
    assert_eq!(all["items"][0]["lastSeen"], "2023-11-14T22:13:20Z");
    assert_eq!(country(&read("?sort=ts")), "BE");
    assert_eq!(country(&read("?filter=applicationId:%22shop-app/0.9%22")), "BE");
    let first = read("?limit=1&includeTotalCount=false");
    assert!(first.get("totalCount").is_none());
    let next = first["_links"]["next"]["href"].as_str().unwrap();
    let rest = json(&world.get(next));
    assert_eq!((country(&rest), rest["_links"].get("next")), ("BE".into(), None));
    let unknown = world.get(&records("nobody", ""));
    assert_eq!((unknown.status, json(&unknown)["items"].clone()), (200, value("[]")));
    assert_eq!(world.get(&records("u", "?limit=51")).status, 400);
    world.simulator.set_contexts_forbidden(true);
    let denied = world.get(&records("anna@example.com", ""));
    assert_eq!((denied.status, &json(&denied)["code"]), (403, &value("\"forbidden\"")));
}

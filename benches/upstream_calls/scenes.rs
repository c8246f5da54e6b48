//! The operations that are counted, and what was before each.

use serde_json::json;

use super::stage::{Ask, Stage};

const READER: &str = "reader";
/// Somebody else in the same environment.
const OTHER: &str = "other";
/// Flags of which a user with overrides has one each; the first ends.
const OVERRIDDEN: [&str; 3] = ["many.0001", "many.0002", "many.0003"];
const FLAG: &str = "many.0001";
const SECOND: &str = "many.0002";

/// An operation, in the words of the table.
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// Whether the user has overrides.
    pub(crate) overridden: bool,
    pub(crate) ask: fn(&Stage) -> anyhow::Result<Ask>,
}

/// All of them, in the order of the table.
pub(crate) const SCENES: [Scene; 16] = [
    scene("list", false, |_| Ok(get("flags"))),
    scene("list with expirations, 3 overrides", true, |_| Ok(get("flags?include=expiration"))),
    scene("one flag", false, |_| Ok(get(&format!("flags/{FLAG}")))),
    scene("one flag with expiration, 3 overrides", true, |_| {
        Ok(get(&format!("flags/{FLAG}?include=expiration")))
    }),
    scene("expirations, no override", false, |_| Ok(get("expirations"))),
    scene("expirations, 3 overrides", true, |_| Ok(get("expirations"))),
    scene("set", false, |_| Ok(put("", &json!({"setting": true})))),
    scene("set until", false, |_| Ok(put("", &json!({"setting": true, "expires_in": "2h"})))),
    scene("set until, over one with an end", true, |_| {
        Ok(put("", &json!({"setting": false, "expires_in": "2h"})))
    }),
    scene("clear", true, |_| Ok(ask("DELETE", &format!("flags/{SECOND}"), ""))),
    scene("clear, with an end", true, |_| Ok(ask("DELETE", &format!("flags/{FLAG}"), ""))),
    scene("move an end", true, |_| Ok(put("/expiration", &json!({"expires_in": "3h"})))),
    scene("cancel an end", true, |_| Ok(ask("DELETE", &format!("flags/{FLAG}/expiration"), ""))),
    scene("drop-in: set", false, |_| Ok(put_theirs(r#"{"setting":true}"#))),
    scene("drop-in: clear", true, |_| Ok(put_theirs(r#"{"setting":null}"#))),
    scene("drop-in: patch of 2 flags", true, patch),
];

const fn scene(
    name: &'static str,
    overridden: bool,
    ask: fn(&Stage) -> anyhow::Result<Ask>,
) -> Scene {
    Scene { name, overridden, ask }
}

/// Gives the reader overrides, of which the first ends.
pub(crate) fn override_some(stage: &Stage) -> anyhow::Result<()> {
    for flag in OVERRIDDEN {
        let end = if flag == FLAG { r#","expires_in":"1h""# } else { "" };
        stage.count(&ask(
            "PUT",
            &format!("flags/{flag}"),
            &format!(r#"{{"setting":true{end}}}"#),
        ))?;
    }
    Ok(())
}

/// Somebody else in the same environment has been looked at.
pub(crate) fn look_at_another(stage: &Stage) -> anyhow::Result<()> {
    stage.count(&ask_of(OTHER, "GET", "flags?include=expiration", "")).map(drop)
}

/// The same user has been looked at.
pub(crate) fn look_at_the_reader(stage: &Stage) -> anyhow::Result<()> {
    stage.count(&get("flags?include=expiration")).map(drop)
}

fn get(what: &str) -> Ask {
    ask("GET", what, "")
}

fn put(what: &str, body: &serde_json::Value) -> Ask {
    ask("PUT", &format!("flags/{FLAG}{what}"), &body.to_string())
}

fn ask(method: &'static str, what: &str, body: &str) -> Ask {
    ask_of(READER, method, what, body)
}

fn ask_of(user: &str, method: &'static str, what: &str, body: &str) -> Ask {
    let path = format!("/v1/projects/web/environments/test/users/{user}/{what}");
    Ask { method, path, body: body.to_owned() }
}

fn put_theirs(body: &str) -> Ask {
    let path = format!("/api/v2/users/web/test/{READER}/flags/{FLAG}");
    Ask { method: "PUT", path, body: body.to_owned() }
}

fn patch(stage: &Stage) -> anyhow::Result<Ask> {
    let move_one = json!({"kind": "updateExpireUserTargetDate", "flagKey": FLAG,
        "variationId": stage.variation(FLAG)?, "value": stage.in_hours(5)});
    let add_one = json!({"kind": "addExpireUserTargetDate", "flagKey": SECOND,
        "variationId": stage.variation(SECOND)?, "value": stage.in_hours(5)});
    let body = json!({"instructions": [move_one, add_one]}).to_string();
    let path = format!("/api/v2/users/web/{READER}/expiring-user-targets/test");
    Ok(Ask { method: "PATCH", path, body })
}

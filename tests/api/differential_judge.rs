//! Whether two answers to one question are the same, up to what the README's table names as different:
//!
//! - archived flags: the replacement APIs leave them out of lists and do not know them one by one;
//! - stored attributes, where the token may not read them: what rules on them give;
//! - a patch of expirations is taken flag by flag, so that the words about a flag are its own, and a patch of nothing but
//!   flags that are not known is a 404;
//! - the calls that a dry run would make.
//!
//! Names that are made up anew for each answer are left out: those of requests, operations and records.

use serde_json::Value;

use crate::differential_stage::Ask;
use crate::differential_world::World;
use crate::wire::Answer;

/// What differs beyond the table; none if nothing does.
pub(crate) fn difference(ask: &Ask, answers: &[Answer; 2], world: &World) -> Option<String> {
    let [old, new] = answers;
    let is_read = ask.method == "GET";
    if is_read && is_of_an_archived_flag(ask, world) && old.status < 400 && new.status == 404 {
        return None;
    }
    if is_patch_of_unknown_flags(ask, world) && (old.status, new.status) == (200, 404) {
        let report = old.json();
        let same = report["failedInstructions"] == report["totalInstructions"];
        return (!same).then(|| "more was done than refused".to_owned());
    }
    // What is not the same for both may be known to one caller and not to the other.
    let excused = excuses(world);
    if excused && ask.again && [old.status, new.status].contains(&304) {
        return None;
    }
    if old.status != new.status {
        return Some("statuses".to_owned());
    }
    for name in ["content-type", "cache-control", "vary", "allow", "retry-after"] {
        if old.header(name) != new.header(name) {
            return Some(name.to_owned());
        }
    }
    // What one of them did not know it did not keep either.
    let archives = world.flags.iter().any(|flag| flag.archived);
    for name in ["age", "cache-status"] {
        if !archives && old.header(name) != new.header(name) {
            return Some(name.to_owned());
        }
    }
    let tags = answers.each_ref().map(|answer| answer.header("etag"));
    if old.status == 200 && (tags[0] == tags[1]) != (tags[0].is_none() || old.body == new.body) {
        return Some("tags of other bodies".to_owned());
    }
    if old.body == new.body {
        return None;
    }
    let to_the_byte = is_read && old.status == 200 && !excused;
    if to_the_byte && !ask.path.contains("/expiring-user-targets/") {
        return Some("bodies, to the byte".to_owned());
    }
    let bodies = answers.each_ref().map(|answer| plain(ask, answer, world));
    (bodies[0] != bodies[1]).then(|| format!("bodies:\n  {}\n  {}", bodies[0], bodies[1]))
}

/// Whether the account has what the table names.
fn excuses(world: &World) -> bool {
    let by_attributes = world.flags.iter().any(|flag| flag.by_attributes);
    world.flags.iter().any(|flag| flag.archived) || (world.contexts_forbidden && by_attributes)
}

fn is_of_an_archived_flag(ask: &Ask, world: &World) -> bool {
    let path = ask.path.split('?').next().unwrap_or_default();
    let one = path.split_once("/flags/").map(|(_, flag)| flag);
    one.and_then(|key| world.flag(key)).is_some_and(|flag| flag.archived)
}

fn is_patch_of_unknown_flags(ask: &Ask, world: &World) -> bool {
    let body: Value = serde_json::from_str(&ask.body).unwrap_or_default();
    let none = Vec::new();
    let instructions = body["instructions"].as_array().unwrap_or(&none);
    let unknown = |one: &Value| world.flag(one["flagKey"].as_str().unwrap_or_default()).is_none();
    ask.method == "PATCH" && !instructions.is_empty() && instructions.iter().all(unknown)
}

/// A body without what may differ.
fn plain(ask: &Ask, answer: &Answer, world: &World) -> Value {
    let text = without_operations(&answer.body);
    let mut body: Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(members) = body.as_object_mut() else { return body };
    members.remove("request_id");
    if let Some(calls) = members.get_mut("calls") {
        *calls = Value::from(calls.as_array().map_or(0, Vec::len));
    }
    let flag_of = |one: &Value| {
        let key = one["flag"].as_str().or(one["_resourceId"]["flagKey"].as_str());
        key.unwrap_or_default().to_owned()
    };
    let is_archived = |key: &str| world.flag(key).is_some_and(|flag| flag.archived);
    for name in ["flags", "expirations", "items"] {
        let Some(all) = members.get_mut(name).and_then(Value::as_array_mut) else { continue };
        all.retain(|one| !is_archived(&flag_of(one)));
        all.sort_by_key(flag_of);
        for one in all {
            forget_what_is_made_up(one);
            let key = flag_of(one);
            forget_what_attributes_say(one, &key, world);
        }
    }
    if let Some(map) = members.get_mut("items").and_then(Value::as_object_mut) {
        map.retain(|key, _| !is_archived(key));
        map.iter_mut().for_each(|(key, one)| forget_what_attributes_say(one, key, world));
    }
    if ask.method == "PATCH" {
        forget_words(members);
    }
    if let Some((_, key)) = ask.path.split('?').next().and_then(|path| path.split_once("/flags/")) {
        forget_what_attributes_say(&mut body, key, world);
    }
    body
}

/// A text without the names of operations: `op_` and 32 digits.
pub(crate) fn without_operations(text: &str) -> String {
    let (first, rest) = text.split_once("op_").unwrap_or((text, ""));
    let cut = |part: &str| part.get(32..).unwrap_or_default().to_owned();
    let rest: Vec<_> = rest.split("op_").map(cut).collect();
    format!("{first}op_{}", rest.join("op_"))
}

fn forget_what_is_made_up(one: &mut Value) {
    if let Some(one) = one.as_object_mut() {
        one.remove("_id");
    }
}

fn forget_what_attributes_say(one: &mut Value, key: &str, world: &World) {
    let depends = world.flag(key).is_some_and(|flag| flag.by_attributes);
    if let Some(one) = one.as_object_mut().filter(|_| world.contexts_forbidden && depends) {
        for name in ["value", "_value", "reason"] {
            one.remove(name);
        }
    }
}

/// Which instructions failed is the same, the words about them are not.
fn forget_words(members: &mut serde_json::Map<String, Value>) {
    let errors = members.get_mut("errors").and_then(Value::as_array_mut);
    for error in errors.into_iter().flatten().filter_map(Value::as_object_mut) {
        error.remove("message");
    }
}

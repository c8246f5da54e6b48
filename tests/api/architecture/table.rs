//! The map as a table.

/// A room, the rooms it may import, and the crates it may never use. `clock` and `telemetry` may be imported
/// from anywhere but by each other's users in the wrong direction, and each room may import its own section of
/// `config`.
struct Room {
    name: &'static str,
    imports: &'static [&'static str],
    never: &'static [&'static str],
}

const WEB: [&str; 2] = ["actix_web", "actix_http"];
const NETWORK: [&str; 3] = ["actix_web", "actix_http", "reqwest"];
const DOOR: [&str; 5] = ["domain", "auth", "policy", "settings", "problem"];
/// What the doors have, and `outbound` for posting messages.
const CHAT: [&str; 6] = ["domain", "auth", "policy", "settings", "problem", "outbound"];
const EVERYTHING: [&str; 15] = [
    "domain",
    "outbound",
    "auth",
    "policy",
    "upstream",
    "cache",
    "audit",
    "settings",
    "problem",
    "http",
    "chat",
    "webhooks",
    "simulator",
    "config",
    "startup",
];

const ROOMS: [Room; 20] = [
    room("clock", &[], &NETWORK),
    room("telemetry", &[], &NETWORK),
    room("domain", &[], &NETWORK),
    room("outbound", &[], &WEB),
    room("auth", &["domain"], &NETWORK),
    room("policy", &["domain", "auth"], &NETWORK),
    room("upstream", &["domain", "policy", "outbound"], &WEB),
    room("cache", &["domain", "policy"], &NETWORK),
    room("audit", &["domain"], &NETWORK),
    room("settings", &["domain", "policy", "cache", "upstream", "audit"], &WEB),
    room("problem", &["domain", "auth", "policy", "settings"], &NETWORK),
    room("http", &DOOR, &["reqwest"]),
    room("chat", &CHAT, &["reqwest"]),
    room("webhooks", &DOOR, &["reqwest"]),
    room("simulator", &[], &["reqwest"]),
    room("config", &["domain"], &NETWORK),
    room("startup", &EVERYTHING, &[]),
    room("cli", &EVERYTHING, &[]),
    room("lib", &[], &[]),
    room("main", &["cli"], &[]),
];

const fn room(
    name: &'static str,
    imports: &'static [&'static str],
    never: &'static [&'static str],
) -> Room {
    Room { name, imports, never }
}

fn find(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

pub(super) fn is_room(name: &str) -> bool {
    find(name).is_some()
}

/// Whether `room` may import what lies at `path` below the crate's root.
pub(super) fn may_import(room: &str, path: &[String]) -> bool {
    let Some(room) = find(room) else { return false };
    match path {
        [other, ..] if ["clock", "telemetry"].contains(&other.as_str()) => true,
        [config, section, ..] if config == "config" && section == room.name => true,
        [other, ..] => room.imports.contains(&other.as_str()),
        [] => false,
    }
}

/// Whether `room` may use this crate. Only the cache wraps moka, only two rooms know reqwest.
pub(super) fn may_use(room: &str, name: &str) -> bool {
    let Some(found) = find(room) else {
        return false;
    };
    !found.never.contains(&name) && (name != "moka" || room == "cache")
}

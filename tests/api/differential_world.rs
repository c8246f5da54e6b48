//! Random accounts: flags of every kind, users with attributes, and what is known of them that a judge needs.

use std::collections::BTreeSet;

use flagward::simulator::{BUILT_IN_TOKEN, Seed};
use serde_json::{Value, json};

pub(crate) const ENVIRONMENTS: [&str; 2] = ["test", "production"];
/// Changes to flags with this tag need an approval.
const TAG: &str = "guarded";
/// Keys that hold each other, keys that only readers may read, and those that nobody may change.
const FLAGS: [&str; 12] = [
    "a",
    "ab",
    "ab.c",
    "AB",
    "checkout",
    "checkout.limit",
    "checkout.new-flow",
    "kill-switch.pay",
    "sort.order",
    "sort_order",
    "sort-order",
    "z9",
];
const USERS: [&str; 6] =
    ["anna@example.com", "a/b c", "ünï|cødé", "100%+1;x=y?&#", "ben", "nobody-knows-me"];
/// The values of flags by kind, spelled so that nothing may be lost.
const KINDS: [&[&str]; 5] = [
    &["true", "false"],
    &[r#""low""#, r#""höh\u0065r""#, r#""""#],
    &["1", "2.50", "12345678901234567890", "-0.0"],
    &[r#"{"b":[1.0,2],"a":null}"#, "[]", r#"{"a":{"c":"d"}}"#],
    &["null", "7", r#""x""#],
];

/// `SplitMix64`.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sides = u64::try_from(sides).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % sides).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    pub(crate) fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.roll(all.len())]
    }
}

/// An account, and what a judge needs to know of it.
pub(crate) struct World {
    pub(crate) seed: Seed,
    pub(crate) flags: Vec<Flag>,
    pub(crate) users: Vec<&'static str>,
    /// Whether the replacement APIs may not tell what is stored of users.
    pub(crate) contexts_forbidden: bool,
}

/// What is known of a flag.
pub(crate) struct Flag {
    pub(crate) key: &'static str,
    /// Its values, as JSON text.
    pub(crate) values: &'static [&'static str],
    pub(crate) archived: bool,
    /// Whether a change needs an approval.
    pub(crate) guarded: bool,
    /// Whether what a user receives depends on attributes.
    pub(crate) by_attributes: bool,
}

impl World {
    pub(crate) fn draw(dice: &mut Dice) -> Self {
        let some_are_old = dice.chance(25);
        let mut flags: Vec<Flag> = Vec::new();
        let mut written = Vec::new();
        for key in FLAGS {
            if !dice.chance(80) {
                continue;
            }
            let values = *dice.pick(&KINDS);
            let archived = some_are_old && dice.chance(25);
            let guarded = dice.chance(10);
            let targetings = ENVIRONMENTS.map(|_| targeting(dice, values.len(), &flags));
            written.push(json!({
                "key": key, "name": name(dice, key), "archived": archived,
                "tags": if guarded { vec![TAG] } else { vec![] },
                "variations": values.iter().map(|text| json!({"value": parsed(text)})).collect::<Vec<_>>(),
                "targeting": targetings[0],
                "environments": {"production": targetings[1]},
            }));
            let by_attributes = targetings.iter().any(|one| depends(one, &flags));
            flags.push(Flag { key, values, archived, guarded, by_attributes });
        }
        let users: Vec<_> = USERS.into_iter().filter(|_| dice.chance(60)).collect();
        let users = if users.is_empty() { vec![USERS[0]] } else { users };
        let stored: Vec<_> = USERS[..5].iter().map(|user| stored(dice, user)).collect();
        let approvals = json!({"requiredApprovalTags": [TAG]});
        let environments =
            ENVIRONMENTS.map(|key| json!({"key": key, "approvalSettings": approvals}));
        let account = json!({
            "tokens": [{"token": BUILT_IN_TOKEN, "name": "t"}],
            "projects": [
                {"key": "shop", "environments": environments, "users": stored, "flags": written},
                {"key": "bank", "environments": [{"key": "test"}]},
            ],
        });
        // `Value` would lose the spelling of numbers.
        let text = spelled(&account.to_string());
        let seed = Seed::parse(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        Self { seed, flags, users, contexts_forbidden: dice.chance(20) }
    }

    pub(crate) fn flag(&self, key: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.key == key)
    }
}

/// A value in place of its text, which [`spelled`] puts back.
fn parsed(text: &str) -> Value {
    Value::from(format!("<{text}>"))
}

/// Puts texts of values back in place of what [`parsed`] made of them.
fn spelled(account: &str) -> String {
    let texts: BTreeSet<_> = KINDS.into_iter().flatten().collect();
    texts
        .into_iter()
        .fold(account.to_owned(), |account, text| account.replace(&parsed(text).to_string(), text))
}

/// A name that may hold the key of another flag, so that a search by text finds more than it should.
fn name(dice: &mut Dice, key: &str) -> String {
    if dice.chance(50) { key.to_owned() } else { format!("like {}", dice.pick(&FLAGS)) }
}

fn targeting(dice: &mut Dice, variations: usize, before: &[Flag]) -> Value {
    let mut targeting = json!({"on": dice.chance(75)});
    if dice.chance(80) {
        targeting["offVariation"] = json!(dice.roll(variations));
    }
    if dice.chance(90) {
        targeting["fallthrough"] = serve(dice, variations);
    }
    targeting["targets"] = targets(dice, variations);
    if dice.chance(40) {
        targeting["rules"] = json!([rule(dice, variations), rule(dice, variations)]);
    }
    if let (true, false) = (dice.chance(30), before.is_empty()) {
        let other = dice.pick(before);
        let variation = dice.roll(other.values.len());
        targeting["prerequisites"] = json!([{"key": other.key, "variation": variation}]);
    }
    targeting
}

fn serve(dice: &mut Dice, variations: usize) -> Value {
    if dice.chance(60) {
        return json!({"variation": dice.roll(variations)});
    }
    let first = 1_000 * dice.roll(101);
    let share = |variation: usize, weight: usize| json!({"variation": variation, "weight": weight});
    let (one, two) = (dice.roll(variations), dice.roll(variations));
    json!({"rollout": [share(one, first), share(two, 100_000 - first)]})
}

/// Each user is targeted on one variation at most, as a user; a device may have the same key.
fn targets(dice: &mut Dice, variations: usize) -> Value {
    let mut targets: Vec<Value> = Vec::new();
    for kind in ["user", "device"] {
        let mut values = vec![Vec::new(); variations];
        for user in USERS {
            if dice.chance(25) {
                values[dice.roll(variations)].push(user);
            }
        }
        let all = values.into_iter().enumerate().filter(|(_, values)| !values.is_empty());
        targets.extend(all.map(|(variation, values)| {
            json!({"contextKind": kind, "variation": variation, "values": values})
        }));
    }
    Value::from(targets)
}

fn rule(dice: &mut Dice, variations: usize) -> Value {
    let clause = match dice.roll(6) {
        0 => json!({"attribute": "key", "op": "contains", "values": ["a"]}),
        1 => json!({"attribute": "plan", "op": "in", "values": ["gold"]}),
        2 => json!({"attribute": "plan", "op": "in", "values": ["gold"], "negate": true}),
        3 => json!({"attribute": "age", "op": "lessThan", "values": [30]}),
        4 => json!({"attribute": "/address/city", "op": "startsWith", "values": ["B"]}),
        _ => json!({"attribute": "plan", "contextKind": "device", "op": "in", "values": ["gold"]}),
    };
    json!({"clauses": [clause], "serve": serve(dice, variations)})
}

/// Whether a targeting looks at what is stored of a user, or asks a flag that does.
fn depends(targeting: &Value, before: &[Flag]) -> bool {
    let of_user = |clause: &Value| clause["attribute"] != "key";
    let none = Vec::new();
    let rules = targeting["rules"].as_array().unwrap_or(&none);
    let required = targeting["prerequisites"].as_array().unwrap_or(&none);
    rules.iter().any(|rule| of_user(&rule["clauses"][0]))
        || required
            .iter()
            .any(|one| before.iter().any(|flag| flag.by_attributes && one["key"] == flag.key))
}

/// A user as several applications may have sent them.
fn stored(dice: &mut Dice, key: &str) -> Value {
    let others: Vec<_> = (0..dice.roll(3))
        .map(|days| {
            let last_seen = format!("2026-11-{:02}T00:00:00Z", 10 + days);
            json!({"lastSeen": last_seen, "applicationId": "other", "attributes": attributes(dice)})
        })
        .collect();
    json!({"key": key, "attributes": attributes(dice), "otherVersions": others})
}

fn attributes(dice: &mut Dice) -> Value {
    let mut all = json!({});
    if dice.chance(60) {
        all["plan"] = json!(*dice.pick(&["gold", "free"]));
    }
    if dice.chance(60) {
        all["age"] = json!(*dice.pick(&[20, 40]));
    }
    if dice.chance(60) {
        all["address"] = json!({"city": *dice.pick(&["Bern", "Ulm"])});
    }
    all
}

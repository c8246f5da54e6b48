//! What callers ask at random: reads and writes through both APIs, right ones and wrong ones.

use std::time::Duration;

use flagward::simulator::Simulator;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::differential_stage::Ask;
use crate::differential_world::{Dice, ENVIRONMENTS, Flag, World};

/// What happens next.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Ask(Ask),
    /// A write to `.1`, while somebody else is faster as often as `.2` says.
    Race(Ask, &'static str, u64),
    /// Time goes on.
    Wait(Duration),
    /// Somebody changes a flag elsewhere: turns it, or sets a user's value.
    Elsewhere {
        environment: &'static str,
        flag: &'static str,
        change: Change,
    },
}

#[derive(Clone, Debug)]
pub(crate) enum Change {
    Turn(bool),
    Set(&'static str, Option<&'static str>),
}

/// Draws acts in an account.
pub(crate) struct Actor<'w> {
    pub(crate) world: &'w World,
    pub(crate) dice: &'w mut Dice,
    pub(crate) now: Timestamp,
    /// One of the two accounts, which are alike.
    pub(crate) account: &'w Simulator,
}

impl Actor<'_> {
    pub(crate) fn act(&mut self) -> Act {
        match self.dice.roll(100) {
            0..45 => Act::Ask(self.read()),
            45..88 => {
                let (ask, flag) = self.write();
                match flag.filter(|_| self.dice.chance(4)) {
                    Some(flag) => Act::Race(ask, flag, 1 + u64::from(self.dice.chance(50)) * 7),
                    None => Act::Ask(ask),
                }
            }
            88..96 => Act::Wait(self.pause()),
            _ => self.elsewhere(),
        }
    }

    fn elsewhere(&mut self) -> Act {
        let environment = *self.dice.pick(&ENVIRONMENTS);
        let Some(flag) = self.any_flag() else { return Act::Wait(Duration::from_secs(1)) };
        let (key, values) = (flag.key, flag.values);
        let change = if self.dice.chance(50) {
            Change::Turn(self.dice.chance(60))
        } else {
            let value = *self.dice.pick(values);
            let value = (value != "null" && self.dice.chance(70)).then_some(value);
            Change::Set(self.dice.pick::<&str>(&self.world.users), value)
        };
        Act::Elsewhere { environment, flag: key, change }
    }

    /// Often to just before or past an end that is known.
    fn pause(&mut self) -> Duration {
        let user = *self.dice.pick(&self.world.users);
        let environment = *self.dice.pick(&ENVIRONMENTS);
        let ends = self.account.expirations("shop", environment, user);
        match ends.first().filter(|_| self.dice.chance(60)) {
            Some(end) => {
                let left = end.expiration_date - self.now.as_millisecond() - 1;
                let left = Duration::from_millis(u64::try_from(left).unwrap_or_default());
                left + Duration::from_millis(u64::from(self.dice.chance(50)))
            }
            None => Duration::from_millis(*self.dice.pick(&[1, 900, 15_000, 31_000])),
        }
    }

    pub(crate) fn read(&mut self) -> Ask {
        let place = self.place();
        let path = match self.dice.roll(9) {
            0 | 1 => format!("{}/flags{}", place.ours, self.narrowed()),
            2 | 3 => {
                let include = if self.dice.chance(50) { "?include=expiration" } else { "" };
                format!("{}/flags/{}{include}", place.ours, self.flag_key())
            }
            4 | 5 => format!("{}/expirations", place.ours),
            6 => place.theirs,
            7 => format!("{}/{}", place.theirs, self.flag_key()),
            _ => place.their_ends,
        };
        let team =
            if self.dice.chance(80) { "payments" } else { *self.dice.pick(&["readers", "bank"]) };
        let (fresh, again) = (self.dice.chance(20), self.dice.chance(20));
        Ask { team, method: "GET", path, body: String::new(), fresh, again }
    }

    /// A write, and the one flag of it.
    fn write(&mut self) -> (Ask, Option<&'static str>) {
        let place = self.place();
        let flag = self.flag_key();
        let ours = format!("{}/flags/{flag}", place.ours);
        let dry = if self.dice.chance(10) { "?dry_run=true" } else { "" };
        let (method, path, body) = match self.dice.roll(20) {
            0..7 => ("PUT", format!("{ours}{dry}"), self.set(flag)),
            7..9 => (
                "DELETE",
                format!("{ours}{}", if dry.is_empty() { "?comment=why" } else { dry }),
                String::new(),
            ),
            9..12 => ("PUT", format!("{ours}/expiration{dry}"), self.end(json!({})).to_string()),
            12 => ("DELETE", format!("{ours}/expiration{dry}"), String::new()),
            13..16 => ("PUT", format!("{}/{flag}", place.theirs), self.set_theirs(flag)),
            _ => {
                let (body, flag) = self.patch(&place);
                return (self.by_payments("PATCH", place.their_ends, body), flag);
            }
        };
        (self.by_payments(method, path, body), Some(flag))
    }

    fn by_payments(&mut self, method: &'static str, path: String, body: String) -> Ask {
        let team = if self.dice.chance(95) { "payments" } else { "readers" };
        Ask { team, method, path, body, fresh: false, again: false }
    }

    fn narrowed(&mut self) -> String {
        let mut query = Vec::new();
        if self.dice.chance(25) {
            query.push("overridden=true".to_owned());
        }
        if self.dice.chance(15) {
            query.push(format!("prefix={}", self.dice.pick(&["a", "checkout", "zz", "A"])));
        }
        if self.dice.chance(25) {
            query.push(format!("flag={}", self.flag_key()));
            query.push(format!("flag={}", self.flag_key()));
        }
        if self.dice.chance(35) {
            query.push("include=expiration".to_owned());
        }
        if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) }
    }

    fn set(&mut self, flag: &str) -> String {
        let setting = self.setting(flag);
        let mut rest = if self.dice.chance(55) { self.end(json!({})) } else { json!({}) };
        if self.dice.chance(70) {
            rest["comment"] = json!("why");
        }
        let rest = rest.to_string();
        let rest = rest.trim_start_matches('{').trim_end_matches('}');
        let comma = if rest.is_empty() { "" } else { "," };
        format!("{{\"setting\":{setting}{comma}{rest}}}")
    }

    fn set_theirs(&mut self, flag: &str) -> String {
        match self.dice.roll(8) {
            0 => "{}".to_owned(),
            1 => r#"{"setting":null,"comment":"why"}"#.to_owned(),
            _ => format!("{{\"setting\":{},\"comment\":\"why\"}}", self.setting(flag)),
        }
    }

    /// A value of the flag in one spelling or another, `null`, or one that it does not have.
    fn setting(&mut self, flag: &str) -> String {
        let known = self.world.flag(flag).map_or(&["1"][..], |flag| flag.values);
        match self.dice.roll(12) {
            0 => "null".to_owned(),
            1 => (*self.dice.pick(&["99", r#""none of them""#, "{}", "-1.5"])).to_owned(),
            2 => other_spelling(self.dice.pick::<&str>(known)),
            _ => (*self.dice.pick(known)).to_owned(),
        }
    }

    fn end(&mut self, mut body: Value) -> Value {
        match self.dice.roll(10) {
            0 => body["expires_at"] = json!((self.now + SignedDuration::from_hours(5)).to_string()),
            1 => body["expires_at"] = json!((self.now - SignedDuration::from_secs(1)).to_string()),
            2 => body["expires_in"] = json!("30h"),
            _ => body["expires_in"] = json!(*self.dice.pick(&["1s", "20s", "10m", "2h", "7h"])),
        }
        if self.dice.chance(50) {
            body["comment"] = json!("why");
        }
        body
    }

    /// A patch of one flag or of several. Several are never among those that need an approval: that one of them refuses
    /// all is what the replacement APIs do not have.
    fn patch(&mut self, place: &Place) -> (String, Option<&'static str>) {
        let count = 1 + self.dice.roll(4);
        let mut flags: Vec<_> = (0..count).map(|_| self.flag_key()).collect();
        let free = |key: &&str| self.world.flag(key).is_none_or(|flag| !flag.guarded);
        if flags.iter().any(|key| *key != flags[0]) {
            flags.retain(free);
        }
        let alone = flags.first().copied().filter(|first| flags.iter().all(|key| key == first));
        let instructions: Vec<_> = flags.iter().map(|flag| self.instruction(place, flag)).collect();
        (json!({"comment": "why", "instructions": instructions}).to_string(), alone)
    }

    fn instruction(&mut self, place: &Place, flag: &str) -> Value {
        let kinds =
            ["addExpireUserTargetDate", "updateExpireUserTargetDate", "removeExpireUserTargetDate"];
        let kind = *self.dice.pick(&kinds);
        let mut one =
            json!({"kind": kind, "flagKey": flag, "variationId": self.variation(place, flag)});
        if !kind.starts_with("remove") {
            let seconds = *self.dice.pick(&[1, 30, 3_600, 20_000]);
            one["value"] = json!(self.now.as_millisecond() + seconds * 1_000);
        }
        if kind.starts_with("update") && self.dice.chance(50) {
            one["version"] = json!(1 + self.dice.roll(3));
        }
        one
    }

    /// The id of the variation that the user is set to, mostly.
    fn variation(&mut self, place: &Place, flag: &str) -> String {
        let set = self.account.setting("shop", place.environment, place.user, flag);
        let known = self.world.flag(flag).map_or(&["1"][..], |flag| flag.values);
        let text = match set.filter(|_| self.dice.chance(85)) {
            Some(set) => set,
            None => (*self.dice.pick(known)).to_owned(),
        };
        self.account.variation_id("shop", flag, &text).unwrap_or_else(|| "no-such-id".to_owned())
    }

    fn any_flag(&mut self) -> Option<&Flag> {
        let count = self.world.flags.len();
        (count > 0).then(|| &self.world.flags[self.dice.roll(count)])
    }

    /// One that there is, mostly.
    fn flag_key(&mut self) -> &'static str {
        let unknown = self.dice.chance(6);
        match self.any_flag().map(|flag| flag.key) {
            Some(key) if !unknown => key,
            _ => "no-such-flag",
        }
    }

    /// Where: mostly the test environment, now and then one that there is not.
    fn place(&mut self) -> Place {
        let environment = match self.dice.roll(50) {
            0 => "nowhere",
            1..10 => "production",
            _ => "test",
        };
        let user = *self.dice.pick(&self.world.users);
        let key = utf8_percent_encode(user, NON_ALPHANUMERIC).to_string();
        Place {
            environment,
            user,
            ours: format!("/v1/projects/shop/environments/{environment}/users/{key}"),
            theirs: format!("/api/v2/users/shop/{environment}/{key}/flags"),
            their_ends: format!("/api/v2/users/shop/{key}/expiring-user-targets/{environment}"),
        }
    }
}

struct Place {
    environment: &'static str,
    user: &'static str,
    ours: String,
    theirs: String,
    their_ends: String,
}

/// The same value as somebody else would write it.
fn other_spelling(text: &str) -> String {
    match text {
        "1" => "1.0".to_owned(),
        "2.50" => "25e-1".to_owned(),
        r#""höh\u0065r""# => r#""höher""#.to_owned(),
        r#"{"b":[1.0,2],"a":null}"# => r#"{"a": null, "b": [1, 2.0]}"#.to_owned(),
        other => other.to_owned(),
    }
}

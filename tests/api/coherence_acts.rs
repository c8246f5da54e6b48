//! What readers and writers do, and what they note of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::backend::{Backend, backend};
use crate::coherence_model::{Effect, Reading, Span, TakenBack};
use crate::coherence_stage::{Dice, Done, FLAGS, NOTHING, Scene, USERS};

impl Scene {
    fn wrote(&self, (user, flag): (u64, u64), part: &str, effect: Effect) {
        self.story.wrote(format!("u{user}/f{flag}/{part}"), effect);
    }

    fn saw(
        &self,
        (user, flag): (&str, &str),
        part: &str,
        shown: &Value,
        done: &Done,
        how: &'static str,
    ) {
        let shown = (!shown.is_null()).then(|| shown.to_string());
        let (span, clock) = (done.span, done.clock);
        self.story.read(format!("{user}/{flag}/{part}"), Reading { shown, span, clock, how });
    }

    pub(crate) fn read(&self, dice: &mut Dice) {
        let (user, flag) = (format!("u{}", dice.roll(USERS)), format!("f{}", dice.roll(FLAGS)));
        let fresh = dice.roll(6) == 0;
        let ours = format!("/v1/projects/shop/environments/test/users/{user}");
        let theirs = format!("/api/v2/users/shop/test/{user}/flags");
        match dice.roll(8) {
            0 => self.see_list(
                &user,
                &self.ask("list", "GET", &format!("{ours}/flags"), "", fresh),
                "list",
            ),
            1 => {
                let path = format!("{ours}/flags?include=expiration");
                self.see_list(&user, &self.ask("list+", "GET", &path, "", fresh), "list+");
            }
            2 => {
                let done = self.ask("one", "GET", &format!("{ours}/flags/{flag}"), "", fresh);
                self.see_one((&user, &flag), &done.answer.json(), &done, "one");
            }
            3 => {
                let path = format!("{ours}/flags/{flag}?include=expiration");
                let done = self.ask("one+", "GET", &path, "", fresh);
                self.see_one((&user, &flag), &done.answer.json(), &done, "one+");
            }
            4 => self.see_ends(
                &user,
                &self.ask("ends", "GET", &format!("{ours}/expirations"), "", fresh),
                "ends",
            ),
            5 => {
                let done = self.ask("their list", "GET", &theirs, "", fresh);
                for (flag, one) in done.answer.json()["items"].as_object().unwrap() {
                    self.see_their_one((&user, flag), one, &done, "their list");
                }
            }
            6 => {
                let done = self.ask("their one", "GET", &format!("{theirs}/{flag}"), "", fresh);
                self.see_their_one((&user, &flag), &done.answer.json(), &done, "their one");
            }
            _ => {
                let path = format!("/api/v2/users/shop/{user}/expiring-user-targets/test");
                self.see_ends(
                    &user,
                    &self.ask("their ends", "GET", &path, "", fresh),
                    "their ends",
                );
            }
        }
    }

    fn see_list(&self, user: &str, done: &Done, how: &'static str) {
        for one in done.answer.json()["flags"].as_array().unwrap() {
            self.see_one((user, one["flag"].as_str().unwrap()), one, done, how);
        }
    }

    fn see_one(&self, target: (&str, &str), one: &Value, done: &Done, how: &'static str) {
        self.see_setting(target, (&one["value"], &one["setting"]), done, how);
        if let Some(end) = one.get("expires_at") {
            self.saw(target, "end", &millis(end), done, how);
        }
    }

    fn see_their_one(&self, target: (&str, &str), one: &Value, done: &Done, how: &'static str) {
        self.see_setting(target, (&one["_value"], &one["setting"]), done, how);
    }

    /// Notes what a user is set to. All flags are on, so that what they receive tells it too: it is the same where one
    /// answer tells both; of two answers neither may be stale.
    fn see_setting(
        &self,
        target: (&str, &str),
        (value, setting): (&Value, &Value),
        done: &Done,
        how: &'static str,
    ) {
        self.saw(target, "setting", setting, done, how);
        let received = if *value == json!(NOTHING) { &Value::Null } else { value };
        match backend() {
            Backend::UserSettings => assert_eq!(received, setting, "value and setting differ"),
            Backend::Contexts => self.saw(target, "setting", received, done, how),
        }
    }

    fn see_ends(&self, user: &str, done: &Done, how: &'static str) {
        let body = done.answer.json();
        let flag_of = |one: &Value| {
            one["flag"].as_str().or(one["_resourceId"]["flagKey"].as_str()).map(str::to_owned)
        };
        let ours = body["expirations"].as_array();
        let all = ours.or(body["items"].as_array()).unwrap();
        for flag in (0..FLAGS).map(|n| format!("f{n}")) {
            let found = all.iter().find(|one| flag_of(one).as_ref() == Some(&flag));
            let end = found.map_or(Value::Null, |one| match one.get("expires_at") {
                Some(at) => millis(at),
                None => one["expirationDate"].clone(),
            });
            self.saw((user, &flag), "end", &end, done, how);
        }
    }

    pub(crate) fn write(&self, dice: &mut Dice) {
        let target @ (user, flag) = (dice.roll(USERS), dice.roll(FLAGS));
        let Some(value) = self.new_value(user, flag) else {
            return self.read(dice);
        };
        match dice.roll(8) {
            0 | 1 => self.set_until(target, value, self.new_end()),
            2 => self.set(target, value),
            3 => self.clear(target),
            4 => self.set_theirs(target, value),
            5 => self.move_end(target, self.new_end()),
            6 => self.cancel(target),
            _ => self.patch(target, self.new_end()),
        }
    }

    fn set_until(&self, target: (u64, u64), value: u64, end: Timestamp) {
        let body = json!({"setting": value, "expires_at": end.to_string()}).to_string();
        let done = self.ask("set until", "PUT", &ours(target), &body, false);
        assert_eq!(done.answer.status, 200, "{:?}", done.answer);
        self.made(target, "setting", Some(value.to_string()), done.span);
        self.made(target, "end", Some(end.as_millisecond().to_string()), done.span);
        // Between its two steps the new value has no end yet.
        self.passed(target, "end", done.span);
    }

    fn set(&self, target: (u64, u64), value: u64) {
        let body = json!({"setting": value}).to_string();
        let done = self.ask("set", "PUT", &ours(target), &body, false);
        assert_eq!(done.answer.status, 200, "{:?}", done.answer);
        self.made(target, "setting", Some(value.to_string()), done.span);
        self.made(target, "end", None, done.span);
    }

    fn set_theirs(&self, target @ (user, flag): (u64, u64), value: u64) {
        let path = format!("/api/v2/users/shop/test/u{user}/flags/f{flag}");
        let body = json!({"setting": value}).to_string();
        let done = self.ask("their set", "PUT", &path, &body, false);
        assert_eq!(done.answer.status, 204, "{:?}", done.answer);
        self.made(target, "setting", Some(value.to_string()), done.span);
        // The simulator drops an end with its value, and no value comes twice.
        self.made(target, "end", None, done.span);
    }

    fn clear(&self, target: (u64, u64)) {
        let done = self.ask("clear", "DELETE", &ours(target), "", false);
        assert_eq!(done.answer.status, 200, "{:?}", done.answer);
        self.made(target, "setting", None, done.span);
        self.made(target, "end", None, done.span);
    }

    fn move_end(&self, target: (u64, u64), end: Timestamp) {
        let body = json!({"expires_at": end.to_string()}).to_string();
        let path = format!("{}/expiration", ours(target));
        let done = self.ask("move", "PUT", &path, &body, false);
        if done.answer.status == 200 {
            self.made(target, "end", Some(end.as_millisecond().to_string()), done.span);
        } else {
            assert_eq!(done.answer.status, 409, "{:?}", done.answer);
        }
    }

    fn cancel(&self, target: (u64, u64)) {
        let path = format!("{}/expiration", ours(target));
        let done = self.ask("cancel", "DELETE", &path, "", false);
        assert_eq!(done.answer.status, 200, "{:?}", done.answer);
        self.made(target, "end", None, done.span);
    }

    fn patch(&self, target @ (user, flag): (u64, u64), end: Timestamp) {
        let (user, flag) = (format!("u{user}"), format!("f{flag}"));
        let Some(value) = self.simulator.setting("shop", "test", &user, &flag) else {
            return;
        };
        let variation = self.simulator.variation_id("shop", &flag, &value);
        let scheduled = self.simulator.expirations("shop", "test", &user);
        let is_there = scheduled.iter().any(|one| one.flag == flag);
        let kind = if is_there { "updateExpireUserTargetDate" } else { "addExpireUserTargetDate" };
        let body = json!({"instructions": [{"kind": kind, "flagKey": flag, "variationId": variation,
            "value": end.as_millisecond()}]});
        let path = format!("/api/v2/users/shop/{user}/expiring-user-targets/test");
        let done = self.ask("patch", "PATCH", &path, &body.to_string(), false);
        assert_eq!(done.answer.status, 200, "{:?}", done.answer);
        if done.answer.json()["successfulInstructions"] == 1 {
            self.made(target, "end", Some(end.as_millisecond().to_string()), done.span);
        }
    }

    /// Notes what a write has made of a register.
    fn made(&self, target: (u64, u64), part: &str, shown: Option<String>, span: Span) {
        let (lasts, until) = (true, None);
        self.wrote(target, part, Effect { shown, span, lasts, until });
    }

    /// Notes that nothing may be seen there while a write is under way.
    fn passed(&self, target: (u64, u64), part: &str, span: Span) {
        let (shown, lasts, until) = (None, false, None);
        self.wrote(target, part, Effect { shown, span, lasts, until });
    }

    /// An override that ends soon, while it is being read.
    pub(crate) fn set_for_a_moment(&self, dice: &mut Dice) {
        let target @ (user, flag) = (dice.roll(USERS), dice.roll(FLAGS));
        let Some(value) = self.new_value(user, flag) else {
            return;
        };
        let path = format!("/v1/projects/shop/environments/test/users/u{user}/flags/f{flag}");
        let length = i64::try_from(200 + dice.roll(1_500)).unwrap();
        let end = self.clock.now() + SignedDuration::from_millis(length);
        let end = Timestamp::from_millisecond(end.as_millisecond()).unwrap();
        let body = json!({"setting": value, "expires_at": end.to_string()}).to_string();
        let done = self.ask("set until", "PUT", &path, &body, false);
        // One whose time came while it was under way was refused or taken back; it may have been seen meanwhile.
        let lasts = done.answer.status == 200;
        assert!(lasts || [400, 502].contains(&done.answer.status), "{:?}", done.answer);
        let (span, until) = (done.span, lasts.then_some(end));
        if !lasts && done.answer.json()["steps"][0]["outcome"] == "undone" {
            let register = format!("u{user}/f{flag}/setting");
            self.story.took_back(register, TakenBack { span, clock: done.clock });
        }
        let shown = Some(value.to_string());
        if lasts {
            self.wrote(target, "setting", Effect { shown: shown.clone(), span, lasts, until });
        }
        // Between its two steps the new value has no end yet.
        self.wrote(target, "setting", Effect { shown, span, lasts: false, until: None });
        let shown = Some(end.as_millisecond().to_string());
        self.wrote(target, "end", Effect { shown, span, lasts, until });
        self.passed(target, "setting", span);
        self.passed(target, "end", span);
    }
}

fn ours((user, flag): (u64, u64)) -> String {
    format!("/v1/projects/shop/environments/test/users/u{user}/flags/f{flag}")
}

fn millis(end: &Value) -> Value {
    let at = end.as_str().map(|text| text.parse::<Timestamp>().unwrap().as_millisecond());
    json!(at)
}

//! What a read may show, given when writes began and were answered.
//!
//! Each setting and each end is a register of its own. A write's effect may be seen from the moment it begins. It may
//! no longer be seen by a read that begins after another write was answered which itself began after this one was
//! answered: then the read shows a state older than the last write answered before it began.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::Timestamp;

/// A span of logical time: the one counter that every operation draws from as it begins and as it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) began: u64,
    pub(crate) ended: u64,
}

/// What a write makes of a register.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) shown: Option<String>,
    pub(crate) span: Span,
    /// Whether it stays; else it may be seen only while its write is under way, or not at all.
    pub(crate) lasts: bool,
    /// When it ends by itself.
    pub(crate) until: Option<Timestamp>,
}

/// What a read showed of a register.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) shown: Option<String>,
    pub(crate) span: Span,
    /// The clock when it began and when it ended.
    pub(crate) clock: (Timestamp, Timestamp),
    /// How it was asked, for whoever reads the failure.
    pub(crate) how: &'static str,
}

/// A write of a value that was taken back, because its end could not be scheduled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TakenBack {
    pub(crate) span: Span,
    /// The clock when it began and when it was answered.
    pub(crate) clock: (Timestamp, Timestamp),
}

#[derive(Debug, Default)]
struct Register {
    effects: Vec<Effect>,
    taken_back: Vec<TakenBack>,
    readings: Vec<Reading>,
}

/// Everything that was written to and read from registers, by name.
#[derive(Debug, Default)]
pub(crate) struct Story {
    registers: Mutex<HashMap<String, Register>>,
}

impl Story {
    pub(crate) fn wrote(&self, register: String, effect: Effect) {
        self.registers.lock().unwrap().entry(register).or_default().effects.push(effect);
    }

    pub(crate) fn took_back(&self, register: String, write: TakenBack) {
        self.registers.lock().unwrap().entry(register).or_default().taken_back.push(write);
    }

    pub(crate) fn read(&self, register: String, reading: Reading) {
        self.registers.lock().unwrap().entry(register).or_default().readings.push(reading);
    }

    /// The readings that no order of the writes explains, and how many readings there were.
    pub(crate) fn stale(&self) -> (Vec<(String, Reading)>, usize) {
        let registers = self.registers.lock().unwrap();
        let mut stale = Vec::new();
        let mut count = 0;
        for (name, register) in &*registers {
            count += register.readings.len();
            let wrong = register.readings.iter().filter(|reading| !is_explained(reading, register));
            stale.extend(wrong.map(|reading| (name.clone(), reading.clone())));
        }
        (stale, count)
    }
}

fn is_explained(reading: &Reading, Register { effects, taken_back, .. }: &Register) -> bool {
    // Before the first write there is nothing.
    let beginning =
        Effect { shown: None, span: Span { began: 0, ended: 0 }, lasts: true, until: None };
    effects.iter().chain([&beginning]).any(|effect| {
        let (from, to) = reading.clock;
        let is_back = taken_back.iter().any(|write| has_put_back(write, effect, reading, effects));
        let is_over = effect.until.is_some_and(|until| until <= from) && !is_back;
        let may_be_over = effect.until.is_some_and(|until| until <= to);
        let fits =
            (effect.shown == reading.shown && !is_over) || (reading.shown.is_none() && may_be_over);
        let in_time = effect.span.began < reading.span.ended;
        let yet = effect.lasts || reading.span.began < effect.span.ended;
        fits && in_time && yet && !is_overwritten(effect, reading.span.began, effects)
    })
}

/// Whether a write that was taken back may have shown `effect` to this reading after the end of it.
///
/// Such a write is three: its own value, what was there before it, and that one's end again, for `LaunchDarkly` gives an
/// end only to what is set. If the end comes while the write is under way, `LaunchDarkly` itself holds the old value past
/// it, between the second and the third, or until it refuses the third and the value is cleared. A read that
/// overlaps the write falls between any two of its steps, as in every check of linearizability: the write has not been
/// answered, so nothing was promised about it yet. Nothing else is let through: not another value than the one before
/// that write, not an end that came before the write began, and no read that began when the write was answered.
fn has_put_back(write: &TakenBack, effect: &Effect, reading: &Reading, all: &[Effect]) -> bool {
    let (from, to) = write.clock;
    let meanwhile = effect.until.is_some_and(|until| from < until && until <= to);
    let overlaps = write.span.began < reading.span.ended && reading.span.began < write.span.ended;
    let is_before = effect.lasts && effect.span.began < write.span.ended;
    meanwhile && overlaps && is_before && !is_overwritten(effect, write.span.began, all)
}

/// Whether another write, begun after this one was answered, was itself answered before `moment`.
fn is_overwritten(effect: &Effect, moment: u64, effects: &[Effect]) -> bool {
    let after = |later: &Effect| {
        later.lasts && effect.span.ended < later.span.began && later.span.ended < moment
    };
    effects.iter().any(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(shown: &str, began: u64, ended: u64) -> Effect {
        Effect {
            shown: Some(shown.to_owned()),
            span: Span { began, ended },
            lasts: true,
            until: None,
        }
    }

    fn reads(shown: Option<&str>, began: u64, ended: u64, at: i64) -> Reading {
        let now = Timestamp::from_second(at).unwrap();
        let span = Span { began, ended };
        Reading { shown: shown.map(str::to_owned), span, clock: (now, now), how: "" }
    }

    #[test]
    fn the_model_tells_old_from_new() {
        let effects = vec![effect("a", 1, 4), effect("b", 6, 9)];
        let register = Register { effects, ..Register::default() };
        for (shown, began, ended, explained) in [
            (None, 2, 3, true),
            (Some("a"), 2, 3, true),
            (Some("b"), 2, 3, false),
            (None, 5, 20, false),
            (Some("a"), 7, 8, true),
            (Some("b"), 7, 8, true),
            (Some("a"), 8, 20, true),
            (Some("a"), 10, 11, false),
            (Some("b"), 10, 11, true),
        ] {
            let reading = reads(shown, began, ended, 0);
            assert_eq!(is_explained(&reading, &register), explained, "{reading:?}");
        }
    }

    #[test]
    fn the_model_knows_that_an_override_ends() {
        let mut ending = effect("a", 1, 4);
        ending.until = Some(Timestamp::from_second(100).unwrap());
        let register = Register { effects: vec![ending], ..Register::default() };
        for (shown, at, explained) in
            [(Some("a"), 99, true), (None, 99, false), (Some("a"), 100, false), (None, 100, true)]
        {
            let reading = reads(shown, 5, 6, at);
            assert_eq!(is_explained(&reading, &register), explained, "{shown:?} {at}");
        }
    }

    #[test]
    fn the_model_knows_that_undoing_shows_what_was_before_past_its_end() {
        let second = |n| Timestamp::from_second(n).unwrap();
        let (mut old, mut ending) = (effect("old", 1, 2), effect("a", 3, 4));
        (old.until, ending.until) = (Some(second(100)), Some(second(100)));
        let span = Span { began: 6, ended: 9 };
        let write = TakenBack { span, clock: (second(90), second(110)) };
        let effects = vec![old, ending];
        let mut register = Register { effects, taken_back: vec![write], readings: vec![] };
        for (shown, began, ended, at, explained) in [
            (Some("a"), 7, 8, 105, true),
            (Some("a"), 8, 20, 110, true),
            (Some("a"), 10, 11, 110, false),
            (Some("old"), 7, 8, 105, false),
            (None, 7, 8, 105, true),
            (None, 10, 11, 110, true),
        ] {
            let reading = reads(shown, began, ended, at);
            assert_eq!(is_explained(&reading, &register), explained, "{reading:?}");
        }
        register.taken_back[0].clock.0 = second(100);
        let over = reads(Some("a"), 7, 8, 105);
        assert!(!is_explained(&over, &register), "it was over before that write");
    }
}

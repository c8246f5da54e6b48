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

type Register = (Vec<Effect>, Vec<Reading>);

/// Everything that was written to and read from registers, by name.
#[derive(Debug, Default)]
pub(crate) struct Story {
    registers: Mutex<HashMap<String, Register>>,
}

impl Story {
    pub(crate) fn wrote(&self, register: String, effect: Effect) {
        self.registers.lock().unwrap().entry(register).or_default().0.push(effect);
    }

    /// Notes that a write which was taken back may, while it was under way, have put back what was there before it: for
    /// that moment `LaunchDarkly` itself has it, also where its own end has come.
    pub(crate) fn put_back(&self, register: &str, span: Span) {
        let mut registers = self.registers.lock().unwrap();
        let Some((effects, _)) = registers.get_mut(register) else { return };
        let before = effects.iter().filter(|one| one.lasts && one.span.began < span.ended);
        if let Some(before) = before.max_by_key(|one| one.span.ended).cloned() {
            effects.push(Effect { span, lasts: false, until: None, ..before });
        }
    }

    pub(crate) fn read(&self, register: String, reading: Reading) {
        self.registers.lock().unwrap().entry(register).or_default().1.push(reading);
    }

    /// The readings that no order of the writes explains, and how many readings there were.
    pub(crate) fn stale(&self) -> (Vec<String>, usize) {
        let registers = self.registers.lock().unwrap();
        let mut stale = Vec::new();
        let mut count = 0;
        for (name, (effects, readings)) in &*registers {
            count += readings.len();
            let wrong = readings.iter().filter(|reading| !is_explained(reading, effects));
            stale.extend(wrong.map(|reading| format!("{name} by {}: {reading:?}", reading.how)));
        }
        (stale, count)
    }
}

fn is_explained(reading: &Reading, effects: &[Effect]) -> bool {
    // Before the first write there is nothing.
    let beginning =
        Effect { shown: None, span: Span { began: 0, ended: 0 }, lasts: true, until: None };
    effects.iter().chain([&beginning]).any(|effect| {
        let (from, to) = reading.clock;
        let is_over = effect.until.is_some_and(|until| until <= from);
        let may_be_over = effect.until.is_some_and(|until| until <= to);
        let fits =
            (effect.shown == reading.shown && !is_over) || (reading.shown.is_none() && may_be_over);
        let in_time = effect.span.began < reading.span.ended;
        let yet = effect.lasts || reading.span.began < effect.span.ended;
        fits && in_time && yet && !is_overwritten(effect, reading, effects)
    })
}

fn is_overwritten(effect: &Effect, reading: &Reading, effects: &[Effect]) -> bool {
    let after = |later: &Effect| {
        later.lasts && effect.span.ended < later.span.began && later.span.ended < reading.span.began
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
        let effects = [effect("a", 1, 4), effect("b", 6, 9)];
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
            assert_eq!(is_explained(&reading, &effects), explained, "{reading:?}");
        }
    }

    #[test]
    fn the_model_knows_that_an_override_ends() {
        let mut ending = effect("a", 1, 4);
        ending.until = Some(Timestamp::from_second(100).unwrap());
        for (shown, at, explained) in
            [(Some("a"), 99, true), (None, 99, false), (Some("a"), 100, false), (None, 100, true)]
        {
            assert_eq!(
                is_explained(&reads(shown, 5, 6, at), &[ending.clone()]),
                explained,
                "{shown:?} {at}"
            );
        }
    }
}

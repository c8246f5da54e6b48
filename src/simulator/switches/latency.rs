//! How long the simulator takes. The pause is real time, whatever the clock says.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How long each answer takes: a time between two bounds, drawn from a seeded sequence.
///
/// Half of it passes before the request is looked at and half after, so that a read can be overtaken by a
/// write on its way in and on its way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// The shortest, in milliseconds.
    #[serde(default)]
    pub min_ms: u64,
    /// The longest, in milliseconds; `min_ms` when it is the smaller one.
    #[serde(default)]
    pub max_ms: u64,
    /// Where the sequence of random times starts.
    #[serde(default)]
    pub seed: u64,
}

impl Latency {
    /// No pause.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The same pause for every answer.
    #[must_use]
    pub fn fixed(ms: u64) -> Self {
        Self::random(ms, ms, 0)
    }

    /// A pause between two bounds in milliseconds, the same sequence for the same seed.
    #[must_use]
    pub fn random(min_ms: u64, max_ms: u64, seed: u64) -> Self {
        Self { min_ms, max_ms, seed }
    }
}

/// Draws the pauses.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Pauses {
    latency: Latency,
    state: u64,
}

impl Pauses {
    pub(in crate::simulator) fn of(latency: Latency) -> Self {
        Self { latency, state: latency.seed }
    }

    /// The pauses before and after the next request is looked at. Both are drawn on their own.
    pub(in crate::simulator) fn next(&mut self) -> (Duration, Duration) {
        (self.half(), self.half())
    }

    fn half(&mut self) -> Duration {
        let min = self.latency.min_ms.saturating_mul(1000);
        let max = self.latency.max_ms.saturating_mul(1000).max(min);
        let spread = (max - min).saturating_add(1);
        let micros = if spread == 1 { min } else { min + self.draw() % spread };
        Duration::from_micros(micros / 2)
    }

    /// `SplitMix64`: short, and the same everywhere.
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_pauses_stay_between_their_bounds_and_repeat_with_their_seed() {
        let draw = || {
            let mut pauses = Pauses::of(Latency::random(10, 30, 7));
            (0..100).map(|_| pauses.next()).collect::<Vec<_>>()
        };
        let drawn = draw();
        assert_eq!(drawn, draw());
        let whole = drawn.iter().map(|(before, after)| *before + *after);
        let (ten, thirty) = (Duration::from_millis(10), Duration::from_millis(30));
        assert!(whole.clone().all(|pause| pause + Duration::from_micros(1) >= ten));
        assert!(whole.clone().all(|pause| pause <= thirty));
        assert!(whole.min() != drawn.iter().map(|(a, b)| *a + *b).max());
    }

    #[test]
    fn a_fixed_pause_is_always_the_same() {
        let mut pauses = Pauses::of(Latency::fixed(8));
        let half = Duration::from_millis(4);
        assert_eq!([pauses.next(), pauses.next()], [(half, half); 2]);
        assert_eq!(Pauses::of(Latency::none()).next(), Default::default());
    }
}

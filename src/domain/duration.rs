//! Durations as people write them.

use std::str::FromStr;
use std::time::Duration;

/// A length of time written as text: `90s`, `2h`, `1h30m`, `7d`, `500ms`. Days have 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HumanDuration(Duration);

/// The text is no length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a length of time like `90s`, `2h`, `1h30m` or `7d`")]
pub struct DurationFault;

impl HumanDuration {
    /// The same length as the standard library has it.
    #[must_use]
    pub fn get(self) -> Duration {
        self.0
    }
}

impl FromStr for HumanDuration {
    type Err = DurationFault;

    /// A number and a unit, one or more times, the larger unit first, each unit once.
    fn from_str(text: &str) -> Result<Self, DurationFault> {
        let mut rest = text;
        let mut total = Duration::ZERO;
        let mut below = u64::MAX;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(DurationFault)?;
            let (number, tail) = rest.split_at(digits);
            let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let unit = millis_of(unit).filter(|unit| *unit < below).ok_or(DurationFault)?;
            let number: u64 = number.parse().ok().ok_or(DurationFault)?;
            let part = number.checked_mul(unit).ok_or(DurationFault)?;
            total = total.checked_add(Duration::from_millis(part)).ok_or(DurationFault)?;
            (rest, below) = (tail, unit);
        }
        if text.is_empty() { Err(DurationFault) } else { Ok(Self(total)) }
    }
}

fn millis_of(unit: &str) -> Option<u64> {
    Some(match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    })
}

impl<'de> serde::Deserialize<'de> for HumanDuration {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_as_people_write_them() {
        let seconds = |text: &str| text.parse::<HumanDuration>().map(|d| d.get().as_secs());
        assert_eq!(seconds("2h"), Ok(7200));
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("7d"), Ok(604_800));
        assert_eq!("500ms".parse(), Ok(HumanDuration(Duration::from_millis(500))));
        for bad in
            ["", "2", "h", "2x", "-2h", "2 h", "30m1h", "1h1h", "1.5h", "99999999999999999999s"]
        {
            assert_eq!(bad.parse::<HumanDuration>(), Err(DurationFault), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_duration_or_a_fault_and_never_a_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<HumanDuration>();
        }
    }
}

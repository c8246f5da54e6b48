//! Lengths of time, moments and page numbers as they are typed.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{HumanDuration, rfc_3339};

use super::fault::{Doubt, shown};
use super::options::Opt;
use super::spell;
use super::word::{Spelling, Word};

/// The longest that an override is meant to last; who says more has most likely mistyped.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// A length of time that is more than nothing, and at most a year.
pub(super) fn duration(word: &Word) -> Result<HumanDuration, Doubt> {
    let text = word.text()?;
    if is_gap(word, Opt::For) {
        return Err(Doubt::gap("a length of time like `2h`", &text));
    }
    let gap = Opt::For.placeholder().map(str::to_owned);
    let doubt = |detail: String, meant: Option<String>| {
        Doubt::new(detail, meant.or_else(|| gap.clone()).into_iter().collect())
    };
    let word = shown(&text);
    let Ok(length) = text.parse::<HumanDuration>() else {
        let is_number = text.len() < 10 && text.chars().all(|c| c.is_ascii_digit());
        let detail = if is_number && !text.is_empty() {
            format!("{word} has no unit: `{text}s`, `{text}m`, `{text}h` or `{text}d`")
        } else {
            format!("{word} must be a length of time like `2h`, `1h30m` or `7d`")
        };
        return Err(doubt(detail, meant_duration(&text)));
    };
    if length.get().is_zero() {
        return Err(doubt(format!("{word} must be longer than nothing"), None));
    }
    if length.get() > LONGEST {
        let detail = format!(
            "{word} is longer than a year, the most there is; without an end it stays until it is cleared"
        );
        return Err(doubt(detail, None));
    }
    Ok(length)
}

/// Whether a word is what stands in templates for the value of `option`.
fn is_gap(word: &Word, option: Opt) -> bool {
    word.spelling == Spelling::Bare && option.placeholder() == Some(word.content.as_str())
}

/// Why.
pub(super) fn note(word: &Word) -> Result<String, Doubt> {
    if is_gap(word, Opt::Note) {
        return Err(Doubt::gap("the reason", &word.content));
    }
    word.text()
}

/// A moment, cut to the millisecond that is kept of it.
pub(super) fn moment(word: &Word) -> Result<Timestamp, Doubt> {
    let text = word.text()?;
    if is_gap(word, Opt::At) {
        return Err(Doubt::gap("a time with its zone", &text));
    }
    let at = rfc_3339(&text).and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok());
    at.ok_or_else(|| {
        let detail = format!(
            "{} must be a time with its zone like `2026-12-01T10:00:00Z` or `2026-12-01T11:00:00+01:00`",
            shown(&text)
        );
        Doubt::new(detail, meant_moment(&text))
    })
}

/// The number of a page, from 1.
pub(super) fn page(word: &Word) -> Result<NonZeroU32, Doubt> {
    let text = word.text()?;
    if is_gap(word, Opt::Page) {
        return Err(Doubt::gap("the number of a page", &text));
    }
    text.parse().map_err(|_fault| {
        let detail = format!("{} must be the number of a page, from 1", shown(&text));
        Doubt::new(detail, Opt::Page.placeholder().map(str::to_owned).into_iter().collect())
    })
}

/// What else a word may be the end of: a length of time or a moment.
pub(super) enum Ending {
    Length(String),
    Moment(String),
}

/// The end that a word says, if it says one.
pub(super) fn ending(word: &Word) -> Option<Ending> {
    let text = word.text().ok()?;
    if moment(word).is_ok() {
        return Some(Ending::Moment(word.raw.clone()));
    }
    let length = duration(word).ok().map(spell::duration).or_else(|| meant_duration(&text));
    length.map(Ending::Length)
}

/// `2 hours`, `30min`, `1w` or `2H` as they should be written; a number alone may be of any unit.
pub(super) fn meant_duration(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let mut rest = lower.trim();
    let mut meant = String::new();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at_checked(digits)?;
        let tail = tail.trim_start();
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        let number: u64 = number.parse().ok()?;
        let (number, unit) = match unit {
            "ms" => (number, "ms"),
            "s" | "sec" | "secs" | "second" | "seconds" => (number, "s"),
            "m" | "min" | "mins" | "minute" | "minutes" => (number, "m"),
            "h" | "hr" | "hrs" | "hour" | "hours" => (number, "h"),
            "d" | "day" | "days" => (number, "d"),
            "w" | "week" | "weeks" => (number.checked_mul(7)?, "d"),
            _ => return None,
        };
        meant.push_str(&number.to_string());
        meant.push_str(unit);
        rest = tail.trim_start();
    }
    let length = meant.parse::<HumanDuration>().ok()?.get();
    if length.is_zero() || length > LONGEST {
        return None;
    }
    Some(meant)
}

/// A time that lacks its seconds, with none. A zone or an hour is not guessed: it would be another time.
fn meant_moment(text: &str) -> Vec<String> {
    let joined = text.replacen(' ', "T", 1);
    let zone = joined.get(11..).and_then(|clock| clock.find(['Z', 'z', '+', '-']));
    let (clock, zone) = joined.split_at_checked(zone.map_or(0, |at| at + 11)).unwrap_or(("", ""));
    let gap = Opt::At.placeholder().map(str::to_owned);
    let meant = Some(format!("{clock}:00{zone}")).filter(|meant| rfc_3339(meant).is_some());
    meant.or(gap).into_iter().collect()
}

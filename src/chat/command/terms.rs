//! Lengths of time, moments and page numbers as they are typed.

use std::num::NonZeroU32;

use jiff::Timestamp;

use crate::domain::HumanDuration;

use super::fault::{Doubt, shown};
use super::spell;
use super::word::Word;

/// A length of time that is more than nothing.
pub(super) fn duration(word: &Word) -> Result<HumanDuration, Doubt> {
    let text = word.text()?;
    let Ok(length) = text.parse::<HumanDuration>() else {
        let detail =
            format!("{} must be a length of time like `2h`, `1h30m` or `7d`", shown(&text));
        return Err(Doubt::new(detail, meant_duration(&text).into_iter().collect()));
    };
    if length.get().is_zero() {
        let detail = format!("{} must be longer than nothing", shown(&text));
        return Err(Doubt::new(detail, vec!["2h".to_owned()]));
    }
    // What is longer could not be spelled in one unit any more; it is beyond every calendar.
    if u64::try_from(length.get().as_millis()).is_err() {
        return Err(Doubt::new(format!("{} is too long", shown(&text)), vec!["7d".to_owned()]));
    }
    Ok(length)
}

/// A moment, cut to the millisecond that is kept of it.
pub(super) fn moment(word: &Word) -> Result<Timestamp, Doubt> {
    let text = word.text()?;
    let at = Some(text.as_str()).filter(|text| is_rfc_3339(text));
    let at = at.and_then(|text| text.parse::<Timestamp>().ok());
    let at = at.and_then(|at| Timestamp::from_millisecond(at.as_millisecond()).ok());
    at.ok_or_else(|| {
        let detail = format!(
            "{} must be a time with its zone like `2026-12-01T10:00:00Z` or `2026-12-01T11:00:00+01:00`",
            shown(&text)
        );
        Doubt::new(detail, meant_moment(&text))
    })
}

/// Whether `text` has the form of RFC 3339; the parser takes more, a zone in brackets that says otherwise for one.
fn is_rfc_3339(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let Some(rest) =
        shape.strip_prefix("0000-00-00").and_then(|rest| rest.strip_prefix(['T', 't', ' ']))
    else {
        return false;
    };
    let Some(rest) = rest.strip_prefix("00:00:00") else { return false };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with('0') => fraction.trim_start_matches('0'),
        Some(_) => return false,
        None => rest,
    };
    matches!(rest, "Z" | "z" | "+00:00" | "-00:00")
}

/// The number of a page, from 1.
pub(super) fn page(word: &Word) -> Result<NonZeroU32, Doubt> {
    let text = word.text()?;
    text.parse().map_err(|_fault| {
        let detail = format!("{} must be the number of a page, from 1", shown(&text));
        Doubt::new(detail, vec!["1".to_owned()])
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

/// `2 hours`, `30min`, `1w`, `1.5h` or `2H` as they should be written; a number alone is taken for hours.
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
            "" | "h" | "hr" | "hrs" | "hour" | "hours" => (number, "h"),
            "d" | "day" | "days" => (number, "d"),
            "w" | "week" | "weeks" => (number.checked_mul(7)?, "d"),
            _ => return None,
        };
        meant.push_str(&number.to_string());
        meant.push_str(unit);
        rest = tail.trim_start();
    }
    meant.parse::<HumanDuration>().ok().filter(|length| !length.get().is_zero())?;
    Some(meant)
}

/// Times that lack their zone or their hour.
fn meant_moment(text: &str) -> Vec<String> {
    let joined = text.replacen(' ', "T", 1);
    ["Z", ":00Z", "T00:00:00Z"].iter().map(|end| format!("{joined}{end}")).collect()
}

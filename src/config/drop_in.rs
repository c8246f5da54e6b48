//! `[drop_in]`: when callers of `LaunchDarkly`'s own operations should have moved on.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::section::Section;

/// What callers of the drop-in are told. Nothing by default: Flagward keeps these routes alive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DropIn {
    /// Since when, or from when on, they are deprecated. Default: not at all.
    pub deprecation: Option<Timestamp>,
    /// From when on they may no longer answer; not before `deprecation`. Default: never.
    pub sunset: Option<Timestamp>,
}

const DATE: &str =
    "must be a date in quotes like \"2027-06-30\", or with a time like \"2027-06-30T12:00:00Z\"";

impl DropIn {
    pub(super) fn read(mut section: Section<'_, '_>) -> Self {
        let deprecation = section.parse("deprecation", DATE, date);
        let sunset = section.parse("sunset", DATE, date);
        if deprecation.zip(sunset).is_some_and(|(deprecation, sunset)| sunset < deprecation) {
            section.fault_here("sunset", "must not be before `deprecation`");
        }
        section.finish();
        Self { deprecation, sunset }
    }
}

/// RFC 3339: a date, which begins at midnight UTC, or a date with a time.
fn date(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    // The parser of dates takes those with a time too, and leaves it away.
    let date: Date = text.parse().ok().filter(|_| text.len() == "2027-06-30".len())?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{LEAST, faults, load_text};
    use super::*;

    fn read(section: &str) -> DropIn {
        load_text(&format!("{LEAST}[drop_in]\n{section}")).drop_in
    }

    #[test]
    fn nothing_is_said_by_default() {
        assert_eq!(load_text(LEAST).drop_in, DropIn::default());
    }

    #[test]
    fn a_date_begins_at_midnight_and_a_time_is_taken_as_it_is() {
        let both = read("deprecation = \"2026-12-01\"\nsunset = \"2027-06-30T12:00:00+02:00\"\n");
        let text = |time: Option<Timestamp>| time.unwrap().to_string();
        assert_eq!(text(both.deprecation), "2026-12-01T00:00:00Z");
        assert_eq!(text(both.sunset), "2027-06-30T10:00:00Z");
        assert_eq!(read("sunset = \"2027-06-30\"\n").deprecation, None);
    }

    #[test]
    fn what_is_no_date_and_an_end_before_the_beginning_are_faults() {
        let lines = LEAST.lines().count();
        for text in ["soon", "2026-13-01", "2026-12-01T10:00:00", "1", ""] {
            let found = faults(&format!("{LEAST}[drop_in]\ndeprecation = \"{text}\"\n"));
            assert_eq!(found, [format!("t.toml:{}: drop_in.deprecation: {DATE}", lines + 2)]);
        }
        let found = faults(&format!(
            "{LEAST}[drop_in]\ndeprecation = \"2027-01-02\"\nsunset = \"2027-01-01\"\n"
        ));
        let expected =
            format!("t.toml:{}: drop_in.sunset: must not be before `deprecation`", lines + 1);
        assert_eq!(found, [expected]);
    }
}

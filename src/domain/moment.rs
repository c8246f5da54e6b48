//! Moments as people and files write them.

use jiff::Timestamp;

/// The moment that `text` names in the form of RFC 3339, with its offset. The usual parser takes more: a zone in brackets
/// that says otherwise, for one.
#[must_use]
pub fn rfc_3339(text: &str) -> Option<Timestamp> {
    if is_rfc_3339(text) { text.parse().ok() } else { None }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_offset_and_nothing_else() {
        let moment = |text| rfc_3339(text).map(|at| at.to_string());
        for (text, at) in [
            ("2026-12-01T10:00:00Z", "2026-12-01T10:00:00Z"),
            ("2026-12-01T11:00:00+01:00", "2026-12-01T10:00:00Z"),
            ("2026-12-01 10:00:00.5z", "2026-12-01T10:00:00.5Z"),
        ] {
            assert_eq!(moment(text).as_deref(), Some(at));
        }
        for text in [
            "",
            "soon",
            "2026-12-01",
            "2026-12-01T10:00Z",
            "2026-12-01T10:00:00",
            "2026-13-01T10:00:00Z",
            "2026-12-01T10:00:00.Z",
            "2026-12-01T10:00:00+01",
            "2026-12-01T10:00:00Z[Europe/Berlin]",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}

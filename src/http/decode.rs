//! Percent-decoding, once and strictly: a path that two readers could read in two ways is no path.

use std::borrow::Cow;

/// Why a text can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DecodeFault {
    #[error("must have two hexadecimal digits after each `%`")]
    Escape,
    #[error("must be UTF-8 when percent-decoded")]
    Utf8,
}

/// Decodes a part of a path, in which a `+` is a plus.
pub(super) fn decode_segment(text: &str) -> Result<Cow<'_, str>, DecodeFault> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|b| *b == b'%') {
        let digits = rest.get(at + 1..at + 3).ok_or(DecodeFault::Escape)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(DecodeFault::Escape);
        }
        rest = rest.get(at + 3..).unwrap_or_default();
    }
    percent_encoding::percent_decode_str(text).decode_utf8().or(Err(DecodeFault::Utf8))
}

/// Decodes a part of a query string, in which a `+` is a space.
pub(super) fn decode_query(text: &str) -> Result<Cow<'_, str>, DecodeFault> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        return decode_segment(&spaced).map(|decoded| Cow::Owned(decoded.into_owned()));
    }
    decode_segment(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_decoded_once() {
        assert_eq!(decode_segment("a%2Fb%252F+%C3%BC").unwrap(), "a/b%2F+ü");
        assert_eq!(decode_query("a+b%2B").unwrap(), "a b+");
    }

    #[test]
    fn what_is_no_encoding_is_refused() {
        for bad in ["%", "%2", "a%zz", "%%41"] {
            assert_eq!(decode_segment(bad), Err(DecodeFault::Escape), "{bad}");
        }
        for bad in ["%ff", "%c0%af", "%ed%a0%80"] {
            assert_eq!(decode_segment(bad), Err(DecodeFault::Utf8), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_decoded_or_refused_and_never_a_panic(text in "[%0-9a-fA-Fz+é/]{0,20}") {
            let _ = (decode_segment(&text), decode_query(&text));
        }
    }
}

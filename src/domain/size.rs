//! Sizes as people write them.

use std::str::FromStr;

/// The units we take, in bytes. Only the binary ones: `64MB` means two things to two people.
const UNITS: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];

/// A number of bytes written as text: `64MiB`, `512KiB`, `2GiB`, `100B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

/// The text is no size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a size like `64KiB`, `64MiB` or `1GiB`")]
pub struct SizeFault;

impl Size {
    /// So many bytes.
    #[must_use]
    pub const fn of_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The size in bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = SizeFault;

    /// A whole number and a unit, with nothing between them.
    fn from_str(text: &str) -> Result<Self, SizeFault> {
        let (number, unit) = UNITS
            .iter()
            .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))
            .ok_or(SizeFault)?;
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SizeFault);
        }
        let number: u64 = number.parse().ok().ok_or(SizeFault)?;
        number.checked_mul(*unit).map(Self).ok_or(SizeFault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_people_write_them() {
        let bytes = |text: &str| text.parse::<Size>().map(Size::bytes);
        assert_eq!(bytes("64MiB"), Ok(67_108_864));
        assert_eq!(bytes("64KiB"), Ok(65_536));
        assert_eq!(bytes("2GiB"), Ok(2_147_483_648));
        assert_eq!(bytes("0B"), Ok(0));
        for bad in [
            "",
            "64",
            "MiB",
            "64MB",
            "64 MiB",
            "-1B",
            "+1B",
            "1.5MiB",
            "64mib",
            "99999999999999999999B",
            "99999999999999GiB",
        ] {
            assert_eq!(bad.parse::<Size>(), Err(SizeFault), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_size_or_a_fault_and_never_a_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<Size>();
        }
    }
}

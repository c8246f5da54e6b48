//! `[[auth.issuers]]`: whose tokens we take.

mod algorithm;
mod issuer;
mod key;
mod key_set;
mod keys;

pub use algorithm::{HmacAlgorithm, PublicKeyAlgorithm};
pub use issuer::{Issuer, IssuerName, TeamClaim};
pub use key::{IssuerKey, KeyKind, PublicKey};
pub use key_set::{Discovery, KeySet, KeySetFile, KeySetSource, WayOut};
pub use keys::{FixedKey, IssuerKeys};

use std::collections::BTreeSet;

use super::fault::Place;
use super::section::Section;

/// Whose tokens we take.
#[derive(Clone, Debug)]
pub struct Auth {
    /// The issuers: at least one, no two with the same `name` or the same `issuer`. Two with one `issuer` are
    /// refused because a token says by `iss` alone whose key to verify it with.
    pub issuers: Vec<Issuer>,
}

impl Auth {
    /// The issuers, and the names of all of them if all are known, whatever else is wrong with them.
    pub(super) fn read(mut section: Section<'_, '_>) -> (Self, Option<Vec<String>>) {
        let nodes = section.tables("issuers");
        let count = nodes.len();
        let mut issuers = Vec::new();
        let mut seen = Seen::default();
        for (index, node) in nodes.into_iter().enumerate() {
            issuers.extend(Issuer::read(section.item("issuers", index, node), &mut seen));
        }
        section.finish();
        let names = (count > 0 && seen.names.len() == count).then(|| Vec::from_iter(seen.names));
        (Self { issuers }, names)
    }

    /// The issuers in `text`, which may name the keys in `tests/fixtures/keys`, for tests of other rooms.
    #[cfg(test)]
    pub(crate) fn parse_for_test(text: &str) -> Self {
        let rest = "[launchdarkly]\ntoken = \"x\"\n[policy]\nfile = \"x\"\n";
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys/t.toml");
        let environment = super::Environment::new();
        let config = super::load(&format!("{rest}{text}"), file.as_ref(), &environment);
        config.unwrap_or_else(|faults| panic!("{faults}")).auth
    }
}

/// What earlier issuers took.
#[derive(Default)]
struct Seen {
    names: BTreeSet<String>,
    issuers: BTreeSet<String>,
}

/// Notes a fault if an issuer before had this already.
fn unique(
    section: &mut Section<'_, '_>,
    seen: &mut BTreeSet<String>,
    key: &str,
    text: &str,
    place: Place,
) {
    if !seen.insert(text.to_owned()) {
        section.fault(place, key, "must differ from every other issuer's");
    }
}

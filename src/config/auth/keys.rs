//! What an issuer's tokens are verified with: exactly one source, which may be several keys.

use std::collections::BTreeSet;

use super::key::IssuerKey;
use super::key_set::{self, KeySet, KeySetSource};
use crate::config::section::Section;

/// What an issuer's tokens are verified with.
#[derive(Clone, Debug)]
pub enum IssuerKeys {
    /// Keys that the configuration holds or names: not empty. From `secret`, `secret_file` or `public_key_file` it is one,
    /// from `keys` as many as there are tables.
    Fixed(Vec<FixedKey>),
    /// Those of a key set, which the issuer changes by itself. From `jwks_file`,
    /// `jwks_url` or `discovery`.
    Set(Box<KeySet>),
}

/// A key that is what it is until the next start.
#[derive(Clone, Debug)]
pub struct FixedKey {
    /// What the issuer calls it. Where a token's header has a `kid` too, it must be the same. Default none.
    pub kid: Option<String>,
    /// The key, with its own algorithms.
    pub key: IssuerKey,
}

/// The most keys in one configuration: a rotation needs two. A token that doesn't say which signed it is tried with each.
const MOST_KEYS: usize = 8;
/// The longest `kid`, in bytes.
const LONGEST_KID: usize = 256;
const SOURCES: [&str; 7] =
    ["secret", "secret_file", "public_key_file", "keys", "jwks_file", "jwks_url", "discovery"];
/// The sources of one key.
const KEY_SOURCES: [&str; 3] = ["secret", "secret_file", "public_key_file"];

impl IssuerKeys {
    /// The first configured key, for tests of other rooms.
    #[cfg(test)]
    pub(crate) fn first_for_test(&self) -> &IssuerKey {
        match self {
            Self::Fixed(keys) => &keys.first().unwrap_or_else(|| panic!("there is a key")).key,
            Self::Set(_) => panic!("there is a key set"),
        }
    }

    /// Exactly one of the sources, with the algorithms; `issuer` is the issuer's own name for itself.
    pub(super) fn read(section: &mut Section<'_, '_>, issuer: Option<&str>) -> Option<Self> {
        let place = section.place("discovery").cloned();
        let discovers = section.switch("discovery", false).then_some(place).flatten();
        let also: &[_] = if discovers.is_some() { &["discovery"] } else { &[] };
        exactly_one(section, &SOURCES, also);
        let has_keys = section.has("keys");
        let has_fixed = has_keys || KEY_SOURCES.into_iter().any(|key| section.has(key));
        let has_set =
            discovers.is_some() || ["jwks_file", "jwks_url"].iter().any(|key| section.has(key));
        let source = KeySetSource::read(section, issuer, discovers);
        let keys = several(section);
        if has_set && !has_fixed {
            let algorithms = key_set::algorithms(section);
            let _: Option<_> = IssuerKey::read(section, false); // now its keys are known
            let (source, has_algorithms) = (source?, !algorithms.is_empty());
            return has_algorithms.then(|| Self::Set(Box::new(KeySet { source, algorithms })));
        }
        if has_keys {
            own_algorithms_only(section);
        }
        let single = IssuerKey::read(section, !has_keys);
        let single = single.map(|key| vec![FixedKey { kid: None, key }]);
        single.or(keys).map(Self::Fixed)
    }
}

/// Exactly one of these, of which the section has those in `also` beyond what it has. Of a secret beside its file the
/// reading of the two says more.
fn exactly_one(section: &mut Section<'_, '_>, sources: &[&str], also: &[&str]) {
    let given = sources.iter().copied().filter(|key| section.has(key) || also.contains(key));
    let given: Vec<_> = given.collect();
    if given.len() != 1 && given != ["secret", "secret_file"] {
        section.fault_here("", format!("must have exactly one of {}", sources.join(", ")));
    }
}

/// The tables of `keys`.
fn several(section: &mut Section<'_, '_>) -> Option<Vec<FixedKey>> {
    let place = section.place("keys").cloned();
    let nodes = section.optional_tables("keys");
    if let Some(place) = place.filter(|_| nodes.len() > MOST_KEYS) {
        section.fault(place, "keys", format!("must be at most {MOST_KEYS}"));
    }
    let (mut keys, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, node) in nodes.into_iter().enumerate() {
        keys.extend(FixedKey::read(section.item("keys", index, node), &mut seen));
    }
    (!keys.is_empty()).then_some(keys)
}

/// A list for all keys would let each be used with the algorithms of another.
fn own_algorithms_only(section: &mut Section<'_, '_>) {
    if let Some(place) = section.place("algorithms").cloned() {
        let expected = "must not stand beside `keys`: each of them has its own";
        section.fault(place, "algorithms", expected);
    }
}

impl FixedKey {
    fn read(mut section: Section<'_, '_>, seen: &mut BTreeSet<String>) -> Option<Self> {
        let expected = format!("must be text of 1 to {LONGEST_KID} bytes");
        let place = section.place("kid").cloned();
        let good = |text: &str| (1..=LONGEST_KID).contains(&text.len()).then(|| text.to_owned());
        let kid = section.parse("kid", &expected, good);
        if let (Some(kid), Some(place)) = (&kid, place)
            && !seen.insert(kid.clone())
        {
            section.fault(place, "kid", "must differ from every other key's of this issuer");
        }
        exactly_one(&mut section, &KEY_SOURCES, &[]);
        let key = IssuerKey::read(&mut section, true);
        section.finish();
        Some(Self { kid, key: key? })
    }
}

//! Keys that the issuer changes by itself: a key set (RFC 7517).

use std::path::PathBuf;

use super::algorithm::PublicKeyAlgorithm;
use crate::config::section::Section;

/// A key set, and what its keys may be used with.
#[derive(Clone, Debug)]
pub struct KeySet {
    /// Where it is.
    pub source: KeySetSource,
    /// What may sign; not empty. A key is used with those of them that fit its kind, or with the only one it names.
    pub algorithms: Vec<PublicKeyAlgorithm>,
}

/// Where a key set is.
#[derive(Clone, Debug)]
pub enum KeySetSource {
    /// In a file, from `jwks_file`, which is looked at again and again.
    File(KeySetFile),
}

/// A key set's file. What is in it is for the room `auth` to understand.
#[derive(Clone, Debug)]
pub struct KeySetFile {
    /// Which.
    pub path: PathBuf,
    /// Where that was said: file and line, or variable, and key.
    pub named_by: String,
    /// What stood in it when the configuration was read.
    pub bytes: Vec<u8>,
}

const ALGORITHMS: &str =
    "must be a list of RS256 to RS512, PS256 to PS512, ES256, ES384 or EdDSA with a key set";

impl KeySetSource {
    /// The key of the configuration that it comes from.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::File(_) => "jwks_file",
        }
    }

    /// The one that a table names.
    pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Self> {
        let (path, place) = section.path("jwks_file", "must be the path of a JWK set")?;
        let bytes = section.read(&path, place.clone(), "jwks_file")?;
        let named_by = section.named(place, "jwks_file");
        Some(Self::File(KeySetFile { path, named_by, bytes }))
    }
}

/// The algorithms of a key set: none that a secret would go with.
pub(super) fn algorithms(section: &mut Section<'_, '_>) -> Vec<PublicKeyAlgorithm> {
    let mut found = Vec::new();
    for name in section.texts("algorithms", ALGORITHMS) {
        match PublicKeyAlgorithm::named(&name.text) {
            Some(one) => found.push(one),
            None => section.fault(name.place, "algorithms", ALGORITHMS),
        }
    }
    found
}

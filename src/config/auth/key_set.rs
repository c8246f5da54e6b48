//! Keys that the issuer changes by itself: a key set (RFC 7517).

use std::path::PathBuf;

use url::{Host, Url};

use super::algorithm::PublicKeyAlgorithm;
use crate::config::fault::Place;
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
    /// At an address of the issuer's, from `jwks_url`.
    Url(Url, WayOut),
    /// Where the issuer's discovery document says, because of `discovery`.
    Discovery(Discovery, WayOut),
}

/// An issuer's discovery document (`OpenID` Connect Discovery 1.0, 4).
#[derive(Clone, Debug)]
pub struct Discovery {
    /// Where it is: at the issuer's own address.
    pub url: Url,
    /// What its `issuer` must be.
    pub issuer: String,
}

/// How an issuer is reached.
#[derive(Clone, Debug)]
pub struct WayOut {
    /// The HTTP proxy on the way, from `proxy`. Default none; the usual `HTTPS_PROXY` is not looked at.
    pub proxy: Option<Url>,
    /// PEM certificates to trust besides the system's: what the file in `ca_file` holds. Default none.
    pub ca_certificates: Option<Vec<u8>>,
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

/// Where a discovery document is, below the issuer.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
const URL: &str = "must be an https URL without user name or fragment, like \"https://idp.example.com/jwks.json\"; http \
     only for loopback addresses";
const ISSUER: &str = "needs an `issuer` that is an https URL; http only for loopback addresses";
const ALGORITHMS: &str =
    "must be a list of RS256 to RS512, PS256 to PS512, ES256, ES384 or EdDSA with a key set";

impl KeySetSource {
    /// The key of the configuration that it comes from.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::File(_) => "jwks_file",
            Self::Url(..) => "jwks_url",
            Self::Discovery(..) => "discovery",
        }
    }

    /// The one that a table names, of the issuer `issuer`. `discovers` says whether its document is to be asked for.
    pub(super) fn read(
        section: &mut Section<'_, '_>,
        issuer: Option<&str>,
        discovers: Option<Place>,
    ) -> Option<Self> {
        let is_fetched = section.has("jwks_url") || discovers.is_some();
        let url = section.parse("jwks_url", URL, address);
        let file = KeySetFile::read(section).map(Self::File);
        let document = discovers.and_then(|place| Discovery::read(section, place, issuer?));
        let way = WayOut::read(section, is_fetched);
        let url = url.map(|url| Self::Url(url, way.clone()));
        file.or(url).or(document.map(|document| Self::Discovery(document, way)))
    }
}

impl Discovery {
    fn read(section: &mut Section<'_, '_>, place: Place, issuer: &str) -> Option<Self> {
        let plain = address(issuer).filter(|url| url.query().is_none());
        let text = format!("{}{WELL_KNOWN}", issuer.trim_end_matches('/'));
        let url = plain.and_then(|_| text.parse().ok());
        if url.is_none() {
            section.fault(place, "discovery", ISSUER);
        }
        Some(Self { url: url?, issuer: issuer.to_owned() })
    }
}

impl WayOut {
    fn read(section: &mut Section<'_, '_>, is_used: bool) -> Self {
        for key in ["proxy", "ca_file"] {
            if let Some(place) = section.place(key).filter(|_| !is_used).cloned() {
                section.fault(place, key, "goes only with jwks_url or discovery");
            }
        }
        let (proxy, ca_certificates) = (section.proxy("proxy"), section.ca_certificates("ca_file"));
        Self { proxy, ca_certificates }
    }
}

/// An address that nobody on the way can answer for: of this machine, or behind TLS.
fn address(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_here = match url.host()? {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name == "localhost",
    };
    let good = url.scheme() == "https" || url.scheme() == "http" && is_here;
    (bare && good).then_some(url)
}

impl KeySetFile {
    fn read(section: &mut Section<'_, '_>) -> Option<Self> {
        let (path, place) = section.path("jwks_file", "must be the path of a JWK set")?;
        let bytes = section.read(&path, place.clone(), "jwks_file")?;
        let named_by = section.named(place, "jwks_file");
        Some(Self { path, named_by, bytes })
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

//! What every way to others has: a proxy, and whom to trust besides the system's authorities.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use super::files::shown;
use super::section::Section;

impl Section<'_, '_> {
    /// The HTTP proxy on the way.
    pub(super) fn proxy(&mut self, key: &'static str) -> Option<Url> {
        let expected =
            "must be like \"http://proxy.internal:3128\", without a user name or password";
        let is_proxy = |url: &Url| matches!(url.scheme(), "http" | "https");
        self.parse(key, expected, |text| plain_url(text).filter(is_proxy))
    }

    /// PEM certificates to trust besides the system's: what is in the file.
    pub(super) fn ca_certificates(&mut self, key: &'static str) -> Option<Vec<u8>> {
        let (path, place) = self.path(key, "must be the path of a PEM file")?;
        let pem = self.read(&path, place.clone(), key)?;
        let mut count = 0_usize;
        let sound = CertificateDer::pem_slice_iter(&pem).all(|each| {
            count += 1;
            each.is_ok()
        });
        if sound && count > 0 {
            return Some(pem);
        }
        self.fault(place, key, format!("{} must hold PEM certificates", shown(&path)));
        None
    }
}

/// A URL with a host and nothing but a path behind it.
pub(super) fn plain_url(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let bare = url.username().is_empty() && url.password().is_none();
    let good = bare && url.has_host() && url.query().is_none() && url.fragment().is_none();
    good.then_some(url)
}

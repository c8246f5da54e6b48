//! `[chat.slack]`: Slack.

use secrecy::SecretString;
use url::Url;

use super::channel::Channel;
use super::response_host::response_host;
use super::secret::{LEAST, long_enough, required, same};
use crate::config::section::Section;

/// Slack.
#[derive(Clone, Debug)]
pub struct Slack {
    /// The signing secret of the Slack app, from `signing_secret` or `signing_secret_file`. No default.
    pub signing_secret: SecretString,
    /// The one before, while it is rotated, from `previous_signing_secret` or `previous_signing_secret_file`.
    pub previous_signing_secret: Option<SecretString>,
    /// The host, and the port if it has one, that answers may be posted to, over TLS only. In lower case, without TLS's
    /// own port. Default `hooks.slack.com`; with `GovSlack` `hooks.slack-gov.com`.
    pub response_host: String,
    /// The proxy on the way there, as with `launchdarkly.proxy`.
    pub proxy: Option<Url>,
    /// Certificates in PEM form that are trusted on the way there in addition to the system's.
    pub ca_certificates: Option<Vec<u8>>,
    /// What may be done from which channel. With none, every channel may do what the policy lets its speaker; with some, a
    /// channel that none of them names may do nothing.
    pub channels: Vec<Channel>,
}

/// See [`Slack::response_host`].
const RESPONSE_HOST: &str = "hooks.slack.com";

impl Slack {
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Self> {
        let expected = format!(
            "give the signing secret of the Slack app, at least {LEAST} bytes, or its file in `signing_secret_file`"
        );
        let own = required(&mut section, "signing_secret", "signing_secret_file", &expected);
        let previous =
            long_enough(&mut section, "previous_signing_secret", "previous_signing_secret_file");
        if let (Some(own), Some(previous)) = (&own, &previous)
            && same(&own.text, &previous.text)
        {
            let expected = "must differ from the current one: leave it out when nothing is rotated";
            section.fault(previous.place.clone(), previous.key, expected);
        }
        let expected = "must be a host name, and a port if it isn't 443, like \"hooks.slack.com\"";
        let response_host = section.parse("response_host", expected, response_host);
        let proxy = section.proxy("proxy");
        let ca_certificates = section.ca_certificates("ca_file");
        let channels = Channel::read_all(&mut section);
        section.finish();
        Some(Self {
            signing_secret: own?.text,
            previous_signing_secret: previous.map(|secret| secret.text),
            response_host: response_host.unwrap_or_else(|| RESPONSE_HOST.to_owned()),
            proxy,
            ca_certificates,
            channels,
        })
    }

    /// Every secret that Slack may sign with.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.signing_secret).chain(&self.previous_signing_secret)
    }
}

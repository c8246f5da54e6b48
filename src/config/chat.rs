//! `[chat]` and `[chat.slack]`: who may talk to us in a chat, and from where.

use secrecy::SecretString;
use url::Url;

use crate::domain::Place;

/// What all chat platforms share.
#[derive(Clone, Debug)]
pub struct Chat {
    /// What buttons are signed with, at least 32 bytes, the same on all replicas, from `signing_secret` or
    /// `signing_secret_file`. No default.
    pub signing_secret: SecretString,
    /// Slack, if it is on.
    pub slack: Option<Slack>,
}

/// Slack.
#[derive(Clone, Debug)]
pub struct Slack {
    /// The signing secret of the Slack app, from `signing_secret` or `signing_secret_file`. No default.
    pub signing_secret: SecretString,
    /// The one before, while it is rotated, from `previous_signing_secret` or `previous_signing_secret_file`.
    pub previous_signing_secret: Option<SecretString>,
    /// The host, and the port if it has one, that answers may be posted to, over TLS only. Default `hooks.slack.com`; with
    /// `GovSlack` `hooks.slack-gov.com`.
    pub response_host: String,
    /// The proxy on the way there, as with `launchdarkly.proxy`.
    pub proxy: Option<Url>,
    /// Certificates in PEM form that are trusted on the way there in addition to the system's.
    pub ca_certificates: Option<Vec<u8>>,
    /// What may be done from which channel. With none, every channel may do what the policy lets its speaker; with some, a
    /// channel that none of them names may do nothing.
    pub channels: Vec<Channel>,
}

/// What may be done from a channel, within what the policy lets the speaker do. Patterns are the policy's: `*` and `?`.
#[derive(Clone, Debug)]
pub struct Channel {
    /// The channel's id, or `*` for every channel. Several tables with one id add up.
    pub channel: String,
    /// Patterns of projects. Default `["*"]`.
    pub projects: Vec<String>,
    /// Patterns of environments. Default `["*"]`.
    pub environments: Vec<String>,
    /// Names of actions: `read`, `set`, `clear`, `schedule`. Default all.
    pub actions: Vec<String>,
    /// The project and environment that are meant where a command names none: `PROJECT/ENVIRONMENT`.
    pub default: Option<Place>,
}

//! `[chat]`: who may talk to us in a chat, and from where.

mod channel;
mod response_host;
mod secret;
mod slack;

pub use channel::Channel;
pub use slack::Slack;

use secrecy::SecretString;

use super::section::Section;
use secret::{LEAST, required, same};

/// What all chat platforms share.
#[derive(Clone, Debug)]
pub struct Chat {
    /// What buttons are signed with, at least 32 bytes, the same on all replicas, from `signing_secret` or
    /// `signing_secret_file`. No default.
    pub signing_secret: SecretString,
    /// Slack, if it is on.
    pub slack: Option<Slack>,
}

impl Chat {
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Self> {
        let expected = format!(
            "give at least {LEAST} random bytes, the same on all replicas, or their file in `signing_secret_file`"
        );
        let own = required(&mut section, "signing_secret", "signing_secret_file", &expected);
        let has_platform = section.has("slack");
        if !has_platform {
            section.fault_here("", "must have a platform: `[chat.slack]`");
        }
        let slack = section.optional("slack").map(Slack::read);
        if let (Some(own), Some(Some(slack))) = (&own, &slack)
            && slack.secrets().any(|secret| same(&own.text, secret))
        {
            let expected =
                "must differ from Slack's: whoever holds that one could make our buttons";
            section.fault(own.place.clone(), own.key, expected);
        }
        section.finish();
        let slack = match slack {
            Some(slack) => Some(slack?),
            None => None,
        };
        Some(Self { signing_secret: own?.text, slack })
    }
}

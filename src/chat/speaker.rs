//! Whoever speaks, and where.

use crate::auth::Caller;
use crate::domain::Door;

/// Whoever speaks, and where. Made by a platform's room out of what the platform has signed.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// Who it is.
    pub caller: Caller,
    /// The platform, as in `members` and in stamps: `slack`.
    pub platform: &'static str,
    /// Who it is within the platform's markup, to be named in an answer: Slack's user id.
    pub person: String,
    /// The channel's id; ids do not lie as names do.
    pub channel: String,
    /// What the command is called here, as one types it: `/flags`.
    pub command: String,
    /// The request's id, for the log and the journal.
    pub request_id: String,
}

impl Speaker {
    /// The door that changes of this speaker come through; `confirmed_by` is the second person, where one had to agree.
    #[must_use]
    pub fn door(&self, confirmed_by: Option<&str>) -> Door {
        Door::chat(self.platform, &self.channel, confirmed_by)
    }
}

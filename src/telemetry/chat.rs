//! Counters of the chat door.

use prometheus::{IntCounterVec, IntGauge};

use super::metrics::{Maker, Metrics};

/// The platforms there are.
const PLATFORMS: [&str; 1] = ["slack"];
/// What was asked for: the verbs of the language, a text that is none of them, and what a button can say.
const VERBS: [&str; 11] = [
    "help",
    "whoami",
    "list",
    "get",
    "set",
    "clear",
    "expire",
    "unreadable",
    "confirm",
    "cancel",
    "show",
];
/// How it ended: it was done, a confirmation was asked for, it was refused (by the policy, the channel's limits, a guard, or
/// since the wrong person pressed, late or twice), it failed, or nobody could tell what was meant.
const COMMANDS: [&str; 5] = ["answered", "asked", "refused", "failed", "misread"];
/// How the delivery of a late answer ended: the platform took it; it could not be reached, or was out of order, until we
/// gave up; its address was no longer good; or it did not want the message.
const DELIVERIES: [&str; 4] = ["delivered", "failed", "expired", "refused"];

/// What happens at the chat door.
#[derive(Clone, Debug)]
pub struct ChatMetrics {
    /// What people asked for, by platform, verb and outcome.
    pub commands: IntCounterVec,
    /// Answers that came later than the acknowledgement, by platform and outcome.
    pub deliveries: IntCounterVec,
    /// Requests of a platform that were verified and not carried out, by platform and kind: a repetition of one that was
    /// (`duplicate`), one that came while too many were under way (`busy`), one of a kind that is not ours (`ignored`).
    pub passed_over: IntCounterVec,
    /// Commands and presses under way, the delivery of their answers included.
    pub under_way: IntGauge,
}

impl Maker<'_> {
    pub(super) fn chat(&self) -> prometheus::Result<ChatMetrics> {
        let commands = self.counter(
            "chat_commands_total",
            "What people asked for in chats: answered, asked (to confirm), refused, failed, misread.",
            &["platform", "verb", "outcome"],
        )?;
        let deliveries = self.counter(
            "chat_deliveries_total",
            "Answers that came after the acknowledgement: delivered, failed, expired, refused.",
            &["platform", "outcome"],
        )?;
        let passed_over = self.counter(
            "chat_passed_over_total",
            "Verified requests of chat platforms that were not carried out: duplicate, busy, ignored.",
            &["platform", "kind"],
        )?;
        let under_way =
            self.gauge("chat_under_way", "Commands and presses in chats that are under way.")?;
        for platform in PLATFORMS {
            for outcome in COMMANDS {
                let labels = VERBS.map(|verb| [platform, verb, outcome]);
                Metrics::known(&commands, &labels.each_ref().map(<[&str; 3]>::as_slice));
            }
            let labels = DELIVERIES.map(|outcome| [platform, outcome]);
            Metrics::known(&deliveries, &labels.each_ref().map(<[&str; 2]>::as_slice));
            let labels = ["duplicate", "busy", "ignored"].map(|kind| [platform, kind]);
            Metrics::known(&passed_over, &labels.each_ref().map(<[&str; 2]>::as_slice));
        }
        Ok(ChatMetrics { commands, deliveries, passed_over, under_way })
    }
}

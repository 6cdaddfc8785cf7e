//! What Meta saw of a desk besides its messages, and what those who run the world can change: as Rust code.

use crate::Simulator;
use crate::world::SignSeen;

impl Simulator {
    /// Everything shown to people that is no message, in order: read marks, typing, emojis.
    #[must_use]
    pub fn signs(&self) -> Vec<SignSeen> {
        self.world().signs.clone()
    }

    /// The shop's emoji on a message.
    #[must_use]
    pub fn our_reaction(&self, mid: &str) -> Option<String> {
        self.world().our_reactions.get(mid).cloned()
    }

    /// Gives every template of this name another status and tells the webhook.
    pub fn set_template_status(&self, name: &str, status: &str) {
        self.world().change_template(name, status);
    }

    /// Whether the app has the feature *Human Agent*; it has at first.
    pub fn set_human_agent(&self, on: bool) {
        self.world().human_agent = on;
    }

    /// Whether sends are followed by delivery and read receipts; they are at first.
    pub fn set_receipts(&self, on: bool) {
        self.world().receipts = on;
    }

    /// The usage headers' figure in percent; `None` = what was counted.
    pub fn set_usage(&self, percent: Option<u8>) {
        self.world().usage.percent = percent;
    }
}

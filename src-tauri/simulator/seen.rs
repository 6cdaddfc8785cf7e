//! What Meta saw of a desk besides its messages, and what those who run the world can change: as Rust code.

use crate::Simulator;
use crate::behaviour::Untold;
use crate::clock::DAY;
use crate::simulator::known;
use crate::tokens::{Holder, INSTAGRAM_SCOPES, SYSTEM_SCOPES, USER_SCOPES};
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

    /// What no webhook told: it was dropped, or given up after all attempts.
    #[must_use]
    pub fn untold(&self) -> Vec<Untold> {
        self.world().post.untold()
    }

    /// A bad day, until [`Self::clear_faults`]: `percent` of a hundred chances for a fault are taken, by any fault that
    /// fits there, as `seed` decides.
    pub fn storm(&self, percent: u8, seed: u64) {
        self.world().faults.storm(percent, seed);
    }

    /// A token of two months that may do everything for the account, as a new sign-in ends with.
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn fresh_token(&self, account: &str) -> String {
        let mut world = self.world();
        let (now, seed, holder) = (world.now(), world.seed, world.holder_of(known(&world, account)));
        let scopes: &[&str] = match holder {
            Holder::Instagram(_) => &INSTAGRAM_SCOPES,
            Holder::System => &SYSTEM_SCOPES,
            _ => &USER_SCOPES[..7],
        };
        world.tokens.mint(seed, holder, scopes, now, Some(now + 58 * DAY))
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

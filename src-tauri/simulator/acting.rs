//! The simulator as Rust code holds it: whatever else than plain words people and Meta do.

use crate::happenings::Happening;
use crate::said::{Along, Content, Said};
use crate::simulator::{Simulator, known};

impl Simulator {
    /// As [`Self::say_content`], with what goes along: an answer to another message, an ad, a group, the past.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn say_along(&self, account: &str, person: Option<&str>, content: Content, along: Along) -> Said {
        let mut world = self.shared.world();
        let account = known(&world, account);
        world.spoken_along(account, person, content, along)
    }

    /// Something happens in a person's thread that is no message.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn happen(&self, account: &str, person: &str, what: &Happening) {
        let mut world = self.shared.world();
        let account = known(&world, account);
        world.happen(account, person, what);
    }

    /// The person's emoji on a message, or ours; `None` takes it away.
    pub fn react(&self, mid: &str, emoji: Option<&str>, by_us: bool) {
        self.shared.world().react(mid, emoji, by_us);
    }

    /// Whoever wrote the message changes its words.
    pub fn edit(&self, mid: &str, text: &str) {
        self.shared.world().edit(mid, text);
    }

    /// Whoever wrote the message takes it back; `silent` = no webhook tells it.
    pub fn unsend(&self, mid: &str, silent: bool) {
        self.shared.world().unsend(mid, silent);
    }

    /// A WhatsApp send that was accepted fails after all.
    pub fn fail(&self, mid: &str, code: i64, title: &str) {
        self.shared.world().fail(mid, code, title);
    }

    /// News of an account as a whole, under one of its webhook fields.
    ///
    /// # Panics
    /// When there is no such account or no such field.
    pub fn news(&self, account: &str, field: &str, value: serde_json::Value) {
        let mut world = self.shared.world();
        let account = known(&world, account);
        assert!(world.news(account, field, value), "the simulator's webhooks have no field {field}");
    }

    /// The phone app shares what was said before with `person`: who (`true` = we) and words, oldest first.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn history(&self, account: &str, person: &str, lines: &[(bool, &str)]) {
        let mut world = self.shared.world();
        let account = known(&world, account);
        world.history(account, person, lines);
    }

    /// Adds what a demo shows: conversations with every kind of message, and a second Page.
    pub fn dress_up(&self) {
        self.shared.world().dress_up();
    }

    /// Tells the webhook what of it a list cannot show, and what happened besides.
    pub fn tell_showcase(&self) {
        self.shared.world().tell_showcase();
    }

    /// Ends the second Page's token as after a changed password.
    pub fn end_outlet(&self) {
        self.shared.world().end_outlet();
    }

    /// A fresh token for every account whose own no longer works, as a new sign-in gives.
    pub fn renew_tokens(&self) {
        self.shared.world().renew_tokens();
    }
}

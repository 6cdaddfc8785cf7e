//! One item of a delivery in its place: a bubble, a line in a conversation, or news of the account.

use super::meaning::{Change, Meaning, attachment, blank, in_group, of_message, person};
use crate::{
    graph::delivery::{self, Message},
    model::{AccountId, Activity, Channel, Content, DAY, Detail, MetaMessageId, Timestamp},
    store::{
        account_events::NewEvent,
        contacts::{Moved, Person},
        messages::{Alter, Arrival},
    },
};
use sha2::{Digest, Sha256};

/// Where an item belongs.
#[derive(Clone, Copy)]
pub(super) struct Here {
    pub account: AccountId,
    pub channel: Channel,
    pub at: Timestamp,
    pub standby: bool,
}

impl Here {
    pub(super) fn message(self, message: &Message, live: bool) -> Meaning {
        let person = person(self.channel, &message.person);
        let mut arrival = of_message(self.account, self.channel, message, person, self.at, live);
        arrival.detail.standby = self.standby;
        Meaning::Arrival(Box::new(arrival))
    }

    pub(super) fn change(self, meta_id: MetaMessageId, alter: Alter) -> Meaning {
        let Self { account, at, .. } = self;
        Meaning::Change(Change { account, meta_id, alter, at, person: None, opens_until: None })
    }

    /// A tap on a button: a bubble where Meta gives it an id, else a line.
    pub(super) fn tapped(self, tap: &delivery::Postback) -> Meaning {
        let title = tap.title.clone().unwrap_or_default();
        let Some(mid) = &tap.mid else {
            return self.line(&tap.person, Activity::Tapped { title }, DAY);
        };
        let text = if title.is_empty() { tap.payload.clone().unwrap_or_default() } else { title.clone() };
        let referral = tap.referral.as_ref().map(delivery::Referral::told);
        Meaning::Arrival(Box::new(Arrival {
            content: Content::Placeholder { what: "Tapped button".into(), text },
            detail: Detail { tapped: title, referral, standby: self.standby, ..Detail::default() },
            ..blank(self.account, mid.clone(), person(self.channel, &tap.person), self.at)
        }))
    }

    /// A line in the person's thread.
    pub(super) fn line(self, told: &delivery::Person, activity: Activity, opens_for: i64) -> Meaning {
        self.line_with(person(self.channel, told), activity, opens_for)
    }

    fn line_with(self, person: Person, activity: Activity, opens_for: i64) -> Meaning {
        let whose = [&person.bsuid, &person.phone].into_iter().flatten().next().cloned();
        let whose = person.person.as_ref().map(|id| id.0.clone()).or(whose).unwrap_or_default();
        let meta_id = self.made_up("line", &whose, &activity);
        Meaning::Arrival(Box::new(Arrival {
            content: Content::Activity { activity },
            opens_for,
            live: false,
            ..blank(self.account, meta_id, person, self.at)
        }))
    }

    /// Something with a name of Meta's: an order, a line in a conversation, news of the account, or nothing.
    pub(super) fn event(self, event: &delivery::Event) -> Meaning {
        if let Some(news) = event.news() {
            return Meaning::News(NewEvent {
                account: self.account,
                at: self.at,
                name: event.name.clone(),
                words: news.words,
                grave: news.grave,
            });
        }
        if let (Some(cart), Some(buyer)) = (event.cart(), &event.person) {
            return self.ordered(&cart, buyer);
        }
        let Some(activity) = event.activity() else {
            return Meaning::Heard(self.account);
        };
        // What happens to a group is told in its own conversation.
        if let Some(group) = event.group() {
            return self.line_with(in_group(&group), activity, 0);
        }
        let Some(told) = &event.person else {
            return Meaning::Heard(self.account);
        };
        // WhatsApp: a call of theirs opens the window (graph-api g.1).
        let opens =
            matches!(activity, Activity::Call { by_them: true, .. }) && self.channel == Channel::WhatsApp;
        let mut person = person(self.channel, told);
        if let Some(moved) = event.moved_to() {
            person.bsuid = moved.previous_user_id.or(person.bsuid);
            let phone = moved.number.map(|n| n.trim_start_matches('+').to_owned());
            person.moved_to = Some(Moved { bsuid: moved.user_id, phone });
        }
        self.line_with(person, activity, if opens { DAY } else { 0 })
    }

    /// An order out of the chat (graph-api d.4), which Meta gives no id: a bubble with what was ordered.
    fn ordered(self, cart: &delivery::Attachment, buyer: &delivery::Person) -> Meaning {
        let meta_id = self.made_up("order", buyer.id.as_str(), &cart.raw);
        Meaning::Arrival(Box::new(Arrival {
            content: Content::Placeholder { what: cart.name().to_owned(), text: String::new() },
            attachments: vec![attachment(cart, self.at)],
            ..blank(self.account, meta_id, person(self.channel, buyer), self.at)
        }))
    }

    /// An id made of what it says, so that a second delivery is no second bubble or line.
    fn made_up(self, kind: &str, whose: &str, said: &impl serde::Serialize) -> MetaMessageId {
        let mut hash = Sha256::new();
        hash.update(whose);
        hash.update(self.at.0.to_le_bytes());
        hash.update(serde_json::to_vec(said).unwrap_or_default());
        MetaMessageId(format!("{kind}-{}", hex::encode(&hash.finalize()[..16])))
    }
}

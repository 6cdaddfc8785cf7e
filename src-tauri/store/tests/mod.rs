//! The store on a migrated database of its own.

mod changes;
mod files;
mod jobs;
mod messages;
mod opening;
mod plans;
mod properties;
mod repeated;
mod search;
mod windows;
mod working;
mod writer;

use super::{
    Store, accounts,
    contacts::Person,
    messages::{Arrival, Taken},
};
use crate::model::{
    AccountId, Channel, Content, DAY, DeliveryStatus, Detail, Direction, Health, Import, Login,
    MetaAccountId, MetaMessageId, MetaPersonId, Origin, Timestamp,
};

/// A moment that tests count from.
pub(crate) const NOW: Timestamp = Timestamp(1_780_000_000_000);

/// A store with one Messenger account.
pub(crate) async fn store() -> (Store, AccountId) {
    let store = Store::in_memory().await.unwrap();
    let account = connect(&store, Channel::Messenger, "682498302938465").await;
    (store, account)
}

pub(crate) async fn connect(store: &Store, channel: Channel, meta_id: &str) -> AccountId {
    let new = accounts::NewAccount {
        channel,
        login: match channel {
            Channel::WhatsApp => Login::WhatsAppCloud,
            Channel::Instagram | Channel::Messenger => Login::FacebookPage,
        },
        meta_id: MetaAccountId(meta_id.into()),
        page_id: String::new(),
        waba_id: String::new(),
        own_ids: vec![meta_id.into()],
        name: "Jasper's Market".into(),
        handle: String::new(),
        demo: false,
        origin: String::new(),
        health: Health::default(),
        import: Import::default(),
    };
    let done = store
        .write("connect", move |conn| Box::pin(async move { accounts::insert(conn, &new, NOW).await }))
        .await;
    done.unwrap().0
}

/// A text of theirs, `at` milliseconds after [`NOW`].
pub(crate) fn text(account: AccountId, person: &str, id: &str, at: i64, text: &str) -> Arrival {
    Arrival {
        account,
        person: Person { person: Some(MetaPersonId(person.into())), ..Person::default() },
        thread: None,
        meta_id: MetaMessageId(id.into()),
        direction: Direction::Inbound,
        origin: Origin::Person,
        content: Content::Text { text: text.into() },
        answers: None,
        detail: Detail::default(),
        opens_for: DAY,
        sent_at: NOW.plus(at),
        recorded_at: NOW.plus(at + 700),
        status: DeliveryStatus::Received,
        journal: None,
        attachments: Vec::new(),
        live: true,
        echo_key: None,
    }
}

/// The same words as an echo of ours.
pub(super) fn echo(arrival: Arrival) -> Arrival {
    Arrival {
        direction: Direction::Outbound,
        origin: Origin::Elsewhere,
        status: DeliveryStatus::Sent,
        live: false,
        ..arrival
    }
}

pub(crate) async fn take(store: &Store, arrivals: Vec<Arrival>) -> Vec<Taken> {
    store
        .write("take", move |conn| Box::pin(async move { super::messages::take(conn, &arrivals).await }))
        .await
        .unwrap()
}

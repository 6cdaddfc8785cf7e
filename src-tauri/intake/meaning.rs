//! What a delivery means for the inbox: Meta's items become arrivals and receipts of our own accounts.
//! Traffic of other accounts is left in the journal and nowhere else.

use super::Known;
use crate::{
    graph::delivery::{self, Kind, Message, ReceiptStatus},
    model::{
        AccountId, Channel, Content, DeliveryStatus, Direction, Failure, MetaMessageId, Origin, Timestamp,
    },
    store::{
        contacts::Person,
        messages::{Arrival, NewAttachment},
    },
};

/// One thing a delivery means.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    Arrival(Box<Arrival>),
    Receipt(Receipt),
    /// Something for this account that is only kept in the journal today.
    Heard(AccountId),
}

/// How far messages of ours got.
#[derive(Debug, Clone)]
pub(super) enum Receipt {
    /// Everything to this person up to `at`.
    UpTo { account: AccountId, person: Person, status: DeliveryStatus, at: Timestamp },
    /// Everything up to this message.
    UpToMessage { account: AccountId, meta_id: MetaMessageId, status: DeliveryStatus },
    /// One message; `key` is our own where Meta gives it back.
    One {
        account: AccountId,
        meta_id: MetaMessageId,
        key: Option<String>,
        status: DeliveryStatus,
        failure: Option<Failure>,
    },
}

impl Receipt {
    pub(super) const fn account(&self) -> AccountId {
        match self {
            Self::UpTo { account, .. } | Self::UpToMessage { account, .. } | Self::One { account, .. } => {
                *account
            }
        }
    }

    /// Whether it ends a send: a failure that comes late must be noticed, as the agent has moved on.
    pub(super) const fn settles(&self) -> Option<bool> {
        match self {
            Self::One { status: DeliveryStatus::Failed, .. } => Some(false),
            _ => None,
        }
    }
}

/// Reads a body that came at `received_at`.
pub(super) fn of(body: &[u8], known: &Known, received_at: Timestamp) -> Vec<Meaning> {
    let delivery = delivery::decode(body);
    let mut meanings = Vec::new();
    for item in delivery.items {
        let Some(own) = known.0.get(&item.account) else {
            continue;
        };
        let Some(&(channel, account)) =
            own.iter().find(|(channel, _)| item.channel.is_none_or(|c| c == *channel))
        else {
            continue;
        };
        let at = item.at.unwrap_or(received_at);
        match item.kind {
            Kind::Message(message) => {
                meanings.push(arrival(account, &message, person(channel, &message.person), at, true))
            }
            Kind::History(message) => {
                meanings.push(arrival(account, &message, person(channel, &message.person), at, false))
            }
            Kind::Postback(tap) => meanings.push(match &tap.mid {
                Some(mid) => Meaning::Arrival(Box::new(Arrival {
                    content: Content::Placeholder {
                        what: "Button".into(),
                        text: tap.title.clone().unwrap_or_default(),
                    },
                    ..blank(account, mid.clone(), person(channel, &tap.person), at)
                })),
                None => Meaning::Heard(account),
            }),
            Kind::Receipt(receipt) => receipts(account, channel, &receipt, &mut meanings),
            _ => meanings.push(Meaning::Heard(account)),
        }
    }
    meanings
}

/// The ids by which the store knows a person. WhatsApp's are a business-scoped id ("US.1349…"), a number,
/// or both (graph-api d.5).
pub(super) fn person(channel: Channel, told: &delivery::Person) -> Person {
    let mut person = Person {
        name: told.name.clone().unwrap_or_default(),
        handle: told.username.clone().unwrap_or_default(),
        ..Person::default()
    };
    if channel != Channel::WhatsApp {
        person.person = Some(told.id.clone());
        return person;
    }
    for id in std::iter::once(&told.id).chain(&told.also) {
        if id.as_str().bytes().all(|b| b.is_ascii_digit()) {
            person.phone.get_or_insert_with(|| id.0.clone());
        } else {
            person.bsuid.get_or_insert_with(|| id.0.clone());
        }
    }
    if let Some(phone) = &told.phone {
        person.phone = Some(phone.trim_start_matches('+').to_owned());
    }
    person
}

/// An inbound arrival without content.
pub(super) fn blank(account: AccountId, meta_id: MetaMessageId, person: Person, at: Timestamp) -> Arrival {
    Arrival {
        account,
        person,
        thread: None,
        meta_id,
        direction: Direction::Inbound,
        origin: Origin::Person,
        content: Content::Text { text: String::new() },
        sent_at: at,
        recorded_at: at,
        status: DeliveryStatus::Received,
        journal: None,
        attachments: Vec::new(),
        live: true,
        echo_key: None,
    }
}

fn arrival(account: AccountId, message: &Message, person: Person, at: Timestamp, live: bool) -> Meaning {
    Meaning::Arrival(Box::new(of_message(account, message, person, at, live)))
}

/// A message as the store takes it, whichever way it came.
pub(super) fn of_message(
    account: AccountId,
    message: &Message,
    person: Person,
    at: Timestamp,
    live: bool,
) -> Arrival {
    let content = match message.placeholder() {
        Some(what) => Content::Placeholder { what: what.to_owned(), text: message.text.clone() },
        None => Content::Text { text: message.text.clone() },
    };
    let (direction, origin, status) = if message.from_us {
        let status = message.status.as_ref().and_then(progress).unwrap_or(DeliveryStatus::Sent);
        (Direction::Outbound, Origin::Elsewhere, status)
    } else {
        (Direction::Inbound, Origin::Person, DeliveryStatus::Received)
    };
    Arrival {
        direction,
        origin,
        status,
        content,
        live,
        attachments: message
            .attachments
            .iter()
            .map(|a| NewAttachment {
                kind: a.kind.word().to_owned(),
                name: a.title.clone().unwrap_or_default(),
                mime: a.mime.clone().unwrap_or_default(),
                url: a.url.clone().unwrap_or_default(),
                meta_id: a.id.clone().unwrap_or_default(),
            })
            .collect(),
        echo_key: message.metadata.clone(),
        ..blank(account, message.mid.clone(), person, at)
    }
}

/// Meta's word as ours; the others say nothing about progress.
fn progress(status: &ReceiptStatus) -> Option<DeliveryStatus> {
    match status {
        ReceiptStatus::Sent => Some(DeliveryStatus::Sent),
        ReceiptStatus::Delivered => Some(DeliveryStatus::Delivered),
        ReceiptStatus::Read | ReceiptStatus::Played => Some(DeliveryStatus::Read),
        ReceiptStatus::Failed => Some(DeliveryStatus::Failed),
        ReceiptStatus::Deleted | ReceiptStatus::Unknown(_) => None,
    }
}

fn receipts(account: AccountId, channel: Channel, receipt: &delivery::Receipt, meanings: &mut Vec<Meaning>) {
    // A group has one status per member; none of them speaks for all.
    let (Some(status), None) = (progress(&receipt.status), &receipt.group) else {
        meanings.push(Meaning::Heard(account));
        return;
    };
    let failure = receipt.errors.first().map(|refusal| Failure {
        problem: refusal.problem(),
        code: Some(refusal.code),
        subcode: refusal.subcode,
        trace: refusal.trace.clone(),
    });
    let upward =
        matches!(status, DeliveryStatus::Delivered | DeliveryStatus::Read) && channel != Channel::WhatsApp;
    for meta_id in &receipt.mids {
        meanings.push(Meaning::Receipt(if upward {
            // Reads and deliveries of Messenger and Instagram mean everything earlier too (graph-api d.3, d.4).
            Receipt::UpToMessage { account, meta_id: meta_id.clone(), status }
        } else {
            Receipt::One {
                account,
                meta_id: meta_id.clone(),
                key: receipt.metadata.clone(),
                status,
                failure: failure.clone(),
            }
        }));
    }
    if let (true, Some(told), Some(at)) = (upward, &receipt.person, receipt.watermark) {
        meanings.push(Meaning::Receipt(Receipt::UpTo { account, person: person(channel, told), status, at }));
    }
}

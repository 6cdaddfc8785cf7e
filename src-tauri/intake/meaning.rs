//! What a delivery means for the inbox: Meta's items become arrivals and receipts of our own accounts.
//! Traffic of other accounts is left in the journal and nowhere else.

use super::{Known, item::Here};
use crate::{
    graph::delivery::{self, Kind, Message, ReceiptStatus, ReplyTo},
    model::{
        AccountId, Activity, Channel, Content, DAY, DeliveryStatus, Detail, Direction, Failure, FileState,
        MetaAccountId, MetaMessageId, MetaPersonId, Origin, Timestamp,
    },
    store::{
        account_events::NewEvent,
        contacts::Person,
        messages::{Alter, Answers, Arrival, NewAttachment},
    },
};

/// One thing a delivery means.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    Arrival(Box<Arrival>),
    Receipt(Receipt),
    Change(Change),
    /// News of the account as a whole.
    News(NewEvent),
    /// Something for this account that is only kept in the journal.
    Heard(AccountId),
    /// Traffic of an account that is not ours: counted, not stored.
    Foreign(Channel, MetaAccountId),
}

/// A reaction, an edit or an unsend.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub account: AccountId,
    pub meta_id: MetaMessageId,
    pub alter: Alter,
    pub at: Timestamp,
    pub person: Option<Person>,
    /// The reply window it opens.
    pub opens_until: Option<Timestamp>,
}

/// How far messages of ours got.
#[derive(Debug, Clone)]
pub(super) enum Receipt {
    /// Everything to this person up to `at`.
    UpTo { account: AccountId, person: Person, status: DeliveryStatus, at: Timestamp },
    /// Everything up to this message, which was sent by then where Meta tells.
    UpToMessage {
        account: AccountId,
        meta_id: MetaMessageId,
        status: DeliveryStatus,
        sent_by: Option<Timestamp>,
    },
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

/// A window of WhatsApp that an ad opened (graph-api g.1).
const FREE_ENTRY: i64 = 3 * DAY;

/// Reads a body that came at `received_at`.
pub(super) fn of(body: &[u8], known: &Known, received_at: Timestamp) -> Vec<Meaning> {
    let delivery = delivery::decode_knowing(body, &known.own);
    let mut meanings = Vec::new();
    // A referral may come together with the message that carries it (graph-api d.3): once is enough.
    let mut carried: Vec<(Option<Timestamp>, MetaPersonId)> = Vec::new();
    for item in delivery.items {
        let own = known.by_id.get(&item.account);
        let own =
            own.and_then(|own| own.iter().find(|(channel, _)| item.channel.is_none_or(|c| c == *channel)));
        let Some(&(channel, account)) = own else {
            // The dashboard's test entries are nobody's.
            if let (Some(channel), false) = (item.channel, item.is_test() || item.account.as_str().is_empty())
            {
                meanings.push(Meaning::Foreign(channel, item.account));
            }
            continue;
        };
        let at = item.at.unwrap_or(received_at);
        let here = Here { account, channel, at, standby: item.standby };
        meanings.push(match item.kind {
            Kind::Message(message) => {
                if message.referral.is_some() {
                    carried.push((item.at, message.person.id.clone()));
                }
                here.message(&message, !item.old)
            }
            Kind::History(message) => here.message(&message, false),
            Kind::Reaction(reaction) => Meaning::Change(Change {
                account,
                alter: Alter::React {
                    who: if reaction.from_us { String::new() } else { reaction.person.id.0.clone() },
                    emoji: (!reaction.removed).then(|| reaction.shown().to_owned()),
                },
                // A reaction of theirs opens the window (graph-api c.1); taking one away does not.
                opens_until: (!reaction.from_us && !reaction.removed).then(|| at.plus(DAY)),
                person: Some(person(channel, &reaction.person)),
                meta_id: reaction.mid,
                at,
            }),
            Kind::Delete { mid, .. } => here.change(mid, Alter::Unsend),
            Kind::Edit(edit) => {
                let edits = edit.num_edit.and_then(|n| u32::try_from(n).ok());
                here.change(edit.mid, Alter::Edit { text: edit.text, edits })
            }
            Kind::Postback(tap) => here.tapped(&tap),
            Kind::Receipt(receipt) => {
                receipts(account, channel, &receipt, &mut meanings);
                continue;
            }
            Kind::Referral { person, .. } if carried.contains(&(item.at, person.id.clone())) => {
                Meaning::Heard(account)
            }
            Kind::Referral { person, referral } => {
                here.line(&person, Activity::CameFrom { referral: referral.told() }, DAY)
            }
            Kind::Optin(optin) => {
                let stopped = delivery::stopped(&optin);
                match &optin.person {
                    Some(person) => here.line(
                        person,
                        Activity::OptIn { allowed: !stopped },
                        if stopped { 0 } else { DAY },
                    ),
                    None => Meaning::Heard(account),
                }
            }
            Kind::Event(event) => here.event(&event),
            Kind::Comment(_)
            | Kind::Mention(_)
            | Kind::Insight { .. }
            | Kind::Duplicate { .. }
            | Kind::Ignored { .. } => Meaning::Heard(account),
        });
    }
    meanings
}

/// The ids by which the store knows a person. WhatsApp's are a business-scoped id ("US.1349…"), a number,
/// or both (graph-api d.5).
pub(crate) fn person(channel: Channel, told: &delivery::Person) -> Person {
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
        answers: None,
        detail: Detail::default(),
        opens_for: DAY,
        sent_at: at,
        recorded_at: at,
        status: DeliveryStatus::Received,
        journal: None,
        attachments: Vec::new(),
        live: true,
        echo_key: None,
    }
}

/// A message as the store takes it, whichever way it came.
pub(super) fn of_message(
    account: AccountId,
    channel: Channel,
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
    let by_ad = message.referral.as_ref().is_some_and(|r| r.ctwa_clid.is_some() || r.ad_id.is_some());
    let (person, author) = match &message.group {
        Some(group) => (in_group(group), name_of(&person)),
        None => (person, String::new()),
    };
    Arrival {
        direction,
        origin,
        status,
        content,
        live,
        answers: message.reply_to.as_ref().map(|answered| match answered {
            ReplyTo::Message(mid) => Answers::Message(mid.clone()),
            ReplyTo::Story { url, .. } => Answers::Story { link: url.clone(), ends_at: at.plus(DAY) },
        }),
        detail: Detail {
            author,
            tapped: message.tap.as_ref().and_then(|t| t.title.clone()).unwrap_or_default(),
            answers: message.tap.as_ref().map(delivery::Tap::answers).unwrap_or_default(),
            referral: message.referral.as_ref().map(delivery::Referral::told),
            forwarded: message.forwarded,
            app: message.app_id.clone().filter(|_| message.from_us).unwrap_or_default(),
            ..Detail::default()
        },
        opens_for: if by_ad && channel == Channel::WhatsApp { FREE_ENTRY } else { DAY },
        attachments: message.attachments.iter().map(|a| attachment(a, at)).collect(),
        echo_key: message.metadata.clone(),
        ..blank(account, message.mid.clone(), person, at)
    }
}

pub(super) fn attachment(a: &delivery::Attachment, at: Timestamp) -> NewAttachment {
    let (link, link_ends_at) = a.link(at).unwrap_or_default();
    NewAttachment {
        kind: a.kind.word().to_owned(),
        name: a.title.clone().unwrap_or_default(),
        mime: a.mime.clone().unwrap_or_default(),
        url: a.url.clone().unwrap_or_default(),
        meta_id: a.id.clone().unwrap_or_default(),
        state: if a.is_kept() { FileState::Waiting } else { FileState::None },
        link,
        link_ends_at,
        card: a.card(),
        length_ms: None,
    }
}

/// A WhatsApp group is the other side of its conversation; its members are authors.
pub(super) fn in_group(group: &str) -> Person {
    let tail: String = group.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    Person {
        person: Some(MetaPersonId(group.to_owned())),
        name: format!("Group {tail}"),
        ..Person::default()
    }
}

fn name_of(person: &Person) -> String {
    let known = [Some(&person.name), Some(&person.handle), person.phone.as_ref(), person.bsuid.as_ref()];
    known.into_iter().flatten().find(|n| !n.is_empty()).cloned().unwrap_or_default()
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
            Receipt::UpToMessage { account, meta_id: meta_id.clone(), status, sent_by: receipt.watermark }
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

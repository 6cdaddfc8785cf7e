//! A believable inbox of any size, the same for the same seed: for benchmarks and tests. It goes in by the
//! same door as everything else, so it also measures that door.

use super::{
    Store, WriteError, accounts, colleagues,
    contacts::Person,
    conversations, labels,
    messages::{Arrival, NewAttachment, take},
    views,
};
use crate::model::{
    AccountId, Channel, Colour, Content, ConversationId, DAY, DeliveryStatus, Detail, Direction, Filter,
    Health, Import, Login, MetaAccountId, MetaMessageId, MetaPersonId, Origin, Sort, Timestamp,
};
use sqlx::SqliteConnection;

/// How large an inbox.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub messages: u32,
    pub conversations: u32,
    /// The newest message; the rest reaches two years back.
    pub now: Timestamp,
    /// Arrivals of one write.
    pub batch: usize,
}

/// A small generator of chance (splitmix64): the same everywhere and for ever.
#[derive(Debug, Clone)]
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`, evenly.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// Below `n`, small ones much oftener, as words in a language and people in an inbox are.
    pub fn skewed(&mut self, n: u64) -> u64 {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let n = n.max(1);
        (((n as f64).powf(unit) - 1.0).max(0.0) as u64).min(n - 1)
    }
}

const SYLLABLES: [&str; 40] = [
    "be", "stel", "lung", "ver", "sand", "lie", "fe", "rung", "pa", "ket", "ship", "or", "der", "track",
    "ing", "re", "fund", "size", "co", "lor", "price", "to", "day", "mor", "gen", "will", "can", "ma", "ri",
    "no", "ta", "ko", "lu", "si", "an", "en", "pro", "duct", "mail", "ö",
];
const COMMON: [&str; 24] = [
    "the", "you", "is", "my", "order", "hello", "thanks", "please", "when", "have", "it", "a", "to", "for",
    "and", "hallo", "danke", "ich", "die", "meeting", "photo", "price", "ok", "yes",
];
const OTHERS: [&str; 8] = [
    "配送はいつ届きますか",
    "ありがとうございます",
    "请问什么时候发货",
    "متى يصل الطلب من فضلك",
    "شكرا جزيلا",
    "สินค้าจะมาถึงเมื่อไหร่",
    "спасибо большое за помощь",
    "언제 배송되나요",
];
const FIRST: [&str; 24] = [
    "Anna", "Ben", "Chloé", "Dilara", "Emre", "Fatima", "Greta", "Hiro", "Ines", "Jonas", "Käthe", "Luca",
    "Mei", "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Sheena", "Tomás", "Ümit", "Vera", "Wang", "Yara",
];

/// A word of an invented language of some twenty thousand, the frequent ones short.
fn word(chance: &mut Chance) -> String {
    let n = chance.skewed(20_000);
    if let Some(common) = COMMON.get(usize::try_from(n).unwrap_or(usize::MAX)) {
        return (*common).to_owned();
    }
    let mut own = Chance(n);
    (0..=1 + own.below(3)).map(|_| SYLLABLES[usize::try_from(own.below(40)).unwrap_or(0)]).collect()
}

/// What somebody might write.
pub fn sentence(chance: &mut Chance) -> String {
    let mut text = if chance.below(25) == 0 {
        OTHERS[usize::try_from(chance.below(8)).unwrap_or(0)].to_owned()
    } else {
        let length = 2 + chance.skewed(28);
        let words: Vec<String> = (0..length).map(|_| word(chance)).collect();
        words.join(" ")
    };
    match chance.below(60) {
        0 => text.push_str(" 🎉"),
        1 => text.push_str(" https://shop.example/orders/4711"),
        2 => text.push_str(" 👍🏽"),
        _ => {}
    }
    text
}

/// Three accounts, one per channel.
///
/// # Errors
/// When the database cannot be written.
pub async fn connect(store: &Store, now: Timestamp) -> Result<Vec<(Channel, AccountId)>, WriteError> {
    let mut connected = Vec::new();
    for (channel, login, meta_id) in [
        (Channel::Instagram, Login::FacebookPage, "17841405309211844"),
        (Channel::Messenger, Login::FacebookPage, "682498302938465"),
        (Channel::WhatsApp, Login::WhatsAppCloud, "106540352242922"),
    ] {
        let new = accounts::NewAccount {
            channel,
            login,
            meta_id: MetaAccountId(meta_id.into()),
            page_id: String::new(),
            waba_id: String::new(),
            own_ids: vec![meta_id.into()],
            name: format!("Jasper's Market {}", channel.name()),
            handle: "jaspersmarket".into(),
            demo: false,
            origin: String::new(),
            health: Health::default(),
            import: Import::default(),
        };
        let (account, _) = store
            .write("connect", move |conn| Box::pin(async move { accounts::insert(conn, &new, now).await }))
            .await?;
        connected.push((channel, account));
    }
    Ok(connected)
}

/// The arrivals of an inbox of `size`, oldest first.
pub fn arrivals(
    accounts: &[(Channel, AccountId)],
    size: Size,
    seed: u64,
) -> impl Iterator<Item = Arrival> + use<> {
    let accounts = accounts.to_vec();
    let mut chance = Chance(seed);
    let step = 730 * DAY / i64::from(size.messages.max(1));
    let first = size.now.plus(-step * i64::from(size.messages));
    (0..size.messages).map(move |n| {
        let whom = if n < size.conversations {
            u64::from(n)
        } else if chance.below(3) == 0 {
            chance.skewed(u64::from(size.conversations))
        } else {
            chance.below(u64::from(size.conversations))
        };
        let (channel, account) = accounts[usize::try_from(whom).unwrap_or(0) % accounts.len()];
        let sent_at =
            first.plus(step * i64::from(n) + i64::try_from(chance.below(step.unsigned_abs())).unwrap_or(0));
        let inbound = chance.below(5) < 3;
        let recent = sent_at.until(size.now) < 3 * DAY;
        let who = Chance(whom).next();
        let name =
            format!("{} {}{whom}", FIRST[usize::try_from(who % 24).unwrap_or(0)], word(&mut Chance(who)));
        let whatsapp = channel == Channel::WhatsApp;
        let picture = chance.below(30) == 0;
        Arrival {
            account,
            person: Person {
                person: (!whatsapp).then(|| MetaPersonId(format!("{:016}", 1_000_000 + whom))),
                bsuid: None,
                moved_to: None,
                phone: whatsapp.then(|| format!("4917{whom:09}")),
                handle: if channel == Channel::Instagram { format!("user.{whom}") } else { String::new() },
                name,
            },
            thread: None,
            meta_id: MetaMessageId(format!(
                "m_{:016x}{:016x}AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48",
                chance.next(),
                n
            )),
            direction: if inbound { Direction::Inbound } else { Direction::Outbound },
            origin: if inbound { Origin::Person } else { Origin::Elsewhere },
            content: if picture {
                Content::Placeholder { what: "Photo".into(), text: String::new() }
            } else {
                Content::Text { text: sentence(&mut chance) }
            },
            answers: None,
            detail: Detail::default(),
            opens_for: if inbound { DAY } else { 0 },
            sent_at,
            recorded_at: sent_at.plus(800),
            status: match (inbound, chance.below(3)) {
                (true, _) => DeliveryStatus::Received,
                (false, 0) => DeliveryStatus::Sent,
                (false, 1) => DeliveryStatus::Delivered,
                (false, _) => DeliveryStatus::Read,
            },
            journal: None,
            attachments: if picture {
                vec![NewAttachment { kind: "image".into(), ..NewAttachment::default() }]
            } else {
                Vec::new()
            },
            live: inbound && (recent || chance.below(40) == 0),
            echo_key: None,
        }
    })
}

/// What `arrivals` would cost as bare rows: a prepared insert each, committed `page` at a time, nothing
/// looked up and no list kept. For comparing only; the rows lead nowhere.
///
/// # Errors
/// When the database cannot be written.
pub async fn raw_inserts(
    store: &Store,
    arrivals: &[Arrival],
    page: usize,
) -> Result<std::time::Duration, WriteError> {
    let Some(first) = arrivals.first() else {
        return Ok(std::time::Duration::ZERO);
    };
    let first = vec![first.clone()];
    let conversation = store
        .write("a conversation", move |conn| {
            Box::pin(async move { Ok(take(conn, &first).await?.first().map_or(0, |t| t.conversation.0)) })
        })
        .await?;
    let began = std::time::Instant::now();
    for rows in arrivals[1..].chunks(page) {
        let rows = rows.to_vec();
        store
            .write("raw rows", move |conn| {
                Box::pin(async move {
                    for row in rows {
                        sqlx::query(
                            "INSERT INTO messages (account, conversation, meta_id, meta_hash, direction, origin, kind, text,
                                 sent_at, recorded_at, status, live)
                             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'text', ?7, ?8, ?9, ?10, 1)",
                        )
                        .bind(row.account.0)
                        .bind(conversation)
                        .bind(row.meta_id.as_str())
                        .bind(row.sent_at.0 ^ row.account.0)
                        .bind(if row.direction == Direction::Inbound { "inbound" } else { "outbound" })
                        .bind(if row.origin == Origin::Person { "person" } else { "elsewhere" })
                        .bind(row.content.text())
                        .bind(row.sent_at.0)
                        .bind(row.recorded_at.0)
                        .bind(row.status.key())
                        .execute(&mut *conn)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
    Ok(began.elapsed())
}

/// Fills an empty store; the accounts and the index of words too.
///
/// # Errors
/// When the database cannot be written.
pub async fn fill(store: &Store, size: Size, seed: u64) -> Result<Vec<(Channel, AccountId)>, WriteError> {
    let accounts = connect(store, size.now).await?;
    let mut all = arrivals(&accounts, size, seed);
    loop {
        let batch: Vec<Arrival> = all.by_ref().take(size.batch).collect();
        if batch.is_empty() {
            break;
        }
        store.write("fill", move |conn| Box::pin(async move { take(conn, &batch).await.map(drop) })).await?;
    }
    let drafts = i64::from(size.conversations / 100);
    store
        .write("fill", move |conn| {
            Box::pin(async move {
                for n in 1..=drafts {
                    let conversation = ConversationId(n * 97);
                    conversations::save_draft(conn, conversation, "I will look at it and").await?;
                    sqlx::query(
                        "UPDATE messages SET status = 'failed' WHERE direction = 'outbound' AND id =
                             (SELECT last_message FROM conversations WHERE id = ?1)",
                    )
                    .bind(conversation.0 + 1)
                    .execute(&mut *conn)
                    .await?;
                    conversations::recount(conn, &[(ConversationId(conversation.0 + 1), None)]).await?;
                }
                Ok(())
            })
        })
        .await?;
    store.write("fill", |conn| Box::pin(work(conn))).await?;
    store.catch_up().await?;
    Ok(accounts)
}

/// Every ninth conversation bears a label, every seventh is a colleague's, and a view shows those that are both.
async fn work(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let colleague = colleagues::save(conn, None, "Sheena").await?;
    let label = labels::save(conn, None, "VIP", Colour::default()).await?;
    sqlx::query("UPDATE conversations SET assignee = ?1 WHERE id % 7 = 0")
        .bind(colleague.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO labelled (label, conversation, account, state, last_at, waiting_since, window_closes_at)
         SELECT ?1, id, account, state, last_at, waiting_since, window_closes_at FROM conversations WHERE id % 9 = 0",
    )
    .bind(label.map(|label| label.0))
    .execute(&mut *conn)
    .await?;
    let both = Filter { label, assignee: Some(colleague), ..Filter::default() };
    views::save(conn, None, "Sheena's VIPs", &both, Sort::WaitingLongest).await.map(drop)
}

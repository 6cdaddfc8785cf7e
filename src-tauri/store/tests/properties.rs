//! Whatever the order, the batches and the repetitions: the same rows, and a list that says what the rows say.

use super::*;
use crate::{
    model::{DAY, MessageId},
    store::{
        conversations,
        messages::{self, NewReply, Outcome},
        outbox,
    },
};
use proptest::prelude::*;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// Something that Meta tells.
#[derive(Debug, Clone)]
enum News {
    Came(Box<Arrival>),
    Status(String, DeliveryStatus),
    UpTo(String, DeliveryStatus, Timestamp),
}

/// What the list keeps of a conversation.
type Listed = (i64, Option<i64>, i64, i64, Option<i64>, Option<i64>, i64);
/// What a message comes to in the end, whichever way.
type Row = (String, String, i64, String, bool);

fn news(account: AccountId, seed: &[(u8, u8, u16, u8)]) -> Vec<News> {
    let mut news = Vec::new();
    for (n, (person, kind, at, more)) in seed.iter().enumerate() {
        let person = format!("p{}", person % 3);
        let id = format!("m_{n}");
        let inbound = kind % 2 == 0;
        // Webhooks tell milliseconds, the Conversations API the second of them.
        let exact = i64::from(*at) * 100 + 37;
        let mut arrival = text(account, &person, &id, exact, &format!("text {n}"));
        arrival.live = kind % 4 == 0;
        if !inbound {
            arrival = echo(arrival);
        }
        let past =
            Arrival { sent_at: Timestamp(arrival.sent_at.0 / 1000 * 1000), live: false, ..arrival.clone() };
        if more % 2 == 0 {
            news.push(News::Came(Box::new(past)));
        }
        if more % 5 == 0 {
            news.push(News::Came(Box::new(arrival.clone())));
        }
        if !inbound && more % 3 == 0 {
            let status = [DeliveryStatus::Delivered, DeliveryStatus::Read][usize::from(more % 2)];
            news.push(News::Status(id, status));
        }
        if more % 7 == 0 {
            let status = [DeliveryStatus::Delivered, DeliveryStatus::Read][usize::from(at % 2 == 0)];
            news.push(News::UpTo(person, status, NOW.plus(i64::from(*at) * 100 / 1000 * 1000 + 999)));
        }
        news.push(News::Came(Box::new(arrival)));
    }
    news
}

async fn tell(conn: &mut SqliteConnection, account: AccountId, news: &[News]) -> Result<(), sqlx::Error> {
    let mut arrivals: Vec<Arrival> = Vec::new();
    for one in news {
        if let News::Came(arrival) = one {
            arrivals.push((**arrival).clone());
            continue;
        }
        messages::take(conn, &std::mem::take(&mut arrivals)).await?;
        match one {
            News::Came(_) => {}
            News::Status(id, status) => {
                messages::status(conn, account, &MetaMessageId(id.clone()), *status, None, NOW).await?;
            }
            News::UpTo(person, status, at) => {
                let person = Person { person: Some(MetaPersonId(person.clone())), ..Person::default() };
                messages::watermark(conn, account, &person, *status, *at).await?;
            }
        }
    }
    messages::take(conn, &arrivals).await.map(drop)
}

/// The rows by Meta's id, after checking that the list says what they say.
async fn rows(conn: &mut SqliteConnection) -> BTreeMap<String, Row> {
    #[derive(sqlx::FromRow)]
    struct Line {
        id: i64,
        conversation: i64,
        meta_id: String,
        direction: String,
        text: String,
        sent_at: i64,
        status: String,
        live: i64,
    }
    let lines: Vec<Line> = sqlx::query_as(
        "SELECT id, conversation, meta_id, direction, text, sent_at, status, live FROM messages ORDER BY sent_at, id",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let mut threads: BTreeMap<i64, Vec<&Line>> = BTreeMap::new();
    for line in &lines {
        threads.entry(line.conversation).or_default().push(line);
    }
    let listed: Vec<Listed> = sqlx::query_as(
        "SELECT id, last_message, last_at, unread, waiting_since, window_closes_at, failed FROM conversations",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    assert_eq!(listed.len(), threads.len());
    let (mut unread, mut waiting) = (0, 0);
    for (id, last, last_at, unread_here, waiting_since, closes, failed) in listed {
        let thread = &threads[&id];
        let newest = thread.last().unwrap();
        let answered = thread
            .iter()
            .filter(|m| ["sent", "delivered", "read"].contains(&m.status.as_str()))
            .map(|m| m.sent_at)
            .max()
            .unwrap_or(0);
        let first_waiting = thread.iter().find(|m| m.live > 0 && m.sent_at > answered).map(|m| m.sent_at);
        let window = thread.iter().filter(|m| m.direction == "inbound").map(|m| m.sent_at + DAY).max();
        let new = thread.iter().filter(|m| m.live == 1 && m.sent_at > answered).count();
        let bad = thread.iter().filter(|m| ["failed", "unsure"].contains(&m.status.as_str())).count();
        assert_eq!((last, last_at), (Some(newest.id), newest.sent_at));
        assert_eq!((unread_here, failed), (new as i64, bad as i64));
        assert_eq!((waiting_since, closes), (first_waiting, window));
        unread += u32::from(new > 0);
        waiting += u32::from(first_waiting.is_some());
    }
    let counts = conversations::count(conn).await.unwrap().all;
    assert_eq!(
        (counts.conversations as usize, counts.unread, counts.waiting),
        (threads.len(), unread, waiting)
    );
    lines.into_iter().map(|m| (m.meta_id, (m.direction, m.text, m.sent_at, m.status, m.live > 0))).collect()
}

async fn outcome(seed: &[(u8, u8, u16, u8)], order: &[usize], batch: usize) -> BTreeMap<String, Row> {
    let (store, account) = store().await;
    // Watermarks of people who never wrote mean nothing, so each has written once.
    let known =
        (0..3).map(|n| text(account, &format!("p{n}"), &format!("first_{n}"), -1_000_000, "hello")).collect();
    take(&store, known).await;
    let all = news(account, seed);
    let told: Vec<News> = order.iter().filter_map(|n| all.get(*n).cloned()).collect();
    for part in told.chunks(batch.max(1)) {
        let part = part.to_vec();
        store
            .write("tell", move |conn| Box::pin(async move { tell(conn, account, &part).await }))
            .await
            .unwrap();
    }
    rows(&mut store.read().await.unwrap()).await
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn the_order_of_arrival_does_not_matter(
        seed in prop::collection::vec((any::<u8>(), any::<u8>(), 0..600_u16, any::<u8>()), 1..24),
        order in Just((0..100).collect::<Vec<usize>>()).prop_shuffle(),
        batch in 1..12_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let told: Vec<usize> = (0..100).collect();
        let (straight, shuffled) = runtime.block_on(async {
            (outcome(&seed, &told, 100).await, outcome(&seed, &order, batch).await)
        });
        prop_assert_eq!(straight, shuffled);
    }
}

/// What happens after a call has begun, in any order.
#[derive(Debug, Clone, Copy)]
enum After {
    Answered,
    Echoed,
    Delivered,
    ReadUpTo,
}

#[tokio::test]
async fn a_reply_comes_to_the_same_in_every_order_of_answer_echo_and_receipts() {
    use After::{Answered, Delivered, Echoed, ReadUpTo};
    let all = [Answered, Echoed, Delivered, ReadUpTo];
    for n in 0..24 {
        let mut left = all.to_vec();
        let mut rest = n;
        let order: Vec<After> = (1..=4)
            .rev()
            .map(|k| {
                let at = rest % k;
                rest /= k;
                left.remove(at)
            })
            .collect();
        let (store, account) = store().await;
        let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello?")]).await[0].conversation;
        let steps = order.clone();
        let message: MessageId = store
            .write("reply", move |conn| {
                Box::pin(async move {
                    let reply = NewReply::text(conversation, "Hi!", "key", NOW.plus(1_000));
                    let queued = messages::queue(conn, &reply, NOW.plus(1_000)).await?;
                    let queued = queued.ok_or(sqlx::Error::RowNotFound)?;
                    outbox::sending(conn, queued.outbox, NOW.plus(1_100)).await?;
                    let id = MetaMessageId("m_2".into());
                    let person = Person { person: Some(MetaPersonId("1".into())), ..Person::default() };
                    for step in steps {
                        match step {
                            Answered => {
                                let sent = Outcome::Sent { meta_id: id.clone(), at: NOW.plus(1_400) };
                                messages::settle(conn, queued.outbox, &sent, NOW.plus(1_400)).await?;
                            }
                            Echoed => {
                                let echoed = echo(text(account, "1", "m_2", 1_234, "Hi!"));
                                messages::take(conn, &[echoed]).await?;
                            }
                            Delivered => {
                                messages::status(conn, account, &id, DeliveryStatus::Delivered, None, NOW)
                                    .await?;
                            }
                            ReadUpTo => {
                                let up_to = NOW.plus(9_000);
                                messages::watermark(conn, account, &person, DeliveryStatus::Read, up_to)
                                    .await?;
                            }
                        }
                    }
                    Ok(queued.message)
                })
            })
            .await
            .unwrap();
        let mut conn = store.read().await.unwrap();
        let rows = rows(&mut conn).await;
        assert_eq!(rows.len(), 2, "{order:?}");
        let reply = messages::get(&mut conn, message).await.unwrap().unwrap();
        assert_eq!(reply.status, DeliveryStatus::Read, "{order:?}");
        assert_eq!((reply.origin, reply.sent_at), (Origin::Heliograph, NOW.plus(1_234)), "{order:?}");
    }
}

#[tokio::test]
async fn what_was_read_here_is_not_unread_again_by_a_late_copy() {
    let (store, account) = store().await;
    let past = Arrival { live: false, ..text(account, "1", "m_1", 0, "hello") };
    let conversation = take(&store, vec![past]).await[0].conversation;
    let read = store.write("read", move |conn| {
        Box::pin(async move { conversations::mark_read(conn, conversation).await })
    });
    read.await.unwrap();
    let new = take(&store, vec![text(account, "1", "m_2", 1_000, "more")]).await;
    assert!(new[0].live);
    let read = store.write("read", move |conn| {
        Box::pin(async move { conversations::mark_read(conn, conversation).await })
    });
    assert!(read.await.unwrap());
    let late =
        take(&store, vec![text(account, "1", "m_2", 1_000, "more"), text(account, "1", "m_1", 0, "hello")])
            .await;
    assert!(late.iter().all(|t| !t.fresh && !t.live));
    let mut conn = store.read().await.unwrap();
    assert_eq!(conversations::get(&mut conn, conversation).await.unwrap().unwrap().unread, 0);
    drop(conn);
    let unread = store.write("unread", move |conn| {
        Box::pin(async move { conversations::mark_unread(conn, conversation).await })
    });
    assert!(unread.await.unwrap());
    let mut conn = store.read().await.unwrap();
    assert_eq!(conversations::get(&mut conn, conversation).await.unwrap().unwrap().unread, 1);
}

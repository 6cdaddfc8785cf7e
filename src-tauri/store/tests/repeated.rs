//! What the chaos story brought to light: repeated and late deliveries, clocks that are wrong, sends that fail late.

use super::*;
use crate::{
    model::{Code, ConversationId, Failure, Message, MessageId, Problem, Stretch},
    store::{
        messages::{self, Alter, NewAct, NewReply, Outcome, Queued},
        outbox::{self, Busy, Job},
    },
};
use proptest::prelude::*;

async fn alter(store: &Store, account: AccountId, change: Alter, at: i64) {
    let id = MetaMessageId("m_1".into());
    store
        .write("alter", move |c| {
            Box::pin(async move { messages::alter(c, account, &id, &change, NOW.plus(at), None, None).await })
        })
        .await
        .unwrap();
}

async fn thread(store: &Store, conversation: ConversationId) -> Vec<Message> {
    let mut conn = store.read().await.unwrap();
    messages::list(&mut conn, conversation, &Stretch::Newest, 200).await.unwrap().rows
}

async fn queue(store: &Store, conversation: ConversationId, text: &str, at: i64) -> Queued {
    let reply = NewReply::text(conversation, text, text, NOW.plus(at));
    store
        .write("queue", move |c| Box::pin(async move { messages::queue(c, &reply, NOW.plus(at)).await }))
        .await
        .unwrap()
        .unwrap()
}

async fn settle(store: &Store, queued: Queued, outcome: Outcome, at: i64) {
    store
        .write("settle", move |c| {
            Box::pin(async move {
                outbox::sending(c, queued.outbox, NOW.plus(at)).await?;
                messages::settle(c, queued.outbox, &outcome, NOW.plus(at)).await
            })
        })
        .await
        .unwrap();
}

fn failure() -> Failure {
    let problem = Problem::new(Code::Unreachable, "They blocked the business.");
    Failure { problem, code: Some(131_026), subcode: None, trace: None }
}

#[tokio::test]
async fn an_older_edit_that_is_told_again_does_not_bring_its_words_back() {
    let (store, account) = store().await;
    let conversation = take(&store, vec![text(account, "1", "m_1", 0, "first")]).await[0].conversation;
    // WhatsApp does not count edits.
    let edit = |text: &str| Alter::Edit { text: text.into(), edits: None };
    for (words, at) in [("second", 10), ("third", 20), ("second", 10), ("third", 20), ("second", 10)] {
        alter(&store, account, edit(words), at).await;
    }
    let row = thread(&store, conversation).await.remove(0);
    assert_eq!((row.content.text(), row.detail.edits), ("third", 2));
}

#[tokio::test]
async fn an_emoji_that_was_taken_away_does_not_come_back_with_an_old_delivery() {
    let (store, account) = store().await;
    let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0].conversation;
    let react = |emoji: Option<&str>| Alter::React { who: "1".into(), emoji: emoji.map(str::to_owned) };
    let shown = async || thread(&store, conversation).await[0].reactions.len();
    alter(&store, account, react(Some("👍")), 10).await;
    alter(&store, account, react(None), 20).await;
    alter(&store, account, react(Some("👍")), 10).await;
    assert_eq!(shown().await, 0, "it was told a second time");
    alter(&store, account, react(Some("❤️")), 30).await;
    assert_eq!(shown().await, 1, "a new one counts");
    alter(&store, account, react(None), 20).await;
    assert_eq!(shown().await, 1, "an old end does not end it");
}

#[tokio::test]
async fn a_look_does_not_wait_for_one_that_can_never_be_looked_for() {
    let (store, account) = store().await;
    let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0].conversation;
    let lost = |look_at| Outcome::Unsure { failure: failure(), look_at };
    let never = queue(&store, conversation, "a template", 1_000).await;
    settle(&store, never, lost(None), 1_000).await;
    let looked_for = queue(&store, conversation, "words", 2_000).await;
    settle(&store, looked_for, lost(Some(NOW.plus(4_000))), 2_000).await;
    let mut conn = store.read().await.unwrap();
    let due = outbox::due(&mut conn, NOW.plus(5_000), &Busy::default(), 9).await.unwrap();
    assert_eq!(due.iter().map(|d| d.outbox).collect::<Vec<_>>(), [looked_for.outbox]);
}

#[tokio::test]
async fn a_late_report_of_an_earlier_attempt_ends_the_wait_for_another_and_tells_when_it_was_sent() {
    let (store, account) = store().await;
    let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0].conversation;
    let queued = queue(&store, conversation, "Hi!", 1_000).await;
    let id = MetaMessageId("m_2".into());
    store
        .write("lose, try again, hear", move |c| {
            Box::pin(async move {
                outbox::sending(c, queued.outbox, NOW.plus(2_000)).await?;
                outbox::recover(c, NOW.plus(9_000)).await?;
                messages::requeue(c, queued.message, NOW.plus(900_000), None).await?.unwrap();
                let sent = Outcome::Sent { meta_id: id, at: NOW.plus(2_000) };
                messages::settle(c, queued.outbox, &sent, NOW.plus(900_100)).await
            })
        })
        .await
        .unwrap();
    let row = thread(&store, conversation).await.pop().unwrap();
    assert_eq!((row.id, row.status, row.sent_at), (queued.message, DeliveryStatus::Sent, NOW.plus(2_000)));
    let mut conn = store.read().await.unwrap();
    assert!(outbox::due(&mut conn, NOW.plus(999_000), &Busy::default(), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_reply_by_a_clock_that_is_ahead_is_read_all_the_same() {
    for answer_first in [true, false] {
        let (store, account) = store().await;
        let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0].conversation;
        let queued = queue(&store, conversation, "Hi!", 40_000).await;
        let id = MetaMessageId("m_2".into());
        let answer = || {
            settle(
                &store,
                queued,
                Outcome::Sent { meta_id: MetaMessageId("m_2".into()), at: NOW.plus(40_000) },
                40_000,
            )
        };
        if answer_first {
            answer().await;
        }
        // By Meta's clock it was sent after one second; no echo has told so.
        let person = Person { person: Some(MetaPersonId("1".into())), ..Person::default() };
        store
            .write("receipts", move |c| {
                Box::pin(async move {
                    messages::watermark(c, account, &person, DeliveryStatus::Read, NOW.plus(1_000)).await?;
                    messages::sent_by(c, account, &id, NOW.plus(1_000), NOW.plus(1_000)).await?;
                    messages::watermark_at(c, account, &id, DeliveryStatus::Delivered, NOW).await
                })
            })
            .await
            .unwrap();
        if !answer_first {
            answer().await;
        }
        let row = thread(&store, conversation).await.pop().unwrap();
        assert_eq!(
            (row.id, row.status, row.sent_at),
            (queued.message, DeliveryStatus::Read, NOW.plus(1_000))
        );
    }
}

#[tokio::test]
async fn an_emoji_that_is_refused_after_it_was_taken_is_shown_no_longer() {
    let (store, account) = store().await;
    let taken = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0];
    let act = |emoji: &str, key: &str| NewAct {
        about: taken.message,
        job: Job::Reaction { emoji: Some(emoji.into()) },
        key: key.into(),
        leave_before: None,
    };
    let (first, second) = (act("👍", "r1"), act("❤️", "r2"));
    let first: Queued = store
        .write("act", move |c| Box::pin(async move { messages::act(c, &first, NOW).await }))
        .await
        .unwrap()
        .unwrap();
    let sent = Outcome::Sent { meta_id: MetaMessageId("wamid.1".into()), at: NOW.plus(1_000) };
    settle(&store, first, sent, 1_000).await;
    let refuse = async |outbox| {
        store
            .write("refuse", move |c| {
                Box::pin(async move { messages::refuse_act(c, outbox, &failure(), NOW.plus(2_000)).await })
            })
            .await
            .unwrap()
    };
    assert_eq!(refuse(first.outbox).await.map(|c| c.message), Some(taken.message));
    let row = thread(&store, taken.conversation).await.remove(0);
    assert!(row.reactions.is_empty());
    assert!(row.reacting.is_some_and(|r| r.failure.is_some_and(|f| f.code == Some(131_026))), "and says why");
    assert_eq!(refuse(first.outbox).await, None, "once");
    let second = store.write("act", move |c| Box::pin(async move { messages::act(c, &second, NOW).await }));
    assert!(second.await.unwrap().is_some());
    assert_eq!(refuse(first.outbox).await, None, "something newer stands");
}

/// What became of the replies to two people after these watermarks, by Meta's id.
async fn marked(marks: &[(u8, bool, u16)]) -> Vec<(u8, i64, DeliveryStatus)> {
    let (store, account) = store().await;
    let mut all = Vec::new();
    for person in 0..2_u8 {
        let name = format!("p{person}");
        all.push(text(account, &name, &format!("in_{person}"), 500, "theirs"));
        for n in 0..6_i64 {
            all.push(echo(text(account, &name, &format!("out_{person}_{n}"), n * 1_000, "ours")));
        }
    }
    let taken = take(&store, all).await;
    let marks = marks.to_vec();
    store
        .write("marks", move |c| {
            Box::pin(async move {
                for (person, read, at) in marks {
                    let id = Some(MetaPersonId(format!("p{}", person % 2)));
                    let status = if read { DeliveryStatus::Read } else { DeliveryStatus::Delivered };
                    let person = Person { person: id, ..Person::default() };
                    messages::watermark(c, account, &person, status, NOW.plus(i64::from(at))).await?;
                }
                Ok::<_, sqlx::Error>(())
            })
        })
        .await
        .unwrap();
    let mut told = Vec::new();
    for (person, first) in [(0, taken[0].conversation), (1, taken[7].conversation)] {
        for row in thread(&store, first).await {
            if row.direction == Direction::Inbound {
                assert_eq!(row.status, DeliveryStatus::Received, "only ours are marked");
            } else {
                told.push((person, NOW.until(row.sent_at), row.status));
            }
        }
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn a_watermark_marks_all_earlier_replies_to_that_person_and_nothing_else(
        marks in prop::collection::vec((any::<u8>(), any::<bool>(), 0..6_000_u16), 0..8)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let last = |person: u8, read: bool| {
            let of = marks.iter().filter(|(p, r, _)| p % 2 == person && *r == read);
            of.map(|(.., at)| i64::from(*at)).max()
        };
        for (person, at, status) in runtime.block_on(marked(&marks)) {
            let wanted = if last(person, true) >= Some(at) {
                DeliveryStatus::Read
            } else if last(person, false) >= Some(at) {
                DeliveryStatus::Delivered
            } else {
                DeliveryStatus::Sent
            };
            prop_assert_eq!(status, wanted, "person {} at {}", person, at);
        }
    }
}

#[tokio::test]
async fn messages_of_one_millisecond_keep_one_order_and_none_is_lost() {
    let (store, account) = store().await;
    let all: Vec<Arrival> = (0..30).map(|n| text(account, "1", &format!("m_{n}"), 0, "same")).collect();
    let conversation = take(&store, all.clone()).await[0].conversation;
    let before: Vec<MessageId> = thread(&store, conversation).await.iter().map(|m| m.id).collect();
    take(&store, all.into_iter().rev().collect()).await;
    let after: Vec<MessageId> = thread(&store, conversation).await.iter().map(|m| m.id).collect();
    assert_eq!((before.len(), before), (30, after));
}

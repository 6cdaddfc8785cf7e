//! Messages come in any order, as often as they like, and are one row each.

use super::*;
use crate::{
    model::{Filter, MessageId, Sort, Stretch},
    store::{
        conversations,
        messages::{self, NewReply},
        outbox,
    },
};

#[tokio::test]
async fn a_conversation_is_listed_with_its_newest_message() {
    let (store, account) = store().await;
    let taken = take(
        &store,
        vec![
            text(account, "1", "m_2", 2_000, "second"),
            text(account, "1", "m_1", 1_000, "first"),
            text(account, "2", "m_3", 1_500, "other"),
            text(account, "1", "m_2", 2_000, "second"),
        ],
    )
    .await;
    assert_eq!(taken.iter().map(|t| t.fresh).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(taken[0].message, taken[3].message);
    let mut conn = store.read().await.unwrap();
    let page = conversations::list(&mut conn, &Filter::default(), Sort::Newest, None, 10, NOW).await.unwrap();
    let row = &page.rows[0];
    assert_eq!(page.rows.len(), 2);
    assert_eq!(row.last.as_ref().unwrap().text, "second");
    assert_eq!((row.unread, row.waiting_since), (2, Some(NOW.plus(1_000))));
    assert_eq!(row.window.closes_at, Some(NOW.plus(2_000 + 86_400_000)));
    let counts = conversations::count(&mut conn).await.unwrap();
    assert_eq!((counts.all.conversations, counts.all.unread, counts.all.waiting), (2, 2, 2));
    let thread = messages::list(&mut conn, row.id, &Stretch::Newest, 50).await.unwrap();
    let texts: Vec<_> = thread.rows.iter().map(|m| m.content.text().to_owned()).collect();
    assert_eq!(texts, ["first", "second"]);
}

#[tokio::test]
async fn a_reply_is_one_row_whether_its_echo_or_its_answer_comes_first() {
    for echo_first in [true, false] {
        let (store, account) = store().await;
        let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello?")]).await[0].conversation;
        let queued = store
            .write("queue", move |conn| {
                Box::pin(async move {
                    let reply = NewReply::text(conversation, "Hi!", "key", NOW.plus(1_000));
                    let queued = messages::queue(conn, &reply, NOW.plus(1_000)).await?.unwrap();
                    let again = messages::queue(conn, &reply, NOW.plus(1_000)).await?.unwrap();
                    assert_eq!((again.message, again.already), (queued.message, true));
                    assert!(outbox::sending(conn, queued.outbox, NOW.plus(1_100)).await?);
                    Ok(queued)
                })
            })
            .await
            .unwrap();
        let settle = || {
            store.write("settle", move |conn| {
                Box::pin(async move {
                    let sent =
                        messages::Outcome::Sent { meta_id: MetaMessageId("m_2".into()), at: NOW.plus(1_400) };
                    messages::settle(conn, queued.outbox, &sent, NOW.plus(1_400)).await
                })
            })
        };
        let echoed = vec![echo(text(account, "1", "m_2", 1_234, "Hi!"))];
        if echo_first {
            take(&store, echoed).await;
            settle().await.unwrap();
        } else {
            settle().await.unwrap();
            take(&store, echoed).await;
        }
        let mut conn = store.read().await.unwrap();
        let thread = messages::list(&mut conn, conversation, &Stretch::Newest, 50).await.unwrap();
        assert_eq!(thread.rows.len(), 2);
        let reply = &thread.rows[1];
        assert_eq!(reply.id, MessageId(queued.message.0));
        assert_eq!(reply.meta_id, Some(MetaMessageId("m_2".into())));
        assert_eq!((reply.status, reply.origin), (DeliveryStatus::Sent, Origin::Heliograph));
        assert_eq!(reply.sent_at, NOW.plus(1_234), "Meta's time");
        let row = conversations::get(&mut conn, conversation).await.unwrap().unwrap();
        assert_eq!(row.waiting_since, None);
        assert!(
            outbox::due(&mut conn, NOW.plus(99_000), &outbox::Busy::default(), 9).await.unwrap().is_empty()
        );
    }
}

#[tokio::test]
async fn of_two_unsure_replies_with_the_same_words_the_nearer_one_is_what_arrived() {
    let (store, account) = store().await;
    let conversation =
        take(&store, vec![text(account, "1", "m_1", 0, "Are you open?")]).await[0].conversation;
    let unsure = |key: &'static str, at: i64| {
        store.write("try", move |conn| {
            Box::pin(async move {
                let reply = NewReply::text(conversation, "Yes, we are.", key, NOW.plus(at));
                let queued = messages::queue(conn, &reply, NOW.plus(at)).await?.unwrap();
                assert!(outbox::sending(conn, queued.outbox, NOW.plus(at)).await?);
                outbox::recover(conn, NOW.plus(at)).await?;
                Ok(queued)
            })
        })
    };
    let (lost, arrived) = (unsure("a", 1_000).await.unwrap(), unsure("b", 86_000).await.unwrap());
    let mut conn = store.read().await.unwrap();
    let seen_at = NOW.plus(86_400);
    assert!(
        !outbox::is_nearest(&mut conn, lost.outbox, seen_at).await.unwrap(),
        "asked, Meta shows the other"
    );
    assert!(outbox::is_nearest(&mut conn, arrived.outbox, seen_at).await.unwrap());
    take(&store, vec![echo(text(account, "1", "m_2", 86_400, "Yes, we are."))]).await;
    for (reply, status) in [(lost, DeliveryStatus::Unsure), (arrived, DeliveryStatus::Sent)] {
        assert_eq!(messages::get(&mut conn, reply.message).await.unwrap().unwrap().status, status);
    }
    assert!(outbox::is_nearest(&mut conn, lost.outbox, seen_at).await.unwrap(), "the other has its message");
}

#[tokio::test]
async fn the_list_says_how_long_a_voice_message_is() {
    let (store, account) = store().await;
    let mut voice = text(account, "1", "m_1", 0, "");
    voice.content = Content::Placeholder { what: "Voice message".into(), text: String::new() };
    voice.attachments = vec![messages::NewAttachment {
        kind: "voice".into(),
        length_ms: Some(72_600),
        ..messages::NewAttachment::default()
    }];
    let taken = take(&store, vec![voice]).await;
    let mut conn = store.read().await.unwrap();
    let row = conversations::get(&mut conn, taken[0].conversation).await.unwrap().unwrap();
    assert_eq!(row.last.unwrap().text, "Voice message 1:13");
}

//! What leaves besides plain words: quotes, emojis on messages, and their order.

use super::*;
use crate::{
    model::{Act, Activity, Content, ConversationId, MessageId, State, Stretch},
    store::{
        WriteError, conversations,
        messages::{self, NewAct, NewReply, Outcome, Queued},
        outbox::{self, Busy, Due, Job},
    },
};

async fn queue(store: &Store, reply: NewReply) -> Queued {
    store
        .write("queue", move |c| Box::pin(async move { messages::queue(c, &reply, NOW.plus(1_000)).await }))
        .await
        .unwrap()
        .unwrap()
}

async fn act(store: &Store, about: MessageId, emoji: Option<&str>, key: &str) -> Option<Queued> {
    let new = NewAct {
        about,
        job: Job::Reaction { emoji: emoji.map(str::to_owned) },
        key: key.into(),
        leave_before: None,
    };
    store
        .write("act", move |c| Box::pin(async move { messages::act(c, &new, NOW.plus(1_000)).await }))
        .await
        .unwrap()
}

async fn settle(
    store: &Store,
    outbox: crate::model::OutboxId,
    outcome: Outcome,
) -> Result<MessageId, WriteError> {
    store
        .write("settle", move |c| {
            Box::pin(async move { messages::settle(c, outbox, &outcome, NOW.plus(2_000)).await })
        })
        .await
}

async fn due(store: &Store) -> Vec<Due> {
    let mut conn = store.read().await.unwrap();
    outbox::due(&mut conn, NOW.plus(5_000), &Busy::default(), 9).await.unwrap()
}

async fn one_message() -> (Store, ConversationId, MessageId) {
    let (store, account) = store().await;
    let taken = take(&store, vec![text(account, "1", "m_1", 0, "hello?")]).await[0];
    (store, taken.conversation, taken.message)
}

#[tokio::test]
async fn a_reply_carries_what_it_quotes_by_the_id_that_meta_knows() {
    let (store, conversation, message) = one_message().await;
    let reply =
        NewReply { quotes: Some(message), ..NewReply::text(conversation, "Hi!", "key", NOW.plus(1_000)) };
    queue(&store, reply).await;
    let due = due(&store).await;
    assert_eq!((due.len(), &due[0].job), (1, &Job::Text));
    assert_eq!(due[0].quotes, Some(MetaMessageId("m_1".into())));
    assert_eq!(due[0].about, None);
}

#[tokio::test]
async fn an_emoji_of_ours_is_a_row_of_its_own_and_shows_once_meta_has_it() {
    let (store, conversation, message) = one_message().await;
    let queued = act(&store, message, Some("👍"), "r1").await.unwrap();
    let again = act(&store, message, Some("👍"), "r1").await.unwrap();
    assert_eq!((again.outbox, again.already), (queued.outbox, true));
    let mut row = due(&store).await.remove(0);
    assert_eq!(row.about, Some(MetaMessageId("m_1".into())));
    assert_eq!((row.message, row.job.clone()), (message, Job::Reaction { emoji: Some("👍".into()) }));

    // Another emoji takes the place of one that has not left.
    act(&store, message, Some("❤"), "r2").await.unwrap();
    let all = due(&store).await;
    assert_eq!(all.len(), 1);
    row = all.into_iter().next().unwrap();
    let read = || async {
        let mut conn = store.read().await.unwrap();
        messages::list(&mut conn, conversation, &Stretch::Newest, 9).await.unwrap().rows.remove(0)
    };
    assert!(read().await.reactions.is_empty());
    assert_eq!(settle(&store, row.outbox, Outcome::Done).await.unwrap(), message);
    let reactions = read().await.reactions;
    assert_eq!(reactions.len(), 1);
    assert!(reactions[0].from_us && reactions[0].emoji == "❤");

    let away = act(&store, message, None, "r3").await.unwrap();
    settle(&store, away.outbox, Outcome::Done).await.unwrap();
    assert!(read().await.reactions.is_empty());
    assert!(due(&store).await.is_empty());
}

#[tokio::test]
async fn a_reply_that_fails_opens_again_what_was_resolved_with_it() {
    let (store, conversation, _) = one_message().await;
    let reply = queue(&store, NewReply::text(conversation, "Hi!", "key", NOW.plus(1_000))).await;
    store
        .write("resolve", move |c| {
            Box::pin(async move {
                conversations::act(c, &[conversation], &Act::Resolve, false, NOW.plus(1_500)).await
            })
        })
        .await
        .unwrap();
    let problem = crate::model::Problem::new(crate::model::Code::MetaFailed, "Not to this person.");
    let failure = crate::model::Failure { problem, code: None, subcode: None, trace: None };
    settle(&store, reply.outbox, Outcome::Failed(failure)).await.unwrap();
    let mut conn = store.read().await.unwrap();
    let row = conversations::get(&mut conn, conversation).await.unwrap().unwrap();
    assert_eq!((row.state, row.failed), (State::Open, 1));
    assert!(row.waiting_since.is_some(), "the person has no answer yet");
    let lines = messages::list(&mut conn, conversation, &Stretch::Newest, 9).await.unwrap().rows;
    let last = lines.last().unwrap();
    assert_eq!(last.content, Content::Activity { activity: Activity::NotSent });
}

#[tokio::test]
async fn after_a_crash_an_emoji_goes_on_and_words_are_unsure() {
    let (store, conversation, message) = one_message().await;
    let act = act(&store, message, Some("👍"), "r1").await.unwrap();
    let reply = queue(&store, NewReply::text(conversation, "Hi!", "key", NOW.plus(1_000))).await;
    let unsure = store
        .write("crash", move |c| {
            Box::pin(async move {
                outbox::sending(c, act.outbox, NOW.plus(1_000)).await?;
                outbox::sending(c, reply.outbox, NOW.plus(1_000)).await?;
                outbox::recover(c, NOW.plus(2_000)).await
            })
        })
        .await
        .unwrap();
    assert_eq!(unsure.iter().map(|s| s.message).collect::<Vec<_>>(), [reply.message]);
    let due = due(&store).await;
    assert_eq!((due[0].outbox, due[0].state), (act.outbox, DeliveryStatus::Queued));
}

#[tokio::test]
async fn those_behind_a_reply_of_a_chosen_time_do_not_wait_for_it() {
    let (store, conversation, _) = one_message().await;
    let later = NOW.plus(60_000);
    let chosen = NewReply {
        due_at: later,
        send_at: Some(later),
        ..NewReply::text(conversation, "Tomorrow", "k1", NOW.plus(1_000))
    };
    queue(&store, chosen).await;
    let now = queue(&store, NewReply::text(conversation, "Today", "k2", NOW.plus(1_000))).await;
    assert_eq!(due(&store).await.iter().map(|d| d.outbox).collect::<Vec<_>>(), [now.outbox]);
    let mut conn = store.read().await.unwrap();
    assert_eq!(outbox::next_due_at(&mut conn, NOW.plus(5_000)).await.unwrap(), Some(later));
}

#[tokio::test]
async fn nothing_is_done_to_a_message_that_meta_does_not_know() {
    let (store, conversation, _) = one_message().await;
    let reply = queue(&store, NewReply::text(conversation, "Hi!", "key", NOW.plus(1_000))).await;
    assert_eq!(act(&store, reply.message, Some("👍"), "r1").await, None);
}

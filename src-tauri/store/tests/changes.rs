//! What happens to messages after they were said, in whatever order it comes.

use super::*;
use crate::{
    model::{Activity, Card, ConversationId, FileState, Filter, MessageId, Quote, Sort, Stretch},
    store::{
        conversations,
        messages::{self, Alter, Altered, Answers, NewAttachment, NewLine},
    },
};

async fn alter(store: &Store, account: AccountId, id: &str, change: Alter, at: i64) -> Altered {
    let id = MetaMessageId(id.into());
    store
        .write("alter", move |conn| {
            Box::pin(
                async move { messages::alter(conn, account, &id, &change, NOW.plus(at), None, None).await },
            )
        })
        .await
        .unwrap()
}

async fn thread(store: &Store, conversation: ConversationId) -> Vec<crate::model::Message> {
    let mut conn = store.read().await.unwrap();
    messages::list(&mut conn, conversation, &Stretch::Newest, 50).await.unwrap().rows
}

async fn found(store: &Store, word: &str) -> usize {
    store.catch_up().await.unwrap();
    let mut conn = store.read().await.unwrap();
    sqlx::query_scalar::<_, i64>("SELECT count(*) FROM message_words WHERE message_words MATCH ?1")
        .bind(word)
        .fetch_one(&mut *conn)
        .await
        .unwrap() as usize
}

fn picture(file: &str) -> NewAttachment {
    NewAttachment {
        kind: "image".into(),
        url: "https://lookaside.fbsbx.com/1".into(),
        state: FileState::Waiting,
        name: file.into(),
        ..NewAttachment::default()
    }
}

#[tokio::test]
async fn an_unsend_wipes_words_files_reactions_and_index_and_leaves_a_tombstone() {
    let (store, account) = store().await;
    let mut said = text(account, "1", "m_1", 0, "confidential matters");
    said.attachments = vec![picture("a")];
    let conversation = take(&store, vec![said]).await[0].conversation;
    alter(&store, account, "m_1", Alter::React { who: "1".into(), emoji: Some("❤️".into()) }, 10).await;
    store
        .write("keep", |conn| {
            Box::pin(async move {
                sqlx::query("UPDATE attachments SET file = 'hash', state = 'kept'")
                    .execute(conn)
                    .await
                    .map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(found(&store, "confidential").await, 1);
    let altered = alter(&store, account, "m_1", Alter::Unsend, 20).await;
    assert_eq!(altered.orphans, ["hash"]);
    let row = &thread(&store, conversation).await[0];
    assert_eq!(row.content, Content::Unsent);
    assert!(row.attachments.is_empty() && row.reactions.is_empty());
    assert_eq!(found(&store, "confidential").await, 0);
    let mut conn = store.read().await.unwrap();
    let listed = conversations::get(&mut conn, conversation).await.unwrap().unwrap();
    assert_eq!((listed.last.unwrap().text.as_str(), listed.unread), ("Message unsent", 0));
    // A second copy of the message brings nothing back.
    let again = take(&store, vec![text(account, "1", "m_1", 0, "confidential matters")]).await;
    assert!(!again[0].fresh);
    assert_eq!(thread(&store, conversation).await[0].content, Content::Unsent);
    let again = alter(&store, account, "m_1", Alter::Unsend, 30).await;
    assert_eq!((again.change, again.orphans.len()), (None, 0));
}

#[tokio::test]
async fn changes_that_come_before_their_message_wait_for_it() {
    let (store, account) = store().await;
    alter(&store, account, "m_1", Alter::Edit { text: "second".into(), edits: Some(2) }, 20).await;
    alter(&store, account, "m_1", Alter::Edit { text: "first".into(), edits: Some(1) }, 10).await;
    alter(&store, account, "m_1", Alter::React { who: String::new(), emoji: Some("👍".into()) }, 15).await;
    alter(&store, account, "m_2", Alter::Unsend, 20).await;
    let taken =
        take(&store, vec![text(account, "1", "m_1", 0, "zero"), text(account, "1", "m_2", 5, "secret")])
            .await;
    let rows = thread(&store, taken[0].conversation).await;
    assert_eq!(rows[0].content.text(), "second");
    assert_eq!((rows[0].detail.edits, rows[0].reactions.len(), rows[0].reactions[0].from_us), (2, 1, true));
    assert_eq!(rows[1].content, Content::Unsent);
    assert_eq!(found(&store, "second").await, 1);
    assert_eq!(found(&store, "zero").await + found(&store, "secret").await, 0);
}

#[tokio::test]
async fn the_newest_reaction_of_each_side_stands_and_an_older_edit_changes_nothing() {
    let (store, account) = store().await;
    let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0].conversation;
    let react =
        |who: &str, emoji: Option<&str>| Alter::React { who: who.into(), emoji: emoji.map(Into::into) };
    alter(&store, account, "m_1", react("1", Some("😮")), 20).await;
    assert!(alter(&store, account, "m_1", react("1", Some("😢")), 10).await.change.is_none());
    assert!(alter(&store, account, "m_1", react("", Some("👍")), 10).await.change.is_some());
    assert!(
        alter(&store, account, "m_1", react("1", None), 5).await.change.is_none(),
        "it was taken away before"
    );
    let emojis = |rows: &[crate::model::Message]| {
        rows[0].reactions.iter().map(|r| (r.emoji.clone(), r.from_us)).collect::<Vec<_>>()
    };
    assert_eq!(emojis(&thread(&store, conversation).await), [("👍".into(), true), ("😮".into(), false)]);
    assert!(alter(&store, account, "m_1", react("1", None), 30).await.change.is_some());
    assert_eq!(emojis(&thread(&store, conversation).await), [("👍".into(), true)]);
    let edit = |text: &str, edits| Alter::Edit { text: text.into(), edits };
    assert!(alter(&store, account, "m_1", edit("two", Some(2)), 50).await.change.is_some());
    assert!(alter(&store, account, "m_1", edit("one", Some(1)), 60).await.change.is_none());
    let row = &thread(&store, conversation).await[0];
    assert_eq!((row.content.text(), row.detail.edits), ("two", 2));
}

#[tokio::test]
async fn an_answer_shows_what_it_answers_even_when_that_comes_later_or_is_unsent() {
    let (store, account) = store().await;
    let mut answer = text(account, "1", "m_2", 1_000, "yes, that one");
    answer.answers = Some(Answers::Message(MetaMessageId("m_1".into())));
    let mut story = text(account, "1", "m_3", 2_000, "nice story");
    story.answers = Some(Answers::Story { link: Some("https://x.example/s".into()), ends_at: NOW.plus(DAY) });
    let conversation = take(&store, vec![answer, story]).await[0].conversation;
    let rows = thread(&store, conversation).await;
    assert_eq!(rows[0].quote, Some(Quote::Message { message: None, from_us: false, text: String::new() }));
    assert!(matches!(&rows[1].quote, Some(Quote::Story { link: Some(_), .. })));
    take(&store, vec![echo(text(account, "1", "m_1", 0, "this one?"))]).await;
    let rows = thread(&store, conversation).await;
    let quoted = Quote::Message { message: Some(rows[0].id), from_us: true, text: "this one?".into() };
    assert_eq!(rows[1].quote, Some(quoted));
    alter(&store, account, "m_1", Alter::Unsend, 5_000).await;
    let Some(Quote::Message { text, .. }) = &thread(&store, conversation).await[1].quote else { panic!() };
    assert_eq!(text, "Message unsent");
}

#[tokio::test]
async fn notes_and_lines_stand_in_the_thread_and_do_not_move_the_list() {
    let (store, account) = store().await;
    let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0].conversation;
    let before = {
        let mut conn = store.read().await.unwrap();
        conversations::get(&mut conn, conversation).await.unwrap().unwrap()
    };
    store
        .write("lines", move |conn| {
            Box::pin(async move {
                let note = NewLine::Note { text: "prefers mornings".into(), author: "Ana".into() };
                messages::append_line(conn, conversation, &note, NOW.plus(9_000)).await?;
                let line = NewLine::Activity(Activity::Assigned { to: "Ana".into() });
                messages::append_line(conn, conversation, &line, NOW.plus(9_001)).await?;
                conversations::recount(conn, &[(conversation, None)]).await
            })
        })
        .await
        .unwrap();
    let rows = thread(&store, conversation).await;
    assert_eq!(rows[1].content, Content::Note { text: "prefers mornings".into(), author: "Ana".into() });
    assert_eq!(rows[2].content, Content::Activity { activity: Activity::Assigned { to: "Ana".into() } });
    let mut conn = store.read().await.unwrap();
    let after = conversations::get(&mut conn, conversation).await.unwrap().unwrap();
    assert_eq!(after, before);
    drop(conn);
    assert_eq!(found(&store, "mornings").await, 1, "notes are found");
}

#[tokio::test]
async fn an_answer_written_elsewhere_counts_as_read_and_a_mark_by_hand_stays() {
    let (store, account) = store().await;
    let unread = async |conversation| {
        let mut conn = store.read().await.unwrap();
        conversations::get(&mut conn, conversation).await.unwrap().unwrap().unread
    };
    let conversation = take(&store, vec![text(account, "1", "m_1", 0, "hello")]).await[0].conversation;
    assert_eq!(unread(conversation).await, 1);
    take(&store, vec![echo(text(account, "1", "m_2", 1_000, "answered on the phone"))]).await;
    assert_eq!(unread(conversation).await, 0);
    let mark = |on: bool| {
        store.write("mark", move |conn| {
            Box::pin(async move {
                if on {
                    conversations::mark_unread(conn, conversation).await
                } else {
                    conversations::mark_read(conn, conversation).await
                }
            })
        })
    };
    assert!(mark(true).await.unwrap());
    take(&store, vec![echo(text(account, "1", "m_3", 2_000, "and more"))]).await;
    assert_eq!(unread(conversation).await, 1, "who marked it wants to see it again");
    assert!(mark(false).await.unwrap());
    assert_eq!(unread(conversation).await, 0);
}

#[tokio::test]
async fn a_card_is_read_back_as_it_came() {
    let (store, account) = store().await;
    let card =
        Card::Place { latitude: 35.9, longitude: 14.5, name: "Valletta".into(), address: String::new() };
    let mut said = text(account, "1", "m_1", 0, "");
    said.attachments =
        vec![NewAttachment { kind: "location".into(), card: Some(card.clone()), ..Default::default() }];
    let conversation = take(&store, vec![said]).await[0].conversation;
    assert_eq!(thread(&store, conversation).await[0].attachments[0].card, Some(card));
    let mut conn = store.read().await.unwrap();
    let page = conversations::list(&mut conn, &Filter::default(), Sort::Newest, None, 10, NOW).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert!(messages::get(&mut conn, MessageId(99)).await.unwrap().is_none());
}

//! Files of messages: fetched in order, shown as a gallery, taken away when their time is over.

use super::*;
use crate::{
    model::{AttachmentId, ConversationId, FileKind, FileState, MessageId},
    store::{
        attachments::{self, Fetched, KeptFile, Wanted},
        gallery, keeping,
        messages::{self, Alter, NewAttachment},
        storage,
    },
};

fn with_file(arrival: Arrival, kind: &str) -> Arrival {
    let url = format!("https://lookaside.fbsbx.com/{}", arrival.meta_id.0);
    let file =
        NewAttachment { kind: kind.into(), url, state: FileState::Waiting, ..NewAttachment::default() };
    Arrival { attachments: vec![file], ..arrival }
}

async fn due(store: &Store, account: AccountId) -> Vec<Wanted> {
    let mut conn = store.read().await.unwrap();
    attachments::due(&mut conn, account, NOW, &[], 10).await.unwrap()
}

async fn settle(store: &Store, attachment: AttachmentId, fetched: Fetched) -> bool {
    store
        .write("settle", move |c| Box::pin(async move { attachments::settle(c, attachment, &fetched).await }))
        .await
        .unwrap()
}

fn kept(hash: &str, bytes: u64) -> Fetched {
    Fetched::Kept(Box::new(KeptFile {
        hash: hash.into(),
        mime: "image/png".into(),
        bytes,
        size: Some((4, 3)),
        thumbnail: Some(format!("small-{hash}")),
        ..KeptFile::default()
    }))
}

async fn states(store: &Store, conversation: ConversationId) -> Vec<FileState> {
    let mut conn = store.read().await.unwrap();
    let page = gallery::page(&mut conn, conversation, &[], None, 50).await.unwrap();
    page.rows.into_iter().map(|row| row.attachment.state).collect()
}

#[tokio::test]
async fn the_newest_file_of_an_account_is_due_first_and_what_must_wait_is_not() {
    let (store, account) = store().await;
    take(
        &store,
        vec![
            with_file(text(account, "7", "m_old", -2_000, ""), "image"),
            with_file(text(account, "7", "m_new", -1_000, ""), "video"),
            with_file(text(account, "8", "m_mid", -1_500, ""), "audio"),
        ],
    )
    .await;
    let files = due(&store, account).await;
    let mids: Vec<&str> = files.iter().map(|f| f.mid.as_ref().unwrap().as_str()).collect();
    assert_eq!(mids, ["m_new", "m_mid", "m_old"]);
    assert!(files.iter().all(|f| f.live && f.place == 0));

    assert!(settle(&store, files[0].attachment, Fetched::Later(NOW.plus(60))).await);
    assert_eq!(due(&store, account).await.len(), 2);
    let mut conn = store.read().await.unwrap();
    assert_eq!(attachments::next_due_at(&mut conn, NOW).await.unwrap(), Some(NOW.plus(60)));
    assert_eq!(attachments::accounts_waiting(&mut conn, NOW).await.unwrap(), [account]);
    drop(conn);

    let ended = Fetched::Ended(FileState::Refused, "It is a program.".into());
    assert!(settle(&store, files[1].attachment, ended).await);
    assert!(!settle(&store, files[1].attachment, kept("a", 1)).await, "an end is an end");
}

#[tokio::test]
async fn a_gallery_is_paged_by_kind_and_follows_its_messages() {
    let (store, account) = store().await;
    let mut arrivals = Vec::new();
    for n in 0..5 {
        arrivals.push(with_file(text(account, "7", &format!("i{n}"), n * 1_000, ""), "image"));
        arrivals.push(with_file(text(account, "7", &format!("f{n}"), n * 1_000 + 500, ""), "file"));
    }
    arrivals.push(with_file(text(account, "7", "sticker", 9_000, ""), "sticker"));
    let taken = take(&store, arrivals).await;
    let conversation = taken[0].conversation;
    let mut conn = store.read().await.unwrap();
    let pictures = [FileKind::Picture, FileKind::Video];
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = gallery::page(&mut conn, conversation, &pictures, after.as_deref(), 2).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.sent_at.0 - NOW.0));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, [4_000, 3_000, 2_000, 1_000, 0]);
    drop(conn);

    // Meta tells a finer time of a message: its file moves along.
    take(&store, vec![with_file(text(account, "7", "i4", 4_400, ""), "image")]).await;
    let mut conn = store.read().await.unwrap();
    let page = gallery::page(&mut conn, conversation, &pictures, None, 1).await.unwrap();
    assert_eq!(page.rows[0].sent_at, NOW.plus(4_400));
    let wrong = gallery::page(&mut conn, conversation, &[], Some("nonsense"), 1).await;
    assert!(wrong.is_err());
}

#[tokio::test]
async fn old_files_go_and_their_small_copies_and_shared_content_stay() {
    let (store, account) = store().await;
    let taken = take(
        &store,
        vec![
            with_file(text(account, "7", "a", -50 * DAY, ""), "image"),
            with_file(text(account, "7", "b", -40 * DAY, ""), "image"),
            with_file(text(account, "7", "c", -1_000, ""), "image"),
        ],
    )
    .await;
    let conversation = taken[0].conversation;
    for (file, hash) in due(&store, account).await.iter().rev().zip(["one", "two", "two"]) {
        settle(&store, file.attachment, kept(hash, 100)).await;
    }
    let figures = storage::figures(&store).await.unwrap();
    assert_eq!(
        (figures.media[0].kind, figures.media[0].files, figures.media[0].bytes),
        (FileKind::Picture, 3, 300)
    );

    let gone = store
        .write("evict", move |c| {
            Box::pin(async move {
                let on_screen = vec!["one".to_owned()];
                keeping::evict_old(c, account, FileKind::Picture, NOW.plus(-30 * DAY), &on_screen, 10).await
            })
        })
        .await
        .unwrap();
    assert_eq!(
        (gone.count, gone.files.as_slice()),
        (1, [].as_slice()),
        "\"two\" is shown by a newer message"
    );
    assert_eq!(states(&store, conversation).await, [FileState::Kept, FileState::Evicted, FileState::Kept]);

    let gone = store
        .write("evict", |c| Box::pin(async move { keeping::evict_oldest(c, &[], 1).await }))
        .await
        .unwrap();
    assert_eq!(gone.files, ["one"]);
    assert_eq!(gone.messages, [(conversation, taken[0].message)]);
}

#[tokio::test]
async fn what_was_taken_away_can_be_wanted_again_as_far_as_meta_named_a_way() {
    let (store, account) = store().await;
    let mut two = with_file(text(account, "7", "a", -1_000, ""), "image");
    two.attachments.push(NewAttachment { kind: "image".into(), ..NewAttachment::default() });
    let taken = take(&store, vec![two]).await[0];
    let file = due(&store, account).await.remove(0);
    settle(&store, file.attachment, kept("one", 100)).await;
    let want = || store.write("want", move |c| Box::pin(attachments::want_again(c, taken.message)));
    let again = || async {
        let mut conn = store.read().await.unwrap();
        let message = messages::get(&mut conn, taken.message).await.unwrap().unwrap();
        message.attachments.iter().map(|a| a.again).collect::<Vec<_>>()
    };
    assert!(!want().await.unwrap(), "what is here is not fetched");
    store.write("evict", |c| Box::pin(async move { keeping::evict_oldest(c, &[], 9).await })).await.unwrap();
    assert_eq!(again().await, [true, false]);
    assert!(want().await.unwrap());
    assert_eq!(due(&store, account).await[0].attachment, file.attachment);
    settle(&store, file.attachment, kept("one", 100)).await;
    assert_eq!(again().await, [false, false]);
}

#[tokio::test]
async fn an_unsent_message_takes_its_files_with_it_and_what_was_on_its_way_belongs_to_nobody() {
    let (store, account) = store().await;
    take(&store, vec![with_file(text(account, "7", "a", -2_000, ""), "image")]).await;
    take(&store, vec![with_file(text(account, "7", "b", -1_000, ""), "image")]).await;
    let files = due(&store, account).await;
    settle(&store, files[0].attachment, kept("one", 5)).await;
    let mut orphans = Vec::new();
    for id in ["a", "b"] {
        let altered = store
            .write("unsend", move |c| {
                Box::pin(async move {
                    let id = MetaMessageId(id.into());
                    messages::alter(c, account, &id, &Alter::Unsend, NOW, None, None).await
                })
            })
            .await
            .unwrap();
        orphans.extend(altered.orphans);
    }
    orphans.sort();
    assert_eq!(orphans, ["one", "small-one"]);
    assert!(!settle(&store, files[1].attachment, kept("late", 5)).await);
    let mut conn = store.read().await.unwrap();
    let unused = attachments::unused(&mut conn, &["late".to_owned()]).await.unwrap();
    assert_eq!(unused, ["late"]);
    let page = gallery::page(&mut conn, files[0].conversation, &[], None, 5).await.unwrap();
    assert!(page.rows.is_empty());
    assert_eq!(files[0].message, MessageId(2));
}

#[tokio::test]
async fn the_database_and_the_model_agree_on_kinds() {
    let (store, account) = store().await;
    let words = ["image", "sticker", "video", "audio", "voice", "file", "document", "media", "template", ""];
    let types = ["", "image/png", "video/mp4", "audio/ogg; codecs=opus", "application/pdf"];
    let mut arrival = text(account, "7", "m", 0, "");
    for kind in words {
        for mime in types {
            arrival.attachments.push(NewAttachment {
                kind: kind.into(),
                mime: mime.into(),
                ..NewAttachment::default()
            });
        }
    }
    take(&store, vec![arrival]).await;
    let mut conn = store.read().await.unwrap();
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT kind, mime, family FROM attachments").fetch_all(&mut *conn).await.unwrap();
    assert_eq!(rows.len(), words.len() * types.len());
    for (kind, mime, family) in rows {
        assert_eq!(FileKind::of(&kind, &mime).key(), family, "{kind} {mime}");
    }
}

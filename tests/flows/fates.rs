//! What becomes of messages after they were said: reactions, edits, unsends, failures that come late; and what is
//! nobody's here.

use crate::{
    desk::{Scene, call, list, open},
    kinds::{find, message, told, until},
};
use engine::model::*;
use heliograph_simulator::{Along, Content as Sim, Happening, WebhookBehaviour};
use sqlx::Connection;

/// How often `word` stands in the database, in each place where words are kept.
async fn kept(scene: &Scene, word: &str) -> Vec<(&'static str, i64)> {
    let file = scene.folder.path().join("heliograph.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).read_only(true);
    let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let mut found = Vec::new();
    for (place, sql) in [
        ("messages", "SELECT count(*) FROM messages WHERE instr(text || what || coalesce(detail, ''), ?1)"),
        (
            "attachments",
            "SELECT count(*) FROM attachments WHERE instr(name || url || coalesce(card, ''), ?1)",
        ),
        ("journal", "SELECT count(*) FROM journal WHERE instr(body, CAST(?1 AS BLOB))"),
        ("changes", "SELECT count(*) FROM early_changes WHERE instr(change, ?1)"),
        ("index", "SELECT count(*) FROM message_words WHERE message_words MATCH ?1"),
    ] {
        let count: i64 = sqlx::query_scalar(sql).bind(word).fetch_one(&mut conn).await.unwrap();
        if count > 0 {
            found.push((place, count));
        }
    }
    found
}

async fn somebody(scene: &Scene, channel: Channel, text: &str) -> (String, String, ConversationId) {
    let sim = scene.sim(channel).meta_id;
    let said = scene.meta.say(&sim, None, text);
    let conversation = scene.conversation_saying(text).await.id;
    (said.person, said.mid, conversation)
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_come_and_go_and_edits_replace_words_on_every_channel() {
    let scene = Scene::new(6, 12).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    scene.meta.set_webhook_behaviour(WebhookBehaviour { duplicate_every: 1, ..Default::default() });
    for channel in Channel::ALL {
        let (_, mid, conversation) = somebody(&scene, channel, &format!("Teh bowl {}", channel.name())).await;
        scene.meta.react(&mid, Some("😮"), false);
        scene.meta.react(&mid, Some("👍"), true);
        let reactions = until(&scene, conversation, "both reacted", |rows| {
            find(rows, &mid).map(|m| m.reactions.clone()).filter(|r| r.len() == 2)
        })
        .await;
        assert!(reactions.contains(&Reaction { emoji: "😮".into(), from_us: false }), "{reactions:?}");
        assert!(reactions.contains(&Reaction { emoji: "👍".into(), from_us: true }), "{reactions:?}");
        scene.meta.react(&mid, None, false);
        until(&scene, conversation, "theirs is gone", |rows| {
            find(rows, &mid).filter(|m| m.reactions.len() == 1).cloned()
        })
        .await;
        scene.meta.edit(&mid, "The bowl");
        scene.meta.edit(&mid, "The blue bowl");
        let row = until(&scene, conversation, "the words are new", |rows| {
            find(rows, &mid).filter(|m| m.content.text() == "The blue bowl").cloned()
        })
        .await;
        scene.meta.webhooks_idle().await;
        assert!(row.detail.edits >= 1, "{:?}", row.detail);
        assert_eq!(
            message(&scene, conversation, &mid).await.detail.edits,
            2,
            "{channel:?}: duplicates are no edits"
        );
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsend_leaves_nothing_wherever_it_comes() {
    let scene = Scene::new(6, 12).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    for (n, channel) in Channel::ALL.into_iter().enumerate() {
        let sim = scene.sim(channel).meta_id;
        let word = format!("zanzibar{n}");
        let (person, mid, conversation) = somebody(&scene, channel, &format!("My {word} secret")).await;
        let found = scene.ask(call::Search { text: word.clone(), after: None, limit: 10 }).await;
        assert_eq!(found.messages.len(), 1);
        assert!(!kept(&scene, &word).await.is_empty());
        scene.meta.unsend(&mid, false);
        until(&scene, conversation, "a tombstone stands there", |rows| {
            find(rows, &mid).filter(|m| m.content == Content::Unsent).map(drop)
        })
        .await;
        assert_eq!(kept(&scene, &word).await, [], "{channel:?}");
        assert!(
            scene.ask(call::Search { text: word.clone(), after: None, limit: 10 }).await.messages.is_empty()
        );
        // The unsend first, then the message, then the message again: Meta promises no order.
        let along = Along { silent: true, ..Along::default() };
        let late = scene.meta.say_along(&sim, Some(&person), Sim::Text(format!("Late {word}")), along);
        let body = scene
            .meta
            .bodies(&sim, "x")
            .into_iter()
            .find(|b| String::from_utf8_lossy(&b.body).contains(&word));
        let body = String::from_utf8(body.expect("it is held").body.to_vec()).unwrap();
        scene.meta.unsend(&late.mid, false);
        scene.meta.webhooks_idle().await;
        scene.deliver(&body).await;
        scene.deliver(&body).await;
        let row = message(&scene, conversation, &late.mid).await;
        assert_eq!(row.content, Content::Unsent);
        assert_eq!(kept(&scene, &word).await, [], "{channel:?}, late");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsend_of_what_a_poll_found_first_leaves_nothing() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    let along = Along { silent: true, ..Along::default() };
    let said = scene.meta.say_along(&sim, None, Sim::Text("A timbuktu secret".into()), along);
    scene.ask(call::PollNow { account }).await;
    let conversation = scene.conversation_saying("A timbuktu secret").await.id;
    // Its webhook comes late and is kept too.
    let bodies = scene.meta.bodies(&sim, "x");
    let late = bodies.iter().find(|b| String::from_utf8_lossy(&b.body).contains("timbuktu")).unwrap();
    scene.deliver(std::str::from_utf8(&late.body).unwrap()).await;
    assert!(!kept(&scene, "timbuktu").await.is_empty());
    scene.meta.unsend(&said.mid, false);
    until(&scene, conversation, "it is taken back", |rows| {
        find(rows, &said.mid).filter(|m| m.content == Content::Unsent).map(drop)
    })
    .await;
    assert_eq!(kept(&scene, "timbuktu").await, []);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_in_silence_is_found_among_the_newest_and_nothing_else_is_touched() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Instagram).meta_id;
    // Lists tell whole seconds: within one, nobody knows what stands between.
    let past = |minutes: i64| Along { ago_ms: minutes * MINUTE, ..Along::default() };
    let one = scene.meta.say_along(&sim, None, Sim::Text("One".into()), past(3));
    let (person, first) = (one.person, one.mid);
    let said = |content| scene.meta.say_along(&sim, Some(&person), content, past(2)).mid;
    let (gone, photo) = (said(Sim::Text("Never mind me".into())), said(Sim::Image));
    // Meta never lists these, which proves nothing.
    let (post, story) = (said(Sim::Post("New glazes".into())), said(Sim::SharedStory));
    let tapped = said(Sim::Tap { form: heliograph_simulator::Tap::Button, title: "Show me".into() });
    let last = scene.meta.say(&sim, Some(&person), "Two").mid;
    let conversation = scene.conversation_saying("Two").await.id;
    message(&scene, conversation, &last).await;
    scene.meta.unsend(&gone, true);
    scene.meta.unsend(&photo, true);
    scene.ask(call::PollNow { account }).await;
    let rows = until(&scene, conversation, "both are tombstones", |rows| {
        let unsent = |mid| find(rows, mid).is_some_and(|m| m.content == Content::Unsent);
        (unsent(&gone) && unsent(&photo)).then(|| rows.to_vec())
    })
    .await;
    for (mid, kept) in [
        (&first, "||One"),
        (&post, "Shared post|ig_post|"),
        (&story, "Shared story|ig_story|"),
        (&tapped, "Tapped button||Show me"),
        (&last, "||Two"),
    ] {
        assert_eq!(told(find(&rows, mid).unwrap()), kept);
    }
    assert_eq!(kept(&scene, "Never").await, []);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_comes_minutes_later_is_noticed() {
    let scene = Scene::new(6, 12).await;
    scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    scene.meta.set_receipts(false);
    let (_, _, conversation) = somebody(&scene, Channel::WhatsApp, "Is it ready?").await;
    scene
        .ask(call::SendText {
            conversation,
            text: "Yes, come by".into(),
            key: "ready".into(),
            manner: Manner::default(),
        })
        .await;
    let sent = until(&scene, conversation, "it is sent", |rows| {
        rows.iter().find(|m| m.content.text() == "Yes, come by" && m.status == DeliveryStatus::Sent).cloned()
    })
    .await;
    let mut events = scene.engine.events();
    scene.meta.fail(
        sent.meta_id.as_ref().unwrap().as_str(),
        131_049,
        "In order to maintain a healthy ecosystem",
    );
    let failed = until(&scene, conversation, "it failed after all", |rows| {
        rows.iter().find(|m| m.id == sent.id && m.status == DeliveryStatus::Failed).cloned()
    })
    .await;
    let failure = failed.failure.expect("why");
    assert_eq!(failure.code, Some(131_049));
    assert!(!failure.problem.message.is_empty());
    loop {
        match events.next().await.expect("the engine tells") {
            Event::SendSettled { message, good: false, .. } if message == sent.id => break,
            _ => {}
        }
    }
    assert!(scene.ask(call::GetConversation { conversation }).await.failed > 0, "the list says it too");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_mark_everything_earlier_and_standby_and_other_tools_are_named() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    let (person, _, conversation) = somebody(&scene, Channel::Messenger, "Hello?").await;
    let ours = |text: &str| {
        let along = Along { from_us: true, ..Along::default() };
        scene.meta.say_along(&sim, Some(&person), Sim::Text(text.into()), along).mid
    };
    let (one, two) = (ours("From the phone"), ours("And again"));
    let row = message(&scene, conversation, &two).await;
    assert_eq!((row.direction, row.origin), (Direction::Outbound, Origin::Elsewhere));
    assert_eq!(row.detail.app, "26390203743090", "Meta's own inbox sent it");
    scene.meta.happen(&sim, &person, &Happening::Seen);
    until(&scene, conversation, "both are read", |rows| {
        let read = |mid| find(rows, mid).is_some_and(|m| m.status == DeliveryStatus::Read);
        (read(&one) && read(&two)).then_some(())
    })
    .await;
    let along = Along { standby: true, ..Along::default() };
    let other = scene.meta.say_along(&sim, Some(&person), Sim::Text("To the bot".into()), along);
    assert!(message(&scene, conversation, &other.mid).await.detail.standby);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phones_history_is_the_past_and_not_news() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::WhatsApp).meta_id;
    scene.meta.history(
        &sim,
        "15550100888",
        &[(false, "Old question"), (true, "Old answer"), (false, "Old thanks")],
    );
    let conversation = scene.conversation_saying("Old thanks").await;
    assert_eq!((conversation.unread, conversation.account), (0, account));
    let rows = scene.thread(conversation.id).await;
    let sides: Vec<_> = rows.iter().map(|m| (m.direction, m.content.text())).collect();
    assert_eq!(
        sides,
        [
            (Direction::Inbound, "Old question"),
            (Direction::Outbound, "Old answer"),
            (Direction::Inbound, "Old thanks")
        ]
    );
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_accounts_traffic_is_counted_and_not_kept_and_our_further_ids_are_us() {
    let scene = Scene::new(12, 60).await;
    scene.meta.fault("third_own_id", None, None);
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    let outbound = |rows: Vec<(String, String, bool)>| rows.iter().filter(|(.., us)| *us).count();
    assert!(outbound(scene.everything(account).await) > 0, "what we wrote is ours by whatever id");
    let before = scene.ask(call::GetStorage {}).await;
    scene
        .deliver(
            r#"{"object":"instagram","entry":[{"id":"17841400000000001","time":1763628902,"messaging":[{
            "sender":{"id":"77"},"recipient":{"id":"17841400000000001"},"timestamp":1763628902000,
            "message":{"mid":"foreign_1","text":"Not for you"}}]}]}"#,
        )
        .await;
    let after = scene.ask(call::GetStorage {}).await;
    assert_eq!((after.messages, after.journal_rows), (before.messages, before.journal_rows));
    // The list has taught us the third id: under it the business is found, and never taken for a customer.
    let sim = scene.sim(Channel::Instagram).meta_id;
    scene.meta.say(&sim, None, "Who are you today?");
    scene.ask(call::PollNow { account }).await;
    let conversation = scene.conversation_saying("Who are you today?").await;
    let third = third_id(&scene).await;
    let now = scene.engine.clock().now().0;
    scene
        .deliver(&format!(
            r#"{{"object":"instagram","entry":[{{"id":"{third}","time":{now},"messaging":[{{
            "sender":{{"id":"4242"}},"recipient":{{"id":"{third}"}},"timestamp":{now},
            "message":{{"mid":"odd_1","text":"Echoed without a swap","is_echo":true}}}}]}}]}}"#
        ))
        .await;
    let odd = scene.conversation_saying("Echoed without a swap").await;
    assert_ne!(odd.id, conversation.id);
    let row = message(&scene, odd.id, "odd_1").await;
    assert_eq!(row.direction, Direction::Outbound, "is_echo decides, not the ids");
    scene.end().await;
}

/// The id that only the list used.
async fn third_id(scene: &Scene) -> String {
    let file = scene.folder.path().join("heliograph.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).read_only(true);
    let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let sim = scene.sim(Channel::Instagram).meta_id;
    for _ in 0..100 {
        let ids: String =
            sqlx::query_scalar("SELECT own_ids FROM accounts").fetch_one(&mut conn).await.unwrap();
        let ids: Vec<String> = serde_json::from_str(&ids).unwrap();
        // Beside it and the id in webhooks there is the one that belongs to the app.
        if let Some(id) = ids.into_iter().find(|id| *id != sim && id.starts_with("2573")) {
            return id;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no further id was learnt");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_version_reads_the_journal_again_and_makes_placeholders_real() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    let (person, first, conversation) = somebody(&scene, Channel::Messenger, "Look at this").await;
    let along = Along { quotes: Some(first), ..Along::default() };
    let card = Sim::Card { title: "Sea bowl".into(), text: "18 cm".into(), button: "See it".into() };
    let by_webhook = scene.meta.say_along(&sim, Some(&person), card, along).mid;
    message(&scene, conversation, &by_webhook).await;
    scene.meta.webhooks_idle().await;
    scene.meta.set_webhook(None);
    let by_poll = scene.meta.say_content(&sim, Some(&person), Sim::Images(2)).mid;
    scene.ask(call::PollNow { account }).await;
    message(&scene, conversation, &by_poll).await;
    let before = scene.thread(conversation).await;
    let Scene { meta, engine, folder, key } = scene;
    engine.stop().await;
    // As a version would have left them that knew no more than that there was something.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("heliograph.db"));
    let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    for sql in [
        "DELETE FROM attachments WHERE message IN (SELECT id FROM messages WHERE kind = 'placeholder')",
        "UPDATE messages SET what = 'Attachment', quotes = NULL WHERE kind = 'placeholder'",
        "UPDATE settings SET value = '{\"version\": 1}' WHERE key = 'decoder'",
    ] {
        sqlx::query(sql).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
    let engine = open(folder.path(), &key, &meta.origin()).await.unwrap();
    let scene = Scene { meta, engine, folder, key };
    let after = until(&scene, conversation, "everything is real again", |rows| {
        rows.iter().all(|m| !told(m).starts_with("Attachment")).then(|| rows.to_vec())
    })
    .await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.id, before.sent_at, before.status), (after.id, after.sent_at, after.status));
        assert_eq!(told(before), told(after));
        assert_eq!(before.quote, after.quote);
        let cards = |m: &Message| m.attachments.iter().map(|a| a.card.clone()).collect::<Vec<_>>();
        assert_eq!(cards(before), cards(after));
    }
    assert!(scene.ask(list(Filter::default())).await.rows.iter().any(|c| c.id == conversation));
    scene.end().await;
}

//! Photos and voices that people send are here a moment later, stay when Meta's links have ended, and go when they
//! are taken back.

use crate::desk::{Scene, call};
use engine::{
    model::*,
    server::{self, media::Asked},
};
use heliograph_simulator::Content;

/// The one file of a message that is not under way any more.
async fn settled(scene: &Scene, conversation: ConversationId, mid: &str) -> Attachment {
    let stretch = Stretch::Newest;
    scene
        .until("the file is settled", call::ListMessages { conversation, stretch, limit: 50 }, |page| {
            let message = page.rows.iter().find(|m| m.meta_id.as_ref().is_some_and(|id| id.0 == mid))?;
            message.attachments.first().filter(|a| a.state != FileState::Waiting).cloned()
        })
        .await
}

/// The conversation that holds a message.
async fn conversation_of(
    scene: &Scene,
    account: AccountId,
    said: &heliograph_simulator::Said,
) -> ConversationId {
    let filter = Filter { account: Some(account), ..Filter::default() };
    let mid = &said.mid;
    for _ in 0..50 {
        for conversation in scene.ask(crate::desk::list(filter.clone())).await.rows {
            let thread = scene.thread(conversation.id).await;
            if thread.iter().any(|m| m.meta_id.as_ref().is_some_and(|id| id.0 == *mid)) {
                return conversation.id;
            }
        }
        let mut events = scene.engine.events();
        let _ = tokio::time::timeout(std::time::Duration::from_millis(200), events.next()).await;
    }
    panic!("the message {mid} has not arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_and_a_voice_are_seen_and_heard_at_once_on_all_three_channels() {
    let scene = Scene::new(0, 0).await;
    let mut accounts = Vec::new();
    for channel in Channel::ALL {
        accounts.push((channel, scene.connect(channel).await));
    }
    scene.open_door().await;
    for (channel, account) in accounts {
        let sim = scene.sim(channel).meta_id;
        let photo = scene.meta.say_content(&sim, None, Content::Image);
        let conversation = conversation_of(&scene, account, &photo).await;
        let file = settled(&scene, conversation, &photo.mid).await;
        assert_eq!((file.state, file.mime.as_str()), (FileState::Kept, "image/png"), "{channel:?}: {file:?}");
        assert_eq!(file.size, Some((480, 360)));
        let (mime, path) = scene.engine.media(file.file.as_ref().unwrap()).await.unwrap();
        assert_eq!(mime, "image/png");
        assert_eq!(std::fs::metadata(path).unwrap().len(), file.bytes.unwrap());
        let small = scene.engine.media(&file.thumbnail.expect("a small copy")).await.unwrap().1;
        assert!(std::fs::metadata(small).unwrap().len() < 60_000);

        let hash = file.file.unwrap();
        let asked = Asked { range: Some("bytes=1-3"), name: None };
        let part = server::media::answer(&scene.engine, &hash, asked).await;
        assert_eq!((part.status().as_u16(), part.body().as_slice()), (206, b"PNG".as_slice()));

        let voice = scene.meta.say_content(&sim, Some(&photo.person), Content::Audio);
        let file = settled(&scene, conversation, &voice.mid).await;
        assert_eq!((file.state, file.length_ms), (FileState::Kept, Some(1_000)), "{channel:?}");
        assert!(!file.waveform.is_empty());

        let list = |kinds| call::ListMedia { conversation, kinds, after: None, limit: 10 };
        assert_eq!(scene.ask(list(vec![])).await.rows.len(), 2);
        let sounds = scene.ask(list(vec![FileKind::Sound])).await.rows;
        assert_eq!(sounds.len(), 1);
        assert!(!sounds[0].from_us);
    }
    let figures = scene.ask(call::GetStorage {}).await;
    assert_eq!(figures.media.len(), 6, "each account, photos and sounds: {:?}", figures.media);
    assert_eq!(figures.media_waiting, 0);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_ended_is_read_again_and_a_host_that_stumbles_is_asked_again() {
    let scene = Scene::new(0, 0).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    scene.meta.fault("dead_link", Some(1), Some("cdn image"));
    let first = scene.meta.say_content(&sim, None, Content::Image);
    let conversation = conversation_of(&scene, account, &first).await;
    assert_eq!(settled(&scene, conversation, &first.mid).await.state, FileState::Kept);

    scene.meta.fault("media_502", Some(1), Some("cdn image"));
    let second = scene.meta.say_content(&sim, Some(&first.person), Content::Image);
    assert_eq!(settled(&scene, conversation, &second.mid).await.state, FileState::Kept);

    scene.meta.fault("dead_link", None, Some("cdn image"));
    let third = scene.meta.say_content(&sim, Some(&first.person), Content::Image);
    let file = settled(&scene, conversation, &third.mid).await;
    assert_eq!((file.state, file.file), (FileState::Expired, None));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_calls_itself_a_photo_and_a_link_into_the_own_network_are_refused_in_words() {
    let scene = Scene::new(0, 0).await;
    let account = scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::WhatsApp).meta_id;
    let mut person = None;
    for (fault, words) in
        [("wrong_content", "it is text/html"), ("redirect_inward", "does not lead to one of Meta's")]
    {
        scene.meta.fault(fault, Some(1), Some("attachments"));
        let said = scene.meta.say_content(&sim, person.as_deref(), Content::Image);
        person = Some(said.person.clone());
        let conversation = conversation_of(&scene, account, &said).await;
        let file = settled(&scene, conversation, &said.mid).await;
        assert_eq!(file.state, FileState::Refused);
        assert!(file.fault.contains(words), "{}", file.fault);
    }
    assert_eq!(scene.ask(call::GetStorage {}).await.media_bytes, 0, "nothing of it stays");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_photo_of_an_unsent_message_is_gone_from_the_disk() {
    let scene = Scene::new(0, 0).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    let said = scene.meta.say_content(&sim, None, Content::Image);
    let conversation = conversation_of(&scene, account, &said).await;
    let file = settled(&scene, conversation, &said.mid).await;
    let (hash, small) = (file.file.unwrap(), file.thumbnail.unwrap());
    let now = scene.engine.clock().now().0;
    scene
        .deliver(
            &serde_json::json!({"object": "page", "entry": [{"id": sim, "time": now, "messaging": [{
                "sender": {"id": said.person}, "recipient": {"id": sim}, "timestamp": now,
                "message": {"mid": said.mid, "is_deleted": true}}]}]})
            .to_string(),
        )
        .await;
    assert!(scene.engine.media(&hash).await.is_none());
    assert!(scene.engine.media(&small).await.is_none());
    let list = call::ListMedia { conversation, kinds: vec![], after: None, limit: 10 };
    assert!(scene.ask(list).await.rows.is_empty());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_imported_past_brings_the_files_whose_links_live_and_says_of_the_others_that_they_ended() {
    let scene = Scene::new(150, 2_500).await;
    scene.meta.say_content(&scene.sim(Channel::Messenger).meta_id, None, Content::Image);
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let figures = scene
        .until("nothing waits", call::GetStorage {}, |figures| {
            (figures.media_waiting == 0).then(|| figures.clone())
        })
        .await;
    let week_ago = scene.engine.clock().now().plus(-7 * DAY);
    let (mut kept, mut ended) = (0, 0);
    for conversation in scene.conversations().await {
        for message in scene.thread(conversation.id).await {
            for file in message.attachments.iter().filter(|a| a.kind == "image" || a.kind == "audio") {
                match file.state {
                    FileState::Kept => kept += 1,
                    FileState::Expired => {
                        assert!(message.sent_at < week_ago, "{message:?}");
                        ended += 1;
                    }
                    other => panic!("{other:?}: {message:?}"),
                }
            }
        }
    }
    assert!(kept > 0 && ended > 0, "{kept} kept, {ended} ended");
    assert!(figures.media_bytes > 0);
    scene.end().await;
}

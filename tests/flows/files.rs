//! Files that a person sends: chosen, shown before they leave what becomes of them, brought to Meta, sent once.

use crate::desk::{Scene, call, open};
use engine::{Engine, model::*};
use futures_util::stream;
use image::{ImageBuffer, Rgb};
use std::io::Cursor;

/// A picture of noise, which does not get small.
pub fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let mut seed = 7_u32;
    let noise: ImageBuffer<Rgb<u8>, Vec<u8>> = ImageBuffer::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = seed.to_be_bytes();
        Rgb([a, b, c])
    });
    let mut file = Cursor::new(Vec::new());
    noise.write_to(&mut file, format).unwrap();
    file.into_inner()
}

pub async fn choose(engine: &Engine, conversation: ConversationId, name: &str, bytes: Vec<u8>) -> Upload {
    let pieces: Vec<Result<bytes::Bytes, std::io::Error>> =
        bytes.chunks(10_000).map(|piece| Ok(bytes::Bytes::copy_from_slice(piece))).collect();
    engine.upload(conversation, name, false, stream::iter(pieces)).await.unwrap()
}

/// A conversation whose window is open.
async fn opened(scene: &Scene, channel: Channel) -> ConversationId {
    let account = scene.connect(channel).await;
    scene.open_door().await;
    scene.imported(account).await;
    scene.meta.say(&scene.sim(channel).meta_id, None, "Can you send me a photo?");
    scene.conversation_saying("Can you send me a photo?").await.id
}

fn send(conversation: ConversationId, files: Vec<(UploadId, &str)>, key: &str) -> call::SendFiles {
    let files = files.into_iter().map(|(upload, c)| FileToSend { upload, caption: c.into() }).collect();
    call::SendFiles { conversation, files, key: key.into() }
}

/// Waits until a message of ours has left, or failed.
async fn left(scene: &Scene, conversation: ConversationId, message: MessageId) -> Message {
    let ask = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 };
    scene
        .until("it has left", ask, |page| {
            let found = page.rows.iter().find(|m| m.id == message)?;
            use DeliveryStatus::{Delivered, Failed, Read, Sent};
            matches!(found.status, Sent | Delivered | Read | Failed).then(|| found.clone())
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_leaves_once_on_all_three_channels_and_is_seen_here_and_there() {
    for channel in Channel::ALL {
        let scene = Scene::new(0, 0).await;
        let conversation = opened(&scene, channel).await;
        let png = picture(90, 60, image::ImageFormat::Png);
        let upload = choose(&scene.engine, conversation, "../vase.png", png.clone()).await;
        assert_eq!((upload.name.as_str(), upload.mime.as_str()), ("vase.png", "image/png"));
        assert_eq!(upload.size, Some((90, 60)));
        let caption = if channel == Channel::WhatsApp { "The blue one" } else { "" };
        let mut events = scene.engine.events();
        let files = send(conversation, vec![(upload.id, caption)], "k1");
        let sent = scene.ask(files.clone()).await;
        assert_eq!(scene.ask(files).await[0].id, sent[0].id, "the same key is the same send");
        assert!(scene.ask(call::ListUploads { conversation }).await.is_empty(), "the composer is empty");
        let message = left(&scene, conversation, sent[0].id).await;
        assert_ne!(message.status, DeliveryStatus::Failed, "{channel:?}: {:?}", message.failure);
        assert!(message.meta_id.is_some());
        let file = &message.attachments[0];
        assert_eq!((file.state, file.name.as_str()), (FileState::Kept, "vase.png"));
        let (_, path) = scene.engine.media(file.file.as_ref().unwrap()).await.unwrap();
        assert_eq!(std::fs::read(path).unwrap(), png);

        let sends = scene.meta.sends();
        assert_eq!(sends.len(), 1, "{channel:?}");
        assert_eq!(sends[0].body.contains("The blue one"), channel == Channel::WhatsApp);
        let truth = scene.meta.truth(&scene.sim(channel).meta_id);
        assert_eq!(truth.iter().filter(|m| m.from_us && m.kind == "image").count(), 1);
        scene.meta.webhooks_idle().await;
        let ours = |m: &&Message| m.direction == Direction::Outbound;
        assert_eq!(
            scene.thread(conversation).await.iter().filter(ours).count(),
            1,
            "its echo is no second bubble"
        );
        let mut told = 0;
        while let Ok(Some(event)) =
            tokio::time::timeout(std::time::Duration::from_millis(20), events.next()).await
        {
            told += usize::from(matches!(event, Event::SendProgress { percent: 100, .. }));
        }
        assert_eq!(told, 1, "the end of the upload is told once");
        scene.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_of_another_kind_becomes_a_jpeg_and_what_cannot_go_says_so_before() {
    let scene = Scene::new(0, 0).await;
    let conversation = opened(&scene, Channel::WhatsApp).await;
    let large =
        choose(&scene.engine, conversation, "large.png", picture(1_500, 1_400, image::ImageFormat::Png))
            .await;
    assert!(large.bytes > 5 * 1024 * 1024);
    let webp =
        choose(&scene.engine, conversation, "bild.webp", picture(80, 80, image::ImageFormat::WebP)).await;
    let rules = FileRules::of(Channel::WhatsApp, false);
    for upload in [&large, &webp] {
        let verdict = rules.verdict(upload.kind, &upload.mime, upload.bytes);
        assert!(matches!(verdict, FileVerdict::Converted { .. }), "{verdict:?}");
    }
    let sent = scene.ask(send(conversation, vec![(webp.id, ""), (large.id, "")], "k")).await;
    assert_eq!(sent.len(), 2);
    for (message, name) in sent.iter().zip(["bild.jpg", "large.jpg"]) {
        let message = left(&scene, conversation, message.id).await;
        assert_ne!(message.status, DeliveryStatus::Failed, "{:?}", message.failure);
        let file = &message.attachments[0];
        assert_eq!((file.mime.as_str(), file.name.as_str()), ("image/jpeg", name));
        assert!(file.bytes.unwrap() <= 5 * 1024 * 1024);
    }
    let order: Vec<String> = scene.meta.sends().iter().map(|s| s.mid.clone()).collect();
    let thread = scene.thread(conversation).await;
    let ours: Vec<String> = thread
        .iter()
        .filter(|m| m.direction == Direction::Outbound)
        .map(|m| m.meta_id.clone().unwrap().0)
        .collect();
    assert_eq!(order, ours, "in the order of the composer");
    scene.end().await;

    let scene = Scene::new(0, 0).await;
    let conversation = opened(&scene, Channel::Instagram).await;
    let film = choose(&scene.engine, conversation, "film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0".to_vec()).await;
    let refused = scene.engine.ask(send(conversation, vec![(film.id, "")], "k")).await.unwrap_err();
    assert!(refused.message.contains("takes only pictures"), "{}", refused.message);
    assert_eq!(scene.ask(call::ListUploads { conversation }).await.len(), 1, "it stays in the composer");
    assert!(scene.meta.sends().is_empty());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_upload_and_send_neither_uploads_nor_sends_twice() {
    let scene = Scene::new(0, 0).await;
    let conversation = opened(&scene, Channel::WhatsApp).await;
    let png = picture(40, 40, image::ImageFormat::Png);
    let upload = choose(&scene.engine, conversation, "a.png", png).await;
    // The upload goes through, the send is held back, and the app ends.
    scene.meta.fault("130429", None, Some("POST messages"));
    let sent = scene.ask(send(conversation, vec![(upload.id, "")], "k")).await;
    let ask = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 };
    scene
        .until("the send is held back", ask, |page| {
            let message = page.rows.iter().find(|m| m.id == sent[0].id)?;
            (message.status == DeliveryStatus::Queued && message.failure.is_some()).then_some(())
        })
        .await;
    let Scene { meta, engine, folder, key } = scene;
    engine.stop().await;
    meta.clear_faults();
    assert_eq!((meta.uploads(), meta.sends().len()), (1, 0));
    let engine = open(folder.path(), &key, &meta.origin()).await.unwrap();
    let scene = Scene { meta, engine, folder, key };
    let message = left(&scene, conversation, sent[0].id).await;
    assert_ne!(message.status, DeliveryStatus::Failed, "{:?}", message.failure);
    assert_eq!((scene.meta.uploads(), scene.meta.sends().len()), (1, 1));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_has_not_left_is_taken_back_and_gone() {
    let scene = Scene::new(0, 0).await;
    let conversation = opened(&scene, Channel::Messenger).await;
    scene.meta.fault("613", None, Some("POST messages"));
    let png = picture(40, 40, image::ImageFormat::Png);
    let upload = choose(&scene.engine, conversation, "a.png", png).await;
    let sent = scene.ask(send(conversation, vec![(upload.id, "")], "k")).await;
    let ask = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 50 };
    scene
        .until("it waits", ask, |page| {
            let message = page.rows.iter().find(|m| m.id == sent[0].id)?;
            (message.status == DeliveryStatus::Queued && message.failure.is_some()).then_some(())
        })
        .await;
    scene.ask(call::DiscardMessage { message: sent[0].id }).await;
    assert!(scene.thread(conversation).await.iter().all(|m| m.direction == Direction::Inbound));
    assert!(scene.meta.sends().is_empty(), "and it never left");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_of_a_file_is_found_and_an_id_that_ended_is_uploaded_again() {
    let scene = Scene::new(0, 0).await;
    let conversation = opened(&scene, Channel::Messenger).await;
    scene.meta.fault("dead_after_delivery", Some(1), Some("POST messages"));
    scene.meta.fault("no_echo", Some(1), None);
    let upload = choose(&scene.engine, conversation, "a.png", picture(40, 40, image::ImageFormat::Png)).await;
    let sent = scene.ask(send(conversation, vec![(upload.id, "")], "k1")).await;
    let message = left(&scene, conversation, sent[0].id).await;
    assert_ne!(message.status, DeliveryStatus::Failed, "{:?}", message.failure);
    assert_eq!(scene.meta.sends().len(), 1, "looked for, not sent again");

    scene.meta.fault("100_2018074", Some(1), Some("POST messages"));
    let upload = choose(&scene.engine, conversation, "b.png", picture(41, 40, image::ImageFormat::Png)).await;
    let sent = scene.ask(send(conversation, vec![(upload.id, "")], "k2")).await;
    let message = left(&scene, conversation, sent[0].id).await;
    assert_eq!(message.status, DeliveryStatus::Failed);
    scene.ask(call::RetryMessage { message: sent[0].id }).await;
    let message = left(&scene, conversation, sent[0].id).await;
    assert_ne!(message.status, DeliveryStatus::Failed, "{:?}", message.failure);
    assert_eq!(scene.meta.sends().len(), 2);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_wait_in_their_composer_in_the_order_given_and_are_gone_from_the_disk_when_taken_out() {
    let scene = Scene::new(0, 0).await;
    let conversation = opened(&scene, Channel::Messenger).await;
    let mut ids = Vec::new();
    for n in 0..3_u32 {
        let png = picture(40 + n, 40, image::ImageFormat::Png);
        ids.push(choose(&scene.engine, conversation, &format!("{n}.png"), png).await);
    }
    let order: Vec<UploadId> = [2, 0, 1].map(|n: usize| ids[n].id).to_vec();
    scene.ask(call::ArrangeUploads { conversation, order: order.clone() }).await;
    let listed = scene.ask(call::ListUploads { conversation }).await;
    assert_eq!(listed.iter().map(|u| u.id).collect::<Vec<_>>(), order);
    scene.ask(call::RemoveUpload { upload: order[0] }).await;
    scene.ask(call::RemoveUpload { upload: order[0] }).await;
    assert!(scene.engine.media(&ids[2].file).await.is_none());
    assert_eq!(scene.ask(call::ListUploads { conversation }).await.len(), 2);
    let nothing = stream::iter(Vec::<Result<bytes::Bytes, std::io::Error>>::new());
    let empty = scene.engine.upload(conversation, "a", false, nothing).await.unwrap_err();
    assert_eq!(empty.message, "The file is empty.");
    scene.end().await;
}

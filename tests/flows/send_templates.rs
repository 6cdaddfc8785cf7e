//! Templates: read from Meta, filled in, sent when nothing else may leave, followed when Meta changes them.

use crate::desk::{Scene, call};
use crate::files::{choose, picture};
use crate::send::status;
use engine::model::*;

const GONE: [DeliveryStatus; 3] = [DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read];

async fn templates(scene: &Scene, account: AccountId) -> Vec<Template> {
    scene
        .until("the templates are here", call::ListTemplates { account }, |list| {
            list.synced_at.map(|_| list.rows.clone())
        })
        .await
}

fn filled(template: &Template) -> Filled {
    let mut filled = template.parts.examples.clone();
    if template.parts.blanks().contains(&Blank::File) {
        filled.insert(Blank::File, "https://jaspers.example/sale.jpg".into());
    }
    if template.parts.header == Some(TemplateHeader::Location) {
        let place = ["Jasper's Market", "1 Harbour Road", "35.9", "14.5"];
        filled.extend(
            PLACE.iter().zip(place).map(|(part, words)| (Blank::Place((*part).into()), words.into())),
        );
    }
    filled
}

/// Somebody whose day is over, on both sides of the wire.
async fn somebody_of_yesterday(scene: &Scene, channel: Channel) -> Conversation {
    let sim = scene.sim(channel).meta_id;
    let said = scene.meta.say(&sim, None, "See you tomorrow");
    let conversation = scene.conversation_saying("See you tomorrow").await;
    scene.meta.advance(25 * HOUR);
    let reply = call::SendText {
        conversation: conversation.id,
        text: "Too late".into(),
        key: said.mid,
        manner: Manner::default(),
    };
    let late = scene.ask(reply).await;
    let late = status(scene, conversation.id, "Too late", &[DeliveryStatus::Failed]).await.id.min(late.id);
    scene.ask(call::DiscardMessage { message: late }).await;
    scene
        .until("the window is closed", call::GetConversation { conversation: conversation.id }, |c| {
            c.window.refused_at.map(|_| c.clone())
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_window_is_closed_a_template_leaves_on_whatsapp_and_on_messenger() {
    for channel in [Channel::WhatsApp, Channel::Messenger] {
        let scene = Scene::new(12, 60).await;
        let account = scene.connect(channel).await;
        scene.open_door().await;
        let all = templates(&scene, account).await;
        let conversation = somebody_of_yesterday(&scene, channel).await.id;
        let send = |template: &Template, filled: Filled| call::SendTemplate {
            conversation,
            template: template.id,
            filled,
            key: format!("{} {}", template.name, template.language),
            send_at: None,
            file: None,
        };
        for template in all.iter().filter(|t| t.status == "APPROVED") {
            if !template.parts.blanks().is_empty() {
                let problem = scene.engine.ask(send(template, Filled::new())).await.unwrap_err();
                assert_eq!(
                    problem.code,
                    Code::BadRequest,
                    "said before Meta refuses it: {}",
                    problem.message
                );
            }
            let values = filled(template);
            let words = template.parts.look(&values).words();
            scene.ask(send(template, values)).await;
            status(&scene, conversation, &words, &GONE).await;
            let sent = scene.meta.sends().into_iter().rev().find(|s| s.text == words);
            assert!(sent.is_some(), "Meta shows the words of the preview: {words:?}");
        }
        let again = templates(&scene, account).await;
        assert!(again[0].used_at.is_some(), "last used first");
        scene.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_this_computer_stands_in_the_header_of_a_template() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let all = templates(&scene, account).await;
    let conversation = somebody_of_yesterday(&scene, Channel::WhatsApp).await.id;
    let of = |name: &str| all.iter().find(|t| t.name == name).unwrap();
    let send = |template: &Template, file: UploadId| call::SendTemplate {
        conversation,
        template: template.id,
        filled: template.parts.examples.clone(),
        key: template.name.clone(),
        send_at: None,
        file: Some(file),
    };
    let webp =
        choose(&scene.engine, conversation, "sale.webp", picture(60, 40, image::ImageFormat::WebP)).await;
    let wrong = scene.engine.ask(send(of("price_list"), webp.id)).await.unwrap_err();
    assert_eq!(wrong.message, "The header takes a document: sale.jpg is none.");
    let none = scene.engine.ask(send(of("are_you_there"), webp.id)).await.unwrap_err();
    assert_eq!(none.message, "This template has no place for a file.");

    let sent = scene.ask(send(of("summer_sale"), webp.id)).await;
    assert_eq!(sent.attachments.len(), 1, "the bubble shows it at once");
    assert!(scene.ask(call::ListUploads { conversation }).await.is_empty(), "the composer is empty");
    let words = of("summer_sale").parts.look(&of("summer_sale").parts.examples).words();
    status(&scene, conversation, &words, &GONE).await;
    let pdf = choose(&scene.engine, conversation, "Price list.pdf", b"%PDF-1.7 prices".to_vec()).await;
    scene.ask(send(of("price_list"), pdf.id)).await;
    status(&scene, conversation, "Here is the price list that you asked for.", &GONE).await;

    assert_eq!(scene.meta.uploads(), 2, "each was brought to Meta once");
    let bodies: Vec<String> = scene.meta.sends().into_iter().map(|s| s.body).collect();
    assert!(bodies.iter().any(|b| b.contains("\"image\":{\"id\"")), "{bodies:?}");
    assert!(bodies.iter().any(|b| b.contains("\"filename\":\"Price list.pdf\"")), "{bodies:?}");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_meta_pauses_is_not_offered_any_more() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let all = templates(&scene, account).await;
    assert_eq!(all.len(), 7, "every page, refused ones too");
    assert!(all.iter().any(|t| t.name == "too_pushy" && t.obstacle().is_some()));
    scene.meta.set_template_status("are_you_there", "PAUSED");
    scene
        .until("the pause is known", call::ListTemplates { account }, |list| {
            let it = list.rows.iter().find(|t| t.name == "are_you_there")?;
            it.obstacle()
        })
        .await;
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instagram_has_no_templates_and_says_so() {
    let scene = Scene::new(12, 60).await;
    let account = scene.connect(Channel::Instagram).await;
    let list = scene.ask(call::ListTemplates { account }).await;
    assert!(!list.possible && list.rows.is_empty());
    let problem = scene.engine.ask(call::SyncTemplates { account }).await.unwrap_err();
    assert_eq!(problem.code, Code::NotAllowed);
    scene.end().await;
}

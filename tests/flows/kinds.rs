//! Every kind arrives and is kept as what it is, by webhook and by import, once, whatever the order.

use crate::desk::{Scene, call};
use engine::model::*;
use heliograph_simulator::{
    Along, Content as Sim, Happening, Referral as SimReferral, Tap, WebhookBehaviour,
};

/// A message of the conversation once it is there.
pub async fn message(scene: &Scene, conversation: ConversationId, mid: &str) -> Message {
    until(scene, conversation, &format!("{mid} is there"), |rows| find(rows, mid).cloned()).await
}

/// Looks at the conversation's newest stretch until `check` finds what it looks for.
pub async fn until<T>(
    scene: &Scene,
    conversation: ConversationId,
    what: &str,
    mut check: impl FnMut(&[Message]) -> Option<T>,
) -> T {
    let ask = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 200 };
    scene.until(what, ask, |page| check(&page.rows)).await
}

pub fn find<'a>(rows: &'a [Message], mid: &str) -> Option<&'a Message> {
    rows.iter().find(|m| m.meta_id.as_ref().is_some_and(|id| id.as_str() == mid))
}

/// "Photo|image image|": name, kinds of what is attached, and words.
pub fn told(message: &Message) -> String {
    let what = match &message.content {
        Content::Placeholder { what, .. } => what.as_str(),
        Content::Text { .. } => "",
        Content::Unsent => "unsent",
        Content::Note { .. } | Content::Activity { .. } => "line",
    };
    let kinds: Vec<&str> = message.attachments.iter().map(|a| a.kind.as_str()).collect();
    format!("{what}|{}|{}", kinds.join(" "), message.content.text())
}

fn lines(rows: &[Message]) -> Vec<Activity> {
    rows.iter()
        .filter_map(|m| match &m.content {
            Content::Activity { activity } => Some(activity.clone()),
            _ => None,
        })
        .collect()
}

/// What is said, and what [`told`] makes of it on Instagram, Messenger and WhatsApp; `None` = not told there.
fn kinds() -> Vec<(Sim, [Option<&'static str>; 3])> {
    let all = |told| [Some(told); 3];
    vec![
        (Sim::Text("Hello there".into()), all("||Hello there")),
        (Sim::Image, all("Photo|image|")),
        (
            Sim::Images(3),
            [Some("Photos|image image image|"), Some("Photos|image image image|"), Some("Photo|image|")],
        ),
        (
            Sim::Captioned("This one?".into()),
            [Some("||This one?"), Some("||This one?"), Some("Photo|image|This one?")],
        ),
        (Sim::Video, all("Video|video|")),
        (Sim::Audio, [Some("Audio|audio|"), Some("Audio|audio|"), Some("Voice message|voice|")]),
        (Sim::File("Offer.pdf".into()), [Some("File|file|"), Some("File|file|"), Some("File|document|")]),
        (Sim::Sticker, [Some("Heart|like_heart|"), Some("Sticker|sticker|"), Some("Sticker|sticker|")]),
        (Sim::StoryReply("So pretty".into()), [Some("Story reply||So pretty"), None, None]),
        (Sim::StoryMention, [Some("Mentioned you in a story|story_mention|"), None, None]),
        (Sim::SharedStory, [Some("Shared story|ig_story|"), None, None]),
        (Sim::Post("New glazes".into()), [Some("Shared post|ig_post|"), Some("Shared post|post|"), None]),
        (
            Sim::Reel("A bowl is thrown".into()),
            [Some("Shared reel|ig_reel|"), Some("Shared reel|ig_reel|"), None],
        ),
        (
            Sim::Card { title: "Sea bowl".into(), text: "18 cm".into(), button: "See it".into() },
            [Some("Card|template|"), Some("Card|template|"), Some("Card|template|18 cm")],
        ),
        (
            Sim::Place { name: "Harbour Café".into(), address: "4 Quay Street".into() },
            [Some("||Harbour Café, 4 Quay Street"), Some("Location|location|"), Some("Location|location|")],
        ),
        (
            Sim::Contact { name: "Noor Haddad".into(), phone: "+15550100422".into() },
            [None, None, Some("Contact|contacts|")],
        ),
        (Sim::Order("Wrapped, please".into()), [None, None, Some("Order|order|Wrapped, please")]),
        (Sim::Tap { form: Tap::QuickReply, title: "Yes, please".into() }, all("||Yes, please")),
        (
            Sim::Tap { form: Tap::Button, title: "Show me".into() },
            [Some("Tapped button||Show me"), Some("Tapped button||Show me"), Some("||Show me")],
        ),
        (Sim::Tap { form: Tap::Row, title: "Large".into() }, [None, None, Some("||Large")]),
        (Sim::Form(vec![("pick_up_day".into(), "Friday".into())]), [None, None, Some("Answered form||Sent")]),
        (Sim::Ephemeral, [Some("Disappearing photo or video|ephemeral|"), None, None]),
        (Sim::Unsupported, all("Message that Meta does not pass on||")),
        (Sim::Poll, [None, None, Some("Message that Meta does not pass on||")]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_arrives_by_webhook_as_what_it_is_and_once() {
    let scene = Scene::new(6, 12).await;
    for channel in Channel::ALL {
        let account = scene.connect(channel).await;
        scene.imported(account).await;
    }
    scene.open_door().await;
    let rough = WebhookBehaviour { duplicate_every: 2, reorder: true, batch: 3, ..Default::default() };
    scene.meta.set_webhook_behaviour(rough);
    for (n, channel) in Channel::ALL.into_iter().enumerate() {
        let sim = scene.sim(channel).meta_id;
        let first = format!("First on {}", channel.name());
        let person = scene.meta.say(&sim, None, &first).person;
        let conversation = scene.conversation_saying(&first).await.id;
        for (content, expected) in kinds() {
            let Some(expected) = expected[n] else { continue };
            let said = scene.meta.say_content(&sim, Some(&person), content.clone());
            let row = message(&scene, conversation, &said.mid).await;
            assert_eq!(told(&row), expected, "{channel:?} {content:?}");
            assert_eq!(row.direction, Direction::Inbound);
        }
        scene.meta.webhooks_idle().await;
        let rows = scene.thread(conversation).await;
        let mut ids: Vec<_> = rows.iter().filter_map(|m| m.meta_id.clone()).collect();
        let before = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), rows.len()), (before, before), "each once, and nothing else");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_past_shows_is_imported_as_what_it_is() {
    let scene = Scene::new(6, 12).await;
    let past = || Along { silent: true, ..Along::default() };
    let mut said = Vec::new();
    for (n, channel) in [Channel::Instagram, Channel::Messenger].into_iter().enumerate() {
        let sim = scene.sim(channel).meta_id;
        for (content, expected) in kinds() {
            // A thread of its own for each: details are told for the newest 20 only.
            let one = scene.meta.say_along(&sim, None, content.clone(), past());
            let expected = match (&content, expected[n]) {
                // Lists show a tap as the words on the button, and an attached link as a share.
                (Sim::Tap { form: Tap::Button, .. }, _) => Some("||Show me"),
                // Instagram's list has no word for its heart.
                (Sim::Sticker, _) if channel == Channel::Instagram => {
                    Some("Message that Meta does not pass on||")
                }
                (Sim::Place { .. }, _) if channel == Channel::Messenger => Some("Shared post|share|"),
                (_, expected) if content.is_listed() => expected,
                _ => None,
            };
            if let Some(expected) = expected {
                said.push((channel, one, expected));
            }
        }
    }
    for channel in [Channel::Instagram, Channel::Messenger] {
        let account = scene.connect(channel).await;
        scene.imported(account).await;
    }
    let conversations = scene.conversations().await;
    let mut rows = Vec::new();
    for conversation in conversations {
        rows.extend(scene.thread(conversation.id).await);
    }
    for (channel, one, expected) in said {
        let row = find(&rows, &one.mid).unwrap_or_else(|| panic!("{channel:?} {expected} was not imported"));
        let is_card = told(row) == "Card|template|";
        assert!(
            told(row) == expected || is_card && expected.starts_with("Card"),
            "{channel:?} {}",
            told(row)
        );
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cards_say_what_was_in_them() {
    let scene = Scene::new(6, 12).await;
    scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::WhatsApp).meta_id;
    let person = scene.meta.say(&sim, None, "Cards").person;
    let conversation = scene.conversation_saying("Cards").await.id;
    let said = |content| scene.meta.say_content(&sim, Some(&person), content).mid;
    let place = said(Sim::Place { name: "Harbour Café".into(), address: "4 Quay Street".into() });
    let contact = said(Sim::Contact { name: "Noor Haddad".into(), phone: "+15550100422".into() });
    let order = said(Sim::Order("Wrapped, please".into()));
    let form = said(Sim::Form(vec![("pick_up_day".into(), "Friday".into())]));
    let card = |m: Message| m.attachments[0].card.clone().unwrap();
    let Card::Place { name, address, latitude, .. } = card(message(&scene, conversation, &place).await)
    else {
        panic!("a place")
    };
    assert_eq!((name.as_str(), address.as_str(), latitude > 35.0), ("Harbour Café", "4 Quay Street", true));
    let Card::Person { name, phones, organisation, .. } = card(message(&scene, conversation, &contact).await)
    else {
        panic!("a person")
    };
    assert_eq!(
        (name.as_str(), phones[0].as_str(), organisation.as_str()),
        ("Noor Haddad", "+15550100422", "Harbour Café")
    );
    let Card::Order { lines, .. } = card(message(&scene, conversation, &order).await) else {
        panic!("an order")
    };
    assert_eq!((lines.len(), lines[0].quantity, lines[0].currency.as_str()), (2, 2, "EUR"));
    let form = message(&scene, conversation, &form).await;
    assert_eq!(
        form.detail.answers,
        [("pick up day".to_owned(), "Friday".to_owned())],
        "without Meta's own token"
    );
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_ads_forwards_and_groups_are_told_beside_the_words() {
    let scene = Scene::new(6, 12).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    for channel in Channel::ALL {
        let sim = scene.sim(channel).meta_id;
        let hello = format!("Do you deliver, {}?", channel.name());
        let first = scene.meta.say(&sim, None, &hello);
        let conversation = scene.conversation_saying(&hello).await.id;
        let along = Along { quotes: Some(first.mid.clone()), ..Along::default() };
        let answer = scene.meta.say_along(&sim, Some(&first.person), Sim::Text("Tomorrow?".into()), along);
        let row = message(&scene, conversation, &answer.mid).await;
        let Some(Quote::Message { message: Some(_), from_us: false, text }) = row.quote else {
            panic!("{channel:?}: {:?}", row.quote)
        };
        assert_eq!(text, hello);
        let ad = SimReferral::Ad { title: "Spring glazes".into(), text: "Fired this week".into() };
        let along = Along { referral: Some(ad), ..Along::default() };
        let came =
            scene.meta.say_along(&sim, None, Sim::Text(format!("Saw it on {}", channel.name())), along);
        let conversation = scene.conversation_saying(&format!("Saw it on {}", channel.name())).await;
        let referral = message(&scene, conversation.id, &came.mid).await.detail.referral.expect("an ad");
        assert!(referral.ad);
        assert_eq!((referral.title.as_str(), referral.ad_id.as_str()), ("Spring glazes", "6045246247433"));
        assert_eq!(referral.click_id.is_empty(), channel != Channel::WhatsApp);
        // A click-to-WhatsApp ad opens three days (graph-api g.1).
        let row = message(&scene, conversation.id, &came.mid).await;
        let days = if channel == Channel::WhatsApp { 3 } else { 1 };
        assert_eq!(conversation.window.closes_at, Some(row.sent_at.plus(days * DAY)));
    }
    let sim = scene.sim(Channel::WhatsApp).meta_id;
    let along = Along { author: Some("15550100777".into()), forwarded: true, ..Along::default() };
    let said =
        scene.meta.say_along(&sim, Some("120363041234567890"), Sim::Text("For all of you".into()), along);
    let conversation = scene.conversation_saying("For all of you").await;
    let row = message(&scene, conversation.id, &said.mid).await;
    assert!(row.detail.forwarded && !row.detail.author.is_empty(), "{:?}", row.detail);
    let along = Along { without_phone: true, ..Along::default() };
    scene.meta.say_along(&sim, None, Sim::Text("No number of mine".into()), along);
    let conversation = scene.conversation_saying("No number of mine").await;
    let contact = scene.ask(call::GetContact { conversation: conversation.id }).await;
    assert_eq!(contact.phone, None, "known by the business-scoped id alone");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_besides_is_a_line_each_once() {
    let scene = Scene::new(6, 12).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    scene.meta.set_webhook_behaviour(WebhookBehaviour { duplicate_every: 1, ..Default::default() });
    let expect = |channel: Channel| -> Vec<(Happening, &'static str)> {
        match channel {
            Channel::WhatsApp => vec![
                (Happening::OptIn(false), "OptIn { allowed: false }"),
                (Happening::Called(Some(61)), "Call { outcome: Ended, by_them: true, seconds: Some(61) }"),
                (Happening::Called(None), "Call { outcome: Missed, by_them: true, seconds: None }"),
                (Happening::IdentityChanged, "IdentityChanged"),
                (Happening::HandedOver, "HandedOver"),
                (Happening::HandedBack, "TakenOver"),
            ],
            _ => vec![
                (Happening::Postback("Show me bowls".into()), "Tapped { title: \"Show me bowls\" }"),
                (Happening::Came(SimReferral::Link("stall".into())), "CameFrom"),
                (Happening::OptIn(true), "OptIn { allowed: true }"),
                (Happening::HandedOver, "HandedOver"),
                (Happening::HandOverAsked, "HandOverAsked"),
                (Happening::HandedBack, "TakenOver"),
            ],
        }
    };
    for channel in Channel::ALL {
        let sim = scene.sim(channel).meta_id;
        let hello = format!("Hi {}", channel.name());
        let person = scene.meta.say(&sim, None, &hello).person;
        let conversation = scene.conversation_saying(&hello).await.id;
        let mut expected = Vec::new();
        for (what, line) in expect(channel) {
            scene.meta.happen(&sim, &person, &what);
            expected.push(line);
            let found = until(&scene, conversation, line, |rows| {
                let lines = lines(rows);
                (lines.len() == expected.len()).then_some(lines)
            })
            .await;
            let newest = format!("{:?}", found.last().unwrap());
            assert!(newest.starts_with(line), "{channel:?}: {newest}");
        }
        scene.meta.webhooks_idle().await;
        assert_eq!(
            lines(&scene.thread(conversation).await).len(),
            expected.len(),
            "twice delivered, once told"
        );
        let row = scene.ask(call::GetConversation { conversation }).await;
        assert_eq!(row.last.unwrap().text, hello, "lines do not speak for the conversation");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_comes_after_the_list_makes_whole_what_the_list_could_only_name() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    let sim = scene.sim(Channel::Instagram).meta_id;
    let person = scene.meta.say(&sim, None, "Hearts").person;
    scene.ask(call::PollNow { account }).await;
    let conversation = scene.conversation_saying("Hearts").await.id;
    let heart = scene.meta.say_content(&sim, Some(&person), Sim::Sticker);
    scene.ask(call::PollNow { account }).await;
    let before = message(&scene, conversation, &heart.mid).await;
    assert_eq!(told(&before), "Message that Meta does not pass on||");
    let bodies = scene.meta.bodies(&sim, "x");
    let body = bodies.iter().find(|b| String::from_utf8_lossy(&b.body).contains(&heart.mid)).unwrap();
    scene.deliver(std::str::from_utf8(&body.body).unwrap()).await;
    let after = message(&scene, conversation, &heart.mid).await;
    assert_eq!(told(&after), "Heart|like_heart|");
    // The same row; a webhook tells milliseconds where a list tells seconds.
    assert_eq!((before.id, before.sent_at.0 / 1000), (after.id, after.sent_at.0 / 1000));
    scene.end().await;
}

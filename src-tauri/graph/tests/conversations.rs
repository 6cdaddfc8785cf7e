//! Reading conversations back, with the traps of graph-api b.

use super::{account, messenger, script::Script};
use crate::{
    graph::{
        Account, Error, Priority,
        delivery::{AttachmentKind, ReplyTo},
    },
    model::{Channel, Login, MetaMessageId, MetaPersonId, MetaThreadId, Timestamp},
};
use serde_json::{Value, json};

const LIST: &str = "/v26.0/68/conversations";

fn instagram(script: &Script) -> Account {
    script.on("/v26.0/17", json!({"id": "17", "username": "jaspersmarket"}));
    account(script, Channel::Instagram, Login::FacebookPage)
}

fn message(id: &str, from: &str, text: &str) -> Value {
    json!({"id": id, "created_time": "2026-11-20T09:15:02+0000", "message": text,
        "from": {"id": from, "name": "x"}, "to": {"data": [{"id": if from == "68" { "60" } else { "68" }}]}})
}

fn thread(messages: &[Value]) -> Value {
    json!({"id": "t_1", "updated_time": "2026-11-20T09:15:02+0000", "can_reply": true, "unread_count": 2,
        "participants": {"data": [{"id": "60", "name": "Marta Vella"}, {"id": "68", "name": "Jasper's"}]},
        "messages": {"data": messages, "paging": {"cursors": {"after": "M2"}, "next": "http://elsewhere.example/"}}})
}

async fn list(account: &Account) -> Result<crate::graph::Page<crate::graph::Thread>, Error> {
    account.conversations(None, 25, 20, Priority::Interactive).await
}

#[tokio::test]
async fn threads_come_with_their_messages_and_direction_is_ours_or_theirs() {
    let script = Script::start().await;
    let next = format!("{}/v26.0/68/conversations?after=C2&access_token=secret", script.origin);
    script.on(
        LIST,
        json!({"data": [thread(&[message("m_2", "68", "Yes."), message("m_1", "60", "Do you?")])],
        "paging": {"cursors": {"after": "C2"}, "next": next}}),
    );
    let page = list(&messenger(&script)).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("C2"));
    let thread = &page.data[0];
    assert_eq!(thread.person.as_ref().unwrap().name.as_deref(), Some("Marta Vella"));
    assert_eq!(thread.updated_time, Timestamp(1_795_166_102_000));
    let messages = thread.messages.as_ref().unwrap();
    assert_eq!(messages.next, None, "a next page on another host is none");
    let told: Vec<_> =
        messages.data.iter().map(|m| (m.message.from_us, m.message.person.id.as_str())).collect();
    assert_eq!(told, [(true, "60"), (false, "60")]);
    let asked = script.last();
    assert_eq!(asked.query["platform"], "messenger");
    assert!(asked.query["fields"].contains("messages.limit(20){id,"), "{}", asked.query["fields"]);
}

#[tokio::test]
async fn a_third_id_of_ours_is_known_by_its_name() {
    let script = Script::start().await;
    let from = |id: &str, username: &str| {
        json!({"id": format!("mid-{id}"), "from": {"id": id, "username": username}, "message": "hi",
            "to": {"data": [{"id": "60", "username": "marta.v"}]}})
    };
    let thread = json!({"id": "t", "updated_time": 1_795_166_102,
        "participants": {"data": [{"id": "99", "username": "JaspersMarket"}, {"id": "60", "username": "marta.v"}]},
        "messages": {"data": [from("99", "jaspersmarket"), from("98", "jaspersmarket"), from("60", "marta.v")]}});
    let account = instagram(&script);
    script.on(LIST, json!({"data": [thread]}));
    let page = list(&account).await.unwrap();
    assert_eq!(page.data[0].person.as_ref().unwrap().username.as_deref(), Some("marta.v"));
    let ours: Vec<_> =
        page.data[0].messages.as_ref().unwrap().data.iter().map(|m| m.message.from_us).collect();
    assert_eq!(ours, [true, true, false]);
}

#[tokio::test]
async fn a_refused_field_is_asked_without_once() {
    let script = Script::start().await;
    let refusal = "(#100) Tried accessing nonexisting field (shares) on node type (ShadowIGMessage)";
    script
        .fail(LIST, 400, json!({"error": {"message": refusal, "code": 100}}))
        .on(LIST, json!({"data": [thread(&[message("m_1", "60", "Do you?")])]}));
    let page = list(&messenger(&script)).await.unwrap();
    assert_eq!(page.data[0].messages.as_ref().unwrap().data.len(), 1);
    assert!(script.last().query["fields"].contains("{id,from,to,created_time,message}"));

    let script = Script::start().await;
    script.fail(LIST, 400, json!({"error": {"message": refusal, "code": 100}}));
    list(&messenger(&script)).await.unwrap_err();
    assert_eq!(script.asked().len(), 2, "once, not for ever");
}

#[tokio::test]
async fn too_much_data_is_asked_for_in_smaller_pages_and_remembered() {
    let script = Script::start().await;
    let much = json!({"error": {"message": "Please reduce the amount of data you're asking for", "code": 1}});
    script.fail(LIST, 500, much.clone()).fail(LIST, 500, much).on(LIST, json!({"data": []}));
    let account = messenger(&script);
    list(&account).await.unwrap();
    list(&account).await.unwrap();
    let limits: Vec<_> = script.asked().iter().map(|a| a.query["limit"].clone()).collect();
    assert_eq!(limits, ["25", "5", "1", "1"]);
}

#[tokio::test]
async fn a_message_without_details_is_none_and_not_deleted() {
    let script = Script::start().await;
    script.fail("/v26.0/m_%2Fold", 400, json!({"error": {"message": "deleted", "code": 9_000_001}}));
    let found = messenger(&script).message(&MetaMessageId("m_/old".into()), Priority::Interactive).await;
    assert_eq!(found.unwrap(), None);
}

#[tokio::test]
async fn a_dead_cursor_can_be_told_from_other_refusals() {
    let script = Script::start().await;
    script
        .fail("/v26.0/t_1/messages", 400, json!({"error": {"message": "(#100) Invalid cursor", "code": 100}}))
        .fail("/v26.0/t_1/messages", 400, json!({"error": {"message": "(#100) other", "code": 100}}));
    let account = messenger(&script);
    let thread = MetaThreadId("t_1".into());
    let first = account.messages(&thread, Some("X"), Priority::Interactive).await.unwrap_err();
    let second = account.messages(&thread, Some("X"), Priority::Interactive).await.unwrap_err();
    assert!(first.is_bad_cursor() && !second.is_bad_cursor());
}

#[tokio::test]
async fn a_lost_send_is_found_by_its_words_and_time() {
    let script = Script::start().await;
    let messages = [
        message("m_3", "60", "Yes, every day."),
        message("m_2", "68", "Yes,\nevery day. "),
        message("m_1", "68", "Something else"),
    ];
    script.on(LIST, json!({"data": [thread(&messages)]}));
    let account = messenger(&script);
    let person = MetaPersonId("60".into());
    let found = account.find_sent(&person, "Yes,\r\nevery day.", Timestamp(1_795_166_000_000)).await.unwrap();
    assert_eq!(found.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["m_2"]);
    assert!(found[0].at.is_some());
    assert_eq!(script.last().query["user_id"], "60");
    let later = account.find_sent(&person, "Yes,\nevery day.", Timestamp(1_795_166_999_000)).await.unwrap();
    assert!(later.is_empty(), "an earlier message with the same words is another one");

    let number = super::account(&script, Channel::WhatsApp, Login::WhatsAppCloud);
    assert!(!number.can_find_sent());
    assert!(matches!(number.find_sent(&person, "x", Timestamp(0)).await, Err(Error::NoSuchCall)));
}

#[tokio::test]
async fn what_a_message_carries_reads_like_a_webhook() {
    let script = Script::start().await;
    let m = json!({"id": "m", "created_time": "2026-11-20T09:15:02+0000", "from": {"id": "60", "username": "marta.v"},
        "to": {"data": [{"id": "17"}]}, "is_unsupported": "false",
        "attachments": {"data": [
            {"id": "1", "mime_type": "image/jpeg", "name": "image-1", "image_data": {"url": "https://x.fbcdn.net/1"}},
            {"id": "2", "mime_type": "audio/mpeg", "file_url": "https://x.fbcdn.net/2"},
            {"id": "3", "generic_template": {"title": "Hat", "media_url": "https://x.fbcdn.net/3"}},
            {"id": "4", "video_data": {"url": "https://x.fbcdn.net/4"}}]},
        "shares": {"data": [{"type": "ig_post", "url": "https://www.instagram.com/p/1/"}]},
        "story": {"reply_to": {"id": "18", "link": "https://x.fbcdn.net/5"}, "mention": {"id": "19", "link": "https://x.fbcdn.net/6"}},
        "reactions": {"data": [{"reaction": "❤", "users": [{"id": "17", "username": "jaspersmarket"}]}]}});
    script.on("/v26.0/m", m);
    let read =
        instagram(&script).message(&MetaMessageId("m".into()), Priority::Interactive).await.unwrap().unwrap();
    let kinds: Vec<_> = read.message.attachments.iter().map(|a| a.kind.clone()).collect();
    use AttachmentKind::{Audio, IgPost, Image, StoryMention, Template, Video};
    assert_eq!(kinds, [Image, Audio, Template, Video, IgPost, StoryMention]);
    assert!(matches!(&read.message.reply_to, Some(ReplyTo::Story { id: Some(id), .. }) if id == "18"));
    assert!(read.message.unsupported.is_none() && read.reactions[0].from_us);
    assert_eq!(read.reactions[0].emoji.as_deref(), Some("❤"));
}

#[tokio::test]
async fn an_account_whose_name_is_not_told_is_known_by_its_id() {
    let script = Script::start().await;
    script
        .fail("/v26.0/17", 403, json!({"error": {"message": "(#10) missing permission", "code": 10}}))
        .on(LIST, json!({"data": [thread(&[message("m_1", "68", "Yes.")])]}));
    let account = account(&script, Channel::Instagram, Login::FacebookPage);
    let page = list(&account).await.unwrap();
    assert!(page.data[0].messages.as_ref().unwrap().data[0].message.from_us);

    let script = Script::start().await;
    script.fail("/v26.0/17", 400, json!({"error": {"message": "x", "code": 190}}));
    let account = super::account(&script, Channel::Instagram, Login::FacebookPage);
    assert_eq!(list(&account).await.unwrap_err().fate(), crate::graph::Fate::SignInAgain);
}

//! How calls leave, and what becomes of every kind of answer.

use super::{account, messenger, script::Script};
use crate::{
    graph::{Error, Fate, Graph, Priority, Words, signature},
    model::{Channel, Login, MetaMessageId, MetaPersonId},
    vault::Secret,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SEND: &str = "/v26.0/68/messages";

fn person() -> MetaPersonId {
    MetaPersonId("60".into())
}

#[tokio::test]
async fn the_token_goes_in_a_header_with_its_proof_and_never_in_the_address() {
    let script = Script::start().await;
    script.on(SEND, json!({"recipient_id": "60", "message_id": "m_1"}));
    let sent = messenger(&script)
        .send_text(&person(), &Words { text: "Yes.", key: "key-1", ..Words::default() })
        .await
        .unwrap();
    assert_eq!(sent.meta_id.as_str(), "m_1");
    let asked = script.last();
    assert_eq!(asked.headers["authorization"], "Bearer EAAB-token");
    let proof = signature::proof(&Secret::new("app-secret"), &Secret::new("EAAB-token"));
    assert_eq!(asked.query["appsecret_proof"], proof);
    assert!(!asked.query.values().any(|v| v.contains("EAAB")), "{:?}", asked.query);
    assert_eq!(
        asked.json(),
        json!({"recipient": {"id": "60"}, "messaging_type": "RESPONSE",
            "message": {"text": "Yes.", "metadata": "key-1"}})
    );
}

#[tokio::test]
async fn each_channel_has_its_own_way_to_send() {
    let script = Script::start().await;
    script.on("/v26.0/me/messages", json!({"message_id": "i_1"}));
    let instagram = account(&script, Channel::Instagram, Login::InstagramLogin);
    let quoted = MetaMessageId("i_0".into());
    assert_eq!(
        instagram
            .send_text(
                &person(),
                &Words { text: "Yes.", key: "k", quotes: Some(&quoted), ..Words::default() }
            )
            .await
            .unwrap()
            .meta_id
            .as_str(),
        "i_1"
    );
    assert_eq!(script.last().json()["reply_to"], json!({"mid": "i_0"}));

    script.on("/v26.0/17/messages", json!({"messages": [{"id": "wamid.1"}], "contacts": [{"wa_id": "356"}]}));
    let number = account(&script, Channel::WhatsApp, Login::WhatsAppCloud);
    number
        .send_text(
            &MetaPersonId("35699".into()),
            &Words { text: "see https://x.example", key: "k", ..Words::default() },
        )
        .await
        .unwrap();
    let body = script.last().json();
    assert_eq!((body["to"].as_str(), body["recipient"].as_str()), (Some("35699"), None));
    assert_eq!(body["text"], json!({"body": "see https://x.example", "preview_url": true}));
    assert_eq!(body["biz_opaque_callback_data"], "k");
    number
        .send_text(&MetaPersonId("MT.9087".into()), &Words { text: "hi", key: "k", ..Words::default() })
        .await
        .unwrap();
    let body = script.last().json();
    assert_eq!((body["to"].as_str(), body["recipient"].as_str()), (None, Some("MT.9087")));
}

#[tokio::test]
async fn an_emoji_is_an_action_on_a_page_and_a_message_on_whatsapp() {
    let script = Script::start().await;
    script.on(SEND, json!({"recipient_id": "60"}));
    let page = messenger(&script);
    let on = MetaMessageId("m_1".into());
    assert_eq!(page.react(&person(), &on, Some("❤️"), "k").await.unwrap(), None);
    assert_eq!(
        script.last().json(),
        json!({"recipient": {"id": "60"}, "sender_action": "react",
            "payload": {"message_id": "m_1", "reaction": "❤️"}})
    );
    page.react(&person(), &on, None, "k").await.unwrap();
    assert_eq!(script.last().json()["sender_action"], "unreact");

    script.on("/v26.0/17/messages", json!({"messages": [{"id": "wamid.2"}]}));
    let number = account(&script, Channel::WhatsApp, Login::WhatsAppCloud);
    let on = MetaMessageId("wamid.1".into());
    let sent = number.react(&MetaPersonId("35699".into()), &on, None, "k").await.unwrap().unwrap();
    assert_eq!(sent.meta_id.as_str(), "wamid.2");
    assert_eq!(script.last().json()["reaction"], json!({"message_id": "wamid.1", "emoji": ""}));
}

#[tokio::test]
async fn an_error_with_http_200_is_an_error() {
    let script = Script::start().await;
    script.on(SEND, json!({"error": {"message": "x", "code": 190, "error_subcode": 460, "fbtrace_id": "T"}}));
    let error = messenger(&script)
        .send_text(&person(), &Words { text: "Yes.", key: "k", ..Words::default() })
        .await
        .unwrap_err();
    assert_eq!((error.code(), error.subcode(), error.trace().as_deref()), (Some(190), Some(460), Some("T")));
    assert_eq!(error.fate(), Fate::SignInAgain);
}

#[tokio::test]
async fn a_send_is_uncertain_whenever_it_may_have_arrived() {
    let script = Script::start().await;
    script
        .tell(SEND, 502, &[], "<html>Bad Gateway</html>".into())
        .tell(SEND, 200, &[], r#"{"recipient_id":"60","mess"#.into())
        .tell(SEND, 200, &[], String::new())
        .tell(SEND, 200, &[], r#"{"success":true}"#.into())
        .fail(SEND, 500, json!({"error": {"message": "x", "code": 1, "error_subcode": 1357046}}))
        .fail(SEND, 500, json!({"error": {"message": "x", "code": 2, "is_transient": true}}));
    let account = messenger(&script);
    for what in ["HTML 502", "truncated", "empty", "no id", "1/1357046", "code 2"] {
        let error = account
            .send_text(&person(), &Words { text: "Yes.", key: "k", ..Words::default() })
            .await
            .unwrap_err();
        assert_eq!(error.fate(), Fate::Uncertain, "{what}: {error}");
        assert_eq!(error.problem().action, Some(crate::model::Action::CheckAtMeta), "{what}");
    }
}

#[tokio::test]
async fn a_connection_that_dies_after_the_request_leaves_it_uncertain_and_a_refused_one_does_not() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let dying = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        stream.shutdown().await.unwrap();
    });
    let hosts = crate::config::Hosts::all_at(&origin);
    let script = Script::start().await;
    let access = messenger(&script).access().clone();
    let account = Graph::new(hosts).unwrap().as_account(access);
    let error = account
        .send_text(&person(), &Words { text: "Yes.", key: "k", ..Words::default() })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Lost { .. }), "{error}");
    assert_eq!(error.fate(), Fate::Uncertain);
    assert!(!format!("{error:?}").contains("appsecret"), "no address in an error: {error:?}");
    dying.await.unwrap();

    // Nobody listens there any more.
    let error = account
        .send_text(&person(), &Words { text: "Yes.", key: "k", ..Words::default() })
        .await
        .unwrap_err();
    assert_eq!(error.fate(), Fate::Offline, "{error}");
}

#[tokio::test]
async fn reads_may_be_asked_again_where_sends_may_not() {
    let script = Script::start().await;
    script
        .tell("/v26.0/60", 502, &[], "<html>".into())
        .tell("/v26.0/60", 200, &[], "{".into())
        .tell("/v26.0/60", 302, &[("location", "http://127.0.0.1:1/elsewhere")], String::new())
        .tell("/v26.0/60", 401, &[], "<html>".into())
        .tell("/v26.0/60", 404, &[], "<html>".into());
    let account = messenger(&script);
    for fate in [Fate::Retry, Fate::Retry, Fate::Retry, Fate::SignInAgain, Fate::GiveUp] {
        let error = account.profile(&person(), Priority::Interactive).await.unwrap_err();
        assert_eq!(error.fate(), fate, "{error}");
    }
    assert_eq!(script.asked().len(), 5, "no redirect is followed");
}

#[tokio::test]
async fn after_a_limit_nothing_is_asked_until_meta_allows_it() {
    let script = Script::start().await;
    let usage = r#"{"17":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":7}]}"#;
    let body = json!({"error": {"message": "limit", "code": 80006, "is_transient": true}});
    script.tell(SEND, 400, &[("x-business-use-case-usage", usage)], body.to_string());
    let account = messenger(&script);
    let error = account
        .send_text(&person(), &Words { text: "Yes.", key: "k", ..Words::default() })
        .await
        .unwrap_err();
    assert_eq!(error.fate(), Fate::Wait(7 * 60_000), "{error}");
    assert_eq!(account.usage().unwrap().percent, 100);
    let error = account
        .send_text(&person(), &Words { text: "Yes.", key: "k", ..Words::default() })
        .await
        .unwrap_err();
    assert!(matches!(error.fate(), Fate::Wait(ms) if ms > 6 * 60_000), "{error}");
    assert_eq!(script.asked().len(), 1, "a call while blocked would lengthen the block");
}

#[tokio::test]
async fn profiles_that_are_not_shared_are_no_errors() {
    let script = Script::start().await;
    script
        .on("/v26.0/60", json!({"id": "60"}))
        .fail("/v26.0/60", 403, json!({"error": {"message": "User consent is required", "code": 230}}))
        .fail("/v26.0/60", 400, json!({"error": {"message": "x", "code": 100, "error_subcode": 2018218}}))
        .on("/v26.0/60", json!({"name": "Marta Vella", "profile_pic": "https://x.fbcdn.net/p", "id": "60"}));
    let account = messenger(&script);
    for _ in 0..3 {
        assert_eq!(account.profile(&person(), Priority::Interactive).await.unwrap(), None);
    }
    let shared = account.profile(&person(), Priority::Interactive).await.unwrap().unwrap();
    assert_eq!(shared.name.as_deref(), Some("Marta Vella"));
}

#[tokio::test]
async fn webhooks_are_asked_for_and_true_may_be_a_word() {
    let script = Script::start().await;
    script.on("/v26.0/68/subscribed_apps", json!({"success": "true"})).on(
        "/v26.0/68/subscribed_apps",
        json!({"data": [{"name": "Inbox", "subscribed_fields": ["messages"]}]}),
    );
    let account = messenger(&script);
    account.subscribe().await.unwrap();
    assert!(script.last().query["subscribed_fields"].contains("message_echoes"));
    let all = account.subscriptions().await.unwrap();
    assert_eq!((all[0].app.as_str(), all[0].fields.as_slice()), ("Inbox", &["messages".to_owned()][..]));

    script.on(
        "/v26.0/10/subscribed_apps",
        json!({"data": [{"whatsapp_business_api_data": {"name": "WA", "id": "1"}}]}),
    );
    let number = account_of_a_number(&script);
    assert_eq!(number.subscriptions().await.unwrap()[0].app, "WA");
}

fn account_of_a_number(script: &Script) -> crate::graph::Account {
    account(script, Channel::WhatsApp, Login::WhatsAppCloud)
}

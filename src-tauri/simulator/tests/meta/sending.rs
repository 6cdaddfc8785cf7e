//! The Send API and WhatsApp's, with what follows by webhook.

use crate::desk::{Desk, HOUR, hooked};
use serde_json::{Value, json};

#[tokio::test]
async fn a_reply_inside_the_window_is_held_once_and_echoed() {
    let (desk, hook) = hooked().await;
    for channel in ["messenger", "instagram"] {
        let account = desk.account(channel);
        let said = desk.sim.say(channel, None, "Do you ship to Malta?");
        let sent = desk
            .post(
                &account.token,
                &format!("/v26.0/{}/messages", account.meta_id),
                json!({
                    "recipient": { "id": said.person }, "messaging_type": "RESPONSE",
                    "message": { "text": "We do!", "metadata": "key-1" }, "reply_to": { "mid": said.mid },
                }),
            )
            .await;
        assert_eq!(sent.json["recipient_id"], said.person.as_str());
        desk.sim.webhooks_idle().await;
        let messages = hook.messages();
        let echo =
            messages.iter().find(|m| m["is_echo"] == true && m["mid"] == sent.json["message_id"]).unwrap();
        assert_eq!((echo["text"].as_str(), echo["metadata"].as_str()), (Some("We do!"), Some("key-1")));
        assert_eq!(echo["reply_to"]["mid"], said.mid.as_str());
        let truth = desk.sim.truth(channel);
        assert_eq!(truth.iter().filter(|m| m.mid == sent.json["message_id"].as_str().unwrap()).count(), 1);
    }
    assert_eq!(desk.sim.sends().len(), 2);
    assert!(desk.sim.sends().iter().all(|s| s.answered && s.body.contains("key-1")));
}

#[tokio::test]
async fn the_window_closes_after_a_day_and_a_human_agent_has_seven() {
    let desk = Desk::new(3, 3).await;
    for (channel, subcode) in [("messenger", 2_018_278), ("instagram", 2_534_022)] {
        let account = desk.account(channel);
        desk.sim.token_expires_at(channel, None);
        let person = desk.sim.say(channel, None, "hi").person;
        desk.sim.advance(24 * HOUR - 1000);
        assert_eq!(desk.send(&account, &person, "in time").await.status, 200);
        desk.sim.advance(2000);
        let late = desk.send(&account, &person, "too late").await;
        assert_eq!((late.status, late.error()), (403, (10, Some(subcode))));
        let tagged = |tag: &str| {
            json!({
                "recipient": { "id": person }, "messaging_type": "MESSAGE_TAG", "tag": tag, "message": { "text": "x" },
            })
        };
        let path = "/v26.0/me/messages";
        assert_eq!(desk.post(&account.token, path, tagged("HUMAN_AGENT")).await.status, 200);
        assert_eq!(desk.post(&account.token, path, tagged("ACCOUNT_UPDATE")).await.error().0, 100);
        desk.sim.advance(6 * 24 * HOUR);
        assert_eq!(desk.post(&account.token, path, tagged("HUMAN_AGENT")).await.error(), (10, Some(subcode)));
        desk.sim.say(channel, Some(&person), "me again");
        assert_eq!(desk.send(&account, &person, "open again").await.status, 200);
    }
}

#[tokio::test]
async fn limits_count_characters_on_messenger_and_bytes_on_instagram() {
    let desk = Desk::new(3, 3).await;
    for (channel, fits, too_long) in
        [("messenger", "ü".repeat(2000), "ü".repeat(2001)), ("instagram", "ü".repeat(500), "ü".repeat(501))]
    {
        let account = desk.account(channel);
        let person = desk.sim.say(channel, None, "hi").person;
        assert_eq!(desk.send(&account, &person, &fits).await.status, 200);
        assert_eq!(desk.send(&account, &person, &too_long).await.error().0, 100);
        assert_eq!(desk.send(&account, &person, "  ").await.error().0, 100);
    }
    let person = desk.sim.say("whatsapp", None, "hi").person;
    assert_eq!(desk.send_whatsapp(&person, &"ü".repeat(4096)).await.status, 200);
    assert_eq!(desk.send_whatsapp(&person, &"ü".repeat(4097)).await.error().0, 100);
    assert_eq!(desk.sim.sends().len(), 3);
}

#[tokio::test]
async fn wrong_recipients_and_wrong_doors_are_refused() {
    let desk = Desk::new(3, 3).await;
    let (page, instagram) = (desk.account("messenger"), desk.account("instagram"));
    assert_eq!(desk.send(&page, "6000000000000000", "x").await.error(), (100, Some(2_018_001)));
    assert_eq!(desk.send(&instagram, "1000000000000000", "x").await.error(), (100, Some(2_534_014)));
    let person = desk.sim.say("instagram", None, "hi").person;
    let body = json!({ "recipient": { "id": person }, "message": { "text": "x" } });
    let path = format!("/v26.0/{}/messages", instagram.meta_id);
    assert_eq!(desk.post(&page.token, &path, body.clone()).await.error().0, 3);
    let through_page = format!("/v26.0/{}/messages", page.meta_id);
    assert_eq!(desk.post(&page.token, &through_page, body).await.status, 200);
    desk.sim.block("instagram", &person, true);
    assert_eq!(desk.send(&instagram, &person, "x").await.error(), (551, Some(1_545_041)));
    let both =
        json!({ "recipient": { "id": person }, "sender_action": "typing_on", "message": { "text": "x" } });
    assert_eq!(desk.post(&instagram.token, &path, both).await.error(), (100, Some(2_018_014)));
}

#[tokio::test]
async fn seeing_a_thread_ends_its_unread() {
    let desk = Desk::new(3, 3).await;
    let account = desk.account("messenger");
    let said = desk.sim.say("messenger", None, "one");
    desk.sim.say("messenger", Some(&said.person), "two");
    let unread = async || {
        let thread = desk.get(&account.token, &format!("/v26.0/{}?fields=unread_count", said.thread)).await;
        thread.json["unread_count"].as_u64().unwrap()
    };
    assert_eq!(unread().await, 2);
    desk.sim.advance(1000);
    let seen = json!({ "recipient": { "id": said.person }, "sender_action": "mark_seen" });
    let answer = desk.post(&account.token, "/v26.0/me/messages", seen).await;
    assert_eq!(answer.json, json!({ "recipient_id": said.person }));
    assert_eq!(unread().await, 0);
}

#[tokio::test]
async fn a_connection_that_dies_after_delivery_leaves_one_message_and_its_echo() {
    let (desk, hook) = hooked().await;
    let account = desk.account("instagram");
    let person = desk.sim.say("instagram", None, "hi").person;
    desk.sim.fault("dead_after_delivery", Some(1), Some("POST"));
    let body = json!({ "recipient": { "id": person }, "message": { "text": "left" } });
    let url = format!("{}/v26.0/me/messages", desk.sim.origin());
    let lost = desk.http.post(url).bearer_auth(&account.token).json(&body).send().await;
    assert!(lost.is_err(), "an answer came: {lost:?}");
    desk.sim.webhooks_idle().await;
    let sends = desk.sim.sends();
    assert_eq!((sends.len(), sends[0].answered), (1, false));
    assert_eq!(desk.sim.truth("instagram").iter().filter(|m| m.text == "left").count(), 1);
    assert_eq!(hook.messages().iter().filter(|m| m["is_echo"] == true && m["text"] == "left").count(), 1);
    assert_eq!(desk.send(&account, &person, "next").await.status, 200);
}

#[tokio::test]
async fn a_send_may_have_happened_whatever_the_answer_says() {
    let desk = Desk::new(3, 3).await;
    let account = desk.account("messenger");
    let person = desk.sim.say("messenger", None, "hi").person;
    for (fault, status, error) in [
        ("error_after_delivery", 500, (1, Some(1_357_046))),
        ("html_502_after_delivery", 502, (0, None)),
        ("truncated_json", 200, (0, None)),
    ] {
        desk.sim.fault(fault, Some(1), None);
        let before = desk.sim.sends().len();
        let answer = desk.send(&account, &person, fault).await;
        assert_eq!((answer.status, answer.error()), (status, error), "{fault}");
        assert_eq!(desk.sim.sends().len(), before + 1, "{fault}");
    }
    for fault in ["html_502", "2", "190_460"] {
        desk.sim.fault(fault, Some(1), None);
        let before = desk.sim.sends().len();
        assert_ne!(desk.send(&account, &person, fault).await.status, 200);
        assert_eq!(desk.sim.sends().len(), before, "{fault}");
    }
}

#[tokio::test]
async fn an_echo_can_come_first_or_never() {
    let (desk, hook) = hooked().await;
    let account = desk.account("messenger");
    let person = desk.sim.say("messenger", None, "hi").person;
    desk.sim.set_receipts(false);
    desk.sim.fault("echo_before_answer", Some(1), None);
    let first = desk.send(&account, &person, "echo first").await;
    assert!(hook.messages().iter().any(|m| m["mid"] == first.json["message_id"]));
    desk.sim.fault("no_echo", Some(1), None);
    let silent = desk.send(&account, &person, "no echo").await;
    desk.sim.webhooks_idle().await;
    assert!(!hook.messages().iter().any(|m| m["mid"] == silent.json["message_id"]));
}

fn statuses(values: &[Value]) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let statuses = values.iter().filter_map(|v| v["statuses"].as_array()).flatten();
    statuses.map(|s| (text(&s["id"]), text(&s["status"]))).collect()
}

#[tokio::test]
async fn whatsapp_reports_sent_delivered_and_read_later() {
    let (desk, hook) = hooked().await;
    let person = desk.sim.say("whatsapp", None, "hi").person;
    let sent = desk.send_whatsapp(&format!("+{person}"), "hello").await;
    let wamid = sent.json["messages"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(sent.json["contacts"][0]["wa_id"], person.as_str());
    desk.sim.webhooks_idle().await;
    let values = hook.values();
    let told: Vec<_> = statuses(&values).into_iter().map(|(id, status)| (id == wamid, status)).collect();
    assert_eq!(told, [(true, "sent".into()), (true, "delivered".into()), (true, "read".into())]);
    assert_eq!(values.last().unwrap()["statuses"][0]["biz_opaque_callback_data"], "ours-1");
    assert!(values.iter().all(|v| v["message_echoes"].is_null()), "our own sends are not echoed on WhatsApp");
}

#[tokio::test]
async fn whatsapp_accepts_outside_the_window_and_fails_later() {
    let (desk, hook) = hooked().await;
    let person = desk.sim.say("whatsapp", None, "hi").person;
    desk.sim.advance(25 * HOUR);
    let late = desk.send_whatsapp(&person, "too late").await;
    assert_eq!(late.status, 200);
    let nobody = desk.send_whatsapp("15559990000", "who?").await;
    assert_eq!(nobody.status, 200);
    desk.sim.webhooks_idle().await;
    let failed: Vec<i64> =
        hook.values().iter().filter_map(|v| v["statuses"][0]["errors"][0]["code"].as_i64()).collect();
    assert_eq!(failed, [131_047, 131_026]);
    assert_eq!(desk.sim.sends().iter().filter_map(|s| s.failed).collect::<Vec<_>>(), failed);
    assert!(desk.sim.truth("whatsapp").iter().all(|m| m.text != "too late"));
}

#[tokio::test]
async fn whatsapp_marks_as_read_and_names_what_is_missing() {
    let desk = Desk::new(3, 3).await;
    let account = desk.account("whatsapp");
    let said = desk.sim.say("whatsapp", None, "hi");
    let path = format!("/v26.0/{}/messages", account.meta_id);
    let read = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": said.mid });
    assert_eq!(desk.post(&account.token, &path, read).await.json, json!({ "success": true }));
    let without_product = json!({ "to": said.person, "text": { "body": "x" } });
    assert_eq!(desk.post(&account.token, &path, without_product).await.error().0, 100);
    let without_text = json!({ "messaging_product": "whatsapp", "to": said.person, "type": "text" });
    assert_eq!(desk.post(&account.token, &path, without_text).await.error().0, 131_008);
    let template =
        json!({ "messaging_product": "whatsapp", "to": said.person, "type": "template", "template": {} });
    let refused = desk.post(&account.token, &path, template).await;
    assert_eq!((refused.status, refused.error().0), (404, 132_001));
    assert!(refused.json["error"]["error_subcode"].is_null());
}

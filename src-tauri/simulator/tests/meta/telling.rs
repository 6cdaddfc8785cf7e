//! Webhooks: what they say, that they are signed, and every way in which they arrive.

use crate::desk::{Desk, Hook, SECRET, hooked};
use heliograph_simulator::{SignedBody, WebhookBehaviour};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

#[tokio::test]
async fn a_delivery_is_signed_over_its_bytes_and_escaped_as_meta_does() {
    let (desk, hook) = hooked().await;
    let said = desk.sim.say("instagram", None, "Grüße, 田中 👋 https://a.b/c");
    desk.sim.webhooks_idle().await;
    let (signature, body) = hook.got().pop().unwrap();
    assert_eq!(signature, SignedBody::new(body.clone(), SECRET).signature);
    let text = std::str::from_utf8(&body).unwrap();
    assert!(
        text.is_ascii()
            && text.contains("Gr\\u00fc\\u00dfe, \\u7530\\u4e2d \\ud83d\\udc4b https:\\/\\/a.b\\/c")
    );
    let value: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(value["object"], "instagram");
    let entry = &value["entry"][0];
    assert_eq!(entry["id"], desk.account("instagram").meta_id.as_str());
    let event = &entry["messaging"][0];
    assert_eq!(event["sender"]["id"], said.person.as_str());
    assert_eq!(event["message"], json!({ "mid": said.mid, "text": "Grüße, 田中 👋 https://a.b/c" }));
    assert_ne!(serde_json::to_vec(&value).unwrap(), body, "a body written anew would not verify");
}

#[tokio::test]
async fn each_object_has_its_shape() {
    let (desk, hook) = hooked().await;
    desk.sim.say("messenger", None, "page");
    desk.sim.say("whatsapp", None, "waba");
    let person = desk.sim.say("messenger", None, "hi").person;
    desk.sim.echo("messenger", &person, "from the phone");
    desk.sim.webhooks_idle().await;
    let bodies: Vec<Value> = hook.got().iter().map(|(_, b)| serde_json::from_slice(b).unwrap()).collect();
    assert_eq!(
        (&bodies[0]["object"], &bodies[1]["object"]),
        (&json!("page"), &json!("whatsapp_business_account"))
    );
    let account = desk.account("whatsapp");
    assert_eq!(bodies[1]["entry"][0]["id"], account.waba.unwrap().as_str());
    let value = &bodies[1]["entry"][0]["changes"][0]["value"];
    assert_eq!(value["metadata"]["phone_number_id"], account.meta_id.as_str());
    assert_eq!(value["messages"][0]["from"], value["contacts"][0]["wa_id"]);
    let echo = &bodies[3]["entry"][0]["messaging"][0];
    assert_eq!(echo["recipient"]["id"], person.as_str());
    assert!(echo["message"]["is_echo"] == true && echo["message"]["app_id"].is_u64());
}

#[tokio::test]
async fn a_webhook_that_refuses_is_asked_again_until_it_takes_it() {
    let (desk, hook) = hooked().await;
    hook.refuse(3);
    desk.sim.say("messenger", None, "again and again");
    desk.sim.webhooks_idle().await;
    let stats = desk.sim.webhook_stats();
    assert_eq!((stats.delivered, stats.refused, stats.attempts), (1, 3, 4));
    assert_eq!(hook.messages().len(), 1);
}

#[tokio::test]
async fn meta_gives_up_in_the_end() {
    let (desk, hook) = hooked().await;
    desk.sim.set_webhook_behaviour(WebhookBehaviour { attempts: 2, ..Default::default() });
    hook.refuse(2);
    desk.sim.say("messenger", None, "never");
    desk.sim.webhooks_idle().await;
    assert_eq!((desk.sim.webhook_stats().given_up, hook.messages().len()), (1, 0));
}

fn counted(hook: &Hook) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for message in hook.messages() {
        *counts.entry(message["mid"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn batches_duplicates_and_another_order_lose_nothing() {
    let (desk, hook) = hooked().await;
    desk.sim.set_webhook_behaviour(WebhookBehaviour {
        batch: 5,
        duplicate_every: 3,
        reorder: true,
        parallel: 4,
        ..Default::default()
    });
    let person = desk.sim.say("instagram", None, "0").person;
    for n in 1..60 {
        desk.sim.say("instagram", Some(&person), &n.to_string());
    }
    desk.sim.webhooks_idle().await;
    let counts = counted(&hook);
    assert_eq!(counts.len(), 60);
    assert!(counts.values().any(|n| *n == 2), "some came twice");
    assert!(hook.got().len() < 40, "some came together");
    let texts: Vec<u32> =
        hook.messages().iter().map(|m| m["text"].as_str().unwrap().parse().unwrap()).collect();
    assert!(!texts.is_sorted(), "some changed places");
}

#[tokio::test]
async fn what_is_dropped_is_counted_and_never_comes() {
    let (desk, hook) = hooked().await;
    desk.sim.set_webhook_behaviour(WebhookBehaviour { drop_every: 4, delay_ms: 5, ..Default::default() });
    let said: Vec<String> = (0..12).map(|n| desk.sim.say("messenger", None, &n.to_string()).mid).collect();
    desk.sim.webhooks_idle().await;
    let stats = desk.sim.webhook_stats();
    assert_eq!((stats.dropped, stats.delivered, stats.pending), (3, 9, 0));
    let came: HashSet<String> = counted(&hook).into_keys().collect();
    assert_eq!(said.iter().filter(|mid| !came.contains(*mid)).count(), 3);
}

#[tokio::test]
async fn in_order_by_default() {
    let (desk, hook) = hooked().await;
    for n in 0..40 {
        desk.sim.say("messenger", None, &n.to_string());
    }
    desk.sim.webhooks_idle().await;
    let texts: Vec<u32> =
        hook.messages().iter().map(|m| m["text"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(texts, (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_held_can_be_told_again_and_equals_the_truth() {
    let (desk, hook) = hooked().await;
    desk.sim.replay("messenger", Some(3));
    desk.sim.replay("whatsapp", None);
    desk.sim.webhooks_idle().await;
    let messenger: HashSet<String> = counted(&hook).into_keys().collect();
    assert_eq!(messenger, desk.sim.truth("messenger").into_iter().map(|m| m.mid).collect());
    let mut told = Vec::new();
    for value in hook.values() {
        for key in ["messages", "message_echoes"] {
            let items = value[key].as_array().into_iter().flatten();
            told.extend(items.map(|m| m["id"].as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(told.len(), desk.sim.truth("whatsapp").len());
    let bodies = desk.sim.bodies("messenger", SECRET);
    assert_eq!(bodies.len(), messenger.len());
    assert_eq!(bodies[0].signature, SignedBody::new(bodies[0].body.clone(), SECRET).signature);
}

#[tokio::test]
async fn a_webhook_proves_itself_before_it_is_set() {
    let hook = Hook::default();
    let target = hook.clone().serve().await;
    let desk = Desk::new(3, 3).await;
    let (app, secret) = desk.sim.app();
    let subscribe = |verify: &str| {
        format!(
            "/v26.0/{app}/subscriptions?object=page&callback_url={}&verify_token={verify}&fields=messages",
            target.url
        )
    };
    let token = format!("{app}|{secret}");
    assert_eq!(desk.post(&token, &subscribe("wrong"), json!({})).await.error().0, 2200);
    desk.sim.say("messenger", None, "nobody listens");
    assert_eq!(desk.post(&token, &subscribe("right"), json!({})).await.json["success"], true);
    desk.sim.say("messenger", None, "somebody listens");
    desk.sim.webhooks_idle().await;
    let texts: Vec<Value> = hook.messages().iter().map(|m| m["text"].clone()).collect();
    assert_eq!(texts, [json!("somebody listens")]);
    assert!(desk.sim.handshake().await);
}

#[tokio::test]
async fn any_body_can_be_delivered_signed() {
    let (desk, hook) = hooked().await;
    let body = br#"{"object":"page","entry":[{"id":"0","changes":[]}]}"#;
    assert_eq!(desk.sim.deliver(body.as_slice()).await, Some(200));
    let (signature, got) = hook.got().pop().unwrap();
    assert_eq!((got.as_ref(), signature), (body.as_slice(), SignedBody::new(got.clone(), SECRET).signature));
    hook.refuse(1);
    assert_eq!(desk.sim.deliver(body.as_slice()).await, Some(503));
}

#[tokio::test]
async fn an_account_that_is_not_subscribed_is_silent() {
    let (desk, hook) = hooked().await;
    let account = desk.account("messenger");
    let url = format!("{}/v26.0/{}/subscribed_apps", desk.sim.origin(), account.meta_id);
    desk.http.delete(&url).bearer_auth(&account.token).send().await.unwrap();
    assert_eq!(desk.get(&account.token, &url).await.json, json!({ "data": [] }));
    desk.sim.say("messenger", None, "unheard");
    let path =
        format!("/v26.0/{}/subscribed_apps?subscribed_fields=messages,message_echoes", account.meta_id);
    assert_eq!(desk.post(&account.token, &path, json!({})).await.json["success"], true);
    desk.sim.say("messenger", None, "heard");
    desk.sim.webhooks_idle().await;
    assert_eq!(hook.messages().iter().map(|m| m["text"].clone()).collect::<Vec<_>>(), [json!("heard")]);
    let listed = desk.get(&account.token, &url).await;
    assert_eq!(listed.json["data"][0]["subscribed_fields"], json!(["messages", "message_echoes"]));
}

#[tokio::test]
async fn messenger_tells_delivery_and_reading_by_watermark() {
    let (desk, hook) = hooked().await;
    let account = desk.account("messenger");
    let person = desk.sim.say("messenger", None, "hi").person;
    let sent = desk.send(&account, &person, "hello").await;
    desk.sim.webhooks_idle().await;
    let at = desk
        .sim
        .truth("messenger")
        .iter()
        .find(|m| m.mid == sent.json["message_id"].as_str().unwrap())
        .unwrap()
        .at_ms;
    let events: Vec<Value> = hook
        .got()
        .iter()
        .map(|(_, b)| serde_json::from_slice::<Value>(b).unwrap()["entry"][0]["messaging"][0].clone())
        .collect();
    assert!(events.iter().any(|e| e["delivery"]["watermark"] == at && e["sender"]["id"] == person.as_str()));
    assert!(events.iter().any(|e| e["read"]["watermark"] == at));
}

/// The one item of each body, in order.
fn items(hook: &Hook) -> Vec<Value> {
    let of = |(_, body): (String, Vec<u8>)| {
        let body: Value = serde_json::from_slice(&body).unwrap();
        let entry = &body["entry"][0];
        ["messaging", "standby"]
            .iter()
            .map(|key| entry[*key][0].clone())
            .find(|item| !item.is_null())
            .unwrap_or_else(|| entry["changes"][0].clone())
    };
    hook.got().into_iter().map(|(signature, body)| of((signature, body.to_vec()))).collect()
}

#[tokio::test]
async fn what_happens_to_a_message_names_it() {
    let (desk, hook) = hooked().await;
    let sim = &desk.sim;
    let (instagram, page, whatsapp) =
        (sim.say("instagram", None, "a"), sim.say("messenger", None, "b"), sim.say("whatsapp", None, "c"));
    sim.react(&instagram.mid, Some("❤️"), false);
    sim.react(&instagram.mid, None, false);
    sim.edit(&page.mid, "b, better");
    sim.unsend(&whatsapp.mid, false);
    sim.unsend(&page.mid, true);
    sim.webhooks_idle().await;
    let told = items(&hook);
    assert_eq!(told.len(), 7, "a silent unsend is not told");
    assert_eq!(
        told[3]["reaction"],
        json!({ "mid": instagram.mid, "action": "react", "emoji": "❤️", "reaction": "love" })
    );
    assert_eq!(told[4]["reaction"], json!({ "mid": instagram.mid, "action": "unreact" }));
    assert_eq!(told[5]["message_edit"]["text"], "b, better");
    assert_eq!(told[6]["value"]["messages"][0]["revoke"]["original_message_id"], whatsapp.mid.as_str());
    let truth = sim.truth("messenger");
    let gone = truth.iter().find(|m| m.mid == page.mid).unwrap();
    assert_eq!((gone.kind, gone.text.as_str(), gone.listed), ("unsent", "", false));
}

#[tokio::test]
async fn every_kind_can_be_said_on_every_channel_and_everything_can_happen() {
    let (desk, hook) = hooked().await;
    let kinds = "text image images captioned video audio file sticker story_reply story_mention shared_story post \
                 reel link card place contact order quick_reply button row form ephemeral unsupported poll";
    let happenings = "postback came_by_ad came_by_link opt_in opt_out seen delivered handed_over handed_back \
                      hand_over_asked called missed_call number_changed identity_changed group feedback";
    let mut said = 0;
    for account in ["instagram", "messenger", "whatsapp"] {
        let person = desk.sim.say(account, None, "hello").person;
        desk.sim.echo(account, &person, "hello");
        said += 2;
        for kind in kinds.split_whitespace() {
            let body = json!({ "account": account, "person": person, "text": "3" });
            assert_eq!(desk.post("", &format!("/_sim/said/{kind}"), body).await.status, 200, "{kind}");
            said += 1;
        }
        for what in happenings.split_whitespace() {
            let body = json!({ "account": account, "person": person });
            assert_eq!(desk.post("", &format!("/_sim/happens/{what}"), body).await.status, 200, "{what}");
        }
    }
    desk.sim.webhooks_idle().await;
    assert!(items(&hook).len() > said, "what happens is told too");
    assert_eq!(desk.sim.webhook_stats().given_up, 0);
}

//! Our own payloads, what each means (as snapshots), and that nothing at all makes decoding fail.

use super::{explain::explain, *};
use crate::model::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use std::path::PathBuf;

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for folder in ["instagram", "page", "whatsapp"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            let name = format!("{folder}-{}", path.file_stem().unwrap().to_string_lossy());
            found.push((name, std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    assert!(found.len() > 40);
    found
}

#[test]
fn every_payload_of_ours_means_what_its_snapshot_says() {
    for (name, body) in fixtures() {
        insta::with_settings!({
            snapshot_path => "../../../tests/fixtures/snapshots",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_json_snapshot!(name, explain(&body));
        });
    }
}

fn one(body: serde_json::Value) -> Item {
    let mut items = decode(body.to_string().as_bytes()).items;
    assert_eq!(items.len(), 1, "{items:?}");
    items.remove(0)
}

fn message(of: serde_json::Value) -> Message {
    let body = json!({"object": "instagram", "entry": [{"id": "17", "messaging": [
        {"sender": {"id": "5"}, "recipient": {"id": "17"}, "timestamp": 1_795_168_502_123_i64, "message": of}]}]});
    match one(body).kind {
        Kind::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn direction_comes_from_is_echo_and_never_from_ids() {
    let theirs = message(json!({"mid": "m"}));
    assert!(!theirs.from_us && theirs.person.id.as_str() == "5");
    // Not swapped by the sender of this delivery: still ours, and still to 5.
    let ours = message(json!({"mid": "m", "is_echo": true}));
    assert!(ours.from_us && ours.person.id.as_str() == "5");
}

#[test]
fn what_cannot_be_shown_has_a_name_and_plain_text_has_none() {
    let named = |of| message(of).placeholder();
    let with = |kind: &str| json!({"mid": "m", "attachments": [{"type": kind, "payload": {}}]});
    assert_eq!(named(json!({"mid": "m", "text": "hi"})), None);
    assert_eq!(named(json!({"mid": "m", "text": "hi", "reply_to": {"mid": "n"}})), None);
    assert_eq!(named(json!({"mid": "m", "text": "hi", "quick_reply": {"payload": "X"}})), None);
    assert_eq!(
        named(json!({"mid": "m", "text": "hi", "reply_to": {"story": {"id": "1"}}})),
        Some("Story reply")
    );
    assert_eq!(named(with("image")), Some("Photo"));
    assert_eq!(named(with("a_kind_of_2027")), Some("Attachment"));
    assert_eq!(named(json!({"mid": "m"})), Some("Empty message"));
    let link =
        json!({"mid": "m", "text": "see x.example", "attachments": [{"type": "fallback", "title": "X"}]});
    assert_eq!(named(link), None);
}

#[test]
fn the_dashboards_test_is_told_apart() {
    let item = one(json!({"object": "page", "entry": [{"id": 0, "messaging": [
        {"sender": {"id": "5"}, "message": {"mid": "m", "text": "random_text"}}]}]}));
    assert!(item.is_test());
}

#[test]
fn links_are_pages_or_files_by_their_host() {
    let at = |url: &str| Attachment { url: Some(url.into()), ..Attachment::of(AttachmentKind::IgReel) };
    assert!(at("https://www.instagram.com/reel/x/").is_page());
    assert!(at("https://facebook.com/1/posts/2").is_page());
    assert!(!at("https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1").is_page());
    assert!(!at("https://notinstagram.com/x").is_page());
    assert!(!Attachment::of(AttachmentKind::Image).is_page());
}

#[test]
fn times_are_read_in_every_unit_and_form() {
    let read = |v: serde_json::Value| values::time_of(&v).map(|t| t.0);
    for same in [
        json!(1_795_168_502),
        json!(1_795_168_502_000_i64),
        json!("1795168502"),
        json!("1795168502000"),
        json!(1_795_168_502_000_000_i64),
        json!(1_795_168_502.0),
        json!("2026-11-20T09:15:02Z"),
        json!("2026-11-20T09:15:02+0000"),
        json!("2026-11-20T10:15:02+01:00"),
    ] {
        let expected = if same.as_str().is_some_and(|s| s.starts_with("2026")) {
            1_795_166_102_000
        } else {
            1_795_168_502_000
        };
        assert_eq!(read(same.clone()), Some(expected), "{same}");
    }
    for none in
        [json!("asdf"), json!(""), json!(null), json!(-5), json!(0), json!([]), json!("NaN"), json!(true)]
    {
        assert_eq!(read(none.clone()), None, "{none}");
    }
}

#[test]
fn ids_are_text_from_text_or_whole_numbers() {
    let read = |v: serde_json::Value| values::id_of(&v);
    assert_eq!(read(json!(18_446_744_073_709_551_615_u64)).as_deref(), Some("18446744073709551615"));
    assert_eq!(read(json!(" 12 ")).as_deref(), Some("12"));
    assert_eq!(read(json!(12.0)).as_deref(), Some("12"));
    assert_eq!(read(json!(12.5)), None);
    assert_eq!(read(json!("")), None);
}

#[test]
fn half_an_emoji_or_broken_utf8_spoils_nothing() {
    let body = |text: &str| {
        format!(
            r#"{{"object":"page","entry":[{{"id":"1","messaging":[{{"sender":{{"id":"5"}},"message":{{"mid":"m","text":"{text}"}}}}]}}]}}"#
        )
    };
    let text = |body: &[u8]| match decode(body).items.remove(0).kind {
        Kind::Message(m) => m.text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(body(r"cut \ud83d").as_bytes()), "cut \u{fffd}");
    assert_eq!(text(body(r"\ude00 \ud83d\ude00 \\ud83d").as_bytes()), "\u{fffd} 😀 \\ud83d");
    let mut broken = body("a?b").into_bytes();
    let at = broken.windows(3).position(|w| w == b"a?b").unwrap();
    broken[at + 1] = 0xff;
    assert_eq!(text(&broken), "a\u{fffd}b");
    assert_eq!(text(body(r"a\u0000b").as_bytes()), "ab");
}

#[test]
fn a_message_without_an_id_is_the_same_message_each_time() {
    let body = json!({"object": "page", "entry": [{"id": "1", "messaging": [
        {"sender": {"id": "5"}, "timestamp": 1, "message": {"text": "hi"}},
        {"sender": {"id": "5"}, "timestamp": 1, "message": {"text": "hi"}},
        {"sender": {"id": "5"}, "timestamp": 2, "message": {"text": "hi"}}]}]});
    let counts = explain(body.to_string().as_bytes()).counts;
    assert_eq!(counts, [("duplicate", 1), ("inbound", 2)].into());
}

#[test]
fn what_is_filled_into_a_template_is_no_variable_itself() {
    let text = |value: &str| json!([{"type": "text", "text": value}, {"type": "text", "text": "Malta"}]);
    let echo = |parameters| {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "standby", "value": {
            "metadata": {"phone_number_id": "2"}, "standby": {"message_echoes": [{"id": "wamid.1",
            "message": {"to": "356", "type": "template", "template": {"name": "t", "components": [
                {"type": "body", "parameters": parameters}]}},
            "template": {"components": [{"type": "BODY", "text": "Hi {{1}}, see {{2}} {{3}} {{"}]}}]}}}]}]})
    };
    let Kind::Message(message) = one(echo(text("{{2}}"))).kind else { panic!("a message") };
    assert_eq!(message.text, "Hi {{2}}, see Malta {{3}} {{");
}

#[test]
fn the_way_between_apps_is_no_event_beside_one() {
    let named = |mut event: serde_json::Value| {
        event["sender"] = json!({"id": "5"});
        let Kind::Event(event) =
            one(json!({"object": "page", "entry": [{"id": "1", "messaging": [event]}]})).kind
        else {
            panic!("an event")
        };
        event.name
    };
    let hops = json!([{"app_id": 7, "metadata": "x"}]);
    assert_eq!(named(json!({"hop_context": hops, "pass_thread_control": {}})), "pass_thread_control");
    assert_eq!(named(json!({"hop_context": hops})), "hop_context");
}

#[test]
fn the_old_and_the_new_name_of_a_shared_post_complete_each_other() {
    let share = json!({"type": "share", "payload": {"url": "https://x.example", "ig_post_media_id": "9"}});
    let post = json!({"type": "ig_post", "payload": {"title": "Sun", "ig_post_media_id": "9"}});
    for both in [json!([share, post]), json!([post, share])] {
        let merged = message(json!({"mid": "m", "attachments": both})).attachments;
        assert_eq!(merged.len(), 1, "{both}");
        let one = &merged[0];
        assert_eq!((&one.kind, one.url.as_deref()), (&AttachmentKind::IgPost, Some("https://x.example")));
        assert_eq!(one.title.as_deref(), Some("Sun"));
    }
}

/// Items of a WhatsApp entry with these changes.
fn whatsapp(changes: serde_json::Value) -> Vec<Item> {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "waba", "changes": changes}]});
    decode(body.to_string().as_bytes()).items
}

#[test]
fn what_concerns_the_business_is_not_of_the_number_named_before_it() {
    let items = whatsapp(json!([
        {"field": "messages", "value": {"metadata": {"phone_number_id": "106"}, "statuses": [{"id": "w", "status": "sent"}]}},
        {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}},
    ]));
    assert_eq!(items.iter().map(|i| i.account.as_str()).collect::<Vec<_>>(), ["106", "waba"]);
}

#[test]
fn media_of_the_past_is_old_and_told_apart_by_its_sender() {
    let of =
        |from: &str| json!({"from": from, "to": "356", "id": from, "type": "image", "image": {"id": "1"}});
    let items = whatsapp(json!([{"field": "history", "value": {
        "metadata": {"phone_number_id": "106", "display_phone_number": "+1 555"},
        "messages": [of("356"), of("1555")], "message_echoes": [of("15550")]}}]));
    let told: Vec<_> = items
        .iter()
        .map(|item| match &item.kind {
            Kind::Message(m) => (item.old, m.from_us, m.person.id.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(true, false, "356"), (true, true, "356"), (true, true, "356")]);
}

#[test]
fn a_call_of_ours_and_a_change_of_ids_are_of_the_person() {
    let items = whatsapp(json!([{"field": "calls", "value": {
        "metadata": {"phone_number_id": "106", "display_phone_number": "1555"},
        "calls": [{"id": "c", "from": "1555", "to": "356", "event": "terminate", "direction": "BUSINESS_INITIATED"}],
        "user_id_update": [{"user_id": {"previous": "MT.1", "current": "MT.2"}}]}}]));
    let events: Vec<_> = items
        .iter()
        .map(|item| match &item.kind {
            Kind::Event(event) => event,
            other => panic!("{other:?}"),
        })
        .collect();
    let people: Vec<_> = events.iter().map(|e| e.person.as_ref().unwrap().id.as_str()).collect();
    assert_eq!(people, ["356", "MT.1"]);
    let moved = events[1].moved_to().unwrap();
    assert_eq!((moved.previous_user_id.as_deref(), moved.user_id.as_deref()), (Some("MT.1"), Some("MT.2")));
}

#[test]
fn an_item_without_a_time_has_its_entrys() {
    let item = one(json!({"object": "page", "entry": [{"id": "1", "time": 1_795_168_502, "messaging": [
        {"sender": {"id": "5"}, "message": {"mid": "m"}}]}]}));
    assert_eq!(item.at, Some(Timestamp(1_795_168_502_000)));
}

/// Words that lead deep into the decoder.
const WORDS: &[&str] = &[
    "object",
    "entry",
    "id",
    "time",
    "messaging",
    "standby",
    "changes",
    "field",
    "value",
    "sender",
    "recipient",
    "timestamp",
    "message",
    "mid",
    "text",
    "attachments",
    "type",
    "payload",
    "url",
    "reply_to",
    "story",
    "is_echo",
    "is_deleted",
    "reaction",
    "read",
    "delivery",
    "watermark",
    "mids",
    "postback",
    "referral",
    "optin",
    "message_edit",
    "instagram",
    "page",
    "whatsapp_business_account",
    "comments",
    "mentions",
    "feed",
    "messages",
    "history",
    "message_echoes",
    "statuses",
    "contacts",
    "metadata",
    "phone_number_id",
    "wa_id",
    "user_id",
    "profile",
    "name",
    "from",
    "from_user_id",
    "to",
    "context",
    "errors",
    "code",
    "image",
    "interactive",
    "button_reply",
    "location",
    "latitude",
    "longitude",
    "order",
    "edit",
    "revoke",
    "original_message_id",
    "template",
    "components",
    "body",
    "threads",
    "history_context",
    "status",
    "calls",
    "groups",
    "0",
    "1795168502",
    "MT.12",
    "item",
    "comment",
    "verb",
    "remove",
    "comment_id",
    "account_update",
];

fn json_of_metas_words() -> impl Strategy<Value = serde_json::Value> {
    let word = || proptest::sample::select(WORDS).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        word().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(8, 128, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::vec((word(), inner), 0..8)
                .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_decode(body in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(!decode(&body).items.is_empty(), "something is always said");
    }

    #[test]
    fn any_json_of_metas_words_decodes(body in json_of_metas_words()) {
        let explanation = explain(body.to_string().as_bytes());
        prop_assert_eq!(explanation.counts.values().sum::<usize>(), explanation.items.len());
        prop_assert!(serde_json::to_string(&explanation).is_ok());
    }

    #[test]
    fn any_entry_leaves_its_neighbour_whole(entry in json_of_metas_words(), channel in 0..3_usize) {
        let object = ["instagram", "page", "whatsapp_business_account"][channel];
        let good = if channel == 2 {
            json!({"id": "w", "changes": [{"field": "messages", "value": {"metadata": {"phone_number_id": "good"},
                "messages": [{"from": "5", "id": "neighbour", "type": "text", "text": {"body": "hi"}}]}}]})
        } else {
            json!({"id": "good", "messaging": [{"sender": {"id": "5"}, "message": {"mid": "neighbour", "text": "hi"}}]})
        };
        let body = json!({"object": object, "entry": [entry, good]});
        let found = decode(body.to_string().as_bytes()).items.into_iter().any(|item| {
            item.account.as_str() == "good" && matches!(&item.kind, Kind::Message(m) if m.mid.as_str() == "neighbour")
        });
        prop_assert!(found);
    }
}

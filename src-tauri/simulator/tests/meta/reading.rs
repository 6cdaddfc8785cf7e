//! The Conversations API and its neighbours.

use crate::desk::{Desk, HOUR};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Walks a list to its end.
async fn walk(desk: &Desk, token: &str, first: &str) -> Vec<Value> {
    let (mut path, mut rows) = (first.to_owned(), Vec::new());
    for _ in 0..500 {
        let page = desk.get(token, &path).await;
        assert_eq!(page.status, 200, "{:?}", page.json);
        rows.extend(page.json["data"].as_array().unwrap().clone());
        match page.json["paging"]["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => return rows,
        }
    }
    panic!("the list does not end");
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn cursors_walk_every_thread_and_message_once_newest_first() {
    let desk = Desk::new(90, 1500).await;
    for (channel, query) in [("messenger", "?limit=7"), ("instagram", "?platform=instagram&limit=7")] {
        let token = desk.account("messenger").token;
        let threads = walk(&desk, &token, &format!("/v26.0/me/conversations{query}")).await;
        let mut held: HashMap<String, Vec<String>> = HashMap::new();
        for message in desk.sim.truth(channel) {
            held.entry(message.thread).or_default().push(message.mid);
        }
        assert_eq!(ids(&threads).into_iter().collect::<HashSet<_>>(), held.keys().cloned().collect());
        assert_eq!(threads.len(), held.len());
        assert!(threads.is_sorted_by(|a, b| a["updated_time"].as_str() >= b["updated_time"].as_str()));
        for thread in threads.iter().take(5) {
            let id = thread["id"].as_str().unwrap();
            let mut messages = ids(&walk(&desk, &token, &format!("/v26.0/{id}/messages?limit=4")).await);
            messages.reverse();
            assert_eq!(messages, held[id]);
        }
    }
}

#[tokio::test]
async fn nested_messages_page_on_from_inside_a_thread() {
    let desk = Desk::new(20, 400).await;
    let token = desk.account("instagram").token;
    let first =
        desk.get(&token, "/v26.0/me/conversations?limit=1&fields=messages.limit(3){id,message}").await;
    let inner = &first.json["data"][0]["messages"];
    assert_eq!(inner["data"].as_array().unwrap().len(), 3);
    let next = desk.get(&token, inner["paging"]["next"].as_str().unwrap()).await;
    assert_eq!(next.json["data"].as_array().unwrap().len(), 3);
    assert!(next.json["data"][0]["message"].is_string());
    assert!(
        !ids(next.json["data"].as_array().unwrap())
            .contains(&inner["data"][2]["id"].as_str().unwrap().to_owned())
    );
    let back = desk.get(&token, next.json["paging"]["previous"].as_str().unwrap()).await;
    assert_eq!(back.json["data"], inner["data"]);
}

#[tokio::test]
async fn details_are_told_for_the_twenty_newest_only() {
    let desk = Desk::new(3, 3).await;
    let account = desk.account("messenger");
    let said = desk.sim.say("messenger", None, "message 0");
    let mut mids = vec![said.mid.clone()];
    for n in 1..25 {
        mids.push(desk.sim.say("messenger", Some(&said.person), &format!("message {n}")).mid);
    }
    let path = format!("/v26.0/{}/messages?limit=100&fields=id,created_time,message,from", said.thread);
    let list = desk.get(&account.token, &path).await;
    let rows = list.json["data"].as_array().unwrap();
    assert_eq!(rows.len(), 25);
    assert!(rows[..20].iter().all(|r| r["message"].is_string() && r["from"].is_object()));
    assert!(rows[20..].iter().all(|r| r["message"].is_null() && r["created_time"].is_string()));
    let one = |mid: &str| format!("/v26.0/{mid}?fields=message");
    assert_eq!(desk.get(&account.token, &one(&mids[5])).await.json["message"], "message 5");
    assert_eq!(desk.get(&account.token, &one(&mids[4])).await.error().0, 9_000_001);
    desk.sim.set_details(50);
    assert_eq!(desk.get(&account.token, &one(&mids[4])).await.json["message"], "message 4");
}

#[tokio::test]
async fn a_cursor_of_another_list_and_removed_parameters_are_refused() {
    let desk = Desk::new(30, 60).await;
    let (page, instagram) = (desk.account("messenger").token, desk.account("instagram").token);
    let list = desk.get(&page, "/me/conversations?limit=1").await;
    let after = list.json["paging"]["cursors"]["after"].as_str().unwrap();
    assert_eq!(desk.get(&page, &format!("/me/conversations?after={after}")).await.status, 200);
    for path in [
        format!("/me/conversations?platform=instagram&after={after}"),
        "/me/conversations?after=MTAx".to_owned(),
        "/me/conversations?limit=0".to_owned(),
        "/me/conversations?fields=nonsense".to_owned(),
        "/me?pretty=1".to_owned(),
        "/me?debug=all".to_owned(),
        "/me?date_format=U".to_owned(),
        "/?ids=1,2".to_owned(),
    ] {
        let refused = desk.get(&page, &path).await;
        assert_eq!((refused.status, refused.error().0), (400, 100), "{path}");
    }
    let other = desk.get(&instagram, &format!("/me/conversations?after={after}")).await;
    assert_eq!(other.error().0, 100);
    assert_eq!(desk.get(&page, "/me/conversations?fields=id{").await.error().0, 2500);
}

#[tokio::test]
async fn profiles_are_told_or_refused_and_their_pictures_end() {
    let desk = Desk::new(400, 400).await;
    let (page, instagram) = (desk.account("messenger").token, desk.account("instagram").token);
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut picture = None;
    for (channel, token, fields) in [
        ("messenger", &page, "first_name,last_name,profile_pic"),
        ("instagram", &instagram, "name,username,profile_pic"),
    ] {
        let people: HashSet<String> = desk.sim.truth(channel).into_iter().map(|m| m.person).collect();
        for person in people {
            let profile = desk.get(token, &format!("/v26.0/{person}?fields={fields}")).await;
            let outcome = match (profile.status, profile.json.as_object().unwrap().len()) {
                (200, 0) => "nothing".to_owned(),
                (200, _) => "told".to_owned(),
                _ => profile.error().0.to_string(),
            };
            *seen.entry(outcome).or_default() += 1;
            picture = profile.json["profile_pic"].as_str().map(str::to_owned).or(picture);
        }
    }
    assert!(seen["told"] > 100 && seen["nothing"] > 0 && seen["230"] > 0 && seen["100"] > 0, "{seen:?}");
    let picture = picture.unwrap();
    let file = desk.http.get(&picture).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    assert!(file.bytes().await.unwrap().starts_with(b"\x89PNG"));
    assert_eq!(desk.http.get(format!("{picture}0")).send().await.unwrap().status(), 403);
    desk.sim.advance(4 * 24 * HOUR);
    assert_eq!(desk.http.get(&picture).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn whatsapp_media_takes_the_token_and_five_minutes() {
    let desk = Desk::new(3, 3).await;
    let account = desk.account("whatsapp");
    for (content, mime) in [
        (heliograph_simulator::Content::Image, "image/png"),
        (heliograph_simulator::Content::Sticker, "image/webp"),
    ] {
        let said = desk.sim.say_content("whatsapp", None, content);
        let body = &desk.sim.bodies("whatsapp", "x");
        let body: Value = serde_json::from_slice(&body.last().unwrap().body).unwrap();
        let message = &body["entry"][0]["changes"][0]["value"]["messages"][0];
        assert_eq!(message["id"], said.mid.as_str());
        let kind = message["type"].as_str().unwrap();
        let id = message[kind]["id"].as_str().unwrap();
        let media = desk.get(&account.token, &format!("/v26.0/{id}")).await.json;
        let url = media["url"].as_str().unwrap();
        assert_eq!(desk.http.get(url).send().await.unwrap().status(), 401);
        let file = desk.http.get(url).bearer_auth(&account.token).send().await.unwrap();
        assert_eq!(file.headers()["content-type"], mime);
        let bytes = file.bytes().await.unwrap();
        assert_eq!(bytes.len() as u64, media["file_size"].as_u64().unwrap());
        desk.sim.advance(6 * 60_000);
        assert_eq!(desk.http.get(url).bearer_auth(&account.token).send().await.unwrap().status(), 404);
    }
}

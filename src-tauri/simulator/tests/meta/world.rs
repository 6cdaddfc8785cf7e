//! The world itself: it repeats, it has the size asked for, and it grows.

use crate::desk::{Desk, NOW};
use heliograph_simulator::Options;
use std::collections::HashSet;
use std::time::{Duration, Instant};

#[tokio::test]
async fn the_same_seed_gives_the_same_truth_and_another_seed_another() {
    let options =
        Options { people: 60, messages: 700, start_at_ms: Some(NOW), seed: 9, ..Options::default() };
    let (one, two) = (Desk::with(options.clone()).await, Desk::with(options.clone()).await);
    let other = Desk::with(Options { seed: 10, ..options }).await;
    for channel in ["instagram", "messenger", "whatsapp"] {
        assert_eq!(one.sim.truth(channel), two.sim.truth(channel));
        assert_ne!(one.sim.truth(channel), other.sim.truth(channel));
        assert_eq!(one.account(channel).token, two.account(channel).token);
    }
}

#[tokio::test]
async fn the_world_holds_exactly_what_was_asked_for() {
    let desk = Desk::new(240, 5000).await;
    let truths: Vec<_> = ["instagram", "messenger", "whatsapp"].iter().map(|c| desk.sim.truth(c)).collect();
    let all: Vec<_> = truths.iter().flatten().collect();
    assert_eq!(all.len(), 5000);
    assert_eq!(all.iter().map(|m| &m.mid).collect::<HashSet<_>>().len(), 5000);
    assert_eq!(all.iter().map(|m| (&m.thread, &m.person)).collect::<HashSet<_>>().len(), 240);
    assert!(all.iter().all(|m| m.at_ms < NOW));
    assert!(all.iter().any(|m| m.kind != "text"), "some messages are pictures and the like");
    for truth in &truths {
        assert!(truth.is_sorted_by_key(|m| m.at_ms));
    }
}

#[tokio::test]
async fn a_large_world_is_built_and_listed_quickly() {
    let begun = Instant::now();
    let desk = Desk::new(10_000, 200_000).await;
    let token = desk.account("messenger").token;
    let page = desk.get(&token, "/v26.0/me/conversations?limit=100&fields=id,snippet,participants").await;
    assert_eq!(page.json["data"].as_array().unwrap().len(), 100);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_is_said_is_the_newest_in_the_truth_and_time_stands_still() {
    let desk = Desk::new(6, 30).await;
    let said = desk.sim.say("instagram", None, "Is the blue one back?");
    let again = desk.sim.say("instagram", Some(&said.person), "Hello?");
    assert_eq!(said.thread, again.thread);
    let truth = desk.sim.truth("instagram");
    let newest: Vec<_> = truth.iter().rev().take(2).map(|m| (m.text.as_str(), m.at_ms)).collect();
    assert_eq!(newest, [("Hello?", NOW + 1), ("Is the blue one back?", NOW)]);
    desk.sim.advance(5000);
    assert_eq!(desk.sim.now(), NOW + 5000);
}

#[tokio::test(start_paused = true)]
async fn in_a_busy_world_people_keep_writing() {
    let desk = Desk::with(Options { people: 40, messages: 200, busy: true, ..Options::default() }).await;
    let held =
        || ["instagram", "messenger", "whatsapp"].iter().map(|c| desk.sim.truth(c).len()).sum::<usize>();
    tokio::time::sleep(Duration::from_secs(600)).await;
    let written = held() - 200;
    assert!((30..=180).contains(&written), "{written} messages in ten minutes");
}

#[tokio::test]
async fn in_a_busy_world_a_reply_is_answered() {
    let desk = Desk::with(Options { people: 40, messages: 200, busy: true, ..Options::default() }).await;
    let account = desk.account("messenger");
    let mut people = Vec::new();
    for n in 0..8 {
        let person = desk.sim.say("messenger", None, &format!("question {n}")).person;
        assert_eq!(desk.send(&account, &person, "Yes.").await.status, 200);
        people.push(person);
    }
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(12)).await;
    let truth = desk.sim.truth("messenger");
    let answered =
        people.iter().filter(|p| truth.iter().rev().find(|m| m.person == **p).is_some_and(|m| !m.from_us));
    assert!(answered.count() >= 3, "eight replies, hardly an answer");
}

#[tokio::test]
async fn a_world_built_again_never_gives_a_new_message_an_old_id() {
    let again = async || {
        let desk = Desk::with(Options { people: 6, messages: 30, ..Options::default() }).await;
        let seeded: Vec<String> = desk.sim.truth("messenger").into_iter().map(|m| m.mid).collect();
        (seeded, desk.sim.say("messenger", None, "new").mid)
    };
    let (first, second) = (again().await, again().await);
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
}

#[tokio::test]
async fn the_control_endpoint_says_what_the_rust_interface_says() {
    let desk = Desk::new(6, 30).await;
    let said =
        desk.post("", "/_sim/say", serde_json::json!({ "account": "whatsapp", "text": "Grüß Gott" })).await;
    let person = said.json["person"].as_str().unwrap().to_owned();
    let truth = desk.get("", "/_sim/truth?account=whatsapp").await;
    let last = truth.json.as_array().unwrap().last().unwrap().clone();
    assert_eq!((last["text"].as_str(), last["person"].as_str()), (Some("Grüß Gott"), Some(person.as_str())));
    assert_eq!(desk.post("", "/_sim/faults", serde_json::json!({ "name": "no such" })).await.status, 400);
    assert_eq!(
        desk.post("", "/_sim/advance", serde_json::json!({ "ms": 1000 })).await.json["now_ms"],
        NOW + 1000
    );
    let story = serde_json::json!({ "account": "instagram", "text": "❤️" });
    assert_eq!(desk.post("", "/_sim/said/story_reply", story).await.status, 200);
    assert_eq!(desk.sim.truth("instagram").last().unwrap().kind, "story_reply");
}

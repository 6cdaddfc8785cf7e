//! The demo world shows each kind of message, a send that failed, and an account that *Reconnect* heals.

use crate::desk::{PATIENCE, Scene, call};
use engine::{Engine, Opening, clock::Clock, config::Config, model::*, server, vault::MasterKey};
use std::{collections::BTreeSet, sync::Arc};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_every_kind_and_heals_what_it_breaks() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let demo = server::Demo::new(11);
    let mut config = demo.trusted_by(Config::new(folder.path()));
    config.poll_every = (300, 1_000);
    let key = MasterKey::random();
    let engine = Engine::open(Opening {
        config,
        key: key.clone(),
        key_home: "a test".into(),
        clock: Clock::system(),
        host: Host::Server,
        demo: Some(Arc::new(demo)),
    })
    .await
    .unwrap();
    // A scene's helpers want a simulator; this one only stands by.
    let meta = heliograph_simulator::start(crate::desk::quiet(1, 1)).await.unwrap();
    let scene = Scene { meta, engine, folder, key };
    scene.ask(call::StartDemo {}).await;

    let broken = scene
        .until("the outlet's token has ended", call::ListAccounts {}, |accounts| {
            let outlet = accounts.iter().find(|a| a.name == "Saltwind Seconds")?;
            outlet.health.fault.map(|fault| (outlet.id, outlet.health.problem.clone(), fault))
        })
        .await;
    let problem = broken.1.expect("it is said in words");
    assert_eq!((problem.code, problem.action), (Code::SignInAgain, Some(Action::Reconnect)));
    assert_eq!(broken.2, SignInFault::Expired, "and which of the ways to die it was");
    let kept = scene.conversations().await.iter().filter(|c| c.account == broken.0).count();
    assert!(kept > 0, "its history can be read meanwhile");
    scene.ask(call::StartDemo {}).await;
    scene
        .until("connecting it again has healed it", call::ListAccounts {}, |accounts| {
            let outlet = accounts.iter().find(|a| a.id == broken.0)?;
            (outlet.health.problem.is_none() && outlet.health.last_poll_at.is_some()).then_some(())
        })
        .await;
    let still = scene.conversations().await.iter().filter(|c| c.account == broken.0).count();
    assert!(still >= kept, "and stays: {still} of {kept}");

    let wanted: BTreeSet<&str> = [
        "Story reply",
        "Mentioned you in a story",
        "Shared post",
        "Shared reel",
        "Shared story",
        "Photos",
        "Photo",
        "Video",
        "Audio",
        "Voice message",
        "File",
        "Sticker",
        "Heart",
        "Card",
        "Location",
        "Contact",
        "Order",
        "Tapped button",
        "Answered form",
        "Disappearing photo or video",
        "Message that Meta does not pass on",
        "unsent",
        "edited",
        "reaction",
        "ours reacted",
        "ad",
        "forwarded",
        "author",
        "standby",
        "failed",
        "CameFrom",
        "Tapped",
        "OptIn",
        "Call",
        "TakenOver",
        "HandOverAsked",
        "IdentityChanged",
        "Group",
        "Feedback",
    ]
    .into();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let found = shown(&scene).await;
        let missing: Vec<_> = wanted.iter().filter(|w| !found.contains(**w)).collect();
        if missing.is_empty() {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "the demo lacks {missing:?}; it shows {found:?}");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    let conversations = scene.conversations().await;
    let now = scene.engine.clock().now();
    let closing = |c: &Conversation| c.window.closes_at.is_some_and(|at| (0..HOUR).contains(&now.until(at)));
    assert!(conversations.iter().any(closing), "a window is about to close");
    scene.end().await;
}

/// Everything that occurs in the demo's newest conversations.
async fn shown(scene: &Scene) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut note = |what: &str| {
        found.insert(what.to_owned());
    };
    for conversation in scene.ask(crate::desk::list(Filter::default())).await.rows {
        for message in scene.thread(conversation.id).await {
            match &message.content {
                Content::Placeholder { what, .. } => note(what),
                Content::Unsent => note("unsent"),
                Content::Activity { activity } => {
                    let told = format!("{activity:?}");
                    note(told.split([' ', '{']).next().unwrap_or_default());
                }
                Content::Text { .. } | Content::Note { .. } => {}
            }
            let detail = &message.detail;
            for (here, what) in [
                (detail.edits > 0, "edited"),
                (message.reactions.iter().any(|r| !r.from_us), "reaction"),
                (message.reactions.iter().any(|r| r.from_us), "ours reacted"),
                (detail.referral.as_ref().is_some_and(|r| r.ad), "ad"),
                (detail.forwarded, "forwarded"),
                (!detail.author.is_empty(), "author"),
                (detail.standby, "standby"),
                (message.status == DeliveryStatus::Failed, "failed"),
            ] {
                if here {
                    note(what);
                }
            }
        }
    }
    found
}

//! What Meta tells of an account is seen from here, lacks are named, and one button mends them, at both levels.

use crate::desk::{Scene, call};
use engine::model::*;

async fn seen(scene: &Scene, account: AccountId) -> Subscriptions {
    scene.ask(call::GetSubscriptions { account }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_channels_subscriptions_are_shown_taken_back_and_mended() {
    let scene = Scene::new(6, 12).await;
    scene.open_door().await;
    for channel in Channel::ALL {
        let account = scene.connect(channel).await;
        scene.ask(call::Subscribe { account }).await;
        let whole = seen(&scene, account).await;
        assert!(whole.complete() && whole.apps.len() == 1, "{channel:?}: {whole:?}");
        assert_eq!(whole.account.is_some(), channel != Channel::WhatsApp, "WhatsApp names no fields");

        scene.ask(call::Unsubscribe { account }).await;
        let none = seen(&scene, account).await;
        assert!(none.apps.is_empty() && !none.complete(), "{channel:?}: {none:?}");
        scene.ask(call::Subscribe { account }).await;
        assert!(seen(&scene, account).await.complete(), "{channel:?}");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_apps_address_is_set_from_here_proved_by_meta_and_messages_come_through_it() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::WhatsApp).await;
    scene.open_door().await;
    let door = scene.ask(call::GetWebhookDoor {}).await;
    let address = format!("http://{}{}", door.listening.unwrap(), door.path);
    scene.meta.set_webhook(None);
    assert_eq!(seen(&scene, account).await.address, AppAddress::Nowhere);

    let wrong = call::SubscribeApp { account, address: format!("{address}/elsewhere") };
    let refused = scene.engine.ask(wrong).await.unwrap_err();
    assert_eq!((refused.code, refused.action), (Code::NotAllowed, Some(Action::OpenSettings)), "{refused}");
    let nonsense = call::SubscribeApp { account, address: "my door".into() };
    assert_eq!(scene.engine.ask(nonsense).await.unwrap_err().code, Code::BadRequest);

    scene.ask(call::SubscribeApp { account, address: address.clone() }).await;
    let whole = seen(&scene, account).await;
    assert!(
        matches!(&whole.address, AppAddress::To { url, active: true, fields } if *url == address && fields.lacks.is_empty())
    );
    let shop = scene.sim(Channel::WhatsApp).meta_id;
    scene.meta.say(&shop, None, "Through the new address");
    scene.conversation_saying("Through the new address").await;

    scene.ask(call::UnsubscribeApp { account }).await;
    assert_eq!(seen(&scene, account).await.address, AppAddress::Nowhere);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instagram_login_says_that_only_the_dashboard_knows_the_address() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Instagram).await;
    let seen = seen(&scene, account).await;
    assert_eq!(seen.address, AppAddress::NotKnown);
    assert!(seen.complete(), "what nobody can tell is not called missing: {seen:?}");
    let ask = call::SubscribeApp { account, address: "http://127.0.0.1:1/webhook".into() };
    assert!(scene.engine.ask(ask).await.unwrap_err().message.contains("dashboard"));
    scene.end().await;
}

//! A sign-in is looked after: renewed in time, inspected daily, told of before it ends; and when it dies all the
//! same, it is said why, what waits goes on waiting, and signing in again heals it.

use crate::desk::{PATIENCE, Scene, call};
use engine::{events::Listener, model::*};

async fn health(scene: &Scene, account: AccountId) -> Health {
    let all = scene.ask(call::ListAccounts {}).await;
    all.into_iter().find(|a| a.id == account).expect("it is connected").health
}

async fn healthy(
    scene: &Scene,
    what: &str,
    account: AccountId,
    mut good: impl FnMut(&Health) -> bool,
) -> Health {
    scene
        .until(what, call::ListAccounts {}, |all| {
            all.iter().find(|a| a.id == account).map(|a| a.health.clone()).filter(&mut good)
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn instagrams_token_is_renewed_every_week_and_never_on_its_first_day() {
    let scene = Scene::over_days(6, 12).await;
    let account = scene.connect(Channel::Instagram).await;
    scene.imported(account).await;
    let first = health(&scene, account).await.token_expires_at.expect("its end is known");
    scene.pass(2 * HOUR);
    healthy(&scene, "it was polled", account, |h| {
        h.last_poll_at.is_some_and(|at| at.until(scene.engine.clock().now()) < HOUR)
    })
    .await;
    assert_eq!(health(&scene, account).await.token_expires_at, Some(first), "too young");

    let mut end = first;
    for week in 1..=3 {
        scene.pass(7 * DAY);
        let renewed = healthy(&scene, "the token was renewed", account, |h| {
            h.token_expires_at.is_some_and(|at| end.until(at) > 6 * DAY)
        })
        .await;
        assert!(renewed.problem.is_none(), "week {week}");
        end = renewed.token_expires_at.unwrap();
    }
    // Seventy days after the first, which would long be over, messages still come.
    for _ in 0..7 {
        scene.pass(7 * DAY);
        end = healthy(&scene, "the token was renewed", account, |h| {
            h.token_expires_at.is_some_and(|at| end.until(at) > 6 * DAY)
        })
        .await
        .token_expires_at
        .unwrap();
    }
    scene.meta.say(&scene.sim(Channel::Instagram).meta_id, None, "Still there?");
    scene.ask(call::PollNow { account }).await;
    scene.conversation_saying("Still there?").await;
    scene.end().await;
}

/// The next reminder that is told.
async fn reminder(events: &mut Listener) -> Ending {
    let told = async {
        loop {
            if let Some(Event::SignInEnding { of, .. }) = events.next().await {
                return of;
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("a reminder is told")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_only_a_person_can_move_is_told_a_week_and_a_day_before() {
    let scene = Scene::over_days(6, 12).await;
    let page = scene.sim(Channel::Messenger).meta_id;
    let now = scene.engine.clock().now();
    scene.meta.token_expires_at(&page, None);
    scene.meta.data_access_until(&page, now.plus(90 * DAY).0);
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let mut events = scene.engine.events();

    scene.meta.token_expires_at(&page, Some(now.plus(20 * DAY).0));
    scene.meta.data_access_until(&page, now.plus(40 * DAY).0);
    scene.pass(DAY + HOUR);
    let seen = healthy(&scene, "the token was inspected", account, |h| h.token_expires_at.is_some()).await;
    assert!(seen.ends_soon(scene.engine.clock().now()).is_none(), "not yet worth a word");

    scene.pass(12 * DAY);
    let told = reminder(&mut events).await;
    assert!(!told.of_data && (now.until(told.at) - 20 * DAY).abs() < MINUTE, "{told:?}");
    healthy(&scene, "the card says so", account, |h| h.ends_soon(scene.engine.clock().now()).is_some()).await;
    scene.pass(6 * DAY + 2 * HOUR);
    assert_eq!(reminder(&mut events).await, told, "and once more on the last day");
    let reminded = healthy(&scene, "it is noted", account, |h| h.reminded.is_some_and(|r| r.days == 1)).await;
    assert!(reminded.problem.is_none(), "a reminder is no problem");

    // A token without an end of its own still brings data for ninety days only.
    scene.meta.token_expires_at(&page, None);
    scene.pass(DAY / 2);
    scene.ask(call::CheckAccount { account }).await;
    scene.pass(14 * DAY);
    assert!(reminder(&mut events).await.of_data);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_ended_is_said_although_every_call_still_works_and_signing_in_again_heals_it() {
    let scene = Scene::over_days(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let page = scene.sim(Channel::Messenger).meta_id;
    let end = scene.engine.clock().now().plus(3 * DAY);
    scene.meta.token_expires_at(&page, None);
    scene.meta.data_access_until(&page, end.0);
    scene.pass(DAY + HOUR);
    healthy(&scene, "the end is known", account, |h| {
        h.data_access_expires_at.is_some_and(|at| at < end.plus(HOUR))
    })
    .await;
    scene.pass(2 * DAY);
    let broken =
        healthy(&scene, "the end has come", account, |h| h.fault == Some(SignInFault::DataEnded)).await;
    assert_eq!(broken.problem.unwrap().action, Some(Action::Reconnect));
    scene.ask(call::PollNow { account }).await;
    let now = scene.engine.clock().now();
    healthy(&scene, "it was polled since", account, |h| h.last_poll_at.is_some_and(|at| at >= now)).await;
    assert!(health(&scene, account).await.problem.is_some(), "an empty answer mends nothing");

    scene.reconnect(Channel::Messenger).await;
    assert!(health(&scene, account).await.problem.is_none());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_a_sign_in_dies_is_told_apart_sending_waits_and_reconnect_heals_it() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let page = scene.sim(Channel::Messenger).meta_id;
    for (subcode, fault) in [
        (458, SignInFault::Revoked),
        (459, SignInFault::Checkpoint),
        (460, SignInFault::PasswordChanged),
        (463, SignInFault::Expired),
        (464, SignInFault::Unconfirmed),
        (467, SignInFault::NotAccepted),
        (492, SignInFault::RoleLost),
    ] {
        let question = format!("Is this {subcode}?");
        scene.meta.say(&page, None, &question);
        scene.ask(call::PollNow { account }).await;
        let conversation = scene.conversation_saying(&question).await.id;
        let history = scene.thread(conversation).await.len();
        scene.meta.expire_token(&page, subcode);
        let answer = format!("It is {subcode}");
        let key = format!("k{subcode}");
        let sent = scene
            .ask(call::SendText { conversation, text: answer.clone(), key, manner: Manner::default() })
            .await;
        let sick = healthy(&scene, &format!("{fault:?} is told"), account, |h| h.fault == Some(fault)).await;
        let problem = sick.problem.expect("in words");
        let helps = if fault.wants_new_token() { Action::Reconnect } else { Action::OpenAccounts };
        assert_eq!((problem.code, problem.action), (Code::SignInAgain, Some(helps)), "{subcode}");
        let newest = call::ListMessages { conversation, stretch: Stretch::Newest, limit: 5 };
        scene
            .until(&format!("{subcode}: the reply was tried and waits"), newest, |page| {
                let reply = page.rows.iter().find(|m| m.id == sent.id)?;
                (reply.status == DeliveryStatus::Queued && reply.failure.is_some()).then_some(())
            })
            .await;
        assert!(scene.meta.sends().iter().all(|s| s.text != answer));

        scene.reconnect(Channel::Messenger).await;
        scene.until("the reply has left", call::ListOutbox {}, |rows| rows.is_empty().then_some(())).await;
        assert_eq!(scene.meta.sends().iter().filter(|s| s.text == answer).count(), 1, "{subcode}: once");
        assert!(health(&scene, account).await.fault.is_none());
        assert!(scene.thread(conversation).await.len() > history, "the history stays");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named_and_what_it_holds_up_waits() {
    let scene = Scene::new(6, 12).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    let page = scene.sim(Channel::Messenger).meta_id;
    scene.meta.say(&page, None, "May you answer?");
    scene.ask(call::PollNow { account }).await;
    let conversation = scene.conversation_saying("May you answer?").await.id;
    scene.meta.drop_scope(&page, "pages_messaging");
    let key = "may".to_owned();
    scene.ask(call::SendText { conversation, text: "Soon".into(), key, manner: Manner::default() }).await;
    let sick = healthy(&scene, "the permission is named", account, |h| {
        h.fault == Some(SignInFault::MissingScope)
            && h.problem.as_ref().is_some_and(|p| p.message.contains("pages_messaging"))
    })
    .await;
    assert_eq!(sick.missing_scopes, ["pages_messaging"]);
    let rows = scene.ask(call::ListOutbox {}).await;
    assert_eq!(rows.len(), 1, "it waits");
    assert!(scene.meta.sends().is_empty());

    scene.reconnect(Channel::Messenger).await;
    scene.until("it has left", call::ListOutbox {}, |rows| rows.is_empty().then_some(())).await;
    assert_eq!(scene.meta.sends().len(), 1);
    scene.end().await;
}

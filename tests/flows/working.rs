//! Working the inbox: what is done with conversations, what comes back by itself, and what an undo undoes.

use crate::desk::{Scene, call, list};
use engine::model::*;

/// A desk with `people` who have each written once, just now.
async fn desk(people: u32) -> (Scene, AccountId, String) {
    let scene = Scene::new(people, people).await;
    let account = scene.connect(Channel::Messenger).await;
    scene.imported(account).await;
    scene.open_door().await;
    let sim = scene.sim(Channel::Messenger).meta_id;
    (scene, account, sim)
}

/// Somebody writes; the conversation.
async fn writes(scene: &Scene, sim: &str, person: Option<&str>, text: &str) -> (Conversation, String) {
    let said = scene.meta.say(sim, person, text);
    (scene.conversation_saying(text).await, said.person)
}

async fn act(scene: &Scene, conversation: ConversationId, act: Act) -> Acted {
    scene.ask(call::ActOn { conversations: vec![conversation], act, undo: false }).await
}

async fn undo(scene: &Scene, acted: Acted) {
    for Inverse { act, conversations } in acted.undo {
        scene.ask(call::ActOn { conversations, act, undo: true }).await;
    }
}

async fn now(scene: &Scene, conversation: ConversationId) -> Conversation {
    scene.ask(call::GetConversation { conversation }).await
}

async fn shown(scene: &Scene, show: Show) -> Vec<ConversationId> {
    let page = scene.ask(list(Filter { show, ..Filter::default() })).await;
    page.pinned.iter().chain(&page.rows).map(|c| c.id).collect()
}

async fn activities(scene: &Scene, conversation: ConversationId) -> Vec<Activity> {
    let lines = scene.thread(conversation).await.into_iter();
    lines
        .filter_map(|m| match m.content {
            Content::Activity { activity } => Some(activity),
            _ => None,
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_messenger_keeps_as_a_request_is_told_apart_until_it_is_answered_or_accepted() {
    let (scene, account, sim) = desk(3).await;
    let mut people = Vec::new();
    for text in ["May I send you aprons?", "Are you open on Sunday?", "Hello from the fair"] {
        let (conversation, person) = writes(&scene, &sim, None, text).await;
        scene.meta.keep_as_request(&sim, &person);
        scene.meta.say(&sim, Some(&person), "No hurry");
        people.push((conversation.id, person));
    }
    let requests = async || scene.ask(call::CountConversations {}).await.all.requests;
    for (id, _) in &people {
        scene
            .until("a poll has told it", call::GetConversation { conversation: *id }, |c| {
                c.request.then_some(())
            })
            .await;
    }
    assert_eq!((requests().await, shown(&scene, Show::Requests).await.len()), (3, 3));
    let inbox = shown(&scene, Show::All).await;
    assert!(people.iter().all(|(id, _)| inbox.contains(id)), "none is hidden");
    let [(accepted, stranger), (answered, _), (spam, _)] = &people[..] else { unreachable!() };
    let done = act(&scene, *accepted, Act::Request { on: false }).await;
    assert!(!now(&scene, *accepted).await.request);
    undo(&scene, done).await;
    assert!(now(&scene, *accepted).await.request, "undone");
    act(&scene, *accepted, Act::Request { on: false }).await;
    let reply = call::SendText {
        conversation: *answered,
        text: "From ten to four".into(),
        key: "k".into(),
        manner: Manner::default(),
    };
    scene.ask(reply).await;
    assert!(!now(&scene, *answered).await.request, "who is answered is no stranger");
    act(&scene, *spam, Act::Spam).await;
    assert_eq!((requests().await, shown(&scene, Show::Requests).await), (0, vec![]));
    // Meta still keeps it apart, as the next poll hears: what was accepted here stays accepted.
    scene.meta.say(&sim, Some(stranger), "Just a thought");
    scene.conversation_saying("Just a thought").await;
    scene.ask(call::PollNow { account }).await;
    assert!(!now(&scene, *accepted).await.request);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolved_conversation_is_out_of_the_way_until_they_write_again() {
    let (scene, _, sim) = desk(3).await;
    let (first, person) = writes(&scene, &sim, None, "Is it in stock?").await;
    assert_eq!(first.state, State::Open);
    act(&scene, first.id, Act::Resolve).await;
    let resolved = now(&scene, first.id).await;
    assert_eq!((resolved.state, resolved.waiting_since, resolved.unread), (State::Resolved, None, 0));
    assert!(!shown(&scene, Show::All).await.contains(&first.id));
    assert!(!shown(&scene, Show::Waiting).await.contains(&first.id));
    assert_eq!(shown(&scene, Show::Resolved).await, [first.id]);

    let (again, _) = writes(&scene, &sim, Some(&person), "And in blue?").await;
    assert_eq!((again.id, again.state, again.unread), (first.id, State::Open, 1));
    assert_eq!(again.waiting_since, Some(again.last_at), "what was resolved does not wait again");
    assert_eq!(
        activities(&scene, first.id).await,
        [Activity::Resolved, Activity::Reopened { they_wrote: true }]
    );
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snooze_ends_by_the_clock_or_when_they_write() {
    let (scene, _, sim) = desk(3).await;
    let (by_clock, _) = writes(&scene, &sim, None, "Remind me").await;
    let soon = scene.engine.clock().now().plus(1_500);
    act(&scene, by_clock.id, Act::Snooze { until: Some(soon) }).await;
    assert_eq!(shown(&scene, Show::Snoozed).await, [by_clock.id]);
    scene
        .until("it woke", call::GetConversation { conversation: by_clock.id }, |c| {
            (c.state == State::Open && c.unread > 0).then_some(())
        })
        .await;
    assert!(scene.engine.clock().now() >= soon, "not before its time");
    assert!(activities(&scene, by_clock.id).await.contains(&Activity::Woke { they_wrote: false }));

    let (by_message, person) = writes(&scene, &sim, None, "I come back to you").await;
    act(&scene, by_message.id, Act::Snooze { until: None }).await;
    let (back, _) = writes(&scene, &sim, Some(&person), "Here I am").await;
    assert_eq!((back.id, back.state, back.snoozed_until), (by_message.id, State::Open, None));
    let past = call::ActOn {
        conversations: vec![back.id],
        act: Act::Snooze { until: Some(Timestamp(1)) },
        undo: false,
    };
    assert_eq!(scene.engine.ask(past).await.unwrap_err().code, Code::BadRequest);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_done_with_a_conversation_is_undone_with_its_lines() {
    let (scene, _, sim) = desk(2).await;
    let (c, _) = writes(&scene, &sim, None, "Hello there").await;
    let label = scene.ask(call::SaveLabel { label: None, name: "Refund".into(), colour: Colour::Red }).await;
    let mia = scene.ask(call::SaveColleague { colleague: None, name: "Mia".into() }).await;
    let as_worked = async |scene: &Scene| {
        // A profile may be read meanwhile.
        let c = now(scene, c.id).await;
        (c.state, c.snoozed_until, c.waiting_since, c.unread, c.assignee, c.labels, c.pinned)
    };
    let before = as_worked(&scene).await;
    for doing in [
        Act::Resolve,
        Act::Pending,
        Act::Snooze { until: None },
        Act::Spam,
        Act::Assign { to: Some(mia) },
        Act::Assign { to: Some(ColleagueId::ME) },
        Act::Label { label, on: true },
        Act::Pin { on: true },
        Act::Read,
    ] {
        let acted = act(&scene, c.id, doing.clone()).await;
        assert_eq!(acted.changed, 1, "{doing:?}");
        assert_ne!(as_worked(&scene).await, before, "{doing:?}");
        undo(&scene, acted).await;
        assert_eq!(as_worked(&scene).await, before, "{doing:?} is undone");
        assert!(activities(&scene, c.id).await.is_empty(), "{doing:?} left no line");
    }
    let nothing = act(&scene, c.id, Act::Open).await;
    assert_eq!(nothing, Acted::default(), "what is so already is left alone");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_colleagues_pins_and_notes_are_seen_where_they_belong() {
    let (scene, _, sim) = desk(3).await;
    let (a, _) = writes(&scene, &sim, None, "First").await;
    let (b, _) = writes(&scene, &sim, None, "Second").await;
    let save = |name: &str| call::SaveLabel { label: None, name: name.into(), colour: Colour::Blue };
    let vip = scene.ask(save("VIP")).await;
    assert_eq!(
        scene.engine.ask(save("vip")).await.unwrap_err().code,
        Code::BadRequest,
        "one name, one label"
    );
    act(&scene, a.id, Act::Label { label: vip, on: true }).await;
    assert_eq!(now(&scene, a.id).await.labels, [vip]);
    let of_label = Filter { label: Some(vip), ..Filter::default() };
    assert_eq!(scene.ask(list(of_label.clone())).await.rows.len(), 1);
    assert_eq!(scene.ask(call::ListLabels {}).await[0].conversations, 1);
    act(&scene, a.id, Act::Resolve).await;
    assert_eq!(scene.ask(call::ListLabels {}).await[0].conversations, 0, "labels count what is at work");
    act(&scene, a.id, Act::Open).await;

    act(&scene, a.id, Act::Assign { to: Some(ColleagueId::ME) }).await;
    assert_eq!(shown(&scene, Show::Mine).await, [a.id]);
    assert!(!shown(&scene, Show::Unassigned).await.contains(&a.id));
    act(&scene, a.id, Act::Pin { on: true }).await;
    let page = scene.ask(list(Filter::default())).await;
    assert_eq!(page.pinned.iter().map(|c| c.id).collect::<Vec<_>>(), [a.id]);
    assert!(page.rows.iter().all(|c| c.id != a.id), "above, and not among the rows");
    assert!(page.rows.iter().any(|c| c.id == b.id));

    scene.ask(call::SaveColleague { colleague: Some(ColleagueId::ME), name: "Noor".into() }).await;
    let note = call::AddNote { conversation: a.id, text: " Promised a refund ".into() };
    let note = scene.ask(note).await;
    let thread = scene.thread(a.id).await;
    let written = thread.iter().find(|m| m.id == note).expect("the note is in the thread");
    assert_eq!(written.content, Content::Note { text: "Promised a refund".into(), author: "Noor".into() });
    assert_eq!(now(&scene, a.id).await.last.expect("a message").text, "First", "a note is no message");
    let reply = thread.iter().find(|m| m.content.text() == "First").expect("their message").id;
    assert_eq!(scene.engine.ask(call::RemoveNote { message: reply }).await.unwrap_err().code, Code::NotFound);
    let notes = scene.ask(call::ListNotes { conversation: a.id }).await;
    assert_eq!(notes.iter().map(|n| (n.id, n.author.as_str())).collect::<Vec<_>>(), [(note, "Noor")]);
    scene.ask(call::RemoveNote { message: note }).await;
    assert!(scene.thread(a.id).await.iter().all(|m| m.id != note));

    scene.ask(call::RemoveLabel { label: vip }).await;
    assert!(now(&scene, a.id).await.labels.is_empty());
    assert!(scene.meta.sends().is_empty(), "nothing of this ever leaves");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spam_is_silent_and_stays_away() {
    let (scene, _, sim) = desk(2).await;
    let (c, person) = writes(&scene, &sim, None, "Buy followers").await;
    act(&scene, c.id, Act::Spam).await;
    let mut events = scene.engine.events();
    scene.meta.say(&sim, Some(&person), "Cheap!");
    scene
        .until("it came", call::GetConversation { conversation: c.id }, |c| {
            c.last.as_ref().is_some_and(|l| l.text == "Cheap!").then_some(())
        })
        .await;
    assert_eq!(shown(&scene, Show::Spam).await, [c.id]);
    assert!(!shown(&scene, Show::All).await.contains(&c.id));
    while let Some(event) = events.waiting() {
        assert!(!matches!(event, Event::MessageReceived { .. }), "nobody is told");
    }
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_shows_wherever_its_conversation_stands() {
    let (scene, _, sim) = desk(2).await;
    let (c, person) = writes(&scene, &sim, None, "Anybody?").await;
    scene.meta.block(&sim, &person, true);
    let message = scene
        .ask(call::SendText {
            conversation: c.id,
            text: "Yes!".into(),
            key: "k".into(),
            manner: Manner::default(),
        })
        .await
        .id;
    let failed = scene
        .until(
            "it is settled",
            call::ListMessages { conversation: c.id, stretch: Stretch::Newest, limit: 20 },
            |p| {
                let m = p.rows.iter().find(|m| m.id == message)?;
                (!matches!(m.status, DeliveryStatus::Queued | DeliveryStatus::Sending)).then_some(m.status)
            },
        )
        .await;
    assert_eq!(failed, DeliveryStatus::Failed);
    assert_eq!(shown(&scene, Show::Failed).await, [c.id]);
    act(&scene, c.id, Act::Resolve).await;
    assert_eq!(now(&scene, c.id).await.state, State::Resolved);
    assert_eq!(shown(&scene, Show::Failed).await, [c.id], "resolved, and failed all the same");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_match_are_counted_before_worked_through_and_undone_for_exactly_those() {
    let (scene, account, sim) = desk(400).await;
    let (kept, _) = writes(&scene, &sim, None, "Resolved before").await;
    act(&scene, kept.id, Act::Resolve).await;
    let filter = Filter { account: Some(account), ..Filter::default() };
    let matching = call::CountMatching { filter: filter.clone(), sort: Sort::Newest };
    let before = scene.ask(matching.clone()).await;
    assert!(before > 100);
    let bulk =
        scene.ask(call::ActOnAll { filter: filter.clone(), sort: Sort::Newest, act: Act::Resolve }).await;
    let done = scene
        .until("it is through", call::GetBulk { bulk }, |b| {
            (b.state != BulkState::Running).then(|| b.clone())
        })
        .await;
    assert_eq!((done.state, done.total, done.done, done.changed), (BulkState::Done, before, before, before));
    assert_eq!(scene.ask(matching.clone()).await, 0);
    assert_eq!(scene.ask(call::CountConversations {}).await.all.resolved, before + 1);

    let back = scene.ask(call::UndoBulk { bulk }).await;
    scene
        .until("it is undone", call::GetBulk { bulk: back }, |b| (b.state == BulkState::Done).then_some(()))
        .await;
    assert_eq!(scene.ask(matching).await, before);
    assert_eq!(shown(&scene, Show::Resolved).await, [kept.id], "what it did not touch stays");
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_views_count_what_they_show_as_it_changes() {
    let (scene, _, sim) = desk(3).await;
    let label = scene.ask(call::SaveLabel { label: None, name: "Late".into(), colour: Colour::Pink }).await;
    let save =
        |name: &str, filter: Filter, sort| call::SaveView { view: None, name: name.into(), filter, sort };
    let late = Filter { label: Some(label), show: Show::Unread, ..Filter::default() };
    let first = scene.ask(save("Late and unread", late, Sort::Newest)).await;
    let ending = scene.ask(save("Ending", Filter::default(), Sort::EndingSoonest)).await;
    let counts = async |scene: &Scene| {
        let views = scene.ask(call::ListViews {}).await;
        views.iter().map(|v| v.conversations).collect::<Vec<_>>()
    };
    let all = scene.conversations().await.len();
    assert_eq!(counts(&scene).await[0], 0);
    let (c, _) = writes(&scene, &sim, None, "Where is it?").await;
    act(&scene, c.id, Act::Label { label, on: true }).await;
    assert_eq!(counts(&scene).await[0], 1);
    scene.ask(call::MarkRead { conversation: c.id }).await;
    let open = scene.ask(call::CountMatching { filter: Filter::default(), sort: Sort::EndingSoonest }).await;
    assert_eq!(counts(&scene).await, [0, open]);
    assert!(open as usize <= all + 1);

    scene.ask(call::OrderViews { views: vec![ending, first] }).await;
    let names: Vec<_> = scene.ask(call::ListViews {}).await.into_iter().map(|v| v.id).collect();
    assert_eq!(names, [ending, first]);
    scene.ask(call::RemoveView { view: ending }).await;
    assert_eq!(scene.ask(call::ListViews {}).await.len(), 1);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_holds_at_metas_side_and_a_refusal_is_told() {
    let scene = Scene::new(12, 24).await;
    for channel in Channel::ALL {
        scene.connect(channel).await;
    }
    scene.open_door().await;
    for channel in Channel::ALL {
        let sim = scene.sim(channel).meta_id;
        let text = format!("Rude words on {}", channel.name());
        let (c, person) = writes(&scene, &sim, None, &text).await;
        scene.ask(call::BlockPerson { conversation: c.id, on: true }).await;
        assert!(scene.meta.is_shut_out(&sim, &person), "{channel:?}");
        assert!(now(&scene, c.id).await.blocked);
        assert!(activities(&scene, c.id).await.contains(&Activity::Blocked { on: true }));
        scene.ask(call::BlockPerson { conversation: c.id, on: false }).await;
        assert!(!scene.meta.is_shut_out(&sim, &person) && !now(&scene, c.id).await.blocked);

        scene.meta.fault("10", Some(1), Some("POST"));
        let refused = scene.engine.ask(call::BlockPerson { conversation: c.id, on: true }).await;
        assert!(
            refused.is_err() && !now(&scene, c.id).await.blocked,
            "what Meta refused is not shown as done"
        );
        scene.meta.clear_faults();
    }
    scene.end().await;
}

//! Whatever is done in whatever order: every list holds exactly what its filter says, in its order, and every figure
//! is what counting would give.

use super::*;
use crate::{
    model::{Act, ColleagueId, Colour, ConversationId, Filter, LabelId, Show, Sort},
    store::{colleagues, conversations, labels},
};
use proptest::prelude::*;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// Something that happens to one of a few conversations.
#[derive(Debug, Clone)]
enum Step {
    TheyWrite(u8),
    WeAnswer(u8),
    Act(u8, Act),
    Draft(u8, bool),
    TimeGoes(i64),
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(Act::Open),
        Just(Act::Pending),
        Just(Act::Resolve),
        Just(Act::Spam),
        prop::option::of(1..5_000_i64).prop_map(|ms| Act::Snooze { until: ms.map(|ms| NOW.plus(ms)) }),
        prop::option::of(1..3_i64).prop_map(|to| Act::Assign { to: to.map(ColleagueId) }),
        (1..3_i64, any::<bool>()).prop_map(|(label, on)| Act::Label { label: LabelId(label), on }),
        any::<bool>().prop_map(|on| Act::Pin { on }),
        Just(Act::Read),
        Just(Act::Unread),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => any::<u8>().prop_map(Step::TheyWrite),
        1 => any::<u8>().prop_map(Step::WeAnswer),
        5 => (any::<u8>(), acts()).prop_map(|(n, act)| Step::Act(n, act)),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(n, on)| Step::Draft(n, on)),
        1 => (1..4_000_i64).prop_map(Step::TimeGoes),
    ];
    prop::collection::vec(step, 1..40)
}

const PEOPLE: u8 = 6;

async fn scene() -> (Store, AccountId, Vec<ConversationId>) {
    let (store, account) = store().await;
    let hellos =
        (0..PEOPLE).map(|n| text(account, &format!("p{n}"), &format!("first_{n}"), -90_000, "hello"));
    let taken = take(&store, hellos.collect()).await;
    store
        .write("lists", |conn| {
            Box::pin(async move {
                labels::save(conn, None, "VIP", Colour::Red).await?;
                labels::save(conn, None, "Late", Colour::Blue).await?;
                colleagues::save(conn, None, "Mia").await
            })
        })
        .await
        .unwrap();
    (store, account, taken.iter().map(|t| t.conversation).collect())
}

async fn act(store: &Store, id: ConversationId, act: Act, undo: bool, now: Timestamp) -> conversations::Done {
    store
        .write("act", move |conn| {
            Box::pin(async move { conversations::act(conn, &[id], &act, undo, now).await })
        })
        .await
        .unwrap()
}

/// Every filter in every order against what its words mean, and every figure against counting.
async fn check(conn: &mut SqliteConnection, now: Timestamp) {
    let all = conversations::facts(conn).await.unwrap();
    for show in Show::ALL {
        for sort in [Sort::Newest, Sort::WaitingLongest, Sort::EndingSoonest] {
            for label in [None, Some(LabelId(1))] {
                for assignee in [None, Some(ColleagueId(2))] {
                    let filter = Filter { show, label, assignee, ..Filter::default() };
                    let expected: BTreeSet<i64> = all
                        .iter()
                        .filter(|(_, facts)| filter.holds(facts, sort, now))
                        .map(|(id, _)| id.0)
                        .collect();
                    let mut listed = Vec::new();
                    let mut after: Option<String> = None;
                    loop {
                        let page =
                            conversations::list(conn, &filter, sort, after.as_deref(), 2, now).await.unwrap();
                        listed.extend(page.pinned.iter().chain(&page.rows).map(|c| c.id.0));
                        for row in &page.rows {
                            assert!(filter.holds(&row.facts(), sort, now) && !row.pinned);
                        }
                        after = page.next;
                        if after.is_none() {
                            break;
                        }
                    }
                    assert_eq!(
                        listed.iter().copied().collect::<BTreeSet<_>>(),
                        expected,
                        "{filter:?} {sort:?}"
                    );
                    assert_eq!(listed.len(), expected.len(), "nothing twice: {filter:?} {sort:?}");
                    let matching = conversations::matching(conn, &filter, sort, now).await.unwrap();
                    assert_eq!(matching.into_iter().collect::<BTreeSet<_>>(), expected);
                }
            }
        }
    }
    let tally = conversations::count(conn).await.unwrap().all;
    for show in Show::ALL {
        let filter = Filter { show, ..Filter::default() };
        let n = all.iter().filter(|(_, facts)| filter.holds(facts, Sort::Newest, now)).count();
        assert_eq!(tally.of(show) as usize, n, "{show:?}");
    }
    for label in labels::list(conn).await.unwrap() {
        let filter = Filter { label: Some(label.id), ..Filter::default() };
        let n = all.iter().filter(|(_, facts)| filter.holds(facts, Sort::Newest, now)).count();
        assert_eq!(label.conversations as usize, n, "{}", label.name);
    }
}

async fn live_through(steps: Vec<Step>) {
    let (store, account, ids) = scene().await;
    let mut now = NOW;
    let mut undo = Vec::new();
    for (n, step) in steps.into_iter().enumerate() {
        let at = now.until(NOW).saturating_neg() + i64::try_from(n).unwrap();
        match step {
            Step::TheyWrite(p) => {
                take(&store, vec![text(account, &format!("p{}", p % PEOPLE), &format!("m_{n}"), at, "hi")])
                    .await;
            }
            Step::WeAnswer(p) => {
                let said = text(account, &format!("p{}", p % PEOPLE), &format!("m_{n}"), at, "yes");
                take(&store, vec![echo(said)]).await;
            }
            Step::Act(p, what) => {
                let done = act(&store, ids[usize::from(p % PEOPLE)], what, false, now).await;
                undo.push(done.undo);
            }
            Step::Draft(p, on) => {
                let id = ids[usize::from(p % PEOPLE)];
                store
                    .write("draft", move |conn| {
                        Box::pin(async move {
                            conversations::save_draft(conn, id, if on { "x" } else { "" }).await
                        })
                    })
                    .await
                    .unwrap();
            }
            Step::TimeGoes(ms) => {
                now = now.plus(ms);
                store
                    .write("wake", move |conn| {
                        Box::pin(async move { conversations::due(conn, now, 100).await })
                    })
                    .await
                    .unwrap();
            }
        }
    }
    check(&mut store.read().await.unwrap(), now).await;
    for one in undo.into_iter().rev().flatten() {
        for id in one.conversations {
            act(&store, id, one.act.clone(), true, now).await;
        }
    }
    check(&mut store.read().await.unwrap(), now).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn lists_and_figures_say_what_counting_says(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(live_through(steps));
    }
}

#[tokio::test]
async fn a_sparse_list_goes_on_page_by_page_and_misses_nothing() {
    let (store, account) = store().await;
    let people = i64::from(conversations::STEP) * 2 + 100;
    let hellos: Vec<Arrival> =
        (0..people).map(|n| text(account, &format!("p{n}"), &format!("m_{n}"), n, "hello")).collect();
    let ids: Vec<ConversationId> = take(&store, hellos).await.iter().map(|t| t.conversation).collect();
    // Everything is somebody's but the oldest three and the newest.
    let mut given = ids.clone();
    given.drain(..3);
    given.pop();
    store
        .write("assign", move |conn| {
            Box::pin(async move {
                let all = Act::Assign { to: Some(ColleagueId::ME) };
                conversations::act(conn, &given, &all, false, NOW).await
            })
        })
        .await
        .unwrap();
    let filter = Filter { show: Show::Unassigned, ..Filter::default() };
    let mut conn = store.read().await.unwrap();
    let (mut found, mut pages, mut after) = (Vec::new(), 0, None::<String>);
    loop {
        let page =
            conversations::list(&mut conn, &filter, Sort::Newest, after.as_deref(), 50, NOW).await.unwrap();
        found.extend(page.rows.iter().map(|c| c.id));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, [ids[ids.len() - 1], ids[2], ids[1], ids[0]]);
    assert_eq!(pages, 3, "each page looks at so many at most");
}

#[tokio::test]
async fn a_late_message_older_than_what_was_resolved_waits_all_the_same() {
    let (store, account, ids) = scene().await;
    take(&store, vec![text(account, "p0", "m_new", 5_000, "newer")]).await;
    act(&store, ids[0], Act::Resolve, false, NOW.plus(6_000)).await;
    take(&store, vec![text(account, "p0", "m_old", 1_000, "older, but it came later")]).await;
    let now = conversations::get(&mut store.read().await.unwrap(), ids[0]).await.unwrap().unwrap();
    assert_eq!(now.state, crate::model::State::Open);
    assert_eq!(now.waiting_since, Some(NOW.plus(1_000)));
}

#[tokio::test]
async fn pins_are_few_by_rule() {
    let (store, account) = store().await;
    let hellos: Vec<Arrival> =
        (0..101).map(|n| text(account, &format!("p{n}"), &format!("m_{n}"), n, "hello")).collect();
    let ids: Vec<ConversationId> = take(&store, hellos).await.iter().map(|t| t.conversation).collect();
    let pin = |ids: Vec<ConversationId>| {
        store.write("pin", move |conn| {
            Box::pin(async move { conversations::act(conn, &ids, &Act::Pin { on: true }, false, NOW).await })
        })
    };
    assert_eq!(pin(ids[..100].to_vec()).await.unwrap().changed.len(), 100);
    assert!(pin(ids.clone()).await.unwrap().too_many_pins);
}

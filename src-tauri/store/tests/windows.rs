//! Reply windows as the store keeps them: what opens them, what closes them, whatever the order and the clock.

use super::*;
use crate::{
    model::{ConversationId, HOUR, ReplyWindow},
    store::{conversations, windows},
};
use proptest::prelude::*;

/// What happens to a window, in minutes since [`NOW`].
#[derive(Debug, Clone, Copy)]
enum Step {
    /// They write; an ad opens it for three days.
    Write { at: i64, ad: bool },
    /// Meta calls it closed when something is sent.
    Refused { at: i64 },
    /// We write.
    Reply { at: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..6_000_i64, any::<bool>()).prop_map(|(at, ad)| Step::Write { at, ad }),
        (0..6_000_i64).prop_map(|at| Step::Refused { at }),
        (0..6_000_i64).prop_map(|at| Step::Reply { at }),
    ];
    prop::collection::vec(step, 1..12)
}

async fn window(store: &Store, conversation: ConversationId) -> ReplyWindow {
    let mut conn = store.read().await.unwrap();
    conversations::get(&mut conn, conversation).await.unwrap().unwrap().window
}

/// Tells the steps in this order; the window after each.
async fn told(steps: &[Step]) -> Vec<ReplyWindow> {
    let (store, account) = store().await;
    let mut conversation = None;
    let mut seen = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let id = format!("m_{n}");
        match *step {
            Step::Write { at, ad } => {
                let opens_for = if ad { 3 * DAY } else { DAY };
                let wrote = Arrival { opens_for, ..text(account, "1", &id, at * MINUTE, "theirs") };
                conversation = Some(take(&store, vec![wrote]).await[0].conversation);
            }
            Step::Reply { at } => {
                let ours = echo(text(account, "1", &id, at * MINUTE, "ours"));
                conversation = Some(take(&store, vec![ours]).await[0].conversation);
            }
            Step::Refused { at } => {
                if let Some(conversation) = conversation {
                    let now = NOW.plus(at * MINUTE);
                    let refused = store.write("refused", move |c| {
                        Box::pin(async move { windows::refused(c, conversation, false, now).await })
                    });
                    refused.await.unwrap();
                }
            }
        }
        if let Some(conversation) = conversation {
            seen.push(window(&store, conversation).await);
        }
    }
    seen
}

const MINUTE: i64 = crate::model::MINUTE;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn only_they_open_a_window_and_metas_refusal_holds_until_they_do(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let seen = runtime.block_on(told(&steps));
        let told = &steps[steps.len() - seen.len()..];
        let mut before = ReplyWindow::default();
        for (step, now) in told.iter().zip(seen) {
            match *step {
                Step::Write { at, ad } => {
                    let (at, long) = (NOW.plus(at * MINUTE), if ad { 3 * DAY } else { DAY });
                    // What they wrote last, and after any refusal, may be answered at once and no longer than Meta allows.
                    let newest = before.closes_at.is_none_or(|end| end < at.plus(DAY));
                    if newest && before.refused_at.is_none_or(|refused| refused < at) {
                        prop_assert!(now.is_open(at.plus(1)) && now.is_open(at.plus(DAY - 1)));
                    }
                    prop_assert!(now.closes_at >= before.closes_at.min(Some(at.plus(DAY))), "it never shrinks");
                    prop_assert!(now.closes_at <= before.closes_at.max(Some(at.plus(long))));
                }
                Step::Refused { .. } => {
                    prop_assert!(now.refused_at.is_some() && now.closes_at == before.closes_at);
                    // Whatever a clock says, also one that was set back.
                    for hours in -100..100 {
                        prop_assert!(!now.is_open(NOW.plus(hours * HOUR)));
                    }
                }
                Step::Reply { .. } => prop_assert_eq!(now, before),
            }
            if let Some(end) = now.closes_at {
                prop_assert!(!now.is_open(end) && !now.is_open(end.plus(400 * DAY)), "it ends, and stays so");
            }
            before = now;
        }
    }

    #[test]
    fn a_window_is_the_same_in_whatever_order_they_wrote(
        steps in prop::collection::vec((0..6_000_i64, any::<bool>()), 1..8),
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let straight: Vec<Step> = steps.iter().map(|(at, ad)| Step::Write { at: *at, ad: *ad }).collect();
        let shuffled: Vec<Step> = order.iter().filter_map(|n| straight.get(*n).copied()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (one, other) = runtime.block_on(async { (told(&straight).await, told(&shuffled).await) });
        prop_assert_eq!(one.last(), other.last());
    }
}

#[tokio::test]
async fn who_writes_after_metas_refusal_opens_it_again_also_within_the_days_of_an_ad() {
    let steps =
        [Step::Write { at: 0, ad: true }, Step::Refused { at: 600 }, Step::Write { at: 700, ad: false }];
    let seen = told(&steps).await;
    assert!(!seen[1].is_open(NOW.plus(650 * MINUTE)));
    assert!(seen[2].is_open(NOW.plus(710 * MINUTE)));
    assert_eq!(seen[2].closes_at, Some(NOW.plus(700 * MINUTE + DAY)), "for a day, not for the ad's three");
}

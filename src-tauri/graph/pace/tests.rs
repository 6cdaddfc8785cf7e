use super::*;
use std::sync::Arc;

const START: Timestamp = Timestamp(1_000_000);

fn pace() -> (Arc<Pace>, Clock) {
    let clock = Clock::manual(START);
    (Arc::new(Pace::by(clock.clone())), clock)
}

/// Moves the clock in small steps until `work` is done.
async fn drive<T>(clock: &Clock, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::task::yield_now() => clock.advance(10),
        }
    }
}

#[tokio::test]
async fn no_second_sees_more_than_two_conversations_calls() {
    let (pace, clock) = pace();
    let mut at = Vec::new();
    for _ in 0..6 {
        drive(&clock, pace.turn(Lane::Conversations, Priority::Background)).await.unwrap();
        at.push(START.until(clock.now()));
    }
    for window in at.windows(3) {
        assert!(window[2] - window[0] >= 1_000, "{at:?}");
    }
    assert!(at[5] < 3_000, "and not much slower: {at:?}");
}

#[tokio::test]
async fn a_person_goes_before_background_work_that_waited_longer() {
    let (pace, clock) = pace();
    pace.turn(Lane::Conversations, Priority::Background).await.unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let wait = |priority, name| {
        let (pace, order) = (pace.clone(), order.clone());
        tokio::spawn(async move {
            pace.turn(Lane::Conversations, priority).await.unwrap();
            order.lock().unwrap().push(name);
        })
    };
    let background = wait(Priority::Background, "background");
    tokio::task::yield_now().await;
    let person = wait(Priority::Interactive, "person");
    drive(&clock, async {
        person.await.unwrap();
        background.await.unwrap();
    })
    .await;
    assert_eq!(*order.lock().unwrap(), ["person", "background"]);
}

#[tokio::test]
async fn background_work_is_halved_then_rests_while_people_go_on() {
    let (pace, clock) = pace();
    pace.note(Usage { percent: 80, regain_ms: None });
    pace.turn(Lane::Conversations, Priority::Background).await.unwrap();
    drive(&clock, pace.turn(Lane::Conversations, Priority::Background)).await.unwrap();
    assert!(START.until(clock.now()) >= SLOW_GAP);

    pace.note(Usage { percent: 93, regain_ms: None });
    let held = pace.turn(Lane::Conversations, Priority::Background).await;
    assert!(matches!(held, Err(Error::HeldBack(FRESH))), "{held:?}");
    drive(&clock, pace.turn(Lane::Conversations, Priority::Interactive)).await.unwrap();

    clock.advance(FRESH);
    pace.turn(Lane::Conversations, Priority::Background).await.unwrap();
    assert_eq!(pace.usage(), None, "an old figure says nothing");
}

#[tokio::test]
async fn everything_stops_at_a_hundred_percent_until_meta_allows_it() {
    let (pace, clock) = pace();
    pace.note(Usage { percent: 100, regain_ms: Some(MINUTE) });
    for lane in [Lane::Conversations, Lane::Messages, Lane::Others] {
        let held = pace.turn(lane, Priority::Interactive).await;
        assert!(matches!(held, Err(Error::HeldBack(MINUTE))), "{held:?}");
    }
    clock.advance(MINUTE);
    pace.turn(Lane::Messages, Priority::Interactive).await.unwrap();
}

#[tokio::test]
async fn limits_without_a_time_double_from_five_minutes_to_an_hour() {
    let (pace, _) = pace();
    let wait = Class::Wait(5 * MINUTE);
    let pauses: Vec<_> = (0..6)
        .filter_map(|_| pace.limited(80_006, wait, Lane::Conversations, None))
        .map(|ms| ms / MINUTE)
        .collect();
    assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
    let told = Usage { percent: 100, regain_ms: Some(2 * MINUTE) };
    assert_eq!(pace.limited(4, wait, Lane::Conversations, Some(told)), Some(2 * MINUTE));
}

#[tokio::test]
async fn a_limit_of_one_lane_or_one_person_leaves_the_others_alone() {
    let (pace, _) = pace();
    pace.limited(613, Class::Wait(5 * MINUTE), Lane::Conversations, None);
    assert!(pace.turn(Lane::Conversations, Priority::Interactive).await.is_err());
    pace.turn(Lane::Messages, Priority::Interactive).await.unwrap();

    assert_eq!(pace.limited(131_056, Class::WaitForPerson(6_000), Lane::Messages, None), Some(6_000));
    pace.turn(Lane::Messages, Priority::Interactive).await.unwrap();
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_nothing_up() {
    let (pace, clock) = pace();
    pace.note(Usage { percent: 95, regain_ms: None });
    pace.turn(Lane::Conversations, Priority::Interactive).await.unwrap();
    clock.advance(-HOUR);
    pace.turn(Lane::Conversations, Priority::Background).await.unwrap();
}

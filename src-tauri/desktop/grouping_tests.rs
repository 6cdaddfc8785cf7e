//! What stands on the desktop after what happened.

use super::*;

const NOW: i64 = 1_700_000_000_000;

fn arrival(conversation: i64, at: i64, text: &str) -> Arrival {
    let person =
        ["", "Sheena", "Malik", "Aiko", "Tomás"].get(usize::try_from(conversation).unwrap()).unwrap();
    Arrival {
        conversation: ConversationId(conversation),
        message: MessageId(at),
        person: (*person).into(),
        account: "Jasper's Market".into(),
        text: text.into(),
        at: Timestamp(NOW + at),
    }
}

fn away() -> View {
    View::default()
}

fn watching(conversation: i64) -> View {
    View { conversation: Some(ConversationId(conversation)), watched: true }
}

fn shown(steps: &[Step]) -> &Notice {
    match steps.last() {
        Some(Step::Show(notice)) => notice,
        other => panic!("something is shown, not {other:?}"),
    }
}

fn usual() -> Notifications {
    Notifications::default()
}

#[test]
fn a_second_message_replaces_the_first_and_counts() {
    let mut desk = Grouping::default();
    let first = desk.arrived(arrival(1, 0, "Hello"), away(), &usual(), false);
    assert_eq!((shown(&first).title.as_str(), shown(&first).body.as_str()), ("Sheena", "Hello"));
    let second = desk.arrived(arrival(1, 500, "are you\n there?"), away(), &usual(), false);
    assert_eq!(shown(&second).about, shown(&first).about, "the same place on the desktop");
    assert_eq!(shown(&second).title, "Sheena · 2 new");
    assert_eq!(shown(&second).body, "Hello\nare you there?");
    assert_eq!(shown(&second).opens, Some((ConversationId(1), Some(MessageId(500)))));
}

#[test]
fn the_account_is_named_when_there_is_more_than_one() {
    let steps = Grouping::default().arrived(arrival(1, 0, "Hello"), away(), &usual(), true);
    assert_eq!(shown(&steps).title, "Sheena · Jasper's Market");
}

#[test]
fn it_is_silent_about_the_conversation_in_front_of_the_person_only() {
    let mut desk = Grouping::default();
    assert_eq!(desk.arrived(arrival(1, 0, "Hello"), watching(1), &usual(), false), []);
    let behind = View { watched: false, ..watching(1) };
    assert_eq!(shown(&desk.arrived(arrival(1, 1, "Hello"), behind, &usual(), false)).title, "Sheena");
    assert_eq!(shown(&desk.arrived(arrival(2, 2, "Hello"), watching(1), &usual(), false)).title, "Malik");
}

#[test]
fn many_people_at_once_share_one_notification() {
    let mut desk = Grouping::default();
    desk.arrived(arrival(1, 0, "a"), away(), &usual(), false);
    desk.arrived(arrival(1, 100, "b"), away(), &usual(), false);
    desk.arrived(arrival(2, 200, "c"), away(), &usual(), false);
    let burst = desk.arrived(arrival(3, 300, "d"), away(), &usual(), false);
    let closed: Vec<_> = burst[..burst.len() - 1].to_vec();
    let close = |c| Step::Close(About::Conversation(ConversationId(c)));
    assert_eq!(closed, [close(1), close(2), close(3)]);
    assert_eq!(shown(&burst).about, About::Everyone);
    assert_eq!(shown(&burst).title, "4 new from 3 people");
    assert_eq!(shown(&burst).body, "Aiko, Malik, Sheena");
    let more = desk.arrived(arrival(4, 9_000, "e"), away(), &usual(), false);
    assert_eq!(more.len(), 1, "one replaced, nothing stacked");
    assert_eq!(shown(&more).title, "5 new from 4 people");
    assert_eq!(shown(&more).body, "Tomás, Aiko, Malik and 1 more");
}

#[test]
fn after_a_quiet_moment_people_are_named_again() {
    let mut desk = Grouping::default();
    for n in 1..=3 {
        desk.arrived(arrival(n, n, "x"), away(), &usual(), false);
    }
    let later = desk.arrived(arrival(1, BURST + 10, "still there?"), away(), &usual(), false);
    assert_eq!(shown(&later).about, About::Conversation(ConversationId(1)));
}

#[test]
fn people_who_write_slowly_are_no_burst() {
    let mut desk = Grouping::default();
    for n in 1..=4 {
        let steps = desk.arrived(arrival(n, n * 6_000, "x"), away(), &usual(), false);
        assert_eq!(shown(&steps).about, About::Conversation(ConversationId(n)));
    }
}

#[test]
fn hidden_text_shows_neither_words_nor_names() {
    let chosen = Notifications { show_text: false, ..usual() };
    let mut desk = Grouping::default();
    for n in 1..=4 {
        let steps = desk.arrived(arrival(n, n, "my secret"), away(), &chosen, false);
        let all = format!("{steps:?}");
        assert!(!all.contains("secret") && !all.contains("Sheena") && !all.contains("Aiko"), "{all}");
    }
    let one = Grouping::default().arrived(arrival(1, 0, "my secret"), away(), &chosen, false);
    assert_eq!(shown(&one).title, "New message");
}

#[test]
fn do_not_disturb_lets_only_trouble_through_and_without_a_sound() {
    let chosen = Notifications { do_not_disturb: true, ..usual() };
    let mut desk = Grouping::default();
    assert_eq!(desk.arrived(arrival(1, 0, "Hello"), away(), &chosen, false), []);
    let failed = |at| Trouble {
        about: About::Send(ConversationId(1)),
        title: "Not sent to Sheena".into(),
        body: "Outside the reply window.".into(),
        opens: Some((ConversationId(1), Some(MessageId(9)))),
        at: Timestamp(NOW + at),
    };
    let steps = desk.trouble(failed(0), away(), &chosen);
    assert!(shown(&steps).urgent && !shown(&steps).sound);
    assert_eq!(desk.trouble(failed(1), watching(1), &chosen), [], "the bubble says it already");
    let off = Notifications { trouble: false, ..usual() };
    assert_eq!(desk.trouble(failed(2), away(), &off), []);
}

#[test]
fn opening_the_conversation_takes_its_notifications_away_and_counts_anew() {
    let mut desk = Grouping::default();
    desk.arrived(arrival(1, 0, "a"), away(), &usual(), false);
    desk.arrived(arrival(1, 1, "b"), away(), &usual(), false);
    let steps = desk.looked(watching(1));
    assert!(steps.contains(&Step::Close(About::Conversation(ConversationId(1)))), "{steps:?}");
    let next = desk.arrived(arrival(1, 60_000, "c"), away(), &usual(), false);
    assert_eq!((shown(&next).title.as_str(), shown(&next).body.as_str()), ("Sheena", "c"));
}

#[test]
fn a_dismissed_notification_is_not_counted_again() {
    let mut desk = Grouping::default();
    desk.arrived(arrival(1, 0, "a"), away(), &usual(), false);
    desk.gone(About::Conversation(ConversationId(1)));
    let next = desk.arrived(arrival(1, 100, "b"), away(), &usual(), false);
    assert_eq!(shown(&next).title, "Sheena");
}

#[test]
fn sounds_keep_apart_and_can_be_off() {
    let mut desk = Grouping::default();
    let sounds: Vec<bool> = [0, 1_000, 2_999, 3_000, 4_000]
        .into_iter()
        .map(|at| shown(&desk.arrived(arrival(1, at, "x"), away(), &usual(), false)).sound)
        .collect();
    assert_eq!(sounds, [true, false, false, true, false]);
    let mute = Notifications { sound: false, ..usual() };
    assert!(!shown(&Grouping::default().arrived(arrival(1, 0, "x"), away(), &mute, false)).sound);
}

#[test]
fn a_long_text_is_cut_and_a_clock_set_back_ends_a_burst() {
    let mut desk = Grouping::default();
    let long = "word ".repeat(200);
    let steps = desk.arrived(arrival(1, 5_000, &long), away(), &usual(), false);
    assert_eq!(shown(&steps).body.chars().count(), LINE + 1);
    desk.arrived(arrival(2, 5_001, "x"), away(), &usual(), false);
    let back = desk.arrived(arrival(3, -60_000, "x"), away(), &usual(), false);
    assert_eq!(shown(&back).about, About::Conversation(ConversationId(3)));
}

#[test]
fn a_window_that_ends_is_told_unless_it_is_in_front_switched_off_or_nobody_is_to_be_disturbed() {
    let ending = || Trouble {
        about: About::Window(ConversationId(1)),
        title: "Sheena waits on Jasper's Market".into(),
        body: "The reply window ends in 2 hours.".into(),
        opens: Some((ConversationId(1), None)),
        at: Timestamp(NOW),
    };
    let mut desk = Grouping::default();
    let steps = desk.ending(ending(), away(), &usual());
    assert!(shown(&steps).sound && !shown(&steps).urgent);
    assert_eq!(desk.ending(ending(), watching(1), &usual()), []);
    for off in
        [Notifications { window_ending: false, ..usual() }, Notifications { do_not_disturb: true, ..usual() }]
    {
        assert_eq!(desk.ending(ending(), away(), &off), []);
    }
    let steps = desk.looked(watching(1));
    assert!(steps.contains(&Step::Close(About::Window(ConversationId(1)))), "{steps:?}");
}

#[test]
fn while_the_app_is_locked_nobody_is_named_and_nothing_is_quoted() {
    let mut settings = Settings::default();
    let mut desk = Grouping::default();
    let chosen = allowed(&settings, true);
    let steps = desk.arrived(arrival(1, 0, "Hello"), away(), &chosen, false);
    assert_eq!((shown(&steps).title.as_str(), shown(&steps).body.as_str()), ("New message", ""));
    desk.arrived(arrival(2, 100, "b"), away(), &chosen, false);
    let crowd = desk.arrived(arrival(3, 200, "c"), away(), &chosen, false);
    assert_eq!((shown(&crowd).title.as_str(), shown(&crowd).body.as_str()), ("3 new from 3 people", ""));
    settings.lock.notify = false;
    let quiet = allowed(&settings, true);
    assert_eq!(desk.arrived(arrival(1, 300, "d"), away(), &quiet, false), []);
    assert!(quiet.trouble, "trouble is always said");
    assert_eq!(allowed(&settings, false), settings.notifications, "unlocked, all is as chosen");
}

#[test]
fn what_was_said_before_the_lock_is_not_said_after_it() {
    let mut desk = Grouping::default();
    desk.arrived(arrival(1, 0, "Hello"), away(), &usual(), false);
    desk.hushed();
    let after = desk.arrived(arrival(1, 500, "there"), away(), &usual(), false);
    assert_eq!((shown(&after).title.as_str(), shown(&after).body.as_str()), ("Sheena", "there"));
}

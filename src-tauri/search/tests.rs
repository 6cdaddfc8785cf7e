use super::*;
use crate::model::{AccountId, Health, Import, Login, MetaAccountId};
use proptest::prelude::*;

/// Saturday, 21 November 2026, noon UTC.
const NOW: Timestamp = Timestamp(1_795_262_400_000);
const DAY: i64 = 86_400_000;

fn accounts() -> Vec<Account> {
    let account = |id, channel, name: &str, handle: &str| Account {
        id: AccountId(id),
        channel,
        login: Login::FacebookPage,
        meta_id: MetaAccountId(format!("9{id}")),
        name: name.into(),
        handle: handle.into(),
        picture: None,
        demo: false,
        health: Health::default(),
        import: Import::default(),
    };
    vec![
        account(1, Channel::Instagram, "Jasper's Market", "jaspersmarket"),
        account(2, Channel::Messenger, "Café Größe", ""),
        account(3, Channel::Instagram, "Lucky Shrub", "luckyshrub"),
    ]
}

fn ask(text: &str) -> Asked {
    understand(text, NOW, &TimeZone::UTC, &accounts())
}

fn term(text: &str, open: bool) -> Term {
    Term::new(text, open).unwrap()
}

#[test]
fn words_phrases_and_what_is_left_out() {
    let asked = ask("red \"blue shoes\" -green shi");
    assert_eq!(asked.wanted.all, [term("red", false), term("blue shoes", false), term("shi", true)]);
    assert_eq!(asked.wanted.none, [term("green", false)]);
    assert!(asked.people && asked.warnings.is_empty());
    assert_eq!(ask("shi ").wanted.all, [term("shi", false)], "a space ends the word");
    assert_eq!(ask("\"still typ").wanted.all, [term("still typ", true)]);
    assert_eq!(ask("a - b").wanted.all.len(), 2, "a lone dash is nothing");
}

#[test]
fn senders_and_places() {
    let asked = ask("from:\"Anna Müller\" in:instagram hello");
    assert_eq!(asked.wanted.from, Some(Sender::People(vec![term("Anna", true), term("Müller", true)])));
    assert_eq!(asked.wanted.accounts, [AccountId(1), AccountId(3)]);
    assert!(!asked.people);
    assert_eq!(ask("in:grosse").wanted.accounts, [AccountId(2)], "accents do not matter");
    assert_eq!(ask("in:lucky in:fb").wanted.accounts, [AccountId(2), AccountId(3)], "either of them");
    assert_eq!(ask("from:me").wanted.from, Some(Sender::Us));
    assert_eq!(ask("in:whatsapp").warnings, ["No WhatsApp account is connected."]);
}

#[test]
fn days() {
    let noon_to_midnight = NOW.plus(-DAY / 2);
    let asked = ask("on:yesterday");
    assert_eq!(
        (asked.wanted.since, asked.wanted.before),
        (Some(noon_to_midnight.plus(-DAY)), Some(noon_to_midnight))
    );
    assert_eq!(ask("after:2026-11-20").wanted.since, Some(noon_to_midnight.plus(-DAY)));
    assert_eq!(ask("after:20.11.2026").wanted.since, Some(noon_to_midnight.plus(-DAY)));
    assert_eq!(ask("before:2026-11").wanted.before, Some(noon_to_midnight.plus(-20 * DAY)));
    assert_eq!(ask("after:7d").wanted.since, Some(noon_to_midnight.plus(-7 * DAY)));
    assert_eq!(ask("on:friday").wanted.since, Some(noon_to_midnight.plus(-DAY)));
    for wrong in ["before:soon", "after:2026-13", "on:31.02.2026", "after:99999999999d", "on:d"] {
        let asked = ask(wrong);
        assert_eq!((asked.warnings.len(), asked.wanted.is_empty()), (1, true), "{wrong}");
    }
    let berlin = TimeZone::fixed(jiff::tz::offset(1));
    let there = understand("on:today", NOW, &berlin, &[]).wanted;
    assert_eq!(there.since, Some(noon_to_midnight.plus(-3_600_000)));
}

#[test]
fn what_is_no_operator_is_a_word() {
    assert_eq!(ask("https://shop.example 10:30 note: ").warnings, Vec::<String>::new());
    let asked = ask("label:vip");
    assert_eq!((asked.warnings.len(), asked.wanted.all.len()), (1, 1));
    assert_eq!(ask("has:photo").wanted.kinds.len(), 1);
    assert_eq!(ask("has:elephants").warnings.len(), 1);
    assert!(ask("   ").wanted.is_empty());
}

proptest! {
    #[test]
    fn nothing_typed_is_an_error(text in "\\PC{0,80}", operator in "(from|in|has|before|on|-):?[^ ]{0,12} ") {
        let asked = ask(&format!("{operator}{text}"));
        prop_assert!(asked.wanted.all.len() <= TERMS);
    }
}

use super::*;
use heliograph_model::{AccountId, Action, Code, Health, Import, Login, MetaAccountId};

const NOW: Timestamp = Timestamp(1_000 * DAY);

fn account(channel: Channel, health: Health) -> Account {
    Account {
        id: AccountId(1),
        channel,
        login: Login::FacebookPage,
        meta_id: MetaAccountId("1".into()),
        name: "Shop".into(),
        handle: String::new(),
        picture: None,
        demo: false,
        health,
        import: Import::default(),
    }
}

fn polled(ago: i64) -> Health {
    Health { last_poll_at: Some(NOW.plus(-ago)), ..Health::default() }
}

fn say(account: &Account, around: Around) -> String {
    Standing::of(account, NOW, around).words(NOW, |_| "09:14".into())
}

#[test]
fn a_healthy_account_names_its_latest_sign_of_life() {
    let mut shop = account(Channel::Instagram, polled(31_000));
    assert_eq!(say(&shop, Around::default()), "Receiving · asked Meta 31 s ago");
    shop.health.last_webhook_at = Some(NOW.plus(-2 * MINUTE));
    assert_eq!(say(&shop, Around::default()), "Receiving · asked Meta 31 s ago", "the later one counts");
    shop.health.last_webhook_at = Some(NOW.plus(-6_000));
    assert_eq!(say(&shop, Around::default()), "Receiving · last webhook 6 s ago");
}

#[test]
fn a_warning_of_metas_stays_until_it_was_seen() {
    let alert = heliograph_model::AccountEvent {
        at: NOW.plus(-HOUR),
        name: "account_update".into(),
        words: "Account: account restriction".into(),
        grave: true,
    };
    let shop = account(Channel::WhatsApp, Health { alert: Some(alert), ..polled(5_000) });
    let standing = Standing::of(&shop, NOW, Around::default());
    assert!(standing.needs_you() && why(&standing).is_some());
    assert_eq!(say(&shop, Around::default()), "Account: account restriction · 09:14");
}

#[test]
fn nothing_is_called_receiving_before_it_was_heard() {
    let silent = account(Channel::Messenger, Health::default());
    assert_eq!(Standing::of(&silent, NOW, Around::default()), Standing::Waiting);
}

#[test]
fn a_problem_comes_before_everything_else() {
    let mut shop = account(Channel::WhatsApp, polled(1_000));
    shop.health.problem =
        Some(Problem::new(Code::SignInAgain, "The password was changed.").with(Action::Reconnect));
    shop.health.problem_since = Some(NOW.plus(-HOUR));
    shop.health.paused_until = Some(NOW.plus(HOUR));
    let standing = Standing::of(&shop, NOW, Around { door: Some(false), offline_since: Some(NOW) });
    assert_eq!(standing.words(NOW, |_| "09:14".into()), "Stopped receiving at 09:14");
    assert!(standing.wants_reconnect() && standing.needs_you());
    assert!(why(&standing).is_some());
}

#[test]
fn whatsapp_without_a_door_hears_nothing_and_says_so() {
    let mut orders = account(Channel::WhatsApp, Health::default());
    let shut = Around { door: Some(false), ..Around::default() };
    assert_eq!(Standing::of(&orders, NOW, shut), Standing::NoDoor);
    assert_eq!(Standing::of(&orders, NOW, Around::default()), Standing::Waiting, "not before it is known");
    orders.demo = true;
    assert_eq!(Standing::of(&orders, NOW, shut), Standing::Waiting, "the demo world brings its own door");
    orders.demo = false;
    orders.channel = Channel::Instagram;
    assert_eq!(Standing::of(&orders, NOW, shut), Standing::Waiting, "others are polled");
}

#[test]
fn a_token_near_its_end_and_a_pause_are_warnings() {
    let mut shop = account(Channel::Instagram, polled(1_000));
    shop.health.token_expires_at = Some(NOW.plus(3 * DAY + HOUR));
    assert_eq!(say(&shop, Around::default()), "Receiving · the sign-in ends in 3 days");
    shop.health.token_expires_at = Some(NOW.plus(-1));
    assert_eq!(say(&shop, Around::default()), "Receiving · the sign-in has ended");
    shop.health.token_expires_at = Some(NOW.plus(8 * DAY));
    assert_eq!(Standing::of(&shop, NOW, Around::default()).tone(), "good");
    shop.health.paused_until = Some(NOW.plus(MINUTE));
    assert_eq!(Standing::of(&shop, NOW, Around::default()).tone(), "warn");
    shop.health.paused_until = Some(NOW);
    assert_eq!(Standing::of(&shop, NOW, Around::default()).tone(), "good", "a pause that is over is over");
}

#[test]
fn the_limit_on_personal_data_is_told_only_once_it_passed() {
    let mut shop = account(Channel::Instagram, polled(1_000));
    shop.health.data_access_expires_at = Some(NOW.plus(8 * DAY));
    assert_eq!(Standing::of(&shop, NOW, Around::default()).tone(), "good");
    shop.health.data_access_expires_at = Some(NOW.plus(2 * DAY));
    assert_eq!(say(&shop, Around::default()), "Receiving · access to personal data ends in 2 days");
    shop.health.data_access_expires_at = Some(NOW);
    assert!(Standing::of(&shop, NOW, Around::default()).wants_reconnect());
}

#[test]
fn each_fault_of_a_sign_in_is_told_apart() {
    for fault in SignInFault::ALL {
        let mut shop = account(Channel::Messenger, polled(1_000));
        shop.health.trouble(Problem::new(Code::SignInAgain, "x"), Some(fault), NOW);
        let standing = Standing::of(&shop, NOW, Around::default());
        assert_eq!(say(&shop, Around::default()), format!("{} · since 09:14", fault.title()));
        assert_eq!(standing.wants_reconnect(), !standing.wants_facebook(), "{fault:?}: one button helps");
        assert_eq!(why(&standing), Some(fault.helps()));
    }
    let mut shop = account(Channel::Messenger, polled(1_000));
    shop.health.missing_scopes = vec!["pages_manage_metadata".into()];
    assert_eq!(
        say(&shop, Around::default()),
        "Works in part: a permission is missing (pages_manage_metadata)"
    );
}

#[test]
fn what_lies_ahead_is_never_made_longer() {
    assert_eq!(ahead(3 * DAY - 1), "in 2 days");
    assert_eq!(ahead(DAY), "in 1 day");
    assert_eq!(ahead(HOUR), "in 1 hour");
    assert_eq!(ahead(59 * MINUTE + 59_999), "in 59 min");
    assert_eq!(ahead(29_000), "in 29 s");
    assert_eq!(ahead(0), "now");
    assert_eq!(ahead(-5), "now");
}

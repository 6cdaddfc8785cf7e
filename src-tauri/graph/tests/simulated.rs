//! The client against the simulator, which was written from the same facts by other hands: hosts as strict
//! as Meta's, proofs required, faults by name.

use crate::{
    config::Hosts,
    graph::{
        Access, Account, Fate, Graph, Priority, Reached, WITH_DETAILS, Words, delivery, delivery::Kind,
        login::App,
    },
    model::{Channel, Login, MetaPersonId, Timestamp},
    vault::Secret,
};
use heliograph_simulator::{Consent, Options, Simulator};
use std::collections::BTreeSet;

async fn meta(people: u32, messages: u32) -> Simulator {
    let options = Options { people, messages, seed: 7, ..Options::default() };
    heliograph_simulator::start(options).await.unwrap()
}

/// Every host under its own name, so that a call to the wrong one is refused.
fn hosts(sim: &Simulator) -> Hosts {
    let at = |host: &str| format!("{}/{host}", sim.origin());
    Hosts {
        facebook: at("graph.facebook.com"),
        instagram: at("graph.instagram.com"),
        instagram_api: at("api.instagram.com"),
        facebook_dialog: at("www.facebook.com"),
        instagram_dialog: at("www.instagram.com"),
        ..Hosts::all_at(&sim.origin())
    }
}

fn app(sim: &Simulator, login: Login) -> App {
    let (id, secret) = if login == Login::InstagramLogin { sim.instagram_app() } else { sim.app() };
    App { id, secret: Secret::new(secret) }
}

/// Everything the shop has, found with the token that each login starts from.
async fn reached(sim: &Simulator, login: Login) -> Vec<Reached> {
    let token = match login {
        Login::FacebookPage => sim.user_token(),
        Login::InstagramLogin => sim.accounts().into_iter().find(|a| a.channel == "instagram").unwrap().token,
        Login::WhatsAppCloud => sim.accounts().into_iter().find(|a| a.channel == "whatsapp").unwrap().token,
    };
    let graph = Graph::new(hosts(sim)).unwrap();
    graph.discover(login, &Secret::new(token), Some(&app(sim, login))).await.unwrap().accounts
}

fn open(sim: &Simulator, reached: &Reached) -> Account {
    let access = Access {
        channel: reached.channel,
        login: reached.login,
        meta_id: reached.meta_id.clone(),
        page_id: reached.page_id.clone(),
        waba_id: reached.waba_id.clone(),
        own_ids: Vec::new(),
        token: reached.token.clone(),
        app_secret: Some(app(sim, reached.login).secret),
        app_id: Some(app(sim, reached.login).id),
    };
    Graph::new(hosts(sim)).unwrap().as_account(access)
}

async fn one(sim: &Simulator, login: Login, channel: Channel) -> Account {
    let all = reached(sim, login).await;
    open(sim, all.iter().find(|r| r.channel == channel).expect("the channel is reached"))
}

const WAYS: [(Login, Channel); 4] = [
    (Login::FacebookPage, Channel::Messenger),
    (Login::FacebookPage, Channel::Instagram),
    (Login::InstagramLogin, Channel::Instagram),
    (Login::WhatsAppCloud, Channel::WhatsApp),
];

#[tokio::test]
async fn every_login_reaches_its_accounts_fully() {
    let sim = meta(9, 30).await;
    sim.fault("require_proof", None, None);
    for (login, channel) in WAYS {
        let all = reached(&sim, login).await;
        let found =
            all.iter().find(|r| r.channel == channel).unwrap_or_else(|| panic!("{login:?} {channel:?}"));
        assert_eq!(found.caution(), None, "{login:?} {channel:?}");
        assert!(sim.accounts().iter().any(|a| a.meta_id == found.meta_id.as_str()), "{found:?}");
        assert!(
            !found.name.is_empty() && !found.handle.is_empty() || channel == Channel::Messenger,
            "{found:?}"
        );
        let account = open(&sim, found);
        account.inspect().await.unwrap();
        account.subscribe().await.unwrap();
        assert!(!account.subscriptions().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_read_back_is_what_meta_holds() {
    let sim = meta(24, 300).await;
    for (login, channel) in &WAYS[..3] {
        let account = one(&sim, *login, *channel).await;
        let (mut read, mut threads, mut after) = (BTreeSet::new(), 0, None::<String>);
        loop {
            let page = account
                .conversations(after.as_deref(), 5, WITH_DETAILS, Priority::Interactive)
                .await
                .unwrap();
            threads += page.data.len();
            for thread in page.data {
                let person = thread.person.expect("somebody is on the other side");
                for m in thread.messages.unwrap().data {
                    assert_eq!(m.message.person.id, person.id);
                    let at = m.created_time.unwrap().0 / 1000;
                    read.insert((m.id.0, person.id.0.clone(), m.message.from_us, m.message.text, at));
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let truth = sim.truth(account.access().meta_id.as_str());
        let expected: BTreeSet<_> =
            truth.into_iter().map(|t| (t.mid, t.person, t.from_us, t.text, t.at_ms / 1000)).collect();
        assert!(expected.len() > 50, "the world is not empty");
        let people: BTreeSet<_> = expected.iter().map(|t| t.1.clone()).collect();
        assert_eq!(threads, people.len());
        // Only the newest 20 of a thread have details: what was read is true, and short threads are complete.
        assert!(read.is_subset(&expected), "{:?}", read.difference(&expected).next());
        for person in people {
            let count = |of: &BTreeSet<(String, String, bool, String, i64)>| {
                of.iter().filter(|t| t.1 == person).count()
            };
            assert_eq!(count(&read), count(&expected).min(20), "{login:?} {channel:?}, thread of {person}");
        }
    }
}

#[tokio::test]
async fn what_webhooks_say_is_what_meta_holds() {
    let sim = meta(24, 300).await;
    for account in sim.accounts() {
        let truth = sim.truth(&account.meta_id);
        let secret = app(&sim, Login::FacebookPage).secret;
        let bodies = sim.bodies(&account.meta_id, secret.reveal());
        assert!(truth.len() > 20 && bodies.len() == truth.len());
        let mut told = BTreeSet::new();
        for signed in bodies {
            assert!(crate::graph::signature::is_signed([&secret], &signed.body, Some(&signed.signature)));
            for item in delivery::decode(&signed.body).items {
                assert_eq!(item.account.as_str(), account.meta_id);
                let Kind::Message(m) = item.kind else { panic!("{:?}", item.kind) };
                told.insert((m.mid.0, m.from_us, m.text, item.at.unwrap().0 / 1000));
            }
        }
        let expected: BTreeSet<_> =
            truth.into_iter().map(|t| (t.mid, t.from_us, t.text, t.at_ms / 1000)).collect();
        assert_eq!(told, expected, "{}", account.channel);
    }
}

#[tokio::test]
async fn a_send_whose_answer_is_lost_is_found_again() {
    for (login, channel) in &WAYS[..3] {
        let sim = meta(9, 30).await;
        let account = one(&sim, *login, *channel).await;
        let said = sim.say(account.access().meta_id.as_str(), None, "Are you open today?");
        let person = MetaPersonId(said.person);
        for fault in ["dead_after_delivery", "html_502_after_delivery", "error_after_delivery"] {
            let words = format!("Yes, until eight. ({fault})");
            let before = Timestamp(sim.now() - 1000);
            sim.fault(fault, Some(1), Some("POST messages"));
            let error = account
                .send_text(&person, &Words { text: &words, key: fault, ..Words::default() })
                .await
                .unwrap_err();
            assert_eq!(error.fate(), Fate::Uncertain, "{login:?} {channel:?} {fault}: {error}");
            let found = account.find_sent(&person, &words, before).await.unwrap();
            let seen: Vec<_> = sim.sends().into_iter().filter(|s| s.text == words).collect();
            assert_eq!(seen.len(), 1, "sent once");
            let ids: Vec<_> = found.iter().map(|f| f.id.as_str()).collect();
            assert_eq!(ids, [seen[0].mid.as_str()], "{login:?} {channel:?} {fault}");
        }
    }
}

#[tokio::test]
async fn each_fault_has_its_fate() {
    let sim = meta(9, 30).await;
    let all = reached(&sim, Login::FacebookPage).await;
    let messenger = all.iter().find(|r| r.channel == Channel::Messenger).unwrap();
    let person = MetaPersonId(sim.say(messenger.meta_id.as_str(), None, "Hello?").person);
    let limits = Fate::Wait(300_000);
    for (fault, read, send) in [
        ("190_460", Fate::SignInAgain, Fate::SignInAgain),
        ("190_463", Fate::SignInAgain, Fate::SignInAgain),
        ("190_458", Fate::SignInAgain, Fate::SignInAgain),
        ("4", limits, limits),
        ("17", limits, limits),
        ("32", limits, limits),
        ("613", limits, limits),
        ("80006", limits, limits),
        ("10", Fate::UserAction, Fate::UserAction),
        ("368", Fate::StopWrites, Fate::StopWrites),
        ("1", Fate::Retry, Fate::Uncertain),
        ("2", Fate::Retry, Fate::Uncertain),
        ("html_502", Fate::Retry, Fate::Uncertain),
        ("truncated_json", Fate::Retry, Fate::Uncertain),
    ] {
        sim.fault(fault, None, None);
        // A new account for each, since a limit holds back what follows.
        let error = open(&sim, messenger).conversations(None, 5, 0, Priority::Interactive).await.unwrap_err();
        assert!(same(error.fate(), read), "reading under {fault}: {error}");
        let error = open(&sim, messenger)
            .send_text(&person, &Words { text: "Yes.", key: "k", ..Words::default() })
            .await
            .unwrap_err();
        assert!(same(error.fate(), send), "sending under {fault}: {error}");
        sim.clear_faults();
    }
    open(&sim, messenger)
        .send_text(&person, &Words { text: "Yes.", key: "k", ..Words::default() })
        .await
        .unwrap();
}

/// The same fate; the length of a pause is Meta's.
fn same(found: Fate, expected: Fate) -> bool {
    matches!((found, expected), (Fate::Wait(_), Fate::Wait(_))) || found == expected
}

#[tokio::test]
async fn the_traps_of_the_conversations_api_are_walked_around() {
    let sim = meta(24, 100).await;
    for fault in ["reduce_data", "no_shares", "third_own_id"] {
        let account = one(&sim, Login::InstagramLogin, Channel::Instagram).await;
        sim.fault(fault, None, None);
        let page = account.conversations(None, 5, WITH_DETAILS, Priority::Interactive).await.unwrap();
        let truth = sim.truth(account.access().meta_id.as_str());
        assert!(!page.data.is_empty(), "{fault}");
        for m in page.data.into_iter().filter_map(|t| t.messages).flat_map(|p| p.data) {
            let held = truth.iter().find(|t| t.mid == m.id.0).unwrap();
            assert_eq!(m.message.from_us, held.from_us, "{fault}");
        }
        sim.clear_faults();
    }
}

#[tokio::test]
async fn outside_the_window_and_to_those_who_block_nothing_is_sent() {
    let sim = meta(9, 30).await;
    for (login, channel) in WAYS {
        let account = one(&sim, login, channel).await;
        let id = account.access().meta_id.0.clone();
        let person = MetaPersonId(sim.say(&id, None, "Hello?").person);
        account.send_text(&person, &Words { text: "Yes.", key: "k1", ..Words::default() }).await.unwrap();
        sim.advance(25 * 3_600_000);
        if channel != Channel::WhatsApp {
            // WhatsApp tells it later, by a status.
            let error = account
                .send_text(&person, &Words { text: "Still there?", key: "k2", ..Words::default() })
                .await
                .unwrap_err();
            assert_eq!(error.fate(), Fate::OutsideWindow, "{login:?} {channel:?}: {error}");
        }
    }
}

#[tokio::test]
async fn signing_in_ends_with_a_token_that_reaches_accounts() {
    let sim = meta(9, 30).await;
    sim.set_consent(Consent::Continue);
    for (login, redirect) in
        [(Login::FacebookPage, "http://localhost:4000/"), (Login::InstagramLogin, "https://relay.example/")]
    {
        let (app, hosts) = (app(&sim, login), hosts(&sim));
        let asking = crate::graph::login::Asking {
            login,
            app_id: &app.id,
            redirect,
            state: "state-1",
            token: false,
            again: false,
        };
        let url = crate::graph::login::authorize_url(&hosts, asking);
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let answer = browser.get(&url).send().await.unwrap();
        let back = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let field = |name: &str| back.query_pairs().find(|(k, _)| k == name).map(|(_, v)| v.into_owned());
        assert_eq!(field("state").as_deref(), Some("state-1"));
        let code = Secret::new(field("code").unwrap());
        let graph = Graph::new(hosts).unwrap();
        let token = graph.exchange_code(login, &app, redirect, &code).await.unwrap();
        let found = graph.discover_granted(login, token, &app).await.unwrap();
        assert!(!found.accounts.is_empty(), "{login:?}");
        assert!(found.expires_at.is_some() && found.accounts[0].missing_scopes.is_empty(), "{found:?}");
        let again = graph.exchange_code(login, &app, redirect, &code).await.unwrap_err();
        assert_eq!(again.fate(), Fate::GiveUp, "a code works once: {again}");
    }
}

//! What is written is found: in any script, by any beginning, newest first, and no longer when it is gone.

use super::*;
use crate::{
    model::{ConversationId, MessageId},
    store::{
        contacts,
        deleting::{self, Whose},
        search::{self, Found, Sender, Term, Wanted},
    },
};

fn words(text: &str) -> Wanted {
    let all = text.split_whitespace().filter_map(|word| Term::new(word, true)).collect();
    Wanted { all, ..Wanted::default() }
}

async fn find(store: &Store, wanted: &Wanted) -> Found {
    store.catch_up().await.unwrap();
    let mut conn = store.read().await.unwrap();
    search::messages(&mut conn, wanted, None, 50).await.unwrap()
}

async fn texts(store: &Store, wanted: &Wanted) -> Vec<String> {
    let found = find(store, wanted).await;
    found.messages.into_iter().map(|hit| hit.snippet.into_iter().map(|piece| piece.text).collect()).collect()
}

#[tokio::test]
async fn every_script_is_found_by_its_words_and_their_beginnings() {
    let (store, account) = store().await;
    let lines = [
        "Die Größe passt, vielen Dank für die schnelle Lieferung",
        "متى يصل الطَّلَب؟ شكرا",
        "配送はいつ届きますか。東京都です",
        "สินค้าจะมาถึงเมื่อไหร่",
        "Happy birthday 🎉🎂",
        "한국어로 문의드립니다",
        "नमस्ते, मेरा ऑर्डर कहाँ है",
        "https://shop.example/orders/4711",
    ];
    let arrivals = lines
        .iter()
        .zip(0..)
        .map(|(line, n)| text(account, "1", &format!("m_{n}"), n * 1_000, line))
        .collect();
    take(&store, arrivals).await;
    for (asked, line) in [
        ("grosse", 0),
        ("GRÖSSE", 0),
        ("lief", 0),
        ("für", 0),
        ("الطلب", 1),
        ("شكر", 1),
        ("東京", 2),
        ("京都", 2),
        ("都", 2),
        ("届きます", 2),
        ("ハイテク", usize::MAX),
        ("สินค้า", 3),
        ("เมื่อ", 3),
        ("🎉", 4),
        ("birth 🎂", 4),
        ("한국", 5),
        ("नमस्ते", 6),
        ("ऑर्डर", 6),
        ("4711", 7),
        ("shop.example", 7),
    ] {
        let found = texts(&store, &words(asked)).await;
        let wanted: Vec<&str> = lines.get(line).into_iter().copied().collect();
        assert_eq!(found, wanted, "{asked}");
    }
    let phrase = |text: &str| Wanted { all: vec![Term::new(text, false).unwrap()], ..Wanted::default() };
    assert_eq!(texts(&store, &phrase("vielen Dank")).await.len(), 1);
    assert_eq!(texts(&store, &phrase("Dank vielen")).await.len(), 0);
    assert_eq!(texts(&store, &phrase("lief")).await.len(), 0, "a phrase is whole words");
}

#[tokio::test]
async fn hits_come_newest_first_whatever_came_first_and_page_to_the_end() {
    let (store, account) = store().await;
    // Three hundred in the same second, some fed before, some after, with others of other seconds between.
    for part in 0..3 {
        let arrivals = (0..100)
            .map(|n| {
                let n = n * 3 + part;
                let at = if n % 2 == 0 { 5_000 } else { 1_000 * (300 - n) };
                text(account, "1", &format!("m_{n}"), at, "again and again")
            })
            .collect();
        take(&store, arrivals).await;
        store.catch_up().await.unwrap();
    }
    let mut conn = store.read().await.unwrap();
    let mut seen: Vec<(Timestamp, MessageId)> = Vec::new();
    let mut after = None;
    loop {
        let page = search::messages(&mut conn, &words("again"), after.as_deref(), 32).await.unwrap();
        seen.extend(page.messages.iter().map(|hit| (hit.sent_at, hit.message)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 300);
    let mut once = seen.clone();
    once.sort_by_key(|(_, id)| *id);
    once.dedup();
    assert_eq!(once.len(), 300);
    // A full second spills over its neighbours: order holds to that much.
    assert!(seen.windows(2).all(|w| w[0].0.until(w[1].0) <= 3_000), "{seen:?}");
    let nonsense = search::messages(&mut conn, &words("again"), Some("bm9uc2Vuc2U"), 32).await;
    assert!(nonsense.is_err());
}

#[tokio::test]
async fn searches_narrow_by_everything() {
    let (store, account) = store().await;
    let other = connect(&store, Channel::Instagram, "17841405309211844").await;
    let mut anna = text(account, "1", "m_1", 0, "red shoes please");
    anna.person.name = "Anna Müller".into();
    let mut ben = text(other, "2", "m_2", 1_000, "red hat https://shop.example");
    ben.person.handle = "ben.b".into();
    let mut picture = text(account, "1", "m_3", 2_000, "");
    picture.content = Content::Placeholder { what: "Photo".into(), text: String::new() };
    picture.attachments =
        vec![crate::store::messages::NewAttachment { kind: "image".into(), ..Default::default() }];
    let ours = echo(text(account, "1", "m_4", 3_000, "red it is"));
    take(&store, vec![anna, ben, picture, ours]).await;
    let people = |name: &str| Some(Sender::People(vec![Term::new(name, true).unwrap()]));
    let ids = |wanted: Wanted| {
        let store = store.clone();
        async move {
            find(&store, &wanted).await.messages.iter().map(|hit| hit.sent_at.0 - NOW.0).collect::<Vec<_>>()
        }
    };
    assert_eq!(ids(words("red")).await, [3_000, 1_000, 0]);
    let here = find(&store, &words("hat")).await.messages[0].conversation;
    assert_eq!(ids(Wanted { conversation: Some(here), ..words("red") }).await, [1_000]);
    let mut conn = store.read().await.unwrap();
    let (found, more) =
        search::ids(&mut conn, &Wanted { conversation: Some(here), ..words("red") }, 5).await.unwrap();
    assert_eq!((found.len(), more), (1, false));
    let (found, more) = search::ids(&mut conn, &words("red"), 2).await.unwrap();
    assert_eq!((found.len(), more), (2, true), "newest first, and older ones besides");
    drop(conn);
    assert_eq!(ids(Wanted { from: people("mull"), ..words("red") }).await, [0]);
    assert_eq!(ids(Wanted { from: people("ben"), ..Wanted::default() }).await, [1_000]);
    assert_eq!(ids(Wanted { from: people("nobody"), ..words("red") }).await, [0; 0]);
    assert_eq!(ids(Wanted { from: Some(Sender::Us), ..words("red") }).await, [3_000]);
    assert_eq!(ids(Wanted { accounts: vec![other], ..words("red") }).await, [1_000]);
    assert_eq!(ids(Wanted { kinds: vec![vec!["image".into()]], ..Wanted::default() }).await, [2_000]);
    assert_eq!(ids(Wanted { kinds: vec![vec!["link".into()]], ..Wanted::default() }).await, [1_000]);
    assert_eq!(ids(Wanted { none: words("shoes").all, ..words("red") }).await, [3_000, 1_000]);
    assert_eq!(ids(Wanted { none: words("red").all, ..Wanted::default() }).await, [2_000]);
    assert_eq!(
        ids(Wanted { since: Some(NOW.plus(500)), before: Some(NOW.plus(2_500)), ..Wanted::default() }).await,
        [2_000, 1_000]
    );
    assert_eq!(ids(words("photo")).await, [2_000], "a placeholder is found by its name");
    assert_eq!(ids(Wanted::default()).await, [0; 0], "nothing asked, nothing found");
}

#[tokio::test]
async fn people_are_found_by_name_handle_and_any_part_of_a_number() {
    let (store, account) = store().await;
    let whatsapp = connect(&store, Channel::WhatsApp, "106540352242922").await;
    let mut phone = text(whatsapp, "", "wamid.1", 0, "hi");
    phone.person =
        Person { phone: Some("491712345678".into()), name: "Käthe Öztürk".into(), ..Person::default() };
    take(&store, vec![phone, text(account, "7", "m_1", 5_000, "hello")]).await;
    let contact = store
        .write("profile", move |conn| {
            Box::pin(async move {
                let person = Person { person: Some(MetaPersonId("7".into())), ..Person::default() };
                let (contact, _) = contacts::find(conn, account, &person).await?.unwrap();
                contacts::set_profile(conn, contact, "Kathrin", "kat.hrin", None, NOW).await?;
                Ok(contact)
            })
        })
        .await
        .unwrap();
    let mut conn = store.read().await.unwrap();
    for (asked, count) in
        [("kat", 2), ("ozturk", 1), ("kat.hrin", 1), ("0171", 0), ("1712345", 1), ("5678", 1), ("x", 0)]
    {
        let hits = search::people(&mut conn, &words(asked).all, &[]).await.unwrap();
        assert_eq!(hits.len(), count, "{asked}");
    }
    let hits = search::people(&mut conn, &words("kat").all, &[]).await.unwrap();
    assert_eq!(hits[0].contact.id, contact, "who wrote last comes first");
    assert_eq!(search::people(&mut conn, &words("kat").all, &[whatsapp]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_gone_is_no_longer_found() {
    let (store, account) = store().await;
    let taken =
        take(&store, vec![text(account, "1", "m_1", 0, "unique"), text(account, "2", "m_2", 0, "unique")])
            .await;
    assert_eq!(texts(&store, &words("unique")).await.len(), 2);
    let gone = taken[0].message;
    store
        .write("delete", move |conn| {
            Box::pin(async move {
                sqlx::query("DELETE FROM messages WHERE id = ?1").bind(gone.0).execute(conn).await.map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(texts(&store, &words("unique")).await.len(), 1);
    store
        .write("wipe", move |conn| {
            Box::pin(async move {
                crate::store::accounts::disconnect(conn, account, NOW).await?;
                let whose = Whose::Account(account);
                while !deleting::some(conn, &whose, 1).await?.done {}
                crate::store::accounts::remove(conn, account).await.map(drop)
            })
        })
        .await
        .unwrap();
    assert_eq!(texts(&store, &words("unique")).await.len(), 0);
    let mut conn = store.read().await.unwrap();
    let left: (i64, i64) =
        sqlx::query_as("SELECT (SELECT count(*) FROM people_words_docsize), (SELECT count(*) FROM tallies)")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    assert_eq!(left, (0, 0), "nothing of a wiped account stays");
}

#[tokio::test]
async fn two_who_turn_out_to_be_one_are_one_conversation() {
    let (store, _) = store().await;
    let account = connect(&store, Channel::WhatsApp, "106540352242922").await;
    let whatsapp = |id: &str, at, phone: Option<&str>, bsuid: Option<&str>| {
        let mut arrival = text(account, "", id, at, "hello there");
        arrival.person =
            Person { phone: phone.map(Into::into), bsuid: bsuid.map(Into::into), ..Person::default() };
        arrival
    };
    let first = take(&store, vec![whatsapp("w1", 0, Some("16505551234"), None)]).await[0].conversation;
    let second = take(&store, vec![whatsapp("w2", 1_000, None, Some("US.1"))]).await[0].conversation;
    assert_ne!(first, second);
    store.catch_up().await.unwrap();
    let both = vec![
        whatsapp("w2", 1_000, Some("16505551234"), Some("US.1")),
        whatsapp("w3", 2_000, Some("16505551234"), Some("US.1")),
    ];
    let taken = take(&store, both).await;
    assert_eq!(taken.iter().map(|t| t.conversation).collect::<Vec<ConversationId>>(), [first, first]);
    let wanted =
        Wanted { from: Some(Sender::People(vec![Term::new("5551234", true).unwrap()])), ..words("hello") };
    let found = find(&store, &wanted).await;
    assert_eq!(found.messages.len(), 3);
    assert!(found.messages.iter().all(|hit| hit.conversation == first));
}

#[test]
fn snippets_show_the_match_in_its_surroundings() {
    let marked = |text: &str, asked: &str| -> Vec<String> {
        search::snippet(text, &words(asked).all)
            .into_iter()
            .map(|p| if p.hit { format!("[{}]", p.text) } else { p.text })
            .collect()
    };
    assert_eq!(marked("Die Größe\npasst", "grosse"), ["Die ", "[Größe]", " passt"]);
    assert_eq!(marked("配送はいつ届きますか", "届きます").concat(), "配送はいつ[届きます]か");
    assert_eq!(marked("東京都", "京").concat(), "東[京]都");
    let long = format!("{} needle {}", "hay ".repeat(100), "hay ".repeat(100));
    let pieces = marked(&long, "needle");
    assert_eq!((pieces[0].as_str(), pieces.last().unwrap().as_str()), ("…", "…"));
    assert!(pieces.contains(&"[needle]".to_owned()));
}

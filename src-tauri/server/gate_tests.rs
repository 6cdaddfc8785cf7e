//! The gate's rules without a socket.

use super::*;
use axum::http::HeaderValue;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn gate(at: &str, folder: &tempfile::TempDir) -> Gate {
    let token = Secret::new("a token of a program, long enough");
    Gate::new(
        at.parse().unwrap(),
        vec!["Inbox.example.org".into()],
        &[token],
        folder.path().join("browsers.json"),
    )
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

fn key_of(link: &str) -> &str {
    link.split_once("key=").unwrap().1
}

fn cookie_of(set: &str) -> &str {
    set.split(';').next().unwrap()
}

fn visit(gate: &Gate, pairs: &[(&'static str, &str)]) -> Result<Visitor, TurnedAway> {
    gate.admit(&Method::GET, &Uri::from_static("/"), &headers(pairs), NOW)
}

fn post(gate: &Gate, pairs: &[(&'static str, &str)]) -> Result<Visitor, TurnedAway> {
    gate.admit(&Method::POST, &Uri::from_static("/call"), &headers(pairs), NOW)
}

#[test]
fn a_link_opens_one_browser_once() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate("127.0.0.1:8788", &folder);
    let link = gate.link();
    assert!(link.starts_with("http://127.0.0.1:8788/open?key="), "{link}");
    assert_eq!(key_of(&link).len(), 64, "256 bits");
    assert_eq!(gate.open("0".repeat(64).as_str(), NOW), None);
    let set = gate.open(key_of(&link), NOW).expect("it opens");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && !set.contains("Secure"), "{set}");
    assert_eq!(gate.open(key_of(&link), NOW), None, "only once");
    assert_eq!(
        visit(&gate, &[("host", "127.0.0.1:8788"), ("cookie", cookie_of(&set))]),
        Ok(Visitor::Browser)
    );
    assert_eq!(visit(&gate, &[("host", "127.0.0.1:8788")]), Err(TurnedAway::Unknown));
}

#[test]
fn a_browser_stays_signed_in_over_a_restart_until_its_time_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let first = gate("127.0.0.1:8788", &folder);
    let set = first.open(key_of(&first.link()), NOW).unwrap();
    let later = gate("127.0.0.1:8788", &folder);
    let request = headers(&[("host", "localhost:8788"), ("cookie", cookie_of(&set))]);
    let at = |gate: &Gate, now| gate.admit(&Method::GET, &Uri::from_static("/"), &request, now);
    assert_eq!(at(&later, NOW), Ok(Visitor::Browser));
    assert_eq!(at(&later, NOW.plus(STAY)), Err(TurnedAway::Unknown));
    let kept = std::fs::read_to_string(folder.path().join("browsers.json")).unwrap();
    assert!(!kept.contains(cookie_of(&set).split_once('=').unwrap().1), "only hashes are kept");
}

#[test]
fn links_and_browsers_do_not_pile_up() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate("127.0.0.1:8788", &folder);
    let links: Vec<String> = (0..LINKS + 1).map(|_| gate.link()).collect();
    assert_eq!(gate.open(key_of(&links[0]), NOW), None, "the oldest was retired");
    assert!(gate.open(key_of(&links[1]), NOW).is_some());
}

#[test]
fn a_rebound_name_is_turned_away_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate("127.0.0.1:8788", &folder);
    let bearer = "Bearer a token of a program, long enough";
    for host in
        ["evil.example", "127.0.0.1.evil.example", "192.168.1.5:8788", "localhost.evil.example:8788", ""]
    {
        assert_eq!(
            visit(&gate, &[("host", host), ("authorization", bearer)]),
            Err(TurnedAway::WrongHost),
            "{host}"
        );
    }
    assert_eq!(visit(&gate, &[("authorization", bearer)]), Err(TurnedAway::WrongHost), "none at all");
    for host in ["127.0.0.1:8788", "localhost:9000", "LOCALHOST", "[::1]:8788", "inbox.example.org"] {
        assert_eq!(
            visit(&gate, &[("host", host), ("authorization", bearer)]),
            Ok(Visitor::Program),
            "{host}"
        );
    }
}

#[test]
fn beyond_loopback_addresses_are_ours_and_the_cookie_wants_tls() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate("0.0.0.0:8788", &folder);
    let link = gate.link();
    assert!(link.starts_with("http://127.0.0.1:8788/"), "{link}");
    let set = gate.open(key_of(&link), NOW).unwrap();
    assert!(set.contains("; Secure"), "{set}");
    assert_eq!(
        visit(&gate, &[("host", "192.168.1.5:8788"), ("cookie", cookie_of(&set))]),
        Ok(Visitor::Browser)
    );
    assert_eq!(visit(&gate, &[("host", "evil.example")]), Err(TurnedAway::WrongHost));
}

#[test]
fn another_sites_page_cannot_use_the_cookie() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate("127.0.0.1:8788", &folder);
    let set = gate.open(key_of(&gate.link()), NOW).unwrap();
    let ours = [("host", "127.0.0.1:8788"), ("cookie", cookie_of(&set))];
    let with = |more: &[(&'static str, &str)]| {
        let all: Vec<_> = ours.iter().chain(more).copied().collect();
        post(&gate, &all)
    };
    assert_eq!(with(&[("origin", "http://127.0.0.1:8788")]), Ok(Visitor::Browser));
    assert_eq!(with(&[("sec-fetch-site", "same-origin")]), Ok(Visitor::Browser));
    for origin in
        ["http://evil.example", "http://127.0.0.1:3000", "null", "http://127.0.0.1:8788.evil.example"]
    {
        assert_eq!(with(&[("origin", origin)]), Err(TurnedAway::OtherSite), "{origin}");
    }
    assert_eq!(with(&[]), Err(TurnedAway::OtherSite), "a browser always says where it comes from");
    assert_eq!(with(&[("sec-fetch-site", "same-site")]), Err(TurnedAway::OtherSite));
}

#[test]
fn a_wrong_token_is_not_saved_by_a_cookie() {
    let folder = tempfile::tempdir().unwrap();
    let gate = gate("127.0.0.1:8788", &folder);
    let set = gate.open(key_of(&gate.link()), NOW).unwrap();
    let asked = [("host", "localhost"), ("cookie", cookie_of(&set)), ("authorization", "Bearer wrong")];
    assert_eq!(visit(&gate, &asked), Err(TurnedAway::Unknown));
    assert_eq!(
        visit(&gate, &[("host", "localhost"), ("authorization", "Basic x")]),
        Err(TurnedAway::Unknown)
    );
}

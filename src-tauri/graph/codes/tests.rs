//! The table against the facts (graph-api k): what each answer of Meta's leads to.

use super::*;
use crate::graph::{Doing, Error, Fate, Refusal};
use serde_json::{Value, json};

fn refused(status: u16, body: Value, doing: Doing) -> Error {
    let mut refusal = Refusal::of(&body).expect("an error");
    refusal.status = status;
    Error::Refused { refusal: Box::new(refusal), doing, wait: None }
}

fn error(code: i64, subcode: i64) -> Value {
    json!({"error": {"message": "(#1) words", "type": "OAuthException", "code": code, "error_subcode": subcode,
        "fbtrace_id": "AfT"}})
}

/// Code, subcode (0 = none), what becomes of a read, and of a send.
const FATES: &[(i64, i64, Fate, Fate)] = &[
    // k.2
    (1, 0, Fate::Retry, Fate::Uncertain),
    (2, 0, Fate::Retry, Fate::Uncertain),
    (1, 99, Fate::UserAction, Fate::UserAction),
    (3, 0, Fate::UserAction, Fate::UserAction),
    (4, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (17, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (32, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (613, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (341, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (368, 0, Fate::StopWrites, Fate::StopWrites),
    (506, 0, Fate::GiveUp, Fate::GiveUp),
    (100, 0, Fate::GiveUp, Fate::GiveUp),
    (100, 33, Fate::GiveUp, Fate::GiveUp),
    (102, 0, Fate::SignInAgain, Fate::SignInAgain),
    (104, 0, Fate::UserAction, Fate::UserAction),
    (190, 0, Fate::SignInAgain, Fate::SignInAgain),
    (190, 458, Fate::SignInAgain, Fate::SignInAgain),
    (190, 459, Fate::SignInAgain, Fate::SignInAgain),
    (190, 460, Fate::SignInAgain, Fate::SignInAgain),
    (190, 463, Fate::SignInAgain, Fate::SignInAgain),
    (190, 464, Fate::SignInAgain, Fate::SignInAgain),
    (190, 467, Fate::SignInAgain, Fate::SignInAgain),
    (190, 492, Fate::SignInAgain, Fate::SignInAgain),
    (190, 12_345, Fate::SignInAgain, Fate::SignInAgain),
    (200, 0, Fate::UserAction, Fate::UserAction),
    (299, 0, Fate::UserAction, Fate::UserAction),
    (551, 0, Fate::Unreachable, Fate::Unreachable),
    (803, 0, Fate::GiveUp, Fate::GiveUp),
    (2500, 0, Fate::GiveUp, Fate::GiveUp),
    (80_001, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (80_002, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (80_006, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (80_007, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (80_008, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    // k.3
    (1, 1_357_046, Fate::Uncertain, Fate::Uncertain),
    (2, 2_018_344, Fate::UserAction, Fate::UserAction),
    (10, 2_018_278, Fate::OutsideWindow, Fate::OutsideWindow),
    (10, 2_534_022, Fate::OutsideWindow, Fate::OutsideWindow),
    (10, 2_018_108, Fate::Unreachable, Fate::Unreachable),
    (10, 1_404_170, Fate::StopWrites, Fate::StopWrites),
    (10, 1_893_063, Fate::StopWrites, Fate::StopWrites),
    (10, 2_534_077, Fate::UserAction, Fate::UserAction),
    (10, 0, Fate::UserAction, Fate::UserAction),
    (100, 2_018_001, Fate::Unreachable, Fate::Unreachable),
    (100, 2_018_109, Fate::GiveUp, Fate::GiveUp),
    (100, 2_534_014, Fate::Unreachable, Fate::Unreachable),
    (100, 2_534_029, Fate::Unreachable, Fate::Unreachable),
    (100, 2_534_037, Fate::UserAction, Fate::UserAction),
    (100, 2_018_218, Fate::GiveUp, Fate::GiveUp),
    (200, 1_545_041, Fate::Unreachable, Fate::Unreachable),
    (551, 1_545_041, Fate::Unreachable, Fate::Unreachable),
    (200, 2_018_028, Fate::UserAction, Fate::UserAction),
    (200, 2_534_041, Fate::UserAction, Fate::UserAction),
    (230, 0, Fate::GiveUp, Fate::GiveUp),
    (613, 2_018_338, Fate::StopWrites, Fate::StopWrites),
    (10, 2_018_300, Fate::UserAction, Fate::UserAction),
    (9_000_001, 0, Fate::GiveUp, Fate::GiveUp),
    (1_545_133, 0, Fate::Retry, Fate::Uncertain),
    // k.4
    (0, 0, Fate::SignInAgain, Fate::SignInAgain),
    (131_005, 0, Fate::UserAction, Fate::UserAction),
    (130_429, 0, Fate::Wait(5_000), Fate::Wait(5_000)),
    (131_056, 0, Fate::Wait(6_000), Fate::Wait(6_000)),
    (131_048, 0, Fate::StopWrites, Fate::StopWrites),
    (131_031, 0, Fate::StopWrites, Fate::StopWrites),
    (131_064, 0, Fate::StopWrites, Fate::StopWrites),
    (130_497, 0, Fate::Unreachable, Fate::Unreachable),
    (131_009, 0, Fate::GiveUp, Fate::GiveUp),
    (1_752_041, 0, Fate::Uncertain, Fate::Uncertain),
    (131_047, 0, Fate::OutsideWindow, Fate::OutsideWindow),
    (131_026, 0, Fate::Unreachable, Fate::Unreachable),
    (131_049, 0, Fate::Unreachable, Fate::Unreachable),
    (131_050, 0, Fate::Unreachable, Fate::Unreachable),
    (131_042, 0, Fate::UserAction, Fate::UserAction),
    (132_001, 0, Fate::GiveUp, Fate::GiveUp),
    (134_101, 0, Fate::Wait(600_000), Fate::Wait(600_000)),
    (131_000, 0, Fate::Retry, Fate::Uncertain),
    (131_016, 0, Fate::Retry, Fate::Uncertain),
    (131_057, 0, Fate::Retry, Fate::Uncertain),
    (133_004, 0, Fate::Retry, Fate::Uncertain),
    (133_010, 0, Fate::UserAction, Fate::UserAction),
    // The rest of k.2 to k.4, so that every row of the facts stands here.
    (230, 0, Fate::GiveUp, Fate::GiveUp),
    (1_609_005, 0, Fate::GiveUp, Fate::GiveUp),
    (80_000, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (80_014, 0, Fate::Wait(300_000), Fate::Wait(300_000)),
    (4, 2_018_354, Fate::Wait(3_600_000), Fate::Wait(3_600_000)),
    (9, 2_018_352, Fate::Wait(3_600_000), Fate::Wait(3_600_000)),
    (10, 2_018_065, Fate::UserAction, Fate::UserAction),
    (10, 2_018_336, Fate::Unreachable, Fate::Unreachable),
    (10, 1_893_015, Fate::Unreachable, Fate::Unreachable),
    (100, 2_018_008, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_014, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_047, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_074, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_164, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_294, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_320, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_328, Fate::GiveUp, Fate::GiveUp),
    (100, 2_534_013, Fate::UserAction, Fate::UserAction),
    (100, 2_534_015, Fate::GiveUp, Fate::GiveUp),
    (100, 2_534_025, Fate::GiveUp, Fate::GiveUp),
    (100, 2_018_247, Fate::GiveUp, Fate::GiveUp),
    (2_022, 0, Fate::UserAction, Fate::UserAction),
    (36_103, 0, Fate::UserAction, Fate::UserAction),
    (2_018_300, 0, Fate::UserAction, Fate::UserAction),
    (2_018_321, 0, Fate::GiveUp, Fate::GiveUp),
    (2_018_390, 0, Fate::GiveUp, Fate::GiveUp),
    (2_534_001, 0, Fate::GiveUp, Fate::GiveUp),
    (613, 2_534_040, Fate::Wait(300_000), Fate::Wait(300_000)),
    (33, 0, Fate::GiveUp, Fate::GiveUp),
    (130_403, 0, Fate::UserAction, Fate::UserAction),
    (130_472, 0, Fate::Unreachable, Fate::Unreachable),
    (131_008, 0, Fate::GiveUp, Fate::GiveUp),
    (131_021, 0, Fate::GiveUp, Fate::GiveUp),
    (131_035, 0, Fate::UserAction, Fate::UserAction),
    (131_037, 0, Fate::UserAction, Fate::UserAction),
    (131_045, 0, Fate::UserAction, Fate::UserAction),
    (131_051, 0, Fate::GiveUp, Fate::GiveUp),
    (131_052, 0, Fate::GiveUp, Fate::GiveUp),
    (131_053, 0, Fate::GiveUp, Fate::GiveUp),
    (131_055, 0, Fate::GiveUp, Fate::GiveUp),
    (131_062, 0, Fate::GiveUp, Fate::GiveUp),
    (131_063, 0, Fate::UserAction, Fate::UserAction),
    (132_000, 0, Fate::GiveUp, Fate::GiveUp),
    (132_005, 0, Fate::GiveUp, Fate::GiveUp),
    (132_007, 0, Fate::GiveUp, Fate::GiveUp),
    (132_012, 0, Fate::GiveUp, Fate::GiveUp),
    (132_015, 0, Fate::Wait(3_600_000), Fate::Wait(3_600_000)),
    (132_016, 0, Fate::GiveUp, Fate::GiveUp),
    (132_018, 0, Fate::GiveUp, Fate::GiveUp),
    (132_068, 0, Fate::GiveUp, Fate::GiveUp),
    (133_000, 0, Fate::UserAction, Fate::UserAction),
    (133_005, 0, Fate::UserAction, Fate::UserAction),
    (133_008, 0, Fate::UserAction, Fate::UserAction),
    (133_009, 0, Fate::UserAction, Fate::UserAction),
    (133_006, 0, Fate::UserAction, Fate::UserAction),
    (133_015, 0, Fate::UserAction, Fate::UserAction),
    (133_016, 0, Fate::UserAction, Fate::UserAction),
    (134_011, 0, Fate::UserAction, Fate::UserAction),
    (134_100, 0, Fate::GiveUp, Fate::GiveUp),
    (134_102, 0, Fate::GiveUp, Fate::GiveUp),
    (135_000, 0, Fate::GiveUp, Fate::GiveUp),
    (136_024, 0, Fate::UserAction, Fate::UserAction),
    (147_003, 0, Fate::UserAction, Fate::UserAction),
    (2_388_019, 0, Fate::UserAction, Fate::UserAction),
    (2_388_072, 0, Fate::GiveUp, Fate::GiveUp),
    (2_494_100, 0, Fate::Retry, Fate::Uncertain),
    (2_494_170, 0, Fate::UserAction, Fate::UserAction),
    (2_593_108, 0, Fate::GiveUp, Fate::GiveUp),
    // A code nobody has heard of, with HTTP 400.
    (987_654, 0, Fate::GiveUp, Fate::GiveUp),
];

#[test]
fn each_code_leads_where_the_facts_say() {
    for (code, subcode, read, send) in FATES {
        let of = |doing| refused(400, error(*code, *subcode), doing).fate();
        assert_eq!(of(Doing::Asking), *read, "reading, {code}/{subcode}");
        assert_eq!(of(Doing::Sending), *send, "sending, {code}/{subcode}");
    }
}

#[test]
fn no_row_hides_behind_an_earlier_one_and_each_sentence_is_one() {
    for one in rows() {
        let subcode = one.subcodes.map(|(first, _)| first);
        let code = if one.codes.0 == i64::MIN { -77 } else { one.codes.0 };
        assert!(std::ptr::eq(row(code, subcode).unwrap(), one), "{one:?} is never reached");
        assert!(one.codes.0 <= one.codes.1, "{one:?}");
        assert!(one.tell.ends_with('.') && one.tell.len() > 15 && !one.tell.contains("  "), "{one:?}");
    }
}

#[test]
fn whatever_a_person_must_mend_has_its_button_and_nothing_else_asks_them_to() {
    use crate::model::{Action, Code};
    for one in rows() {
        let code = if one.codes.0 == i64::MIN { -77 } else { one.codes.0 };
        let subcode = one.subcodes.map_or(0, |(first, _)| first);
        for doing in [Doing::Asking, Doing::Sending] {
            let refusal = refused(400, error(code, subcode), doing);
            let problem = refusal.problem();
            let button = match refusal.fate() {
                // The token is good again once the person has settled it there.
                Fate::SignInAgain if refusal.fault().is_some_and(|f| !f.wants_new_token()) => {
                    Some(Action::OpenAccounts)
                }
                Fate::SignInAgain => Some(Action::Reconnect),
                Fate::StopWrites => Some(Action::OpenAccounts),
                Fate::Uncertain => Some(Action::CheckAtMeta),
                Fate::Retry => Some(Action::Retry),
                // Another app has the thread: that is settled in Meta's inbox, not here.
                Fate::UserAction if one.class == Class::NotOwner => None,
                Fate::UserAction => Some(Action::OpenAccounts),
                Fate::Wait(_) | Fate::Offline | Fate::OutsideWindow | Fate::Unreachable | Fate::GiveUp => {
                    None
                }
            };
            assert_eq!(problem.action, button, "{one:?} {doing:?}");
            assert!(problem.code != Code::Internal, "{one:?}");
        }
    }
}

#[test]
fn is_transient_goes_before_the_table_but_not_before_a_limit() {
    let with = |code: i64, transient: bool| {
        let mut body = error(code, 0);
        body["error"]["is_transient"] = json!(transient);
        refused(400, body, Doing::Asking).fate()
    };
    assert_eq!(with(100, true), Fate::Retry);
    assert_eq!(with(987_654, true), Fate::Retry);
    assert_eq!(with(4, true), Fate::Wait(300_000));
    assert_eq!(with(190, false), Fate::SignInAgain);
    assert_eq!(with(2, false), Fate::Retry);
}

#[test]
fn code_one_is_for_good_when_meta_tells_people_so() {
    let mut body = error(1, 0);
    body["error"]["is_transient"] = json!(false);
    body["error"]["error_user_title"] = json!("Not possible");
    assert_eq!(refused(400, body, Doing::Asking).fate(), Fate::GiveUp);
}

#[test]
fn unknown_codes_go_by_the_http_status() {
    let at = |status, doing| refused(status, error(987_654, 0), doing).fate();
    assert_eq!(at(401, Doing::Asking), Fate::SignInAgain);
    assert_eq!(at(429, Doing::Asking), Fate::Wait(300_000));
    assert_eq!(at(500, Doing::Asking), Fate::Retry);
    assert_eq!(at(500, Doing::Sending), Fate::Uncertain);
    assert_eq!(at(404, Doing::Asking), Fate::GiveUp);
}

#[test]
fn every_shape_of_an_error_is_read() {
    let of = |body: Value| Refusal::of(&body).map(|r| (r.code, r.subcode, r.message));
    assert_eq!(of(error(190, 460)), Some((190, Some(460), "(#1) words".into())));
    assert_eq!(of(error(190, 0)).unwrap().1, None, "0 is none");
    let oauth = json!({"error_type": "OAuthException", "code": 400, "error_message": "Invalid code"});
    assert_eq!(of(oauth), Some((400, None, "Invalid code".into())));
    let upload = json!({"debug_info": {"retriable": true, "type": "X", "message": "later"}});
    assert!(Refusal::of(&upload).is_some_and(|r| r.is_transient == Some(true)));
    let data =
        |data: Value| of(json!({"error": {"message": "m", "code": "131047", "error_data": data}})).unwrap();
    assert_eq!(data(json!({"details": "24 h"})), (131_047, None, "m (24 h)".into()));
    assert_eq!(data(json!("{\"details\":\"24 h\"}")), (131_047, None, "m (24 h)".into()));
    assert_eq!(data(json!("not json")), (131_047, None, "m".into()));
    assert_eq!(of(json!({"error": "access_denied", "error_description": "no"})).unwrap().2, "no");
    for none in [json!({"data": []}), json!([]), json!("x"), json!({"success": true}), json!({"error": null})]
    {
        assert_eq!(of(none), None);
    }
}

#[test]
fn people_are_told_the_sentence_and_metas_own_words() {
    let mut body = error(10, 2_018_278);
    body["error"]["error_user_msg"] = json!("Zu spät.");
    let problem = refused(400, body, Doing::Sending).problem();
    assert_eq!(problem.code, crate::model::Code::WindowClosed);
    assert!(
        problem.message.starts_with("The 24-hour reply window is closed.")
            && problem.message.ends_with("Zu spät.")
    );

    let problem = refused(400, error(190, 463), Doing::Asking).problem();
    assert_eq!(problem.action, Some(crate::model::Action::Reconnect));
    let unknown = refused(400, error(987_654, 0), Doing::Asking).problem();
    assert!(unknown.message.contains("words"), "a code we do not know must not be silent: {unknown}");
}

proptest::proptest! {
    #[test]
    fn whatever_meta_answers_there_is_a_way_on_and_a_sentence(
        code in proptest::prop_oneof![-10..700_i64, 80_000..80_020_i64, 130_000..137_000_i64, 2_018_000..2_594_000_i64],
        subcode in proptest::prop_oneof![proptest::strategy::Just(0_i64), 1..3_000_000_i64],
        status in proptest::sample::select(vec![200_u16, 400, 401, 403, 404, 429, 500, 503]),
    ) {
        for doing in [Doing::Asking, Doing::Sending] {
            let refusal = refused(status, error(code, subcode), doing);
            let problem = refusal.problem();
            proptest::prop_assert!(problem.message.len() > 15 && problem.message.contains('.'), "{problem:?}");
            if let Fate::Wait(ms) = refusal.fate() {
                proptest::prop_assert!(ms > 0, "{code}/{subcode} waits for {ms} ms");
            }
            // A send is never simply repeated: either nothing happened for sure, or somebody looks.
            proptest::prop_assert!(doing == Doing::Asking || refusal.fate() != Fate::Retry, "{code}/{subcode}");
        }
    }
}

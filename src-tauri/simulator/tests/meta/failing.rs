//! Faults by name, usage and pace.

use crate::desk::{Answer, Desk};
use serde_json::Value;

#[tokio::test]
async fn faults_strike_by_name_as_often_as_told_and_where_they_are_meant() {
    let desk = Desk::new(10, 20).await;
    let (page, instagram) = (desk.account("messenger"), desk.account("instagram"));
    let list = async || desk.get(&page.token, "/v26.0/me/conversations").await;
    for (name, status, code, subcode) in [
        ("190_460", 401, 190, Some(460)),
        ("190_463", 401, 190, Some(463)),
        ("190_458", 401, 190, Some(458)),
        ("4", 400, 4, None),
        ("17", 400, 17, Some(2_446_079)),
        ("613", 400, 613, None),
        ("80006", 400, 80006, None),
        ("80002", 400, 80002, None),
        ("368", 403, 368, None),
        ("1", 500, 1, None),
        ("2", 503, 2, None),
        ("error_with_200", 200, 80002, None),
    ] {
        desk.sim.fault(name, Some(1), None);
        let answer = list().await;
        assert_eq!((answer.status, answer.error()), (status, (code, subcode)), "{name}");
        assert!(answer.json["error"]["fbtrace_id"].is_string());
        assert_eq!(list().await.status, 200, "{name} struck twice");
    }
    desk.sim.fault("2", Some(1), None);
    assert_eq!(list().await.json["error"]["is_transient"], true);
    desk.sim.fault("html_502", Some(1), None);
    let gateway: Answer = list().await;
    assert!(
        gateway.status == 502 && gateway.headers["content-type"].to_str().unwrap().starts_with("text/html")
    );
    desk.sim.fault("truncated_json", Some(1), None);
    let cut = list().await;
    assert_eq!((cut.status, cut.json), (200, Value::Null));
    desk.sim.slow(50, Some(1), None);
    assert!(list().await.json["data"].is_array());
    desk.sim.fault("4", None, Some(&format!("GET conversations {}", instagram.meta_id)));
    assert_eq!(list().await.status, 200);
    assert_eq!(desk.get(&instagram.token, "/v26.0/me/conversations").await.error().0, 4);
    assert_eq!(desk.get(&instagram.token, "/v26.0/me").await.status, 200);
    desk.sim.clear_faults();
    assert_eq!(desk.get(&instagram.token, "/v26.0/me/conversations").await.status, 200);
}

#[tokio::test]
async fn usage_is_told_and_two_calls_a_second_are_enough() {
    let desk = Desk::new(10, 20).await;
    let page = desk.account("messenger");
    desk.sim.fault("usage_80", Some(1), None);
    let answer = desk.get(&page.token, "/v26.0/me/conversations").await;
    let usage: Value =
        serde_json::from_slice(answer.headers["x-business-use-case-usage"].as_bytes()).unwrap();
    assert_eq!(usage[&page.meta_id][0]["call_count"], 80);
    let usage: Value = serde_json::from_slice(answer.headers["x-app-usage"].as_bytes()).unwrap();
    assert_eq!(usage["call_count"], 80);
    assert_eq!(answer.headers["facebook-api-version"], "v26.0");
    desk.sim.fault("rate_2_per_s", None, None);
    let calls = async || desk.get(&page.token, "/v26.0/me/conversations?limit=1").await.status;
    let answers = [calls().await, calls().await, calls().await];
    assert_eq!(answers, [200, 200, 400]);
    let other = desk.account("instagram").token;
    assert_eq!(desk.get(&other, "/v26.0/me/conversations?limit=1").await.status, 200);
}

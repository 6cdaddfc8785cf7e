//! A delivery without what it says of some ids: whoever was deleted is not kept in what Meta once told of them. What
//! it says of others stays.

use serde_json::Value;

/// What is left of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It does not speak of them.
    Whole,
    /// The body without them.
    Rest(Vec<u8>),
    /// It spoke of nobody else.
    Nothing,
}

/// Takes out of a webhook's body whatever is said of `ids`; a body that is not one goes whole if it names them.
#[must_use]
pub fn without_ids(body: &[u8], ids: &[String]) -> Left {
    let Ok(mut json) = super::json(body) else {
        return Left::Nothing;
    };
    if json.get("entry").is_none_or(|entries| !entries.is_array()) {
        return if names_anywhere(&json, ids) { Left::Nothing } else { Left::Whole };
    }
    if !prune(&mut json, ids) {
        return Left::Whole;
    }
    match json.get("entry").and_then(Value::as_array) {
        Some(entries) if !entries.is_empty() => serde_json::to_vec(&json).map_or(Left::Nothing, Left::Rest),
        _ => Left::Nothing,
    }
}

/// Takes members that name one of the ids out of every list, and with them whatever has nothing else to say; whether
/// there was one.
fn prune(value: &mut Value, ids: &[String]) -> bool {
    match value {
        Value::Array(all) => {
            let before = all.len();
            all.retain(|one| !names(one, ids));
            let mut gone = all.len() < before;
            all.retain_mut(|one| {
                let pruned = prune(one, ids);
                gone |= pruned;
                !(pruned && is_hollow(one))
            });
            gone
        }
        Value::Object(o) => o.values_mut().fold(false, |gone, one| prune(one, ids) | gone),
        _ => false,
    }
}

/// Whether it is an entry or a change whose lists are all empty.
fn is_hollow(one: &Value) -> bool {
    let entry = ["messaging", "standby", "changes"].iter().any(|list| one.get(list).is_some());
    let inside = if entry { Some(one) } else { one.get("value") };
    inside
        .and_then(Value::as_object)
        .is_some_and(|o| o.values().filter_map(Value::as_array).all(Vec::is_empty))
}

/// Whether one of the ids stands in it, lists inside of it apart.
fn names(one: &Value, ids: &[String]) -> bool {
    match one {
        Value::Object(o) => o.values().any(|v| names(v, ids)),
        Value::Array(_) => false,
        leaf => is_one_of(leaf, ids),
    }
}

fn names_anywhere(value: &Value, ids: &[String]) -> bool {
    match value {
        Value::Object(o) => o.values().any(|v| names_anywhere(v, ids)),
        Value::Array(all) => all.iter().any(|v| names_anywhere(v, ids)),
        leaf => is_one_of(leaf, ids),
    }
}

/// Ids come as text or numbers, and a phone number with or without its plus sign (graph-api m.2).
fn is_one_of(leaf: &Value, ids: &[String]) -> bool {
    match leaf {
        Value::String(text) => ids.iter().any(|id| text.trim_start_matches('+') == id),
        Value::Number(n) => ids.contains(&n.to_string()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn without(body: &Value, ids: &[&str]) -> Left {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        without_ids(body.to_string().as_bytes(), &ids)
    }

    fn rest(left: Left) -> Value {
        match left {
            Left::Rest(body) => serde_json::from_slice(&body).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_person_leaves_a_batch_and_the_others_stay() {
        let body = json!({"object": "page", "entry": [{"id": "1", "time": 5, "messaging": [
            {"sender": {"id": "7"}, "recipient": {"id": "1"}, "message": {"mid": "m_1", "text": "theirs"}},
            {"sender": {"id": "8"}, "recipient": {"id": "1"}, "message": {"mid": "m_2", "text": "another's"}},
            {"sender": {"id": "1"}, "recipient": {"id": "7"}, "message": {"mid": "m_3", "is_echo": true}},
        ]}]});
        let left = rest(without(&body, &["7"]));
        assert_eq!(left["entry"][0]["messaging"].as_array().unwrap().len(), 1);
        assert!(left.to_string().contains("another's") && !left.to_string().contains("theirs"));
        assert_eq!(without(&body, &["9"]), Left::Whole);
        assert_eq!(without(&body, &["7", "8"]), Left::Nothing);
        assert_eq!(without(&body, &["1"]), Left::Nothing, "an account takes its entry with it");
    }

    #[test]
    fn whatsapp_names_people_in_contacts_messages_and_statuses() {
        let value = json!({"metadata": {"phone_number_id": "55"},
            "contacts": [{"wa_id": "491", "profile": {"name": "Käthe"}}],
            "messages": [{"from": "491", "id": "w1", "text": {"body": "hallo"}}],
            "statuses": [{"id": "w2", "recipient_id": "492", "status": "read"}]});
        let body = json!({"entry": [{"id": "waba", "changes": [{"field": "messages", "value": value}]}]});
        let left = rest(without(&body, &["491"])).to_string();
        assert!(!left.contains("Käthe") && !left.contains("hallo") && left.contains("492"), "{left}");
        assert_eq!(without(&body, &["491", "492"]), Left::Nothing);
        assert_eq!(without(&body, &["55"]), Left::Nothing, "a number takes its changes with it");
    }

    #[test]
    fn what_was_read_of_a_thread_goes_whole_if_it_names_them() {
        let read = json!({"id": "m_1", "from": {"id": "1"}, "to": {"data": [{"id": "7"}]}, "message": "hi"});
        assert_eq!(without(&read, &["7"]), Left::Nothing);
        assert_eq!(without(&read, &["8"]), Left::Whole);
        assert_eq!(without_ids(b"no json", &["7".into()]), Left::Nothing, "what cannot be read is not kept");
    }
}

//! The words of a search, as they stand in the field: terms to drop one by one, operators to begin, and the
//! searches of late. What they mean is the engine's to say.

use crate::kept;

/// An operator as the help shows it.
pub struct Operator {
    pub begin: &'static str,
    pub says: &'static str,
    pub example: &'static str,
}

/// Every operator (`model::call::Search`).
pub const OPERATORS: [Operator; 6] = [
    operator("from:", "Written by a person; from:me is you", "from:ana"),
    operator("in:", "On a channel or an account", "in:instagram"),
    operator("has:", "With a photo, voice, file, link, story …", "has:photo"),
    operator("after:", "Since a day", "after:30d"),
    operator("before:", "Before a day", "before:2026-11-20"),
    operator("on:", "On one day", "on:yesterday"),
];

const fn operator(begin: &'static str, says: &'static str, example: &'static str) -> Operator {
    Operator { begin, says, example }
}

/// Values worth offering for an operator, apart from channels and accounts.
#[must_use]
pub const fn values(operator: &str) -> &'static [&'static str] {
    match operator.as_bytes() {
        b"from:" => &["me"],
        b"has:" => &[
            "photo",
            "video",
            "voice",
            "file",
            "link",
            "story",
            "reel",
            "post",
            "sticker",
            "location",
            "attachment",
        ],
        b"after:" | b"before:" => &["today", "yesterday", "7d", "30d", "1y"],
        b"on:" => &["today", "yesterday"],
        _ => &[],
    }
}

/// The terms of a search. Quotes hold words together, after an operator too.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut term = String::new();
    let mut quoted = false;
    for c in text.chars() {
        // The marks that phones type in place of straight ones hold words together too.
        if matches!(c, '"' | '“' | '”' | '„') {
            quoted = !quoted;
        }
        if c.is_whitespace() && !quoted {
            if !term.is_empty() {
                all.push(std::mem::take(&mut term));
            }
        } else {
            term.push(c);
        }
    }
    if !term.is_empty() {
        all.push(term);
    }
    all
}

/// The search without its term number `gone`.
#[must_use]
pub fn without(text: &str, gone: usize) -> String {
    let kept: Vec<_> =
        terms(text).into_iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, t)| t).collect();
    kept.join(" ")
}

/// The search with `operator` begun at its end, ready to go on typing.
#[must_use]
pub fn begin(text: &str, operator: &str) -> String {
    match text.trim_end() {
        "" => operator.to_owned(),
        some => format!("{some} {operator}"),
    }
}

/// The search with its last term replaced by a completed one.
#[must_use]
pub fn complete(text: &str, term: &str) -> String {
    let mut all = terms(text);
    if !text.ends_with(char::is_whitespace) {
        all.pop();
    }
    let term = if term.contains(char::is_whitespace) {
        match term.split_once(':') {
            Some((operator, value)) => format!("{operator}:\"{value}\""),
            None => format!("\"{term}\""),
        }
    } else {
        term.to_owned()
    };
    all.push(term);
    format!("{} ", all.join(" "))
}

/// The operator that is being typed at the end, and what of its value stands there.
#[must_use]
pub fn typing(text: &str) -> Option<(&'static str, String)> {
    if text.ends_with(char::is_whitespace) {
        return None;
    }
    let last = terms(text).pop()?;
    let lower = last.to_lowercase();
    OPERATORS
        .iter()
        .find(|o| lower.starts_with(o.begin))
        .map(|o| (o.begin, lower[o.begin.len()..].trim_matches('"').to_owned()))
}

const MOST: usize = 8;
const NAME: &str = "searches";

/// The searches of late, newest first.
#[must_use]
pub fn recent() -> Vec<String> {
    kept::get(NAME).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
}

/// Puts `text` in front of `list`. A search that only went on from the newest one takes its place.
fn with_recent(mut list: Vec<String>, text: &str) -> Vec<String> {
    let text = text.trim();
    if text.is_empty() {
        return list;
    }
    if list.first().is_some_and(|newest| text.starts_with(newest.as_str())) {
        list.remove(0);
    }
    list.retain(|old| old != text);
    list.insert(0, text.to_owned());
    list.truncate(MOST);
    list
}

/// Remembers a search that led somewhere.
pub fn remember(text: &str) {
    if let Ok(json) = serde_json::to_string(&with_recent(recent(), text)) {
        kept::set(NAME, &json);
    }
}

/// Forgets them all.
pub fn forget() {
    kept::set(NAME, "[]");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(
            terms(r#"  linen  from:"Ana Lucía"  "size m" "#),
            ["linen", "from:\"Ana Lucía\"", "\"size m\""]
        );
        assert_eq!(terms("\"never closed here"), ["\"never closed here"]);
        assert!(terms("  ").is_empty());
    }

    #[test]
    fn a_term_can_be_dropped() {
        assert_eq!(without("linen from:\"Ana L\" in:instagram", 1), "linen in:instagram");
        assert_eq!(without("linen", 0), "");
        assert_eq!(without("linen", 7), "linen");
    }

    #[test]
    fn operators_are_begun_and_completed_at_the_end() {
        assert_eq!(begin("", "in:"), "in:");
        assert_eq!(begin("linen ", "in:"), "linen in:");
        assert_eq!(typing("linen in:ins"), Some(("in:", "ins".into())));
        assert_eq!(typing("linen in:\"Jasper's M"), Some(("in:", "jasper's m".into())));
        assert_eq!(typing("linen in:instagram "), None);
        assert_eq!(typing("linen"), None);
        assert_eq!(complete("linen in:ins", "in:instagram"), "linen in:instagram ");
        assert_eq!(complete("in:", "in:Jasper's Market"), "in:\"Jasper's Market\" ");
    }

    #[test]
    fn typing_on_is_one_search_not_many() {
        let list = with_recent(vec!["lin".into(), "zip".into()], "linen");
        assert_eq!(list, ["linen", "zip"]);
        let list = with_recent(list, "zip");
        assert_eq!(list, ["zip", "linen"]);
        assert_eq!(with_recent(list, "  "), ["zip", "linen"]);
        let many = (0..20).fold(Vec::new(), |l, n| with_recent(l, &format!("w{n}x")));
        assert_eq!(many.len(), MOST);
    }
}

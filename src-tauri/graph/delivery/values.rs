//! Reading Meta's loose JSON: ids that are numbers or text, times in any unit, truth in any form
//! (graph-api d.1, m.2). Nothing here fails; what cannot be read is absent.

use crate::model::Timestamp;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A JSON object.
pub type Object = Map<String, Value>;

/// The object under `key`, if it is one.
pub fn object<'a>(of: &'a Object, key: &str) -> Option<&'a Object> {
    of.get(key)?.as_object()
}

/// The list under `key`; anything else is an empty one.
pub fn list<'a>(of: &'a Object, key: &str) -> &'a [Value] {
    of.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The text under `key`, without the NULs that no database likes; empty counts as absent.
pub fn text(of: &Object, key: &str) -> Option<String> {
    words(of.get(key)?)
}

/// The same for a value.
pub fn words(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let text = if text.contains('\0') { text.replace('\0', "") } else { text.to_owned() };
    (!text.is_empty()).then_some(text)
}

/// The id under `key`.
pub fn id(of: &Object, key: &str) -> Option<String> {
    id_of(of.get(key)?)
}

/// An id from text or a number, as text; blank, `null` and fractions are none.
pub fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::String(_) => words(value).map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()),
        Value::Number(n) => {
            n.as_u64().map(|n| n.to_string()).or_else(|| n.as_i64().map(|n| n.to_string())).or_else(|| {
                n.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 1e21).map(|f| format!("{f:.0}"))
            })
        }
        _ => None,
    }
}

/// Whether the value under `key` says yes: `true`, `"true"`, `1`.
pub fn truth(of: &Object, key: &str) -> bool {
    match of.get(key) {
        Some(Value::Bool(b)) => *b,
        Some(Value::Number(n)) => n.as_f64().is_some_and(|f| f != 0.0),
        Some(Value::String(s)) => s.eq_ignore_ascii_case("true") || s == "1",
        _ => false,
    }
}

/// A whole number from a number or text.
pub fn whole(of: &Object, key: &str) -> Option<i64> {
    match of.get(key)? {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().and_then(rounded)),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}

/// A fraction from a number or text; never infinite.
pub fn fraction(of: &Object, key: &str) -> Option<f64> {
    match of.get(key)? {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
    .filter(|f: &f64| f.is_finite())
}

/// The time under `key`.
pub fn time(of: &Object, key: &str) -> Option<Timestamp> {
    time_of(of.get(key)?)
}

/// A time in seconds, milliseconds, finer, or ISO 8601, as number or text. The unit is told by the
/// magnitude (graph-api m.2): 10^11 and more are milliseconds.
pub fn time_of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().and_then(rounded)).and_then(by_magnitude),
        Value::String(s) => {
            let s = s.trim();
            s.parse::<i64>()
                .ok()
                .or_else(|| s.parse::<f64>().ok().and_then(rounded))
                .and_then(by_magnitude)
                .or_else(|| iso(s))
        }
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
fn rounded(f: f64) -> Option<i64> {
    (f.is_finite() && f.abs() < 9e18).then(|| f.round() as i64)
}

fn by_magnitude(n: i64) -> Option<Timestamp> {
    match n {
        ..=0 => None,
        1..100_000_000_000 => Some(Timestamp(n * 1000)),
        100_000_000_000..100_000_000_000_000 => Some(Timestamp(n)),
        100_000_000_000_000..100_000_000_000_000_000 => Some(Timestamp(n / 1000)),
        _ => Some(Timestamp(n / 1_000_000)),
    }
}

/// "2026-11-20T09:15:02+0000": Meta writes the offset without a colon; `Z` and a colon are fine too.
fn iso(s: &str) -> Option<Timestamp> {
    if let Ok(moment) = s.parse::<jiff::Timestamp>() {
        return Some(Timestamp(moment.as_millisecond()));
    }
    let spaced = s.replacen(' ', "T", 1);
    ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M:%S%z"]
        .iter()
        .find_map(|form| jiff::Timestamp::strptime(form, &spaced).ok())
        .map(|moment| Timestamp(moment.as_millisecond()))
}

/// JSON from bytes. Half of an emoji (`\ud83d` alone, a text cut by bytes) and broken UTF-8 would
/// otherwise spoil a whole body; both become U+FFFD.
pub fn json(body: &[u8]) -> Result<Value, serde_json::Error> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        Err(first) => {
            let text = String::from_utf8_lossy(body);
            match mended(&text) {
                Cow::Borrowed(_) if matches!(text, Cow::Borrowed(_)) => Err(first),
                mended => serde_json::from_str(&mended).map_err(|_| first),
            }
        }
    }
}

/// Replaces surrogate escapes that have no partner.
fn mended(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let unit = |at: usize| -> Option<u32> {
        (bytes.get(at..at + 2)? == b"\\u").then_some(())?;
        u32::from_str_radix(text.get(at + 2..at + 6)?, 16).ok()
    };
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                out.push_str(&text[kept..at]);
                out.push_str("\\ufffd");
                at += 6;
                kept = at;
            }
            Some(_) => at += 6,
            // A backslash escapes whatever follows it, another backslash included.
            None => at += 2,
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[kept..]);
    Cow::Owned(out)
}

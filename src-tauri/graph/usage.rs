//! Usage headers: how much of an allowance is used, and when calls are welcome again (graph-api k.5).

use reqwest::header::HeaderMap;
use serde_json::Value;

/// The highest figure of an answer's usage headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Percent of the allowance; above 100 is 100.
    pub percent: u8,
    /// Milliseconds until calls are welcome again, where Meta told.
    pub regain_ms: Option<i64>,
}

/// Reads an answer's headers; `None` = Meta told nothing.
#[must_use]
pub fn of(headers: &HeaderMap) -> Option<Usage> {
    let mut usage: Option<Usage> = None;
    let mut note = |percent: f64, regain_ms: Option<i64>| {
        let so_far = usage.get_or_insert_default();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let percent = percent.clamp(0.0, 100.0).ceil() as u8;
        so_far.percent = so_far.percent.max(percent);
        so_far.regain_ms = so_far.regain_ms.max(regain_ms.filter(|ms| *ms > 0));
    };
    for name in ["x-app-usage", "x-page-usage"] {
        for figures in headers.get_all(name).iter().filter_map(|h| json(h.as_bytes())) {
            note(highest(&figures), None);
        }
    }
    for objects in headers.get_all("x-business-use-case-usage").iter().filter_map(|h| json(h.as_bytes())) {
        for figures in
            objects.as_object().into_iter().flat_map(|o| o.values()).filter_map(Value::as_array).flatten()
        {
            let minutes = figures.get("estimated_time_to_regain_access").and_then(Value::as_i64).unwrap_or(0);
            note(highest(figures), minutes.checked_mul(60_000));
        }
    }
    let after =
        headers.get("retry-after").and_then(|h| h.to_str().ok()).and_then(|s| s.trim().parse::<i64>().ok());
    if let Some(seconds) = after {
        note(0.0, seconds.checked_mul(1000));
    }
    usage
}

fn json(header: &[u8]) -> Option<Value> {
    serde_json::from_slice(header).ok()
}

/// The largest percentage; the regain time is none.
fn highest(figures: &Value) -> f64 {
    ["call_count", "total_time", "total_cputime"]
        .iter()
        .filter_map(|key| figures.get(*key).and_then(Value::as_f64))
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn headers(told: &[(&'static str, &str)]) -> HeaderMap {
        told.iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect()
    }

    #[test]
    fn the_highest_figure_counts_and_minutes_become_milliseconds() {
        let told = headers(&[
            ("x-app-usage", r#"{"call_count":28,"total_time":25,"total_cputime":25}"#),
            (
                "x-business-use-case-usage",
                r#"{"1":[{"type":"pages","call_count":12,"total_time":81.2,"estimated_time_to_regain_access":0},{"type":"messenger","call_count":100,"total_cputime":3,"estimated_time_to_regain_access":7}]}"#,
            ),
        ]);
        assert_eq!(of(&told), Some(Usage { percent: 100, regain_ms: Some(420_000) }));
    }

    #[test]
    fn nothing_told_is_nothing_known_and_rubbish_is_ignored() {
        assert_eq!(of(&headers(&[])), None);
        assert_eq!(of(&headers(&[("x-app-usage", "soon"), ("x-page-usage", "[]")])), Some(Usage::default()));
        let told =
            headers(&[("x-business-use-case-usage", r#"{"1":{"call_count":99}}"#), ("retry-after", "30")]);
        assert_eq!(of(&told), Some(Usage { percent: 0, regain_ms: Some(30_000) }));
    }
}

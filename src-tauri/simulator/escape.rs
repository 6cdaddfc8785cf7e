//! JSON as Meta writes it: everything beyond ASCII as `\u` with lower-case hex, slashes as `\/`. A signature
//! holds for these bytes and for no other spelling of the same value (graph-api d.2).

use serde_json::Value;

/// `value` in Meta's spelling.
pub(crate) fn meta(value: &Value) -> String {
    let plain = value.to_string();
    let mut escaped = String::with_capacity(plain.len() + plain.len() / 4);
    for c in plain.chars() {
        match c {
            '/' => escaped.push_str("\\/"),
            c if c.is_ascii() => escaped.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spelling_is_ascii_and_means_the_same() {
        let value = serde_json::json!({ "text": "Grüße / こんにちは 👋 \"x\" \\ \n", "n": 1 });
        let text = meta(&value);
        assert!(text.is_ascii());
        assert!(text.contains("Gr\\u00fc\\u00dfe \\/ "));
        assert!(text.contains("\\ud83d\\udc4b"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}

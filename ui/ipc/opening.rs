//! What opens outside of the page: windows of the app, and links in the browser.

use super::{hint, on_desktop};
use heliograph_model::ConversationId;

/// Opens a conversation in a window of its own; a second time brings that window forward.
pub fn open_alone(conversation: ConversationId) {
    if on_desktop() {
        hint("open_alone", &format!(r#"{{"conversation":{conversation}}}"#));
    } else if let Some(window) = web_sys::window() {
        let _ = window.open_with_url_and_target_and_features(
            &format!("/c/{conversation}?alone=1"),
            &format!("conversation-{conversation}"),
            "popup,width=560,height=760",
        );
    }
}

/// Shows Meta's page of a sign-in in a window of the desktop app, which watches where it is led.
pub fn open_sign_in(sign_in: &str) {
    if let Ok(quoted) = serde_json::to_string(sign_in) {
        hint("open_sign_in", &format!(r#"{{"signIn":{quoted}}}"#));
    }
}

/// Opens a link outside, after its scheme was checked; anything but web, mail and telephone stays shut.
pub fn open_link(url: &str) {
    if !may_open(url) {
        return;
    }
    if on_desktop() {
        if let Ok(quoted) = serde_json::to_string(url) {
            hint("open_link", &format!(r#"{{"url":{quoted}}}"#));
        }
    } else if let Some(window) = web_sys::window() {
        let _ = window.open_with_url_and_target_and_features(url, "_blank", "noopener,noreferrer");
    }
}

/// Whether a link from a message may leave the app.
#[must_use]
pub fn may_open(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    url.contains(':')
        && matches!(scheme.as_str(), "https" | "http" | "mailto" | "tel")
        && !url.chars().any(char::is_control)
}

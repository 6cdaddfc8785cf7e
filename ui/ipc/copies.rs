//! Copies on their way: where the desktop writes and finds them, and how a browser fetches and brings them.

use super::{Reach, invoke, reach, send_to, settle, unreadable};
use heliograph_model::{Code, CopyFile, Problem};

/// On the desktop: asks where a file of this name shall be written; `None` when the person thought better of it.
///
/// # Errors
/// Outside the desktop always.
pub async fn choose_place(name: &str) -> Result<Option<String>, Problem> {
    on_desktop_only("choose_place", &serde_json::json!({ "name": name })).await
}

/// On the desktop: asks for a backup; `None` when the person thought better of it.
///
/// # Errors
/// Outside the desktop always.
pub async fn choose_backup() -> Result<Option<String>, Problem> {
    on_desktop_only("choose_backup", &serde_json::json!({})).await
}

async fn on_desktop_only(command: &'static str, args: &serde_json::Value) -> Result<Option<String>, Problem> {
    let Reach::Desktop(tauri) = reach() else {
        return Err(Problem::new(Code::NotAllowed, "Only the desktop app chooses places on this computer."));
    };
    let args = js_sys::JSON::parse(&args.to_string()).map_err(|_| unreadable("request"))?;
    let answer = settle(invoke(&tauri, "invoke", &[command.into(), args])).await?;
    serde_json::from_str(&answer).map_err(unreadable)
}

/// Where a browser fetches a backup or an export.
#[must_use]
pub fn copy_url(name: &str) -> String {
    format!("/copies/{name}")
}

/// Brings a backup from the browser's computer to the engine's.
///
/// # Errors
/// The engine's own problem, or `Offline`/`Internal` when no readable answer came.
pub async fn bring_copy(name: &str, content: &web_sys::Blob) -> Result<CopyFile, Problem> {
    let reply = match reach() {
        Reach::Pretend(engine) => settle(invoke(&engine, "bring", &[name.into(), content.into()])).await?,
        _ => {
            let escaped = String::from(js_sys::encode_uri_component(name));
            send_to(&format!("/copies?name={escaped}"), content.into(), "application/octet-stream").await?
        }
    };
    serde_json::from_str(&reply).map_err(unreadable)
}

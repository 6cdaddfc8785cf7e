//! Files into the app: what a person chose for the composer.

use super::Shell;
use crate::{
    Engine,
    model::{Code, ConversationId, Problem, Upload},
};
use bytes::Bytes;
use futures_util::stream;
use std::{convert::Infallible, sync::Arc};
use tauri::{
    State,
    ipc::{InvokeBody, Request},
};

fn engine(shell: &Shell) -> Result<Engine, Problem> {
    shell.engine().ok_or_else(|| Problem::new(Code::Locked, "The inbox is not open yet."))
}

/// Takes the file in the body into the composer of a conversation; the headers say which, its name, and whether it
/// was recorded there.
#[tauri::command]
pub async fn upload(shell: State<'_, Arc<Shell>>, request: Request<'_>) -> Result<Upload, Problem> {
    let engine = engine(&shell)?;
    let unreadable = || Problem::new(Code::BadRequest, "The file could not be read.");
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let conversation = header("conversation").and_then(|id| id.parse().ok()).ok_or_else(unreadable)?;
    let name = header("name").map(unescaped).unwrap_or_default();
    let voice = header("voice") == Some("true");
    let InvokeBody::Raw(bytes) = request.body() else { return Err(unreadable()) };
    let content = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(bytes))]);
    engine.upload(ConversationId(conversation), &name, voice, content).await
}

/// A name as `encodeURIComponent` wrote it: headers carry plain letters only.
fn unescaped(name: &str) -> String {
    url::form_urlencoded::parse(format!("n={}", name.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_through_a_header_as_it_was() {
        assert_eq!(unescaped("Gr%C3%BC%C3%9Fe%20%2B%201.pdf"), "Grüße + 1.pdf");
        assert_eq!(unescaped("a+b"), "a+b");
        assert_eq!(unescaped(""), "");
    }
}

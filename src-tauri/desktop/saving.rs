//! Saving a kept file where the person says: a web view has no downloads of its own.

use super::Shell;
use crate::model::{Code, Problem};
use std::sync::Arc;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

/// Longest name that is proposed, in characters.
const LONGEST: usize = 120;

/// Asks where to keep a file of the media store, and copies it there; `false` when the person thought better of it.
#[tauri::command]
pub async fn save_file(
    app: AppHandle,
    shell: State<'_, Arc<Shell>>,
    file: String,
    name: String,
) -> Result<bool, Problem> {
    let gone = || Problem::new(Code::NotFound, "This file is no longer kept here.");
    let engine = shell.engine().ok_or_else(gone)?;
    let (_, kept) = engine.media(&file).await.ok_or_else(gone)?;
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title("Save").set_file_name(proposed(&name)).save_file(move |to| {
        let _ = tell.send(to);
    });
    let Some(to) = told.await.ok().flatten().and_then(|to| to.into_path().ok()) else {
        return Ok(false);
    };
    match tokio::fs::copy(kept, to).await {
        Ok(_) => Ok(true),
        Err(error) => {
            tracing::warn!(%error, "a file could not be saved");
            Err(Problem::new(Code::Storage, format!("The file could not be written there: {error}.")))
        }
    }
}

/// Asks where to keep the support bundle that was made last; `false` when the person thought better of it.
#[tauri::command]
pub async fn save_bundle(app: AppHandle, shell: State<'_, Arc<Shell>>, id: String) -> Result<bool, Problem> {
    let gone = || Problem::new(Code::NotFound, "This bundle is no longer kept. Make it again.");
    let (name, packed) = shell.engine().and_then(|engine| engine.bundle(&id)).ok_or_else(gone)?;
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title("Save").set_file_name(name).save_file(move |to| {
        let _ = tell.send(to);
    });
    let Some(to) = told.await.ok().flatten().and_then(|to| to.into_path().ok()) else {
        return Ok(false);
    };
    tokio::fs::write(to, packed).await.map(|()| true).map_err(|error| {
        tracing::warn!(%error, "the support bundle could not be saved");
        Problem::new(Code::Storage, format!("The file could not be written there: {error}."))
    })
}

/// A name that is a name on every system: no path, nothing hidden, nothing that turns text around.
pub(super) fn proposed(name: &str) -> String {
    let plain = |c: char| {
        !c.is_control()
            && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = name.chars().filter(|c| plain(*c)).take(LONGEST).collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposed_name_leads_nowhere() {
        assert_eq!(proposed("../../etc/passwd"), "etcpasswd");
        assert_eq!(proposed(".bashrc"), "bashrc");
        assert_eq!(proposed("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(proposed("Rechnung März.pdf"), "Rechnung März.pdf");
        assert_eq!(proposed(" .. "), "file");
    }
}

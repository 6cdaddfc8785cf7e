//! Copies on the desktop: the system's own dialogs choose places, and what was restored is opened without a new start.

use super::{Shell, begin, home::Given, opening::Stage, saving::proposed};
use crate::{
    Engine, copies,
    model::{CopyKind, Event},
};
use std::{path::Path, pin::Pin, sync::Arc};
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::DialogExt;

/// Asks where a copy of this name shall be written; `None` when the person thought better of it.
#[tauri::command]
pub async fn choose_place(app: AppHandle, name: String) -> Option<String> {
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title("Save").set_file_name(proposed(&name)).save_file(move |to| {
        let _ = tell.send(to);
    });
    let to = told.await.ok().flatten()?.into_path().ok()?;
    to.to_str().map(str::to_owned)
}

/// Asks for a backup; `None` when the person thought better of it.
#[tauri::command]
pub async fn choose_backup(app: AppHandle) -> Option<String> {
    let (tell, told) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title("The backup").pick_file(move |file| {
        let _ = tell.send(file);
    });
    let file = told.await.ok().flatten()?.into_path().ok()?;
    file.to_str().map(str::to_owned)
}

/// When a restored copy waits, `engine` is stopped and opened again with it.
pub fn open_again_when_restored(app: &AppHandle, engine: &Engine) {
    let (app, engine) = (app.clone(), engine.clone());
    let (restored, stopping) = (engine.copier().restart(), engine.tasks().stopping());
    tauri::async_runtime::spawn(async move {
        tokio::select! {
            () = restored.cancelled() => {}
            () = stopping.cancelled() => return,
        }
        let shell = app.state::<Arc<Shell>>().inner().clone();
        // Calls wait from here on for the engine that comes.
        shell.stage.send_replace(Stage::Opening);
        engine.stop().await;
        let again: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(begin(app, Given::Nothing));
        again.await;
        if let Some(engine) = shell.engine() {
            engine.tell(Event::StartOver);
        }
    });
}

/// The newest daily copy beside the data, if there is one.
pub fn newest_daily(data: &Path) -> Option<String> {
    copies::folder::list(data, CopyKind::Daily).into_iter().next().map(|copy| copy.name)
}

/// Lays the newest daily copy ready to take the place of a database that does not open; the next try opens with it.
///
/// # Errors
/// In words for the start page.
pub async fn restore_newest(data: &Path) -> Result<(), String> {
    let name = newest_daily(data).ok_or_else(|| copies::CopyError::Gone.to_string())?;
    let now = crate::clock::Clock::system().now();
    let place = copies::Place { data, vault: None, now };
    let source = copies::Source::Daily { name };
    copies::restore::lay_ready(&place, source, &copies::Progress::default())
        .await
        .and_then(|_| copies::restore::give_word(data, now))
        .map_err(|error| error.to_string())
}

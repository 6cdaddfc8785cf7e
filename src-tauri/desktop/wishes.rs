//! The settings that the system must know of: the theme, and the start at sign-in.

use super::Shell;
use crate::{
    Engine,
    model::{Event, Settings, Theme, call},
};
use std::sync::Arc;
use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt;

/// Reads the settings now and after each change.
pub async fn follow(app: &AppHandle, engine: &Engine) {
    let mut events = engine.events();
    read(app, engine).await;
    let (app, asked) = (app.clone(), engine.clone());
    let stop = engine.tasks().stopping();
    engine.tasks().once(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                event = events.next() => match event {
                    Some(Event::SettingsChanged | Event::StartOver) => read(&app, &asked).await,
                    Some(_) => {}
                    None => return,
                }
            }
        }
    });
}

async fn read(app: &AppHandle, engine: &Engine) {
    match engine.ask(call::GetSettings {}).await {
        Ok(settings) => {
            apply(app, &settings);
            app.state::<Arc<Shell>>().settings.send_replace(Some(settings));
        }
        Err(problem) => tracing::warn!(%problem, "the settings could not be read"),
    }
}

fn apply(app: &AppHandle, settings: &Settings) {
    app.set_theme(match settings.appearance.theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    });
    let shell = app.state::<Arc<Shell>>();
    if shell.options.demo || shell.options.data.is_some() {
        // The system starts the usual inbox, never a demo.
        return;
    }
    let (wanted, launcher) = (settings.window.start_at_login, app.autolaunch());
    if launcher.is_enabled().unwrap_or(false) == wanted {
        return;
    }
    let done = if wanted { launcher.enable() } else { launcher.disable() };
    if let Err(error) = done {
        tracing::warn!(%error, wanted, "the start at sign-in could not be changed");
    }
}

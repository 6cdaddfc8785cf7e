//! The window: made hidden, shown when it has something to show, closed to the tray, and never led
//! anywhere but to our own pages.

use super::{Shell, opening::Stage};
use crate::model::ConversationId;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tauri::{
    AppHandle, Manager, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent,
    Wry, plugin::TauriPlugin, utils::config::Color, webview::NewWindowResponse,
};
use tauri_plugin_window_state::StateFlags;

const LABEL: &str = "main";
/// The window shows itself after this, even if the interface has not asked for anything.
const LATEST: Duration = Duration::from_secs(3);

/// Size and place survive a restart; whether it was visible does not.
pub fn remembered() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::new()
        .with_state_flags(
            StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN,
        )
        .with_filter(|label| label == LABEL)
        .build()
}

/// Opens a conversation in a window of its own, or brings that window forward.
pub fn open_alone(app: &AppHandle, conversation: ConversationId) -> tauri::Result<()> {
    let label = format!("conversation-{conversation}");
    if let Some(window) = app.get_webview_window(&label) {
        forward(&window);
        return Ok(());
    }
    let page = WebviewUrl::App(format!("c/{conversation}?alone=1").into());
    let mut builder = WebviewWindowBuilder::new(app, label, page)
        .title("Heliograph")
        .inner_size(560.0, 760.0)
        .min_inner_size(360.0, 420.0)
        .on_navigation(is_ours)
        .on_document_title_changed(named)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    let shell = app.state::<Arc<Shell>>();
    if shell.options.data.is_some() {
        builder = builder.data_directory(shell.data.join("webview"));
    }
    paint(&builder.build()?);
    Ok(())
}

/// Makes the window, hidden.
pub fn create(app: &AppHandle) -> tauri::Result<()> {
    let configs = &app.config().app.windows;
    let Some(config) = configs.iter().find(|w| w.label == LABEL) else {
        return Err(tauri::Error::WindowNotFound);
    };
    let mut builder = WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(is_ours)
        .on_document_title_changed(named)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    let shell = app.state::<Arc<Shell>>();
    if shell.options.data.is_some() {
        builder = builder.data_directory(shell.data.join("webview"));
    }
    let window = builder.build()?;
    paint(&window);
    if matches!(&*shell.stage.borrow(), Stage::Locked(_)) {
        // The start stopped before there was a window to say so.
        show_start_page(app);
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(LATEST).await;
        reveal(&app);
    });
    Ok(())
}

/// The ground that shows before the page does, so that nothing flashes: the interface's own.
fn paint(window: &WebviewWindow) {
    let ground = match window.theme() {
        Ok(Theme::Dark) => Color(15, 20, 22, 255),
        _ => Color(244, 246, 246, 255),
    };
    let _ = window.set_background_color(Some(ground));
}

/// A window is called as its page says: how many are unread, or whose conversation it is.
fn named(window: WebviewWindow, title: String) {
    let _ = window.set_title(&title);
}

/// Whether the webview may go there: the interface or the page before it.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" | "start" => url.host_str() == Some("localhost"),
        // Where custom schemes are not possible.
        "http" | "https" => {
            cfg!(any(windows, target_os = "android"))
                && matches!(url.host_str(), Some("tauri.localhost" | "start.localhost"))
        }
        _ => false,
    }
}

fn main_window(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Shows the window for the first time, unless it was started to stay out of sight.
pub fn reveal(app: &AppHandle) {
    let shell = app.state::<Arc<Shell>>().inner().clone();
    let locked = matches!(&*shell.stage.borrow(), Stage::Locked(_));
    let stays_hidden = if shell.options.at_login {
        match &*shell.settings.borrow() {
            Some(settings) => settings.window.start_hidden,
            // Not known yet: asked again with the next call.
            None => !locked,
        }
    } else {
        shell.options.hidden
    };
    if stays_hidden && !locked {
        return;
    }
    if let Some(window) = main_window(app)
        && !shell.revealed.swap(true, Ordering::SeqCst)
    {
        forward(&window);
    }
}

/// Brings the window to the front, from wherever it is.
pub fn bring(app: &AppHandle) {
    let shell = app.state::<Arc<Shell>>();
    shell.revealed.store(true, Ordering::SeqCst);
    if let Some(window) = main_window(app) {
        forward(&window);
    }
}

/// Shows a window in front of all others, with the focus.
fn forward(window: &WebviewWindow) {
    let _ = window.unminimize();
    let _ = window.show();
    #[cfg(target_os = "linux")]
    {
        // The focus is not given to a window that is only about to show itself; presenting it does both.
        let shown = window.clone();
        let _ = window.run_on_main_thread(move || {
            if let Ok(window) = shown.gtk_window() {
                gtk::prelude::GtkWindowExt::present(&window);
            }
        });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = window.set_focus();
}

/// Takes the window out of sight.
pub fn hide(app: &AppHandle) {
    if let Some(window) = main_window(app) {
        let _ = window.hide();
    }
}

/// Goes to the page that explains a start that cannot go on.
pub fn show_start_page(app: &AppHandle) {
    go(app, if cfg!(windows) { "http://start.localhost/" } else { "start://localhost/" });
    reveal(app);
}

/// Goes to the inbox, if the window is at the page before it.
pub fn show_inbox(app: &AppHandle) {
    let at_start = main_window(app)
        .and_then(|w| w.url().ok())
        .is_some_and(|url| url.scheme() == "start" || url.host_str() == Some("start.localhost"));
    if at_start {
        go(app, if cfg!(windows) { "http://tauri.localhost/" } else { "tauri://localhost/" });
    }
}

fn go(app: &AppHandle, to: &str) {
    if let (Some(window), Ok(url)) = (main_window(app), Url::parse(to))
        && let Err(error) = window.navigate(url)
    {
        tracing::error!(%error, "the window could not change its page");
    }
}

/// What the system does to the window.
pub fn happened(window: &Window, event: &WindowEvent) {
    let shell = window.state::<Arc<Shell>>();
    match event {
        WindowEvent::Focused(focused) => shell.sees(|sights| sights.focused(window.label(), *focused)),
        WindowEvent::Destroyed => shell.sees(|sights| sights.closed(window.label())),
        // Further windows only close.
        WindowEvent::CloseRequested { api, .. } if window.label() == LABEL => {
            let stays = shell.engine().is_some()
                && shell.settings.borrow().as_ref().is_some_and(|s| s.window.close_to_tray);
            // An app that ends closes its windows itself, after it has noted where they were.
            api.prevent_close();
            if !stays {
                // Further windows would be left with no way back to the inbox.
                window.app_handle().exit(0);
                return;
            }
            // Without a tray nothing would lead back to a hidden window.
            let _ = if shell.tray.load(Ordering::SeqCst) { window.hide() } else { window.minimize() };
            // Not every system says that a window out of sight has lost the focus.
            shell.sees(|sights| sights.focused(LABEL, false));
        }
        _ => {}
    }
}

/// Ends the app when the system or a terminal asks the process to.
pub async fn follow_signals(app: AppHandle) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    app.exit(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_webview_stays_at_home() {
        let ours = |url: &str| is_ours(&Url::parse(url).unwrap());
        assert!(ours("tauri://localhost/c/12?m=3") && ours("start://localhost/"));
        for abroad in [
            "https://example.org/",
            "http://localhost:1420/",
            "file:///etc/passwd",
            "data:text/html,x",
            "media://localhost/00",
            "tauri://elsewhere/",
            "about:blank",
        ] {
            assert!(!ours(abroad), "{abroad}");
        }
    }
}

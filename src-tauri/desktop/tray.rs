//! The tray: how many conversations are unread, a way back to the window, and the way out. Its icon
//! has a dot while something is unread, and the number beside it where the platform has room for one.

use super::{Shell, asleep, launcher::Launcher, popups, window};
use crate::{
    Engine,
    events::Listener,
    model::{Query, call},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tauri::{
    AppHandle, Manager, Theme, Wry,
    image::Image,
    menu::{Menu, MenuItem},
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};

const ID: &str = "heliograph";
/// Changes of one moment are counted once.
const MOMENT: Duration = Duration::from_millis(250);
/// The line that opens the window; its words carry the count where there is no tooltip.
struct OpenItem(MenuItem<Wry>);

/// Makes the tray icon; answers whether there is one.
pub fn create(app: &AppHandle) -> bool {
    // Where the tray's library is missing, loading it panics; the inbox works without.
    let made = catch_unwind(AssertUnwindSafe(|| try_create(app)));
    match made {
        Ok(Ok(())) => {
            let app = app.clone();
            // A desktop may have the library and show no tray, or begin to later.
            tauri::async_runtime::spawn(async move {
                let shell = app.state::<Arc<Shell>>();
                popups::follow_tray(|shown| shell.tray.store(shown, Ordering::SeqCst)).await;
            });
            cfg!(not(target_os = "linux"))
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no tray icon");
            false
        }
        Err(_) => {
            tracing::warn!("there is no tray icon: its library is not installed");
            false
        }
    }
}

fn try_create(app: &AppHandle) -> tauri::Result<()> {
    let open = MenuItem::with_id(app, "open", "Open Heliograph", true, None::<&str>)?;
    let lock = MenuItem::with_id(app, "lock", "Lock", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&open, &lock, &quit])?;
    let mut tray = TrayIconBuilder::with_id(ID)
        .tooltip("Heliograph")
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => window::bring(app),
            "lock" => asleep::lock(app),
            "quit" => app.exit(0),
            _ => {}
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::bring(tray.app_handle());
            }
        });
    if let Some(icon) = icon(app, false) {
        tray = tray.icon(icon).icon_as_template(cfg!(target_os = "macos"));
    }
    tray.build(app)?;
    app.manage(OpenItem(open));
    Ok(())
}

/// Keeps the count, until the engine ends.
pub fn follow(app: &AppHandle, engine: &Engine) {
    let mut events = engine.events();
    let (app, asked) = (app.clone(), engine.clone());
    let stop = engine.tasks().stopping();
    engine.tasks().once(async move {
        let (mut shown, mut launcher) = (None, Launcher::default());
        loop {
            if let Ok(counts) = asked.ask(call::CountConversations {}).await {
                let unread = counts.all.unread;
                if shown.replace(unread) != Some(unread) {
                    show(&app, unread);
                    launcher.show(&app, unread).await;
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                more = stale(&mut events) => if !more { return },
            }
            tokio::time::sleep(MOMENT).await;
        }
    });
}

/// Waits until the count may have changed; `false` = the engine is gone.
async fn stale(events: &mut Listener) -> bool {
    while let Some(event) = events.next().await {
        if (call::CountConversations {}).stale_after(&event) {
            return true;
        }
    }
    false
}

fn show(app: &AppHandle, unread: u32) {
    let words = match unread {
        0 => "Heliograph".to_owned(),
        n => format!("Heliograph: {n} unread"),
    };
    if let Some(item) = app.try_state::<OpenItem>() {
        let _ = item.0.set_text(format!("Open {words}"));
    }
    if let Some(tray) = app.tray_by_id(ID) {
        let _ = tray.set_tooltip(Some(&words));
        // Linux has no tooltip.
        let _ = tray.set_title((unread > 0).then(|| unread.to_string()));
        let _ = tray.set_icon_with_as_template(icon(app, unread > 0), cfg!(target_os = "macos"));
    }
}

/// The drawing that can be seen on this panel.
fn icon(app: &AppHandle, unread: bool) -> Option<Image<'static>> {
    let drawing: &[u8] = match (on_dark_panel(app), unread) {
        (true, false) => include_bytes!("../../icons/tray-light.png"),
        (true, true) => include_bytes!("../../icons/tray-light-unread.png"),
        (false, false) => include_bytes!("../../icons/tray-dark.png"),
        (false, true) => include_bytes!("../../icons/tray-dark-unread.png"),
    };
    Image::from_bytes(drawing).ok()
}

/// macOS recolours its templates itself; GNOME's bar is black in every theme; others follow theirs.
fn on_dark_panel(app: &AppHandle) -> bool {
    if cfg!(target_os = "macos") {
        return false;
    }
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let black_bar = ["GNOME", "Unity"].iter().any(|name| desktop.contains(name));
    let theme = app.get_webview_window("main").and_then(|window| window.theme().ok());
    black_bar || theme.is_some_and(|theme| theme == Theme::Dark)
}

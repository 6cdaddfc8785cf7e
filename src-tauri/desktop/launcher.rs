//! The number on the app's icon in a dock or taskbar. On Linux docks and panels hear it over the session bus
//! (`com.canonical.Unity.LauncherEntry`, which KDE and the docks of GNOME know), from a connection that stays:
//! when it ends they take the number away.

use tauri::AppHandle;

/// The icon, by the name of its desktop entry.
#[cfg(target_os = "linux")]
const ENTRY: &str = "application://Heliograph.desktop";

/// Shows the number.
#[derive(Default)]
pub struct Launcher {
    #[cfg(target_os = "linux")]
    bus: Option<zbus::Connection>,
}

impl Launcher {
    /// So many wait; none takes the number away.
    #[cfg(target_os = "linux")]
    pub async fn show(&mut self, _: &AppHandle, unread: u32) {
        if let Err(error) = self.tell(unread).await {
            self.bus = None;
            tracing::debug!(%error, "no dock hears how many are unread");
        }
    }

    #[cfg(target_os = "linux")]
    async fn tell(&mut self, unread: u32) -> zbus::Result<()> {
        use std::collections::HashMap;
        use zbus::zvariant::Value;
        if self.bus.is_none() {
            self.bus = Some(zbus::Connection::session().await?);
        }
        let Some(bus) = &self.bus else { return Ok(()) };
        let shown = HashMap::from([
            ("count", Value::from(i64::from(unread))),
            ("count-visible", Value::from(unread > 0)),
        ]);
        let interface = "com.canonical.Unity.LauncherEntry";
        bus.emit_signal(None::<&str>, "/app/heliograph/launcher", interface, "Update", &(ENTRY, shown)).await
    }

    /// So many wait; none takes the number away.
    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_async, reason = "on Linux it goes over the bus")]
    pub async fn show(&mut self, app: &AppHandle, unread: u32) {
        use tauri::Manager;
        let Some(window) = app.get_webview_window("main") else { return };
        #[cfg(windows)]
        let _ = window.set_overlay_icon((unread > 0).then(dot));
        #[cfg(not(windows))]
        let _ = window.set_badge_count((unread > 0).then_some(i64::from(unread)));
    }
}

/// A dot for the taskbar, where it shows no number.
#[cfg(windows)]
fn dot() -> tauri::image::Image<'static> {
    const SIZE: u32 = 32;
    let middle = f64::from(SIZE) / 2.0;
    let mut pixels = Vec::new();
    for y in 0..SIZE {
        for x in 0..SIZE {
            let inside = (f64::from(x) + 0.5 - middle).hypot(f64::from(y) + 0.5 - middle) < middle - 3.0;
            pixels.extend_from_slice(if inside { &[222, 56, 48, 255] } else { &[0; 4] });
        }
    }
    tauri::image::Image::new_owned(pixels, SIZE, SIZE)
}

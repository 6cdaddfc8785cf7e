//! Locks the app with the screen and before sleep. Linux tells of both over its buses; elsewhere the engine itself
//! notices after waking that the computer slept.

use super::{Shell, window};
use crate::{Engine, model::call};
use std::sync::Arc;
use tauri::{AppHandle, Manager};

/// Locks at once; where there is no lock, the window comes forward, since its settings make one.
pub fn lock(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let Some(engine) = app.state::<Arc<Shell>>().engine() else { return };
        let _ = engine.ask(call::LockNow {}).await;
        if engine.ask(call::GetLock {}).await.is_ok_and(|lock| lock.kind.is_none()) {
            window::bring(&app);
        }
    });
}

/// Follows the system, until the engine ends.
pub fn follow(engine: &Engine) {
    #[cfg(target_os = "linux")]
    {
        let (engine, stop) = (engine.clone(), engine.tasks().stopping());
        engine.clone().tasks().once(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = buses::heard(&engine) => {}
            }
        });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = engine;
}

#[cfg(target_os = "linux")]
mod buses {
    use crate::{Engine, model::call};
    use futures_util::{StreamExt, stream::BoxStream};
    use zbus::{Connection, proxy};

    #[proxy(
        interface = "org.freedesktop.login1.Manager",
        default_service = "org.freedesktop.login1",
        default_path = "/org/freedesktop/login1",
        gen_blocking = false
    )]
    trait Computer {
        #[zbus(signal)]
        fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
    }

    #[proxy(
        interface = "org.freedesktop.ScreenSaver",
        default_service = "org.freedesktop.ScreenSaver",
        default_path = "/org/freedesktop/ScreenSaver",
        gen_blocking = false
    )]
    trait Screen {
        #[zbus(signal)]
        fn active_changed(&self, active: bool) -> zbus::Result<()>;
    }

    /// Apart: what is made for a signal is named after it.
    mod gnome {
        #[zbus::proxy(
            interface = "org.gnome.ScreenSaver",
            default_service = "org.gnome.ScreenSaver",
            default_path = "/org/gnome/ScreenSaver",
            gen_blocking = false
        )]
        pub trait Screen {
            #[zbus(signal)]
            fn active_changed(&self, active: bool) -> zbus::Result<()>;
        }
    }

    /// "It begins", as a stream.
    type Begins = BoxStream<'static, bool>;

    async fn sleep() -> zbus::Result<Begins> {
        let told =
            ComputerProxy::new(&Connection::system().await?).await?.receive_prepare_for_sleep().await?;
        Ok(told.map(|signal| signal.args().is_ok_and(|a| a.start)).boxed())
    }

    async fn screen() -> zbus::Result<Begins> {
        let told = ScreenProxy::new(&Connection::session().await?).await?.receive_active_changed().await?;
        Ok(told.map(|signal| signal.args().is_ok_and(|a| a.active)).boxed())
    }

    async fn gnome_screen() -> zbus::Result<Begins> {
        let told =
            gnome::ScreenProxy::new(&Connection::session().await?).await?.receive_active_changed().await?;
        Ok(told.map(|signal| signal.args().is_ok_and(|a| a.active)).boxed())
    }

    /// Locks whenever the screen does, or sleep begins, and the settings wish it.
    pub(super) async fn heard(engine: &Engine) {
        let all = [sleep().await, screen().await, gnome_screen().await];
        // A bus that is not there tells nothing.
        let mut begins = futures_util::stream::select_all(all.into_iter().flatten());
        while let Some(begins) = begins.next().await {
            let wished = engine.ask(call::GetSettings {}).await.is_ok_and(|s| s.lock.with_system);
            if begins && wished {
                let _ = engine.ask(call::LockNow {}).await;
            }
        }
    }
}

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
    use futures_util::{
        StreamExt,
        stream::{self, BoxStream},
    };
    use zbus::{Connection, MatchRule, Message, MessageStream, proxy, zvariant::OwnedObjectPath};

    #[proxy(
        interface = "org.freedesktop.login1.Manager",
        default_service = "org.freedesktop.login1",
        default_path = "/org/freedesktop/login1",
        gen_blocking = false
    )]
    trait Computer {
        #[zbus(signal)]
        fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
        /// Of 0: the caller's own.
        #[zbus(name = "GetSessionByPID")]
        fn session_by_pid(&self, pid: u32) -> zbus::Result<OwnedObjectPath>;
    }

    #[proxy(
        interface = "org.freedesktop.login1.Session",
        default_service = "org.freedesktop.login1",
        gen_blocking = false
    )]
    trait Session {
        #[zbus(signal)]
        fn lock(&self) -> zbus::Result<()>;
    }

    /// "It begins", as a stream.
    type Begins = BoxStream<'static, bool>;

    async fn sleep() -> zbus::Result<Begins> {
        let told =
            ComputerProxy::new(&Connection::system().await?).await?.receive_prepare_for_sleep().await?;
        Ok(told.map(|signal| signal.args().is_ok_and(|a| a.start)).boxed())
    }

    /// "Lock the session", as `loginctl` and lockers without a screen saver of their own are told.
    async fn session() -> zbus::Result<Begins> {
        let bus = Connection::system().await?;
        let own = ComputerProxy::new(&bus).await?.session_by_pid(0).await?;
        let told = SessionProxy::builder(&bus).path(own)?.build().await?.receive_lock().await?;
        Ok(told.map(|_| true).boxed())
    }

    /// Screen savers of every desktop: each has an interface of its own, and all tell the same.
    async fn screen() -> zbus::Result<Begins> {
        let rule =
            MatchRule::builder().msg_type(zbus::message::Type::Signal).member("ActiveChanged")?.build();
        let told = MessageStream::for_match_rule(rule, &Connection::session().await?, None).await?;
        Ok(told.filter_map(|message| std::future::ready(message.ok().and_then(|m| is_active(&m)))).boxed())
    }

    fn is_active(message: &Message) -> Option<bool> {
        let header = message.header();
        header.interface().filter(|name| name.ends_with(".ScreenSaver"))?;
        message.body().deserialize().ok()
    }

    /// Locks whenever the screen does, or sleep begins, and the settings wish it.
    pub(super) async fn heard(engine: &Engine) {
        let all = [sleep().await, session().await, screen().await];
        // A bus that is not there tells nothing.
        let mut begins = stream::select_all(all.into_iter().flatten());
        while let Some(begins) = begins.next().await {
            let wished = engine.ask(call::GetSettings {}).await.is_ok_and(|s| s.lock.with_system);
            if begins && wished {
                let _ = engine.ask(call::LockNow {}).await;
            }
        }
    }
}

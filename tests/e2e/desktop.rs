//! The desktop around the window, played on the session's bus: what shows notifications, the panel with its tray,
//! the dock, the screen saver, the login manager. It notes what it is told, and answers as a person would.

use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;
use zbus::{
    Connection, MatchRule, MessageStream, interface,
    message::Header,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

/// How long anything may take to be told.
const PATIENCE: Duration = Duration::from_secs(20);
const BREATH: Duration = Duration::from_millis(50);

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";
const DOCK: &str = "com.canonical.Unity.LauncherEntry";

/// A notification as it was asked for.
#[derive(Debug, Clone)]
pub struct Popup {
    pub id: u32,
    /// The one whose place it takes; 0 = none.
    pub replaces: u32,
    pub title: String,
    pub body: String,
    /// 2 = stays until somebody looks.
    pub urgency: u8,
}

/// What was told so far.
#[derive(Debug, Default)]
pub struct Told {
    pub popups: Vec<Popup>,
    /// Those that were taken away.
    pub closed: Vec<u32>,
    /// Tray icons: on whose connection, at which path.
    items: Vec<(String, String)>,
    /// The number on the app's icon in the dock; 0 = none is shown.
    pub badge: Option<i64>,
}

type Notes = Arc<watch::Sender<Told>>;

/// All of it.
pub struct Desktop {
    bus: Connection,
    notes: Notes,
}

struct Notifications(Notes);

#[interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "the bus's own call")]
    fn notify(
        &self,
        _app: &str,
        replaces: u32,
        _icon: &str,
        title: String,
        body: String,
        _actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).unwrap_or(1);
        let mut id = replaces;
        self.0.send_modify(|told| {
            if id == 0 {
                id = told.popups.iter().map(|popup| popup.id).max().unwrap_or(0) + 1;
            }
            told.popups.push(Popup { id, replaces, title, body, urgency });
        });
        id
    }

    fn close_notification(&self, id: u32) {
        self.0.send_modify(|told| told.closed.push(id));
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).into()
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("stories", "Heliograph", "1", "1.2")
    }
}

struct Panel(Notes);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Panel {
    fn register_status_notifier_item(&self, at: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // A path on the caller's own connection, or the name of another one.
        let item = if at.starts_with('/') {
            (sender, at.to_owned())
        } else {
            (at.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.0.send_modify(|told| told.items.push(item));
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.borrow().items.iter().map(|(bus, path)| format!("{bus}{path}")).collect()
    }
}

struct Login;

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    #[zbus(name = "GetSessionByPID")]
    fn session_by_pid(&self, _pid: u32) -> zbus::fdo::Result<OwnedObjectPath> {
        OwnedObjectPath::try_from(SESSION).map_err(|error| zbus::fdo::Error::Failed(error.to_string()))
    }
}

const SESSION: &str = "/org/freedesktop/login1/session/_31";

/// A line of a menu: its number, what is known of it, and the lines below it.
type Line = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Desktop {
    /// Takes the places of all of them on this session's bus, which plays the system's bus too.
    pub async fn start() -> Result<Self> {
        let notes: Notes = Arc::new(watch::Sender::new(Told::default()));
        let bus = zbus::connection::Builder::session()?
            .serve_at("/org/freedesktop/Notifications", Notifications(Arc::clone(&notes)))?
            .serve_at("/StatusNotifierWatcher", Panel(Arc::clone(&notes)))?
            .serve_at("/org/freedesktop/login1", Login)?
            .name(NOTIFICATIONS)?
            .name("org.kde.StatusNotifierWatcher")?
            .name("org.freedesktop.ScreenSaver")?
            .name("org.freedesktop.login1")?
            .build()
            .await
            .context("the session's bus has a desktop already")?;
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface(DOCK)?
            .member("Update")?
            .build();
        let mut updates = MessageStream::for_match_rule(rule, &bus, None).await?;
        let dock = Arc::clone(&notes);
        tokio::spawn(async move {
            while let Some(Ok(update)) = updates.next().await {
                let body = update.body();
                let Ok((_, shown)) = body.deserialize::<(String, HashMap<String, OwnedValue>)>() else {
                    continue;
                };
                let visible = shown.get("count-visible").and_then(|v| bool::try_from(v).ok()) == Some(true);
                let count = shown.get("count").and_then(|v| i64::try_from(v).ok()).filter(|_| visible);
                dock.send_modify(|told| told.badge = Some(count.unwrap_or(0)));
            }
        });
        Ok(Self { bus, notes })
    }

    /// Waits until what was told answers something.
    pub async fn until<T>(&self, what: &str, wanted: impl Fn(&Told) -> Option<T>) -> Result<T> {
        let mut notes = self.notes.subscribe();
        let found = notes.wait_for(|told| wanted(told).is_some());
        let told = tokio::time::timeout(PATIENCE, found).await;
        let found = told.ok().and_then(|told| wanted(&*told.ok()?));
        found.with_context(|| format!("the desktop was never told: {what}; {:?}", self.notes.borrow()))
    }

    /// How many notifications came until now.
    pub fn popups(&self) -> usize {
        self.notes.borrow().popups.len()
    }

    /// Waits until no notification came for this long, within reason.
    pub async fn calm(&self, pause: Duration) {
        let mut notes = self.notes.subscribe();
        notes.mark_unchanged();
        let silence = async { while let Ok(Ok(())) = tokio::time::timeout(pause, notes.changed()).await {} };
        let _ = tokio::time::timeout(4 * pause, silence).await;
    }

    /// Whether one after the first `known` says `words`.
    pub fn said(&self, known: usize, words: &str) -> bool {
        self.notes.borrow().popups.iter().skip(known).any(|popup| popup.body.contains(words))
    }

    /// Waits for one that says `words`, among those after the first `known`.
    pub async fn popup(&self, known: usize, words: &str) -> Result<Popup> {
        let says = |popup: &&Popup| popup.title.contains(words) || popup.body.contains(words);
        self.until(&format!("a notification that says {words}"), |told| {
            told.popups.iter().skip(known).find(says).cloned()
        })
        .await
    }

    /// Clicks a notification.
    pub async fn click(&self, popup: u32) -> Result<()> {
        let path = "/org/freedesktop/Notifications";
        self.bus.emit_signal(None::<&str>, path, NOTIFICATIONS, "ActionInvoked", &(popup, "default")).await?;
        Ok(self
            .bus
            .emit_signal(None::<&str>, path, NOTIFICATIONS, "NotificationClosed", &(popup, 2u32))
            .await?)
    }

    /// The screen saver begins or ends.
    pub async fn screen_saver(&self, begins: bool) -> Result<()> {
        let name = "org.freedesktop.ScreenSaver";
        let path = "/org/freedesktop/ScreenSaver";
        Ok(self.bus.emit_signal(None::<&str>, path, name, "ActiveChanged", &begins).await?)
    }

    /// The session is to be locked, as `loginctl lock-session` asks.
    pub async fn lock_session(&self) -> Result<()> {
        let name = "org.freedesktop.login1.Session";
        Ok(self.bus.emit_signal(None::<&str>, SESSION, name, "Lock", &()).await?)
    }

    /// What stands beside the tray icon.
    pub async fn tray_label(&self) -> Result<String> {
        let (bus, path) = self.item().await?;
        Ok(self.property(&bus, &path, ITEM, "XAyatanaLabel").await?.try_into()?)
    }

    /// The file of the tray icon.
    pub async fn tray_icon(&self) -> Result<String> {
        let (bus, path) = self.item().await?;
        Ok(self.property(&bus, &path, ITEM, "IconName").await?.try_into()?)
    }

    /// The words of the tray's menu.
    pub async fn tray_menu(&self) -> Result<Vec<String>> {
        Ok(self.lines().await?.into_iter().map(|(_, words)| words).collect())
    }

    /// Chooses the line of the tray's menu that begins so.
    pub async fn choose(&self, words: &str) -> Result<()> {
        let lines = self.lines().await?;
        let Some((line, _)) = lines.iter().find(|(_, text)| text.starts_with(words)) else {
            bail!("the tray's menu has no {words:?}: {lines:?}");
        };
        let (bus, menu) = self.menu().await?;
        let event = (*line, "clicked", Value::from(0i32), 0u32);
        self.bus.call_method(Some(bus.as_str()), menu.as_str(), Some(MENU), "Event", &event).await?;
        Ok(())
    }

    /// Waits until nobody has this name on the bus: the program that had it ended.
    pub async fn until_gone(&self, name: &str) -> Result<()> {
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await?;
        let end = Instant::now() + PATIENCE;
        while bus.name_has_owner(name.try_into()?).await? {
            if Instant::now() > end {
                bail!("{name} is still there");
            }
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }

    /// The last tray icon that asked for a place.
    async fn item(&self) -> Result<(String, String)> {
        self.until("a tray icon", |told| told.items.last().cloned()).await
    }

    async fn menu(&self) -> Result<(String, OwnedObjectPath)> {
        let (bus, path) = self.item().await?;
        let menu = self.property(&bus, &path, ITEM, "Menu").await?.try_into()?;
        Ok((bus, menu))
    }

    async fn lines(&self) -> Result<Vec<(i32, String)>> {
        let (bus, menu) = self.menu().await?;
        let asked = (0i32, -1i32, Vec::<String>::new());
        let answer =
            self.bus.call_method(Some(bus.as_str()), menu.as_str(), Some(MENU), "GetLayout", &asked).await?;
        let (_, (_, _, below)): (u32, Line) = answer.body().deserialize()?;
        let mut lines = Vec::new();
        for line in below {
            let (number, of, _): Line = line.try_into()?;
            let words = of.get("label").and_then(|words| <&str>::try_from(words).ok()).unwrap_or_default();
            lines.push((number, words.to_owned()));
        }
        Ok(lines)
    }

    async fn property(&self, bus: &str, path: &str, interface: &str, name: &str) -> Result<OwnedValue> {
        let asked = (interface, name);
        let properties = Some("org.freedesktop.DBus.Properties");
        let answer = self.bus.call_method(Some(bus), path, properties, "Get", &asked).await?;
        Ok(answer.body().deserialize()?)
    }
}

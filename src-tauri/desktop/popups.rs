//! Notifications on Linux and its like, over the session bus: one connection and one listener for all,
//! so that each replaces its own and a click reaches us. A desktop without a daemon is no error.

use super::grouping::{About, Notice};
use crate::model::{ConversationId, MessageId};
use futures_util::StreamExt;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinHandle,
};
use zbus::{Connection, proxy, zvariant::Value};

/// A daemon that takes longer is as good as none.
const PATIENCE: Duration = Duration::from_secs(5);
/// The daemon's own time for how long it stands.
const USUAL_TIME: i32 = -1;
/// `NotificationClosed` gives 2 when the person dismissed it; other reasons keep what is counted.
const DISMISSED: u32 = 2;

/// What a click opens.
pub type Opens = Option<(ConversationId, Option<MessageId>)>;

/// What the person did with one.
#[derive(Debug)]
pub enum Answer {
    Clicked(About, Opens),
    Dismissed(About),
}

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the bus's own call")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// Held while the daemon is asked for one, so that a click which is faster than its answer finds it.
type Standing = Arc<Mutex<HashMap<u32, (About, Opens)>>>;

/// What stands on the desktop.
pub struct Popups {
    answers: mpsc::UnboundedSender<Answer>,
    standing: Standing,
    bus: Option<Bus>,
}

struct Bus {
    proxy: NotificationsProxy<'static>,
    /// The daemon reads markup, so that plain text must be escaped.
    markup: bool,
    listener: JoinHandle<()>,
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Popups {
    /// Nothing stands yet; what the person does is told to `answers`.
    pub fn new(answers: mpsc::UnboundedSender<Answer>) -> Self {
        Self { answers, standing: Standing::default(), bus: None }
    }

    /// Shows it, in place of what stood about the same.
    pub async fn show(&mut self, notice: &Notice) {
        if !matches!(tokio::time::timeout(PATIENCE, self.try_show(notice)).await, Ok(Ok(()))) {
            // Without a daemon there is nobody to show it; the next one tries again.
            self.bus = None;
            tracing::debug!("no notification daemon answers");
        }
    }

    async fn try_show(&mut self, notice: &Notice) -> zbus::Result<()> {
        if self.bus.is_none() {
            self.bus = Some(self.connect().await?);
        }
        let Some(bus) = &self.bus else { return Ok(()) };
        let body = if bus.markup { escaped(&notice.body) } else { notice.body.clone() };
        let mut hints = HashMap::from([
            ("desktop-entry", Value::from("Heliograph")),
            ("category", Value::from(if notice.urgent { "im.error" } else { "im.received" })),
            // Critical ones stay until somebody looks.
            ("urgency", Value::from(if notice.urgent { 2u8 } else { 1u8 })),
        ]);
        if notice.sound {
            hints.insert("sound-name", Value::from("message-new-instant"));
        } else {
            hints.insert("suppress-sound", Value::from(true));
        }
        let mut standing = self.standing.lock().await;
        let replaces = id_of(&standing, notice.about).unwrap_or(0);
        let actions = ["default", "Open"];
        let id = bus
            .proxy
            .notify("Heliograph", replaces, "heliograph", &notice.title, &body, &actions, hints, USUAL_TIME)
            .await?;
        standing.remove(&replaces);
        standing.insert(id, (notice.about, notice.opens));
        Ok(())
    }

    /// Takes it away.
    pub async fn close(&mut self, about: About) {
        let mut standing = self.standing.lock().await;
        let Some(id) = id_of(&standing, about) else { return };
        // Forgotten first: the daemon's word that it closed is then nothing new.
        standing.remove(&id);
        drop(standing);
        if let Some(bus) = &self.bus {
            let _ = tokio::time::timeout(PATIENCE, bus.proxy.close_notification(id)).await;
        }
    }

    /// Takes everything away.
    pub async fn close_all(&mut self) {
        let standing: Vec<About> = self.standing.lock().await.values().map(|(about, _)| *about).collect();
        for about in standing {
            self.close(about).await;
        }
    }

    async fn connect(&self) -> zbus::Result<Bus> {
        let connection = Connection::session().await?;
        let proxy = NotificationsProxy::new(&connection).await?;
        let markup = proxy.get_capabilities().await?.iter().any(|c| c == "body-markup");
        let mut clicks = proxy.receive_action_invoked().await?;
        let mut closed = proxy.receive_notification_closed().await?;
        let (standing, answers) = (Arc::clone(&self.standing), self.answers.clone());
        let listener = tokio::spawn(async move {
            loop {
                let answer = tokio::select! {
                    // A clicked one closes too, at once: were its end heard first, the click would be of nothing.
                    biased;
                    Some(click) = clicks.next() => match click.args() {
                        Ok(args) => standing.lock().await.remove(&args.id).map(|(a, opens)| Answer::Clicked(a, opens)),
                        Err(_) => None,
                    },
                    Some(end) = closed.next() => match end.args() {
                        Ok(args) => {
                            let gone = standing.lock().await.remove(&args.id);
                            gone.filter(|_| args.reason == DISMISSED).map(|(a, _)| Answer::Dismissed(a))
                        }
                        Err(_) => None,
                    },
                    else => return,
                };
                if let Some(answer) = answer
                    && answers.send(answer).is_err()
                {
                    return;
                }
            }
        });
        Ok(Bus { proxy, markup, listener })
    }
}

fn id_of(standing: &HashMap<u32, (About, Opens)>, about: About) -> Option<u32> {
    standing.iter().find(|(_, (a, _))| *a == about).map(|(id, _)| *id)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Tells whether something on this desktop shows tray icons, at once and whenever that changes: at sign-in we may be
/// there before the panel.
pub async fn follow_tray(tell: impl Fn(bool)) {
    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    let following = async {
        let bus = zbus::fdo::DBusProxy::new(&Connection::session().await?).await?;
        let mut changes = bus.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
        tell(bus.name_has_owner(WATCHER.try_into()?).await?);
        while let Some(change) = changes.next().await {
            tell(change.args()?.new_owner().is_some());
        }
        Ok::<_, zbus::Error>(())
    };
    if let Err(error) = following.await {
        tracing::debug!(%error, "nothing tells whether there is a tray");
    }
}

//! Notifications on macOS and Windows. The system groups and keeps them itself; each waits on a thread
//! of its own for its click.

use super::grouping::{About, Notice};
use crate::model::{ConversationId, MessageId};
use notify_rust::{Notification, NotificationResponse};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::mpsc;

/// The app as the system knows it.
const APP: &str = "app.heliograph.desktop";

/// Threads that may wait for a click at once; more notifications are shown without one.
const WAITING: usize = 24;

/// What a click opens.
pub type Opens = Option<(ConversationId, Option<MessageId>)>;

/// What the person did with one.
#[derive(Debug)]
pub enum Answer {
    Clicked(About, Opens),
    Dismissed(About),
}

/// What stands on the desktop.
pub struct Popups {
    answers: mpsc::UnboundedSender<Answer>,
    waiting: Arc<AtomicUsize>,
}

impl Popups {
    /// Nothing stands yet; what the person does is told to `answers`.
    pub fn new(answers: mpsc::UnboundedSender<Answer>) -> Self {
        // Else they come in another program's name.
        #[cfg(target_os = "macos")]
        let _ = notify_rust::set_application(APP);
        Self { answers, waiting: Arc::default() }
    }

    /// Shows it.
    pub async fn show(&mut self, notice: &Notice) {
        let mut popup = Notification::new();
        popup.summary(&notice.title).body(&notice.body);
        #[cfg(windows)]
        if is_installed() {
            popup.app_id(APP);
        }
        if notice.sound {
            popup.sound_name("Default");
        }
        let (about, opens, answers) = (notice.about, notice.opens, self.answers.clone());
        let waiting = Arc::clone(&self.waiting);
        let waits = waiting.fetch_add(1, Ordering::SeqCst) < WAITING;
        std::thread::spawn(move || {
            let shown = popup.show();
            if waits && let Ok(handle) = shown {
                let _ = handle.wait_for_response(|response: &NotificationResponse| {
                    let answer = match response {
                        NotificationResponse::Closed(_) => Answer::Dismissed(about),
                        _ => Answer::Clicked(about, opens),
                    };
                    let _ = answers.send(answer);
                });
            }
            waiting.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// These systems take them away themselves.
    #[expect(clippy::unused_async, reason = "elsewhere it asks the bus")]
    pub async fn close(&mut self, _: About) {}

    /// As [`Popups::close`].
    #[expect(clippy::unused_async, reason = "elsewhere it asks the bus")]
    pub async fn close_all(&mut self) {}
}

/// Windows knows the app by the entry that its installer makes; before, a notification in its name is not shown.
#[cfg(windows)]
fn is_installed() -> bool {
    let program = std::env::current_exe().unwrap_or_default();
    let built = |name: &str| program.parent().is_some_and(|folder| folder.ends_with(name));
    !built("target\\debug") && !built("target\\release")
}

/// Both systems always show tray icons.
#[expect(clippy::unused_async, reason = "elsewhere it asks the bus")]
pub async fn follow_tray(tell: impl Fn(bool)) {
    tell(true);
}

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
        Self { answers, waiting: Arc::default() }
    }

    /// Shows it.
    pub async fn show(&mut self, notice: &Notice) {
        let mut popup = Notification::new();
        popup.summary(&notice.title).body(&notice.body);
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

/// Both systems always show tray icons.
#[expect(clippy::unused_async, reason = "elsewhere it asks the bus")]
pub async fn has_tray() -> bool {
    true
}

//! Whether a person can be seeing the thread: only then is it read, and only then does the desktop keep quiet.

use super::{inbox, messages::Shown, sight::Sight};
use crate::{clock::after, desk::desk, ipc, live::tell_engine};
use heliograph_model::{Conversation, ConversationId, call::MarkRead};
use leptos::{ev, prelude::*};

/// A thread is looked at for this long before it counts as read.
const DWELL_MS: u64 = 500;

/// Whether a person can be seeing this window now.
#[must_use]
pub fn looking() -> bool {
    let d = document();
    d.visibility_state() == web_sys::VisibilityState::Visible && d.has_focus().unwrap_or(false)
}

/// Marks read only what a person can be seeing: the window in front, the newest message in sight.
pub fn read_while_looking(
    conversation: ConversationId,
    row: Memo<Option<Conversation>>,
    shown: Shown,
    v: Sight,
) {
    let here = RwSignal::new(looking());
    let check = move || {
        let now = looking();
        if here.try_get_untracked().is_some_and(|before| before != now) {
            here.set(now);
        }
        ipc::tell_view(Some(conversation), now);
    };
    let focus = window_event_listener(ev::focus, move |_| check());
    let blur = window_event_listener(ev::blur, move |_| check());
    let visible = window_event_listener(ev::visibilitychange, move |_| check());
    check();
    on_cleanup(move || {
        focus.remove();
        blur.remove();
        visible.remove();
        ipc::tell_view(None, false);
    });
    let kept = inbox().kept_unread;
    let due = Memo::new(move |_| {
        let unread = row.with(|c| c.as_ref().map_or(0, |c| c.unread));
        let due = unread > 0
            && v.at_bottom.get()
            && shown.ready.get()
            && here.get()
            && kept.get() != Some(conversation)
            && !desk().chosen().working.unread_until_answered;
        due.then_some(unread)
    });
    Effect::new(move |_| {
        if due.get().is_some() {
            after(DWELL_MS, move || {
                if due.try_get_untracked().flatten().is_some() && looking() {
                    tell_engine(MarkRead { conversation });
                }
            });
        }
    });
}

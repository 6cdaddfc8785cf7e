//! What of a thread is in sight, and that it stays there: while lines change, when a message is asked for,
//! and when the thread is left and opened again.

use super::{
    Resting, inbox,
    messages::{Messages, Shown},
};
use crate::{
    clock::after,
    route::{Route, router},
};
use heliograph_model::{ConversationId, MessageId};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// The scroller and what the view knows of it.
#[derive(Clone, Copy)]
pub struct Sight {
    pub scroller: NodeRef<html::Div>,
    pub at_bottom: RwSignal<bool>,
    /// The message to show in the middle, once it is there.
    pub wanted: RwSignal<Option<MessageId>>,
    pub lit: RwSignal<Option<MessageId>>,
    /// Stays lit while somebody looks for words.
    pub held: RwSignal<Option<MessageId>>,
    /// The message somebody asked to see within this thread, and how often somebody asked.
    asked: RwSignal<Option<(MessageId, u32)>>,
    /// Lines have changed, and the next frame puts back what was in sight before.
    settling: StoredValue<bool>,
}

impl Sight {
    /// At the newest message, with nothing wanted.
    #[must_use]
    pub fn new() -> Self {
        Self {
            scroller: NodeRef::new(),
            at_bottom: RwSignal::new(true),
            wanted: RwSignal::new(None),
            lit: RwSignal::new(None),
            held: RwSignal::new(None),
            asked: RwSignal::new(None),
            settling: StoredValue::new(false),
        }
    }

    /// Shows a message of this thread and lights it, whether it is loaded or not.
    pub fn go_to(self, message: MessageId) {
        self.asked.update(|asked| *asked = Some((message, asked.map_or(0, |(_, n)| n + 1))));
    }
}

/// Follows [`Sight::go_to`].
pub fn show_what_is_asked(messages: StoredValue<Messages, LocalStorage>, v: Sight) {
    let shown = messages.with_value(Messages::shown);
    Effect::new(move |_| {
        let Some((message, _)) = v.asked.get() else { return };
        let here = v.scroller.get_untracked().filter(|s| bubble_of(s, message.0).is_some());
        if let Some(scroller) = here {
            show_in_middle(&scroller, message, v);
        } else {
            v.wanted.set(Some(message));
            messages.with_value(|m| m.open(Some(message)));
            when_ready(shown, v, move |scroller| show_in_middle(scroller, message, v));
        }
    });
}

fn bubble_of(scroller: &web_sys::HtmlElement, id: i64) -> Option<web_sys::HtmlElement> {
    scroller.query_selector(&format!("[data-id='{id}']")).ok()??.dyn_into().ok()
}

/// The first bubble in sight and how far below the top edge it stands.
fn first_in_sight(scroller: &web_sys::HtmlElement) -> Option<(web_sys::HtmlElement, f64)> {
    let edge = scroller.get_bounding_client_rect().top();
    let bubbles = scroller.query_selector_all("[data-test='bubble']").ok()?;
    let at = |i: u32| bubbles.item(i).and_then(|n| n.dyn_into::<web_sys::HtmlElement>().ok());
    // Bubbles stand in order: half the rest each time.
    let (mut low, mut high) = (0, bubbles.length());
    while low < high {
        let middle = u32::midpoint(low, high);
        if at(middle)?.get_bounding_client_rect().bottom() <= edge {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let bubble = at(low)?;
    let below = bubble.get_bounding_client_rect().top() - edge;
    Some((bubble, below))
}

/// Before lines change: notes what is in sight, and after the change puts it back where it was.
pub fn keep_in_place(v: Sight) {
    let Some(scroller) = v.scroller.try_get_untracked().flatten() else {
        return;
    };
    // A second change within the frame finds things moved already: what the first one noted is what stays.
    if v.settling.try_get_value() != Some(false) {
        return;
    }
    if f64::from(scroller.scroll_top()) > -2.0 {
        // At the newest: the upside-down scroller stays there by itself.
        return;
    }
    if let Some((bubble, below)) = first_in_sight(&scroller) {
        v.settling.set_value(true);
        request_animation_frame(move || {
            let _ = v.settling.try_set_value(false);
            if !bubble.is_connected() {
                return;
            }
            let now = bubble.get_bounding_client_rect().top() - scroller.get_bounding_client_rect().top();
            scroll_by(&scroller, now - below);
        });
    }
}

fn scroll_by(scroller: &web_sys::HtmlElement, by: f64) {
    if by.abs() >= 1.0 {
        #[allow(clippy::cast_possible_truncation)]
        scroller.set_scroll_top(scroller.scroll_top() + by.round() as i32);
    }
}

/// Opens at the message of the address, where the thread was left, or at the newest.
pub fn open_where_asked(
    conversation: ConversationId,
    messages: StoredValue<Messages, LocalStorage>,
    v: Sight,
) {
    let router = router();
    let asked = Memo::new(move |_| match router.at() {
        Route::Conversation { id, message } if id == conversation => message,
        _ => None,
    });
    let shown = messages.with_value(Messages::shown);
    Effect::new(move |before: Option<()>| {
        let asked = asked.get();
        let rested = inbox().resting.try_update_value(|all| all.remove(&conversation)).flatten();
        match (asked, rested) {
            (Some(message), _) => {
                v.wanted.set(Some(message));
                messages.with_value(|m| m.open(Some(message)));
                when_ready(shown, v, move |scroller| show_in_middle(scroller, message, v));
            }
            (None, Some(rest)) if before.is_none() => {
                v.wanted.set(Some(rest.message));
                messages.with_value(|m| m.open(Some(rest.message)));
                when_ready(shown, v, move |scroller| {
                    if let Some(bubble) = bubble_of(scroller, rest.message.0) {
                        let now = bubble.get_bounding_client_rect().top()
                            - scroller.get_bounding_client_rect().top();
                        scroll_by(scroller, now - rest.below_top);
                    }
                });
            }
            // The address lost its message: the thread stays as it is.
            _ if before.is_some() => {}
            _ => messages.with_value(|m| m.open(None)),
        }
    });
}

/// Runs once when the wanted message is on the page. A message that is gone leaves the thread at its end.
fn when_ready(shown: Shown, v: Sight, then: impl Fn(&web_sys::HtmlElement) + Clone + 'static) {
    Effect::new(move |_| {
        let opened = shown.opened.get();
        let Some(wanted) = v.wanted.get().filter(|wanted| opened == Some(*wanted)) else { return };
        let then = then.clone();
        request_animation_frame(move || {
            let Some(scroller) = v.scroller.try_get_untracked().flatten() else { return };
            if v.wanted.try_get_untracked().flatten() == Some(wanted) {
                if bubble_of(&scroller, wanted.0).is_some() {
                    then(&scroller);
                }
                v.wanted.set(None);
            }
        });
    });
}

fn show_in_middle(scroller: &web_sys::HtmlElement, message: MessageId, v: Sight) {
    if let Some(bubble) = bubble_of(scroller, message.0) {
        let (b, s) = (bubble.get_bounding_client_rect(), scroller.get_bounding_client_rect());
        scroll_by(scroller, b.top() + b.height() / 2.0 - s.top() - s.height() / 2.0);
        v.lit.set(Some(message));
        after(2_600, move || {
            if v.lit.try_get_untracked().flatten() == Some(message) {
                v.lit.set(None);
            }
        });
    }
}

/// Notes where a thread is left, unless it is left at its end.
pub fn rest(conversation: ConversationId, v: Sight, shown: Shown) {
    let Some(scroller) = v.scroller.try_get_untracked().flatten() else {
        return;
    };
    if v.at_bottom.try_get_untracked() != Some(false) || shown.ready.try_get_untracked() != Some(true) {
        return;
    }
    let found = first_in_sight(&scroller).and_then(|(bubble, below_top)| {
        let id = bubble.get_attribute("data-id")?.parse().ok().filter(|id| *id > 0)?;
        Some(Resting { message: MessageId(id), below_top })
    });
    if let Some(found) = found {
        inbox().resting.update_value(|all| {
            all.insert(conversation, found);
        });
    }
}

//! The thread pane: header, messages, composer. What is in sight never jumps: not when older messages come,
//! not when newer ones do. The scroller is turned upside down, so that its resting place is the newest message.

use super::{
    Resting,
    bubble::BubbleView,
    closed::Foot,
    header::ThreadHeader,
    inbox,
    lines::What,
    messages::{Messages, Shown},
};
use crate::{
    clock::{after, clock},
    format, ipc,
    live::{live, tell_engine},
    parts::{Icon, IconView, Trouble},
    route::{Route, router},
};
use heliograph_model::{
    Conversation, ConversationId, MessageId,
    call::{GetConversation, MarkRead},
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// Nearer than this to the newest message counts as looking at it, in pixels.
const AT_BOTTOM: f64 = 48.0;
/// Pages are asked for this far ahead, in pixels.
const AHEAD: f64 = 900.0;
/// A thread is looked at for this long before it counts as read.
const DWELL_MS: u64 = 500;

/// The pane.
#[component]
pub fn ThreadPane(conversation: ConversationId) -> impl IntoView {
    let inbox = inbox();
    let known = inbox.feed().row(conversation.0).map(|row| row.get_untracked());
    let fresh = live(move || Some(GetConversation { conversation }));
    let row = Memo::new(move |_| fresh.get().or_else(|| known.clone()));
    Effect::new(move |_| {
        if let Some(c) = fresh.get() {
            inbox.feed().know(c);
        }
    });
    let gone = move || {
        fresh
            .problem
            .get()
            .filter(|_| row.with(Option::is_none))
            .map(|problem| {
                view! { <Trouble problem again=Callback::new(move |()| fresh.again()) /> }.into_any()
            })
    };
    view! {
        <section class="thread-pane" aria-label="Thread">
            <ThreadHeader row conversation />
            {gone}
            <Lines conversation row />
            <Foot row conversation />
        </section>
    }
    .into_any()
}

/// The scroller and what the view knows of it.
#[derive(Clone, Copy)]
struct View {
    scroller: NodeRef<html::Div>,
    at_bottom: RwSignal<bool>,
    /// The message to show in the middle, once it is there.
    wanted: RwSignal<Option<MessageId>>,
    lit: RwSignal<Option<MessageId>>,
}

#[component]
fn Lines(conversation: ConversationId, row: Memo<Option<Conversation>>) -> impl IntoView {
    let inbox = inbox();
    let messages = StoredValue::new_local(Messages::start(conversation, inbox.outgoing));
    let shown = messages.with_value(Messages::shown);
    let v = View {
        scroller: NodeRef::new(),
        at_bottom: RwSignal::new(true),
        wanted: RwSignal::new(None),
        lit: RwSignal::new(None),
    };
    messages.with_value(|m| m.before_change(move || keep_in_place(v)));
    open_where_asked(conversation, messages, v);
    read_while_looking(conversation, row, shown, v);
    scroll_own_into_sight(conversation, v);
    on_cleanup(move || rest(conversation, v, shown));
    Effect::new(move |_| {
        if let Some(unread) = row.with(|c| c.as_ref().map(|c| c.unread)) {
            messages.with_value(|m| m.set_unread(unread));
        }
    });

    let look = move || {
        let Some(e) = v.scroller.get_untracked() else {
            return;
        };
        let below = -f64::from(e.scroll_top());
        let above = f64::from(e.scroll_height()) - f64::from(e.client_height()) - below;
        let at_bottom = below < AT_BOTTOM && shown.at_newest.get_untracked();
        if v.at_bottom.get_untracked() != at_bottom {
            v.at_bottom.set(at_bottom);
        }
        messages.with_value(|m| {
            m.set_watched(at_bottom && looking());
            if shown.ready.get_untracked() && v.wanted.get_untracked().is_none() {
                if above < AHEAD {
                    m.more_older();
                }
                if below < AHEAD {
                    m.more_newer();
                }
            }
        });
    };
    // After a page came, a further one may be needed: a short page does not scroll.
    Effect::new(move |_| {
        shown.keys.track();
        shown.ready.track();
        request_animation_frame(look);
    });
    let child = move |key: String| {
        let Some(line) = messages.with_value(|m| m.line(&key)) else {
            return ().into_any();
        };
        match line.get_untracked() {
            What::Day(_) => day_line(line),
            What::Unread(n) => {
                view! { <div class="unread-line" role="separator"><span>{format::plural(n.into(), "new message", "new messages")}</span></div> }
                    .into_any()
            }
            What::Bubble(_) => view! { <BubbleView line lit=v.lit /> }.into_any(),
        }
    };
    let top = move || {
        if shown.problem.get().is_some() {
            None
        } else if !shown.ready.get() || !shown.at_start.get() {
            Some(view! { <BubbleSkeletons waiting=!shown.ready.get() /> }.into_any())
        } else {
            Some(view! { <Beginning row /> }.into_any())
        }
    };
    let trouble = move || {
        shown.problem.get().map(|problem| {
            let again = Callback::new(move |()| messages.with_value(|m| m.open(None)));
            view! { <Trouble problem again /> }.into_any()
        })
    };
    let jump_button = move || {
        (!v.at_bottom.get()).then(|| view! { <JumpToNewest below=shown.below jump=Callback::new(move |()| to_newest(messages, v, shown)) /> })
    };
    let who = move || row.with(|c| c.as_ref().map_or(String::new(), |c| c.contact.name.clone()));
    let said = move || {
        let said = shown.said.get();
        if said.is_empty() {
            String::new()
        } else {
            format!("{}: {said}", who())
        }
    };
    view! {
        <div class="thread-frame">
            <div
                class="thread"
                role="log"
                aria-label=move || format!("Messages with {}", who())
                aria-live="off"
                aria-busy=move || (!shown.ready.get()).then_some("true")
                tabindex="0"
                data-own-keys=""
                data-test="thread"
                node_ref=v.scroller
                on:scroll=move |_| look()
            >
                <div class="thread-lines">
                    {top}
                    <For each=move || shown.keys.get() key=String::clone children=child />
                    {trouble}
                </div>
            </div>
            {jump_button}
            <div class="unseen" role="status" aria-live="polite">{said}</div>
        </div>
    }
    .into_any()
}

/// Back to the newest message; says how many of theirs are there to see.
#[component]
fn JumpToNewest(below: RwSignal<u32>, jump: Callback<()>) -> impl IntoView {
    let words = move || {
        let n = below.get();
        (n > 0).then(|| view! { <span class="figures">{format::plural(n.into(), "new message", "new messages")}</span> })
    };
    view! {
        <button
            type="button"
            class="jump-newest"
            class:counting=move || below.get() != 0
            aria-label="Jump to the newest message"
            data-tip="Newest message"
            data-tip-key=crate::keys::Command::Newest.label()
            data-test="jump-newest"
            on:click=move |_| jump.run(())
        >
            {words}
            <IconView icon=Icon::Newest />
        </button>
    }
    .into_any()
}

fn day_line(line: ArcRwSignal<What>) -> AnyView {
    let clock = clock();
    let words = Memo::new(move |_| match line.get() {
        What::Day(at) => format::day(at, clock.now()),
        _ => String::new(),
    });
    view! { <div class="day-line" role="separator"><span>{move || words.get()}</span></div> }.into_any()
}

#[component]
fn BubbleSkeletons(waiting: bool) -> impl IntoView {
    let one = |class: &'static str| {
        view! { <span class=format!("skeleton bubble-skeleton {class}")></span> }.into_any()
    };
    let shapes: &[&str] = if waiting {
        &["a", "b ours", "c", "d ours", "b", "a ours"]
    } else {
        &["a", "b ours"]
    };
    view! { <div class="bubble-skeletons" class:waiting=waiting aria-hidden="true">{shapes.iter().copied().map(one).collect_view()}</div> }
        .into_any()
}

/// What stands above the first message.
#[component]
fn Beginning(row: Memo<Option<Conversation>>) -> impl IntoView {
    let words = move || {
        row.with(|c| {
            c.as_ref().map(|c| {
                let whatsapp = c.channel == heliograph_model::Channel::WhatsApp;
                let more = if whatsapp {
                    " WhatsApp shares no messages from before the account was connected."
                } else {
                    ""
                };
                format!("The beginning of what is known here.{more}")
            })
        })
    };
    view! { <p class="beginning">{words}</p> }.into_any()
}

/// Whether a person can be seeing this window now.
fn looking() -> bool {
    let d = document();
    d.visibility_state() == web_sys::VisibilityState::Visible && d.has_focus().unwrap_or(false)
}

fn bubble_of(scroller: &web_sys::HtmlElement, id: i64) -> Option<web_sys::HtmlElement> {
    scroller
        .query_selector(&format!("[data-id='{id}']"))
        .ok()??
        .dyn_into()
        .ok()
}

/// The first bubble in sight and how far below the top edge it stands.
fn first_in_sight(scroller: &web_sys::HtmlElement) -> Option<(web_sys::HtmlElement, f64)> {
    let edge = scroller.get_bounding_client_rect().top();
    let bubbles = scroller.query_selector_all("[data-test='bubble']").ok()?;
    let at = |i: u32| {
        bubbles
            .item(i)
            .and_then(|n| n.dyn_into::<web_sys::HtmlElement>().ok())
    };
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
fn keep_in_place(v: View) {
    let Some(scroller) = v.scroller.try_get_untracked().flatten() else {
        return;
    };
    if f64::from(scroller.scroll_top()) > -2.0 {
        // At the newest: the upside-down scroller stays there by itself.
        return;
    }
    if let Some((bubble, below)) = first_in_sight(&scroller) {
        request_animation_frame(move || {
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
fn open_where_asked(conversation: ConversationId, messages: StoredValue<Messages, LocalStorage>, v: View) {
    let router = router();
    let asked = Memo::new(move |_| match router.at() {
        Route::Conversation { id, message } if id == conversation => message,
        _ => None,
    });
    let shown = messages.with_value(Messages::shown);
    Effect::new(move |before: Option<()>| {
        let asked = asked.get();
        let rested = inbox()
            .resting
            .try_update_value(|all| all.remove(&conversation))
            .flatten();
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

/// Runs once when the wanted message is on the page.
fn when_ready(shown: Shown, v: View, then: impl Fn(&web_sys::HtmlElement) + Clone + 'static) {
    Effect::new(move |_| {
        shown.keys.track();
        let Some(wanted) = v.wanted.get() else { return };
        let then = then.clone();
        if shown.ready.get() {
            request_animation_frame(move || {
                let Some(scroller) = v.scroller.try_get_untracked().flatten() else {
                    return;
                };
                if v.wanted.try_get_untracked().flatten() == Some(wanted)
                    && bubble_of(&scroller, wanted.0).is_some()
                {
                    then(&scroller);
                    v.wanted.set(None);
                }
            });
        }
    });
}

fn show_in_middle(scroller: &web_sys::HtmlElement, message: MessageId, v: View) {
    if let Some(bubble) = bubble_of(scroller, message.0) {
        let (b, s) = (
            bubble.get_bounding_client_rect(),
            scroller.get_bounding_client_rect(),
        );
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
fn rest(conversation: ConversationId, v: View, shown: Shown) {
    let Some(scroller) = v.scroller.try_get_untracked().flatten() else {
        return;
    };
    if v.at_bottom.try_get_untracked() != Some(false) || shown.ready.try_get_untracked() != Some(true) {
        return;
    }
    let found = first_in_sight(&scroller).and_then(|(bubble, below_top)| {
        let id = bubble
            .get_attribute("data-id")?
            .parse()
            .ok()
            .filter(|id| *id > 0)?;
        Some(Resting {
            message: MessageId(id),
            below_top,
        })
    });
    if let Some(found) = found {
        inbox().resting.update_value(|all| {
            all.insert(conversation, found);
        });
    }
}

/// Marks read only what a person can be seeing: the window in front, the newest message in sight.
fn read_while_looking(conversation: ConversationId, row: Memo<Option<Conversation>>, shown: Shown, v: View) {
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
            && kept.get() != Some(conversation);
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

/// A reply of this window scrolls the thread to its end.
fn scroll_own_into_sight(conversation: ConversationId, v: View) {
    let outgoing = inbox().outgoing;
    let newest = Memo::new(move |_| {
        outgoing.locals.with(|all| {
            all.iter()
                .filter(|l| l.conversation == conversation)
                .map(|l| l.id)
                .min()
        })
    });
    Effect::new(move |before: Option<Option<i64>>| {
        let now = newest.get();
        if now.is_some() && before.is_some_and(|b| b != now) && !v.at_bottom.get_untracked() {
            jump_to_newest();
        }
        now
    });
}

fn to_newest(messages: StoredValue<Messages, LocalStorage>, v: View, shown: Shown) {
    v.wanted.set(None);
    if !shown.at_newest.get_untracked() {
        messages.with_value(|m| m.open(None));
    }
    if let Some(scroller) = v.scroller.get_untracked() {
        request_animation_frame(move || scroller.set_scroll_top(0));
    }
}

/// What the key and the button do alike: the button is there whenever there is somewhere to jump to.
pub fn jump_to_newest() {
    if let Ok(Some(button)) = document().query_selector("[data-test='jump-newest']")
        && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
    {
        button.click();
    }
}

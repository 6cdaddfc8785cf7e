//! The thread pane: header, messages, composer. What is in sight never jumps: not when older messages come,
//! not when newer ones do. The scroller is turned upside down, so that its resting place is the newest message.

use super::{
    attention::{looking, read_while_looking},
    bubble::{ActivityLine, BubbleView},
    closed::Foot,
    finder::Finder,
    header::ThreadHeader,
    inbox,
    lines::What,
    messages::{Messages, Shown},
    selecting,
    sight::{Sight, keep_in_place, open_where_asked, rest, show_what_is_asked},
    viewer::{Viewer, ViewerDialog},
    working::name_window_after,
};
use crate::{
    clock::clock,
    format,
    live::live,
    parts::{Icon, IconView, Trouble},
};
use heliograph_model::{Conversation, ConversationId, call::GetConversation};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Nearer than this to the newest message counts as looking at it, in pixels.
const AT_BOTTOM: f64 = 48.0;
/// Pages are asked for this far ahead, in pixels.
const AHEAD: f64 = 900.0;

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
    name_window_after(row);
    let gone = move || {
        fresh.problem.get().filter(|_| row.with(Option::is_none)).map(|problem| {
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

#[component]
fn Lines(conversation: ConversationId, row: Memo<Option<Conversation>>) -> impl IntoView {
    let inbox = inbox();
    let messages = StoredValue::new_local(Messages::start(conversation, inbox.outgoing));
    let shown = messages.with_value(Messages::shown);
    let v = Sight::new();
    messages.with_value(|m| m.before_change(move || keep_in_place(v)));
    open_where_asked(conversation, messages, v);
    show_what_is_asked(messages, v);
    let viewer = Viewer::of(messages);
    read_while_looking(conversation, row, shown, v);
    scroll_own_into_sight(conversation, v);
    on_cleanup(move || rest(conversation, v, shown));
    Effect::new(move |_| {
        if let Some(unread) = row.with(|c| c.as_ref().map(|c| c.unread)) {
            messages.with_value(|m| m.set_unread(unread));
        }
    });

    let look = move || {
        // Frames and scroll events may come after the thread was left.
        let Some(e) = v.scroller.try_get_untracked().flatten() else {
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
            What::Bubble(_) => view! { <BubbleView line v viewer /> }.into_any(),
            What::Activity(_) => view! { <ActivityLine line /> }.into_any(),
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
        if said.is_empty() { String::new() } else { format!("{}: {said}", who()) }
    };
    view! {
        <Finder conversation v />
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
                on:keydown=move |e| selecting::keydown(&e)
            >
                <div class="thread-lines">
                    {top}
                    <For each=move || shown.keys.get() key=String::clone children=child />
                    {trouble}
                </div>
            </div>
            {jump_button}
            <div class="unseen" role="status" aria-live="polite">{said}</div>
            <ViewerDialog viewer who=Signal::derive(who) />
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
    let shapes: &[&str] =
        if waiting { &["a", "b ours", "c", "d ours", "b", "a ours"] } else { &["a", "b ours"] };
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

/// A reply of this window scrolls the thread to its end.
fn scroll_own_into_sight(conversation: ConversationId, v: Sight) {
    let outgoing = inbox().outgoing;
    let newest = Memo::new(move |_| {
        outgoing.locals.with(|all| all.iter().filter(|l| l.conversation == conversation).map(|l| l.id).min())
    });
    Effect::new(move |before: Option<Option<i64>>| {
        let now = newest.get();
        if now.is_some() && before.is_some_and(|b| b != now) && !v.at_bottom.get_untracked() {
            jump_to_newest();
        }
        now
    });
}

fn to_newest(messages: StoredValue<Messages, LocalStorage>, v: Sight, shown: Shown) {
    v.wanted.set(None);
    if !shown.at_newest.get_untracked() {
        messages.with_value(|m| m.open(None));
    }
    if let Some(scroller) = v.scroller.get_untracked() {
        // At once, so that nothing that comes now is kept in its old place; and again after what was to be kept before.
        scroller.set_scroll_top(0);
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

//! Where a reply is written. The bubble is in the thread before the engine has heard of it, the text is kept on
//! every pause, and focus stays where it is.

use super::{
    draft::Draft,
    extras::{self, ButtonsBar, QuoteBar},
    files::{AttachButton, DropZone, Leaving, Tray, TrayView, VoiceButton},
    inbox, later, selecting, text,
    working::act_on,
};
use crate::{
    clock::{clock, ticks},
    desk::desk,
    format,
    keys::{Command, composing},
    live::{order, tell_engine},
    parts::{Icon, IconView, Menu, MenuItem, is_on_control},
    toast::toasts,
};
use heliograph_model::{
    Act, ButtonLimit, Conversation, ConversationId, Manner, Quote, TextLimit, Timestamp,
    call::{SaveDraft, SaveSettings, ShowTyping},
};
use leptos::{ev, html, prelude::*};
use std::{cell::Cell, rc::Rc};

/// The person is shown that somebody types at most this often, in milliseconds: each time it lasts a while.
const TYPING_MS: f64 = 10_000.0;
/// The counter appears when this share of the limit is used, in percent.
const COUNT_FROM: usize = 85;

/// The composer of a thread. `until`: when what is written here can leave no more; `agent`: it leaves as a human
/// agent's answer.
#[component]
pub fn Composer(
    row: Memo<Option<Conversation>>,
    conversation: ConversationId,
    #[prop(into)] until: Signal<Option<Timestamp>>,
    #[prop(optional)] agent: bool,
) -> impl IntoView {
    let desk = desk();
    let clock = clock();
    let inbox = inbox();
    let area = NodeRef::<html::Textarea>::new();
    let draft = Draft::of(conversation, row);
    let limit = Memo::new(move |_| {
        row.with(|c| c.as_ref().map_or(TextLimit::Chars(2000), |c| TextLimit::of(c.channel)))
    });
    let parts = Memo::new(move |_| draft.text.with(|t| text::split(t, limit.get()).len()));
    let tray = Tray::of(conversation, row);
    let empty = Memo::new(move |_| draft.text.with(|t| t.trim().is_empty()));

    // What the engine refuses comes back into the box: `then` waits until all of it is the engine's.
    let send_at = move |send_at: Option<Timestamp>, then: Option<Act>| {
        let text = draft.text.get_untracked();
        // What cannot leave keeps the words with it.
        if !untrack(|| tray.is_empty() || tray.can_send()) {
            return;
        }
        let parts = text::split(&text, limit.get_untracked());
        let extras = untrack(|| extras::of(conversation));
        let (buttons, channel) = (extras.buttons(), row.with_untracked(|c| c.as_ref().map(|c| c.channel)));
        let files = untrack(|| !tray.is_empty());
        let Some(channel) = channel.filter(|_| files || !parts.is_empty()) else { return };
        // What is wrong with them is said where they are written.
        if parts.last().is_some_and(|last| ButtonLimit::complaint(channel, last, &buttons).is_some()) {
            return;
        }
        if files && send_at.is_some() {
            toasts().say("Files leave at once and cannot wait for a time. Nothing was sent.");
            return;
        }
        let words = text.clone();
        let left = Rc::new(Cell::new(0_u8));
        let still = left.clone();
        let taken = move || {
            still.set(still.get().saturating_sub(1));
            if let Some(act) = then.clone().filter(|_| still.get() == 0) {
                act_on(vec![conversation], act);
            }
        };
        let file_taken = taken.clone();
        let under_the_file = tray.send(&text, move |yes| {
            settle_caption(conversation, &words, yes);
            if yes {
                file_taken();
            }
        });
        let words_leave = !under_the_file && !parts.is_empty();
        left.set(u8::from(files) + u8::from(words_leave));
        let manner = Manner {
            quotes: extras.quotes.as_ref().map(|q| q.message),
            buttons,
            send_at,
            human_agent: agent,
        };
        let quote = extras.quotes.map(|q| Quote::Message {
            message: Some(q.message),
            from_us: q.from_us,
            text: q.text,
        });
        if words_leave {
            inbox.outgoing.send(conversation, parts, &manner, quote.as_ref(), taken);
        }
        inbox.kept_unread.set(None);
        extras::clear(conversation);
        draft.clear();
        if let Some(area) = area.get_untracked() {
            area.set_value("");
            grow(&area);
            let _ = area.focus();
        }
    };
    let send = move || send_at(None, None);
    let later = Callback::new(move |at| send_at(Some(at), None));
    let asking = RwSignal::new(false);
    crate::keys::bind(Command::SendLater, move || {
        if !empty.get_untracked() {
            asking.set(true);
        }
    });
    crate::keys::bind(Command::Send, send);
    crate::keys::bind(Command::SendResolve, move || {
        if untrack(|| if tray.is_empty() { !empty.get() } else { tray.can_send() }) {
            send_at(None, Some(Act::Resolve));
        }
    });
    let keydown = move |e: ev::KeyboardEvent| {
        if composing(&e) || e.alt_key() {
            return;
        }
        let command = e.ctrl_key() || e.meta_key();
        if e.key() == "ArrowUp" && !command && !e.shift_key() && draft.text.with_untracked(String::is_empty) {
            if selecting::select_last_own() {
                e.prevent_default();
            }
            return;
        }
        if e.key() != "Enter" {
            return;
        }
        let sends =
            if command { !e.shift_key() } else { desk.chosen().composer.enter_sends && !e.shift_key() };
        if sends {
            e.prevent_default();
            send();
        }
    };
    let shown_at = StoredValue::new(f64::MIN);
    let input = move |_| {
        if let Some(area) = area.get_untracked() {
            grow(&area);
            draft.typed(area.value());
            let now = ticks();
            if desk.chosen().sending.shows_typing && now - shown_at.get_value() > TYPING_MS {
                shown_at.set_value(now);
                tell_engine(ShowTyping { conversation });
            }
        }
    };
    // What comes from elsewhere (another window, a refused send) is put into the box.
    Effect::new(move |_| {
        let text = draft.text.get();
        if let Some(area) = area.get() {
            if area.value() != text {
                area.set_value(&text);
            }
            grow(&area);
        }
    });
    on_cleanup(move || draft.keep());

    let label = Memo::new(move |_| {
        let offline =
            desk.status.with(|s| s.is_some_and(|s| s.offline_since.is_some())) || !desk.link.reachable.get();
        match (offline, until.get(), parts.get()) {
            (true, Some(end), _) => format!("Queue · must leave by {}", format::moment(end, clock.now())),
            (true, None, _) => "Queue".into(),
            (false, _, n) if n > 1 => format!("Send as {n} messages"),
            _ => "Send".into(),
        }
    });
    let hint = move || {
        let name = row.with(|c| c.as_ref().map_or(String::new(), |c| c.contact.name.clone()));
        format!("Reply to {name}…")
    };
    let refused = move || {
        inbox.outgoing.refused.get().filter(|(c, _)| *c == conversation).map(|(_, problem)| {
            let dismiss = move |_| inbox.outgoing.refused.set(None);
            view! {
                <div class="composer-refused" role="alert">
                    <IconView icon=Icon::Alert />
                    <span>"Not sent: " {problem.message}</span>
                    <button type="button" class="icon-button small" aria-label="Dismiss" on:click=dismiss>
                        <IconView icon=Icon::Close />
                    </button>
                </div>
            }
            .into_any()
        })
    };
    let counter = move || {
        draft.text.with(|t| count_words(t, limit.get())).map(|(words, over)| {
        view! { <span class="counter figures" class:over=over role="status" data-tip=unit_tip(limit.get())>{words}</span> }.into_any()
    })
    };
    view! {
        <div class="composer" class:agent=agent>
            <DropZone tray name=Signal::derive(move || row.with(|c| c.as_ref().map_or(String::new(), |c| c.contact.name.clone()))) />
            {refused}
            <Leaving conversation />
            <QuoteBar row conversation />
            <div class="composer-box" on:click=move |e| focus_words(&e, area)>
                <TrayView tray />
                <textarea
                    id="composer-text"
                    node_ref=area
                    rows="1"
                    dir="auto"
                    placeholder=hint
                    aria-label=hint
                    autocomplete="off"
                    data-test="composer"
                    on:input=input
                    on:keydown=keydown
                    on:blur=move |_| draft.keep()
                    on:paste=move |e| tray.paste(&e)
                ></textarea>
                <ButtonsBar row conversation />
                <div class="composer-foot">
                    <AttachButton tray />
                    <VoiceButton tray />
                    {counter}
                    <span class="composer-space"></span>
                    <SendMenu conversation />
                    <Menu
                        label="Send later"
                        items=Callback::new(move |()| if empty.get_untracked() { Vec::new() } else { later::items(until.get_untracked(), later, asking) })
                        up=true
                        end=true
                        class="icon-button small"
                        test="send-later"
                    >
                        <IconView icon=Icon::Clock />
                    </Menu>
                    <button
                        type="button"
                        class="button primary send"
                        disabled=move || if tray.is_empty() { empty.get() } else { !tray.can_send() }
                        data-test="send"
                        data-tip=move || (!empty.get()).then(|| label.get())
                        data-tip-key=move || if desk.chosen().composer.enter_sends { "Enter".to_owned() } else { Command::Send.label() }
                        on:pointerdown=move |e| e.prevent_default()
                        on:click=move |_| send()
                    >
                        <IconView icon=Icon::Send />
                        <span>{move || label.get()}</span>
                    </button>
                </div>
            </div>
            <later::TimeDialog open=asking end=until pick=later />
        </div>
    }
    .into_any()
}

/// Words that went under a file are the engine's once it has taken the file; else they come back.
fn settle_caption(conversation: ConversationId, words: &str, taken: bool) {
    let inbox = inbox();
    let left = inbox.drafts.with_value(|d| d.get(&conversation).cloned()).unwrap_or_default();
    if taken {
        tell_engine(SaveDraft { conversation, text: left });
    } else if left.is_empty() {
        inbox.hand_back(conversation, words.to_owned());
    }
}

/// What else goes with a reply, and which key sends it.
#[component]
fn SendMenu(conversation: ConversationId) -> impl IntoView {
    let desk = desk();
    let save = order::<SaveSettings>(move |()| desk.settings.again());
    let items = move |()| {
        let Some(settings) = desk.settings.peek() else {
            return Vec::new();
        };
        let mod_enter = Command::Send.label();
        let choice = |enter: bool, words: String| {
            let now = settings.composer.enter_sends;
            let settings = settings.clone();
            let pick = move || {
                let mut settings = settings.clone();
                settings.composer.enter_sends = enter;
                save.run(SaveSettings { settings });
            };
            MenuItem::new(words, pick).chosen(now == enter)
        };
        let quick = MenuItem::new("Add quick replies", move || {
            extras::change(conversation, |e| {
                e.buttons.get_or_insert_with(|| vec![String::new()]);
            });
        });
        vec![
            quick.icon(Icon::Reaction),
            choice(true, "Enter sends".into()).aside("Shift Enter: new line"),
            choice(false, format!("{mod_enter} sends")).aside("Enter: new line"),
        ]
    };
    view! {
        <Menu label="How to send" items=Callback::new(items) up=true end=true class="icon-button small" test="send-menu">
            <IconView icon=Icon::Down />
        </Menu>
    }
    .into_any()
}

/// The counter's words, once the text nears the limit, and whether it is over.
fn count_words(text: &str, limit: TextLimit) -> Option<(String, bool)> {
    let (used, most) = (limit.used(text.trim()), limit.max());
    let unit = match limit {
        TextLimit::Bytes(_) => "bytes",
        TextLimit::Chars(_) => "characters",
    };
    if used * 100 < most * COUNT_FROM {
        return None;
    }
    let over = used > most;
    let n = u64::try_from(used.abs_diff(most)).unwrap_or(u64::MAX);
    Some((format!("{} {unit} {}", format::count(n), if over { "over" } else { "left" }), over))
}

const fn unit_tip(limit: TextLimit) -> &'static str {
    match limit {
        TextLimit::Bytes(_) => "Instagram counts bytes: é takes 2, 😀 takes 4",
        TextLimit::Chars(_) => "The most that one message may hold",
    }
}

/// A press beside the words puts the caret into them; one on a button, or in the menu it opened, stays there.
pub(super) fn focus_words(e: &ev::MouseEvent, area: NodeRef<html::Textarea>) {
    if !is_on_control(e)
        && let Some(area) = area.get_untracked()
    {
        let _ = area.focus();
    }
}

/// As high as its text, at most 40 % of the window.
pub(super) fn grow(area: &web_sys::HtmlTextAreaElement) {
    let style = web_sys::HtmlElement::style(area);
    let _ = style.set_property("height", "auto");
    let most = window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or(600.0) * 0.4;
    let height = f64::from(area.scroll_height()).min(most);
    let _ = style.set_property("height", &format!("{height}px"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counter_speaks_up_in_the_last_part_and_says_how_much_is_over() {
        let limit = TextLimit::Bytes(1000);
        assert_eq!(count_words(&"a".repeat(849), limit), None);
        assert_eq!(count_words(&"a".repeat(850), limit), Some(("150 bytes left".into(), false)));
        assert_eq!(count_words(&"é".repeat(500), limit), Some(("0 bytes left".into(), false)));
        assert_eq!(count_words(&"é".repeat(501), limit), Some(("2 bytes over".into(), true)));
        assert_eq!(
            count_words(&"é".repeat(1900), TextLimit::Chars(2000)),
            Some(("100 characters left".into(), false))
        );
    }
}

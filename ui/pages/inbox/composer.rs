//! Where a reply is written. The bubble is in the thread before the engine has heard of it, the text is kept on
//! every pause, and focus stays where it is.

use super::{
    files::{AttachButton, DropZone, Leaving, Tray, TrayView, VoiceButton},
    inbox, selecting, text,
    working::act_on,
};
use crate::{
    clock::{after, clock, ticks},
    desk::desk,
    format,
    keys::{Command, composing},
    live::{order, tell_engine},
    parts::{Icon, IconView, Menu, MenuItem},
};
use heliograph_model::{
    Act, Conversation, ConversationId, TextLimit,
    call::{SaveDraft, SaveSettings},
};
use leptos::{ev, html, prelude::*};

/// A pause in typing this long keeps the draft.
const PAUSE_MS: u64 = 300;
/// The counter appears when this share of the limit is used, in percent.
const COUNT_FROM: usize = 85;

/// The composer of a thread whose window is open.
#[component]
pub fn Composer(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
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

    let send = move || {
        let text = draft.text.get_untracked();
        // What cannot leave keeps the words with it.
        if !untrack(|| tray.is_empty() || tray.can_send()) {
            return;
        }
        let words = text.clone();
        let under_the_file = tray.send(&text, move |taken| settle_caption(conversation, &words, taken));
        let parts = text::split(&text, limit.get_untracked());
        if parts.is_empty() {
            return;
        }
        if !under_the_file {
            inbox.outgoing.send(conversation, parts);
        }
        inbox.kept_unread.set(None);
        draft.clear();
        if let Some(area) = area.get_untracked() {
            area.set_value("");
            grow(&area);
            let _ = area.focus();
        }
    };
    crate::keys::bind(Command::Send, send);
    crate::keys::bind(Command::SendResolve, move || {
        if untrack(|| if tray.is_empty() { !empty.get() } else { tray.can_send() }) {
            send();
            act_on(vec![conversation], Act::Resolve);
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
    let input = move |_| {
        if let Some(area) = area.get_untracked() {
            grow(&area);
            draft.typed(area.value());
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
        let end = row.with(|c| c.as_ref().and_then(|c| c.window.closes_at));
        match (offline, end, parts.get()) {
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
        <div class="composer">
            <DropZone tray name=Signal::derive(move || row.with(|c| c.as_ref().map_or(String::new(), |c| c.contact.name.clone()))) />
            {refused}
            <Leaving conversation />
            <div class="composer-box" on:click=move |_| { if let Some(a) = area.get_untracked() { let _ = a.focus(); } }>
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
                <div class="composer-foot">
                    <AttachButton tray />
                    <VoiceButton tray />
                    {counter}
                    <span class="composer-space"></span>
                    <SendMenu />
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

/// Which key sends.
#[component]
fn SendMenu() -> impl IntoView {
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
        vec![
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

/// What is being written, and how it is kept.
#[derive(Clone, Copy)]
struct Draft {
    conversation: ConversationId,
    text: RwSignal<String>,
    /// What the engine keeps, as far as we know.
    kept: StoredValue<String>,
    typed_at: StoredValue<f64>,
}

impl Draft {
    /// The draft of a conversation: what was typed in this window, else what the engine kept.
    fn of(conversation: ConversationId, row: Memo<Option<Conversation>>) -> Self {
        let engine = move || row.with(|c| c.as_ref().map_or(String::new(), |c| c.draft.clone()));
        let theirs = untrack(engine);
        let typed = inbox().drafts.with_value(|d| d.get(&conversation).cloned());
        let draft = Self {
            conversation,
            text: RwSignal::new(typed.unwrap_or_else(|| theirs.clone())),
            kept: StoredValue::new(theirs),
            typed_at: StoredValue::new(f64::MIN),
        };
        // Another window wrote: follow it, unless something is being written here.
        let told = Memo::new(move |_| engine());
        Effect::new(move |_| {
            let told = told.get();
            let ours = draft.text.get_untracked();
            if told != ours && ours == draft.kept.get_value() {
                draft.text.set(told.clone());
                inbox().drafts.update_value(|d| {
                    d.remove(&conversation);
                });
            }
            draft.kept.set_value(told);
        });
        let outgoing = inbox().outgoing;
        Effect::new(move |_| {
            if let Some((_, text)) = outgoing.returned.get().filter(|(c, _)| *c == conversation) {
                draft.kept.set_value(text.clone());
                draft.text.set(text);
                outgoing.returned.set(None);
            }
        });
        draft
    }

    fn typed(self, text: String) {
        inbox().drafts.update_value(|d| {
            d.insert(self.conversation, text.clone());
        });
        self.text.set(text);
        let now = ticks();
        self.typed_at.set_value(now);
        after(PAUSE_MS, move || {
            if self.typed_at.try_get_value().is_some_and(|at| at.to_bits() == now.to_bits()) {
                self.keep();
            }
        });
    }

    /// Keeps the text, if it is not kept yet.
    fn keep(self) {
        let Some(text) = self.text.try_get_untracked() else {
            return;
        };
        if self.kept.try_get_value().is_some_and(|kept| kept != text) {
            self.kept.set_value(text.clone());
            tell_engine(SaveDraft { conversation: self.conversation, text });
        }
    }

    /// Empties the box. The engine forgets the draft when it has taken the message, not before.
    fn clear(self) {
        inbox().drafts.update_value(|d| {
            d.insert(self.conversation, String::new());
        });
        self.kept.set_value(String::new());
        self.typed_at.set_value(f64::MIN);
        self.text.set(String::new());
        if inbox().outgoing.refused.get_untracked().is_some() {
            inbox().outgoing.refused.set(None);
        }
    }
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

//! Below the thread: the composer while a reply may leave, and what is true when none may.

use super::{
    composer::Composer,
    failure::copy,
    inbox, text,
    working::{NoteBox, NoteTabs, working},
};
use crate::{
    clock::clock,
    format,
    live::live,
    parts::{Button, ChannelMark, Icon, IconView},
    route::Route,
};
use heliograph_model::{
    Channel, ContactConversation, Conversation, ConversationId, Timestamp, call::GetContact,
};
use leptos::prelude::*;

/// Composer or explanation. It only changes when the window opens or closes, so that typing goes on.
#[component]
pub fn Foot(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
    let clock = clock();
    let open = Memo::new(move |_| {
        let now = clock.now();
        row.with(|c| c.as_ref().map(|c| c.window.is_open(now)))
    });
    let noting = Memo::new(move |_| working().noting.with(|n| n.contains(&conversation)));
    let write = move || match (noting.get(), open.get()) {
        (true, _) => view! { <NoteBox conversation /> }.into_any(),
        (_, None) => view! { <div class="composer waiting"></div> }.into_any(),
        (_, Some(true)) => view! { <Composer row conversation /> }.into_any(),
        (_, Some(false)) => view! { <Closed row conversation /> }.into_any(),
    };
    view! {
        <NoteTabs conversation />
        {write}
    }
}

/// No reply may leave: why, and who can change it.
#[component]
fn Closed(row: Memo<Option<Conversation>>, conversation: ConversationId) -> impl IntoView {
    let clock = clock();
    let contact = live(move || Some(GetContact { conversation }));
    let words = Memo::new(move |_| {
        row.with(|c| c.as_ref().map(|c| explain(c.channel, c.window.closes_at, clock.now())))
            .unwrap_or_default()
    });
    let draft = Memo::new(move |_| {
        let typed = inbox().drafts.with_value(|d| d.get(&conversation).cloned());
        typed.or_else(|| row.with(|c| c.as_ref().map(|c| c.draft.clone()))).filter(|d| !d.trim().is_empty())
    });
    let others = move || {
        let all = contact.get().map(|c| c.conversations).unwrap_or_default();
        let others: Vec<ContactConversation> =
            all.into_iter().filter(|c| c.id != conversation).take(3).collect();
        (!others.is_empty()).then(|| {
            let one = |c: ContactConversation| {
                view! {
                    <a class="chip-link" href=Route::thread(c.id).path()>
                        <ChannelMark channel=c.channel />
                        {c.channel.name()}
                    </a>
                }
                .into_any()
            };
            view! { <p class="closed-others">"Same person: " {others.into_iter().map(one).collect_view()}</p> }.into_any()
        })
    };
    let kept = move || {
        draft.get().map(|draft| {
            let words = StoredValue::new(draft.clone());
            let press = Callback::new(move |()| copy(words.get_value(), "Draft copied"));
            view! {
                <div class="closed-draft">
                    <IconView icon=Icon::Pencil />
                    <span class="words" dir="auto">{text::split(&draft, heliograph_model::TextLimit::Chars(400)).into_iter().next()}</span>
                    <Button label="Copy" small=true icon=Some(Icon::Copy) on_press=press />
                </div>
            }
            .into_any()
        })
    };
    view! {
        <div class="composer closed" id="composer-closed" tabindex="-1" data-test="composer-closed">
            <IconView icon=Icon::Lock />
            <div>
                <p class="closed-title">{move || words.get().0}</p>
                <p class="closed-text">{move || words.get().1}</p>
                {others}
                {kept}
            </div>
        </div>
    }
    .into_any()
}

/// Title and text for a closed window.
fn explain(channel: Channel, closes_at: Option<Timestamp>, now: Timestamp) -> (String, String) {
    let title = match closes_at {
        Some(end) => format!("The reply window closed {}", format::ago(end.until(now))),
        None => "This person has not written yet".into(),
    };
    let text = match (channel, closes_at) {
        (_, None) => format!("{} lets a business answer, not begin. When they write, you can reply for 24 hours.", channel.name()),
        (Channel::WhatsApp, _) => "WhatsApp allows free replies for 24 hours after the customer’s last message. After that only approved templates may leave, which Heliograph cannot send yet. It reopens when the customer writes.".into(),
        _ => format!("{} allows replies for 24 hours after the customer’s last message. Only the customer can reopen this, by writing.", channel.name()),
    };
    (title, text)
}

//! The panes side by side; in narrow windows the person lies above the thread, in very narrow ones one
//! pane is shown at a time. The style sheet decides which, by the window's width.

use super::{
    inbox, keyboard,
    list::ListPane,
    outbox::OutboxDialog,
    panes::{Handle, Pane},
    person::PersonPane,
    thread::ThreadPane,
    working::{AskAll, AskBlock, Picker, ViewsDialog, alone},
};
use crate::{
    parts::{Empty, Icon},
    route::router,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn InboxPage() -> impl IntoView {
    let router = router();
    let inbox = inbox();
    keyboard::bind_all(inbox);
    let open = Memo::new(move |_| router.at().conversation());
    let list = Pane::new("list", 348.0, 300.0, 460.0);
    let person = Pane::new("person", 300.0, 260.0, 380.0);
    let thread = move || match open.get() {
        Some(conversation) => view! { <ThreadPane conversation /> }.into_any(),
        None => view! { <NothingOpen /> }.into_any(),
    };
    let about = move || {
        open.get().map(|conversation| {
            view! {
                <Handle pane=person label="Width of the person pane" mirrored=true />
                <PersonPane conversation />
            }
            .into_any()
        })
    };
    view! {
        <div
            class="inbox"
            class:reading=move || open.get().is_some()
            class:alone=alone
            class:with-person=move || inbox.person.get()
            class:person-over=move || inbox.person_over.get()
            style=("--list", move || format!("{}px", list.width.get()))
            style=("--person", move || format!("{}px", person.width.get()))
        >
            {(!alone()).then(|| view! { <ListPane /> <Handle pane=list label="Width of the list" /> })}
            {thread}
            {about}
            <Picker />
            <ViewsDialog />
            <AskAll />
            <AskBlock />
            <OutboxDialog />
        </div>
    }
    .into_any()
}

#[component]
fn NothingOpen() -> impl IntoView {
    view! {
        <section class="thread-pane none" aria-label="Thread">
            <Empty icon=Icon::Inbox title="No conversation open" text="Choose one from the list, or press J to begin with the first." />
        </section>
    }
    .into_any()
}

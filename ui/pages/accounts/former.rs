//! Accounts that are disconnected and whose history is kept: taken up again, or deleted.

use super::disconnect::{Asked, Leaving};
use crate::{
    clock::clock,
    desk::desk,
    format,
    pages::inbox::inbox,
    parts::{Avatar, AvatarSize, Button},
    route::{Route, router},
};
use heliograph_model::FormerAccount;
use leptos::prelude::*;

/// The list; nothing where there is none.
#[component]
pub fn FormerAccounts() -> impl IntoView {
    let desk = desk();
    move || {
        let all = desk.former.get().unwrap_or_default();
        (!all.is_empty()).then(|| {
            view! {
                <section class="former" aria-labelledby="former-title" data-test="former">
                    <h2 id="former-title">"Disconnected"</h2>
                    <ul>
                        <For each=move || all.clone() key=|a| a.id children=|account| view! { <Former account /> } />
                    </ul>
                </section>
            }
            .into_any()
        })
    }
}

#[component]
fn Former(account: FormerAccount) -> impl IntoView {
    let clock = clock();
    let asked = expect_context::<Asked>();
    let id = account.id;
    let kept = format::plural(account.conversations, "conversation", "conversations");
    let since = account.disconnected_at;
    let (name, channel) = (StoredValue::new(account.name.clone()), account.channel);
    let ask = Callback::new(move |()| {
        asked.0.set(Some(Leaving { id, name: name.get_value(), channel, former: true }));
    });
    let show = move |_| {
        inbox().only(Some(id));
        router().go(Route::Inbox);
    };
    view! {
        <li class="former-row" data-test="former-row">
            <Avatar name=account.name.clone() picture=account.picture.clone() size=AvatarSize::Small channel=Some(account.channel) />
            <div class="former-who">
                <p class="former-name" dir="auto">{account.name}</p>
                <p class="former-says figures">
                    <button type="button" class="link" on:click=show>{kept}</button>
                    {move || format!(" kept · disconnected {}", format::ago(since.until(clock.now())))}
                </p>
            </div>
            <Button label="Connect again" small=true on_press=Callback::new(|()| router().go(Route::Connect { account: None })) test="former-connect" />
            <Button label="Delete history…" small=true on_press=ask test="former-delete" />
        </li>
    }
    .into_any()
}

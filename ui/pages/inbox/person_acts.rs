//! What can be done with a person as a whole: their profile read anew, joined with another contact by hand, deleted
//! everywhere.

use super::{inbox, kin::whereabouts};
use crate::{
    clock::clock,
    format,
    live::{live, order},
    pages::{
        accounts::disconnect::{Copies, everything, gone_words, waiting},
        palette::named,
    },
    parts::{
        Avatar, AvatarSize, Button, Dialog, Icon, IconView, Menu, MenuItem, ProblemNote, Tone,
        close_front_dialog,
    },
    route::{Route, router},
    toast::toasts,
};
use heliograph_model::{
    Channel, Contact, ContactId, ConversationId, Deleted, PersonHit,
    call::{DeletePerson, MergePeople, PlanDeletePerson, RefreshProfile, SeparatePeople},
};
use leptos::prelude::*;

/// The menu in the pane's head, and what it opens.
#[component]
pub fn PersonMenu(conversation: ConversationId, contact: Signal<Option<Contact>>) -> impl IntoView {
    let merging = RwSignal::new(false);
    let deleting = RwSignal::new(false);
    let refresh = order::<RefreshProfile>(move |shared| {
        toasts().say(if shared {
            "The profile is read"
        } else {
            "Meta does not share this profile at the moment"
        });
    });
    let has_profile =
        move || contact.with_untracked(|c| c.as_ref().is_some_and(|c| c.channel != Channel::WhatsApp));
    let items = Callback::new(move |()| {
        let mut items = vec![MenuItem::new("Same person as…", move || merging.set(true)).icon(Icon::Link)];
        if has_profile() {
            let read = move || refresh.run(RefreshProfile { conversation });
            items.push(MenuItem::new("Read the profile again", read).icon(Icon::Retry));
        }
        items.push(MenuItem::new("Delete this person’s data…", move || deleting.set(true)).icon(Icon::Trash));
        items
    });
    view! {
        <Menu label="More about this person" items end=true test="person-menu">
            <IconView icon=Icon::More />
        </Menu>
        <Dialog open=merging title="The same person as…" class="narrow" test="merge-people">
            <MergeByHand contact />
        </Dialog>
        <Dialog open=deleting title="Delete this person’s data" class="narrow" test="delete-person">
            <AskDelete conversation contact />
        </Dialog>
    }
    .into_any()
}

/// How old the profile is, and the way to a newer one. Nothing on WhatsApp, where a name comes with each message.
#[component]
pub fn ProfileLine(contact: Contact, conversation: ConversationId) -> impl IntoView {
    let clock = clock();
    let refresh = order::<RefreshProfile>(|_| {});
    let (read, asked) = (contact.profile_read_at, contact.profile_asked_at);
    let channel = contact.channel;
    let words = move || {
        let ago = |at: heliograph_model::Timestamp| format::ago(at.until(clock.now()));
        match (read, asked) {
            (Some(read), Some(asked)) if asked > read => {
                format!("Profile read {}; not shared when asked {}", ago(read), ago(asked))
            }
            (Some(read), _) => format!("Profile read {}", ago(read)),
            (None, Some(asked)) => {
                format!("{} did not share the profile when asked {}", channel.name(), ago(asked))
            }
            (None, None) => {
                format!("{} has not shared a profile yet. It comes when the person writes.", channel.name())
            }
        }
    };
    (channel != Channel::WhatsApp).then(|| {
        view! {
            <p class="person-note" data-test="profile-line">
                <span class="figures">{words}</span>
                " "
                <button
                    type="button"
                    class="link"
                    disabled=move || refresh.busy.get()
                    data-test="refresh-profile"
                    on:click=move |_| refresh.run(RefreshProfile { conversation })
                >
                    "Ask again"
                </button>
            </p>
        }
        .into_any()
    })
}

/// A search for the other contact; a press joins them.
#[component]
fn MergeByHand(contact: Signal<Option<Contact>>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let found = named(text, |_| true);
    let own = contact.get_untracked();
    let name = own.as_ref().map_or(String::new(), |c| c.summary.name.clone());
    let own_id = own.as_ref().map(|c| c.summary.id);
    let taken: Vec<ContactId> =
        own.map(|c| c.conversations.into_iter().map(|c| c.contact.id).collect()).unwrap_or_default();
    let picked = StoredValue::new(None::<(ContactId, ContactId)>);
    let merge = order::<MergePeople>(move |()| {
        close_front_dialog();
        if let Some((one, other)) = picked.try_get_value().flatten() {
            let apart = Callback::new(move |()| crate::live::tell_engine(SeparatePeople { one, other }));
            toasts().offer("They are one person", "Undo", apart);
        }
    })
    .quiet();
    let line = move |hit: PersonHit| {
        let other = hit.contact.id;
        let press = move |_| {
            if let Some(one) = own_id {
                picked.set_value(Some((one, other)));
                merge.run(MergePeople { one, other, reason: String::new() });
            }
        };
        let kin = heliograph_model::KinContact {
            contact: hit.contact.clone(),
            account: hit.account,
            channel: hit.channel,
        };
        view! {
            <li>
                <button type="button" class="kin-hit" data-test="kin-hit" on:click=press>
                    <Avatar name=hit.contact.name.clone() picture=hit.contact.picture.clone() size=AvatarSize::Small channel=Some(hit.channel) />
                    <span class="kin-names">
                        <span class="kin-name" dir="auto">{hit.contact.name.clone()}</span>
                        <span class="kin-where">{whereabouts(&kin)}</span>
                    </span>
                </button>
            </li>
        }
        .into_any()
    };
    let others = move || {
        found.get().map(|all| all.into_iter().filter(|p| !taken.contains(&p.contact.id)).collect::<Vec<_>>())
    };
    let list = move || match others() {
        None => ().into_any(),
        Some(all) if all.is_empty() => {
            view! { <p class="kin-reason">"Nobody else by that name."</p> }.into_any()
        }
        Some(all) => {
            view! { <ul class="kin-hits">{all.into_iter().map(line).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <p class="dialog-words">
            {format!("Whoever is the same as {name} on another channel. Their conversations are shown together; no message moves, and it can be taken back.")}
        </p>
        <input
            type="search"
            class="kin-search"
            placeholder="Name, handle or number"
            aria-label="Name, handle or number"
            autofocus=true
            data-test="kin-search"
            prop:value=move || text.get()
            on:input=move |e| text.set(event_target_value(&e))
        />
        {list}
        <ProblemNote problem=merge.problem />
    }
    .into_any()
}

/// Counts, asks plainly, deletes, and tells what is left elsewhere.
#[component]
fn AskDelete(conversation: ConversationId, contact: Signal<Option<Contact>>) -> impl IntoView {
    let plan = live(move || Some(PlanDeletePerson { conversation }));
    let told = RwSignal::new(None::<Deleted>);
    let name = contact.with_untracked(|c| c.as_ref().map_or(String::new(), |c| c.summary.name.clone()));
    let gone = name.clone();
    let delete = order::<DeletePerson>(move |deleted: Deleted| {
        if deleted.copies.is_empty() {
            close_front_dialog();
            toasts().say(format!("{gone} is deleted from this computer"));
            leave();
        } else {
            let _ = told.try_set(Some(deleted));
        }
    })
    .quiet();
    let who = move || {
        plan.with(|p| {
            let p = p?;
            let channels: Vec<String> = p.people.iter().map(whereabouts).collect();
            Some(format!("{}, for good: {}.", everything(&p.amounts), channels.join(", ")))
        })
    };
    let ask = move || {
        let name = name.clone();
        view! {
            <p class="dialog-words" dir="auto" data-test="delete-what">
                {move || {
                    let what = who().unwrap_or_else(|| "everything, for good.".into());
                    format!("This deletes {name} from this computer with {what}")
                }}
            </p>
            <p class="dialog-words">
                "Notes, labels, drafts and what deliveries said of them go too. At Meta it stays. If they write again, they begin anew; so that their past is not read back, a fingerprint of their id is kept with the time, from which nobody can tell the id."
            </p>
            <p class="dialog-words quiet">"Backups that you made earlier still hold it."</p>
            {move || plan.with(|p| p.and_then(|p| waiting(&p.amounts))).map(|words| view! { <p class="note warn">{words}</p> })}
            <ProblemNote problem=delete.problem />
            <div class="dialog-foot">
                <Button label="Cancel" on_press=Callback::new(|()| close_front_dialog()) />
                <Button
                    label="Delete for good"
                    tone=Tone::Danger
                    busy=delete.busy
                    on_press=Callback::new(move |()| delete.run(DeletePerson { conversation }))
                    test="delete-person-go"
                />
            </div>
        }
        .into_any()
    };
    move || {
        match told.get() {
        None => ask(),
        Some(deleted) => view! {
            <p class="dialog-words" role="status" data-test="person-deleted">{gone_words(&deleted)}</p>
            <Copies deleted />
            <div class="dialog-foot">
                <Button label="Done" tone=Tone::Primary on_press=Callback::new(|()| { close_front_dialog(); leave(); }) />
            </div>
        }
        .into_any(),
    }
    }
}

/// The conversation is gone: back to the list.
fn leave() {
    inbox().person_over.set(false);
    router().go(Route::Inbox);
}

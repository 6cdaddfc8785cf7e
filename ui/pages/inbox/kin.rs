//! One person on several channels, in the person pane: who might be the same, what else they write to, what joined it.

use crate::{
    clock::clock,
    desk::desk,
    format::{self, Nearness},
    live::{order, tell_engine},
    parts::{Avatar, AvatarSize, Button, ChannelMark, Tone},
    route::Route,
    toast::toasts,
};
use heliograph_model::{
    ContactConversation, ContactId, ConversationId, KinContact, KinSuggestion, Merge,
    call::{MergePeople, NotTheSame, ReadPastAgain, SeparatePeople},
};
use leptos::prelude::*;

/// "Might be the same as …": decided by the person at the desk, and remembered.
#[component]
pub fn Suggestions(own: ContactId, all: Vec<KinSuggestion>) -> impl IntoView {
    (!all.is_empty()).then(|| {
        view! {
            <section class="person-section kin" data-test="suggestions">
                <h3>"Might be the same as"</h3>
                <ul>{all.into_iter().map(|one| suggestion(own, one)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn suggestion(own: ContactId, one: KinSuggestion) -> AnyView {
    let other = one.kin.contact.id;
    let name = one.kin.contact.name.clone();
    let said = name.clone();
    let confirm = order::<MergePeople>(move |()| {
        let apart = Callback::new(move |()| tell_engine(SeparatePeople { one: own, other }));
        toasts().offer(format!("{said} is the same person"), "Undo", apart);
    });
    let deny = order::<NotTheSame>(move |()| {
        let again = Callback::new(move |()| tell_engine(NotTheSame { one: own, other, on: false }));
        toasts().offer("It will not be suggested again", "Undo", again);
    });
    let reason = one.reasons.join(". ");
    let kept = StoredValue::new(reason.clone());
    view! {
        <li class="kin-suggestion" data-test="suggestion">
            <a class="kin-who" href=Route::thread(one.conversation).path()>
                <Avatar name=name.clone() picture=one.kin.contact.picture.clone() size=AvatarSize::Small channel=Some(one.kin.channel) />
                <span class="kin-names">
                    <span class="kin-name" dir="auto">{name}</span>
                    <span class="kin-where">{whereabouts(&one.kin)}</span>
                </span>
            </a>
            <p class="kin-reason">{reason} "."</p>
            <div class="kin-ways">
                <Button
                    label="Confirm"
                    small=true
                    tone=Tone::Primary
                    busy=confirm.busy
                    on_press=Callback::new(move |()| confirm.run(MergePeople { one: own, other, reason: kept.get_value() }))
                    test="confirm-kin"
                />
                <Button
                    label="Not the same"
                    small=true
                    busy=deny.busy
                    on_press=Callback::new(move |()| deny.run(NotTheSame { one: own, other, on: true }))
                    test="deny-kin"
                />
            </div>
        </li>
    }
    .into_any()
}

/// "WhatsApp · +49 155 …", or the handle, or the channel alone.
pub fn whereabouts(kin: &KinContact) -> String {
    let handle = &kin.contact.handle;
    if handle.is_empty() || *handle == kin.contact.name {
        kin.channel.name().to_owned()
    } else {
        format!("{} · {handle}", kin.channel.name())
    }
}

/// Their other conversations, with how long each may still be answered.
#[component]
pub fn OtherConversations(here: ConversationId, all: Vec<ContactConversation>) -> impl IntoView {
    let others: Vec<ContactConversation> = all.into_iter().filter(|c| c.id != here).collect();
    (!others.is_empty()).then(|| {
        view! {
            <section class="person-section" data-test="other-conversations">
                <h3>"Other conversations"</h3>
                <ul>{others.into_iter().map(other).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn other(c: ContactConversation) -> AnyView {
    let clock = clock();
    let desk = desk();
    let account = c.account;
    let window = c.window;
    let at = c.last_at;
    let to = move || {
        let connected = desk.account(account).map(|a| a.name);
        connected.or_else(|| desk.former_account(account).map(|a| format!("{} (disconnected)", a.name)))
    };
    let left = Memo::new(move |_| {
        let now = clock.now();
        (Nearness::of(window, now), window.closes_at.map_or(0, |end| now.until(end)))
    });
    let chip = move || {
        let (near, left) = left.get();
        let words = match near {
            Nearness::Closed | Nearness::Never => "closed".to_owned(),
            _ => format!("{} left", format::left_short(left)),
        };
        view! { <span class=format!("kin-window figures {}", near.class())>{words}</span> }.into_any()
    };
    view! {
        <li>
            <a class="other" href=Route::thread(c.id).path() data-test="other-conversation">
                <span class="other-line">
                    <ChannelMark channel=c.channel named=true />
                    <span class="other-to" dir="auto">{to}</span>
                    {chip}
                </span>
                <span class="other-line">
                    <bdi class="other-preview">{c.preview}</bdi>
                    <span class="row-time figures">{move || format::short(at, clock.now())}</span>
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// What joined the contacts of this person; each word can be taken back.
#[component]
pub fn Merges(all: Vec<Merge>) -> impl IntoView {
    (!all.is_empty()).then(|| {
        view! {
            <section class="person-section kin" data-test="merges">
                <h3>"One person, because"</h3>
                <ul>{all.into_iter().map(merged).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn merged(merge: Merge) -> AnyView {
    let clock = clock();
    let (one, other) = (merge.one.contact.id, merge.other.contact.id);
    let reason = merge.reason.clone();
    let kept = StoredValue::new(reason.clone());
    let apart = order::<SeparatePeople>(move |()| {
        let again = Callback::new(move |()| {
            tell_engine(MergePeople { one, other, reason: kept.get_value() });
        });
        toasts().offer("Two persons again, as before", "Undo", again);
    });
    let at = merge.at;
    let names = |kin: &KinContact| format!("{} ({})", kin.contact.name, kin.channel.name());
    let words = format!("{} and {}", names(&merge.one), names(&merge.other));
    let why = if reason.is_empty() { "Said at this desk".to_owned() } else { reason };
    view! {
        <li class="kin-merge" data-test="merge">
            <p dir="auto">{words}</p>
            <p class="kin-reason">
                {why} " · " <span class="figures">{move || format::ago(at.until(clock.now()))}</span>
            </p>
            <Button
                label="Take apart"
                small=true
                busy=apart.busy
                on_press=Callback::new(move |()| apart.run(SeparatePeople { one, other }))
                test="separate"
            />
        </li>
    }
    .into_any()
}

/// They were deleted here before: what Meta has from then is read only when somebody asks.
#[component]
pub fn DeletedBefore(conversation: ConversationId, at: Option<heliograph_model::Timestamp>) -> impl IntoView {
    at.map(|at| {
        let read = order::<ReadPastAgain>(|()| toasts().say("Meta is asked for what was written before"));
        view! {
            <section class="person-section kin" data-test="deleted-before">
                <p class="kin-reason">
                    {format!("Deleted here on {}. What Meta has from before is not read.", format::date(at))}
                </p>
                <Button
                    label="Read it again"
                    small=true
                    busy=read.busy
                    on_press=Callback::new(move |()| read.run(ReadPastAgain { conversation }))
                    test="read-past"
                />
            </section>
        }
        .into_any()
    })
}

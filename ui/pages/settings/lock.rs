//! The app lock: its passphrase or PIN, and when it locks by itself.

use super::{
    Section,
    rows::{ChoiceRow, Flag, Group, Row, SelectRow},
    saving::Saving,
};
use crate::{
    desk::desk,
    gate::gate,
    keys::Command,
    live::order,
    parts::{Button, Icon, Note, SecretField, Tone},
    toast::toasts,
};
use heliograph_model::{
    Host, LockKind, SecretText,
    call::{RemoveLock, SetLock},
};
use leptos::prelude::*;

/// What is open below the first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Set,
    Remove,
}

/// The section.
#[component]
pub fn LockGroup(saving: Saving) -> impl IntoView {
    let gate = gate();
    let kind = Memo::new(move |_| gate.lock.with(|l| l.and_then(|l| l.kind)));
    let none = Signal::derive(move || kind.get().is_none());
    let form = RwSignal::new(None::<Form>);
    let says = move || match kind.get() {
        None => "Off".to_owned(),
        Some(kind) => format!("On, with a {}", kind.name()),
    };
    let open = move |which: Form| Callback::new(move |()| form.set(Some(which)));
    let buttons = move || {
        if none.get() {
            return view! { <Button label="Set up…" on_press=open(Form::Set) test="lock-set" /> }.into_any();
        }
        view! {
            <Button label="Lock now" icon=Some(Icon::Lock) on_press=Callback::new(move |()| gate.lock_now()) test="lock-now" />
            <Button label="Change…" on_press=open(Form::Set) test="lock-change" />
            <Button label="Take off…" on_press=open(Form::Remove) test="lock-remove" />
        }
        .into_any()
    };
    let below = move || {
        form.get().map(|which| match which {
            Form::Set => view! { <SetForm had=kind.get_untracked() form /> }.into_any(),
            Form::Remove => view! { <RemoveForm had=kind.get_untracked() form /> }.into_any(),
        })
    };
    let in_browser = move || desk().status.with(|s| s.is_some_and(|s| s.host == Host::Server));
    let minutes = |n: u32| match n {
        0 => "Not by itself".to_owned(),
        1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        n => format!("{n} minutes"),
    };
    view! {
        <Group
            section=Section::Lock
            about="Keeps the inbox from whoever comes to this screen. It does not encrypt the database: whoever can read this computer’s files can read the messages in it; tokens are sealed either way."
        >
            <Row label="Lock" hint=format!("{} locks at once. Every start is locked, in all windows.", Command::Lock.label())>
                <span class="row-value" data-test="lock-state">{says}</span>
                {buttons}
            </Row>
            {below}
            <SelectRow
                name="lock-after"
                label="Lock by itself"
                hint="After so long without a key or the pointer in any window. Receiving and sending go on."
                options=[0, 1, 5, 10, 30, 60].map(|n| (n, minutes(n))).to_vec()
                other=|n| format!("{n} minutes")
                value=saving.read(|s| s.lock.after_minutes)
                change=Callback::new(move |n| saving.change("lock-after", |s| s.lock.after_minutes = n))
                fresh=saving.fresh
            />
            <Flag
                saving
                name="lock-with-system"
                label="Lock with the screen and when the computer slept"
                hint="Linux tells of both in time. On macOS and Windows it locks on waking."
                field=|s| &mut s.lock.with_system
                disabled=none
            />
            <Flag
                saving
                name="lock-notify"
                label="Notify while locked"
                hint="Only “New message”, without name or words. Off: nothing of messages."
                field=|s| &mut s.lock.notify
                disabled=none
            />
            {move || in_browser().then(|| view! {
                <Note icon=Icon::Info>
                    <p>"One lock for this server: every browser and tab locks and unlocks together. Programs with a bearer token are not stopped by it; their token is a key of its own."</p>
                </Note>
            })}
        </Group>
    }
    .into_any()
}

/// New words, twice, after the current ones.
#[component]
fn SetForm(had: Option<LockKind>, form: RwSignal<Option<Form>>) -> impl IntoView {
    let kind = RwSignal::new(had.unwrap_or(LockKind::Passphrase));
    let (current, words, again) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let set = order::<SetLock>(move |_| {
        form.set(None);
        toasts().say("The lock is set");
    })
    .quiet();
    let value = Signal::derive(move || match kind.get() {
        LockKind::Passphrase => "passphrase",
        LockKind::Pin => "pin",
    });
    let change = Callback::new(move |word| {
        kind.set(if word == "pin" { LockKind::Pin } else { LockKind::Passphrase });
    });
    let too_weak = Signal::derive(move || {
        let typed = words.get();
        if typed.is_empty() { None } else { kind.get().refuses(&typed) }
    });
    let differ = Signal::derive(move || {
        let typed = again.get();
        (!typed.is_empty() && words.with(|w| !w.starts_with(&typed)))
            .then(|| "The two are not the same.".to_owned())
    });
    let ready = Signal::derive(move || {
        let had = had.is_none() || current.with(|c| !c.is_empty());
        had && words.with(|w| !w.is_empty() && kind.get().refuses(w).is_none() && again.with(|a| a == w))
    });
    let go = move || {
        if ready.get_untracked() {
            let current = had.map(|_| SecretText(current.get_untracked()));
            set.run(SetLock {
                kind: kind.get_untracked(),
                words: SecretText(words.get_untracked()),
                current,
            });
        }
    };
    let wrong = Signal::derive(move || set.problem.with(|p| p.as_ref().map(|p| p.message.clone())));
    let enter = Callback::new(move |()| go());
    let first = had.is_none();
    view! {
        <div class="lock-form" data-test="lock-form">
            <ChoiceRow
                name="lock-kind"
                label="Unlock with"
                options=vec![("passphrase", "A passphrase".into()), ("pin", "A PIN".into())]
                value
                change
                fresh=RwSignal::new(None)
            />
            {move || (kind.get() == LockKind::Pin).then(|| view! {
                <Note icon=Icon::Alert tone="warn">
                    <p>"A PIN is quick and weak: it stops a passer-by, not somebody who watches your fingers or copies the files."</p>
                </Note>
            })}
            {had.map(|had| view! {
                <SecretField label=format!("Current {}", had.name()) value=current first=true on_enter=enter test="lock-current" />
            })}
            {move || {
                let name = kind.get().name();
                view! {
                    <SecretField label=format!("New {name}") value=words fault=too_weak first=first on_enter=enter test="lock-words" />
                    <SecretField label="The same again" value=again fault=differ on_enter=enter test="lock-again" />
                }
            }}
            <p class="form-fault" role="alert">{move || wrong.get()}</p>
            <div class="form-foot">
                <Button label="Cancel" on_press=Callback::new(move |()| form.set(None)) />
                <Button
                    label="Set the lock"
                    tone=Tone::Primary
                    busy=set.busy
                    disabled=Signal::derive(move || !ready.get())
                    on_press=enter
                    test="lock-save"
                />
            </div>
        </div>
    }
    .into_any()
}

/// The current words, to take the lock off.
#[component]
fn RemoveForm(had: Option<LockKind>, form: RwSignal<Option<Form>>) -> impl IntoView {
    let name = had.map_or("passphrase", LockKind::name);
    let current = RwSignal::new(String::new());
    let remove = order::<RemoveLock>(move |_| {
        form.set(None);
        toasts().say("The lock is off");
    })
    .quiet();
    let wrong = Signal::derive(move || remove.problem.with(|p| p.as_ref().map(|p| p.message.clone())));
    let go = Callback::new(move |()| {
        if !current.with_untracked(String::is_empty) {
            remove.run(RemoveLock { current: SecretText(current.get_untracked()) });
        }
    });
    view! {
        <div class="lock-form" data-test="lock-form">
            <SecretField label=format!("Current {name}") value=current fault=wrong first=true on_enter=go test="lock-current" />
            <div class="form-foot">
                <Button label="Cancel" on_press=Callback::new(move |()| form.set(None)) />
                <Button
                    label="Take the lock off"
                    tone=Tone::Danger
                    busy=remove.busy
                    disabled=Signal::derive(move || current.with(String::is_empty))
                    on_press=go
                    test="lock-off"
                />
            </div>
        </div>
    }
    .into_any()
}

//! Which key does what, and a switch for those who press letters without meaning them.

use super::{
    Section,
    rows::{Group, SwitchRow},
};
use crate::{
    clock::after,
    ipc,
    keys::{self, ALL, Command, Shortcut, pretty},
    parts::{Button, Icon, IconView, Tone},
};
use leptos::{ev, prelude::*};

/// The second key of a sequence is waited for this long.
const SECOND_MS: u64 = 900;

/// The section.
#[component]
pub fn KeyboardGroup() -> impl IntoView {
    let fresh = RwSignal::new(None);
    let change = Callback::new(move |on: bool| {
        keys::set_letters_off(!on);
        fresh.set(Some("letters"));
        after(2_000, move || {
            let _ = fresh.try_set(None);
        });
    });
    let strong = if ipc::on_mac() { "⌘" } else { "Ctrl" };
    let several = |group: keys::Group| {
        let rows = ALL
            .iter()
            .filter(|s| s.group == group && !matches!(s.command, Command::Account(1..=9)))
            .map(|s| view! { <KeyRow shortcut=s /> })
            .collect_view();
        view! { <h3 class="keys-group">{group.name()}</h3> {rows} }.into_any()
    };
    view! {
        <Group section=Section::Keyboard about="Chosen keys are kept on this computer.">
            <SwitchRow
                name="letters"
                label="Letters and signs alone"
                hint=format!("Off: only keys with {strong}, arrows, Enter and Esc do something.")
                on=Signal::derive(|| !keys::letters_off())
                change
                fresh
            />
            <details class="keys-list fold" data-test="keys-list">
                <summary><IconView icon=Icon::Forward />"Change keys"</summary>
                {keys::Group::ALL.into_iter().map(several).collect_view()}
                <div class="keys-foot">
                    <Button label="All as they were" small=true on_press=Callback::new(|()| keys::forget_all()) test="keys-reset" />
                </div>
            </details>
        </Group>
    }
    .into_any()
}

/// A command with its keys. While it listens, the next key pressed is its own.
#[component]
fn KeyRow(shortcut: &'static Shortcut) -> impl IntoView {
    let command = shortcut.command;
    let listening = RwSignal::new(false);
    let first = StoredValue::new(None::<String>);
    let trouble = RwSignal::new(None::<String>);
    let shown = move || {
        let mac = ipc::on_mac();
        keys::keys_of(shortcut).iter().map(|k| pretty(k, mac)).collect::<Vec<_>>()
    };
    let taken = move |by: &Shortcut, keys: &str| {
        format!("{} is “{}”. Give that another key first.", pretty(keys, ipc::on_mac()), by.says)
    };
    let take = move |keys: String| {
        listening.set(false);
        first.set_value(None);
        trouble.set(keys::choose(command, &keys).err().map(|by| taken(by, &keys)));
    };
    let press = move |e: ev::KeyboardEvent| {
        if !listening.get_untracked() {
            return;
        }
        // Tab goes on as ever: nobody is caught here.
        if e.key() == "Tab" {
            listening.set(false);
            return;
        }
        e.prevent_default();
        e.stop_propagation();
        if e.key() == "Escape" {
            listening.set(false);
            first.set_value(None);
            return;
        }
        let Some(key) = keys::name_of(&e).filter(|key| !keys::is_modifier(key)) else { return };
        match first.get_value() {
            Some(before) => take(format!("{before} {key}")),
            None if key.chars().count() > 1 => take(key),
            None => {
                first.set_value(Some(key.clone()));
                after(SECOND_MS, move || {
                    if first.try_get_value().flatten().as_ref() == Some(&key) {
                        take(key);
                    }
                });
            }
        }
    };
    let begin = move |_| {
        trouble.set(None);
        first.set_value(None);
        listening.update(|l| *l = !*l);
    };
    let reset = Callback::new(move |()| {
        trouble.set(keys::forget(command).err().map(|by| format!("One of its keys is “{}” now.", by.says)));
    });
    let caps = move || match shown() {
        keys if keys.is_empty() => view! { <span class="quiet">"No key"</span> }.into_any(),
        keys => keys
            .into_iter()
            .enumerate()
            .map(|(i, key)| view! { {(i > 0).then_some(" or ")} <kbd>{key}</kbd> })
            .collect_view()
            .into_any(),
    };
    view! {
        <div class="key-row">
            <span class="key-says">{shortcut.says}</span>
            {move || trouble.get().map(|words| view! { <span class="key-trouble" role="alert">{words}</span> })}
            {move || keys::is_chosen(command).then(|| view! { <Button label="As it was" tone=Tone::Quiet small=true on_press=reset /> })}
            <button
                type="button"
                class="key-caps"
                class:listening=move || listening.get()
                aria-label=move || format!("{}: {}. Press to change", shortcut.says, shown().join(" or "))
                data-test=format!("key-{command:?}")
                on:click=begin
                on:keydown=press
                on:blur=move |_| listening.set(false)
            >
                {move || if listening.get() { view! { <span>"Press a key…"</span> }.into_any() } else { caps() }}
            </button>
        </div>
    }
    .into_any()
}

//! Making a backup: what is in it, how large it will be, and the passphrase that alone opens it.

use crate::{
    format, ipc,
    live::{Live, order},
    parts::{Button, Dialog, Icon, Note, ProblemNote, SecretField, Switch, Tone, close_front_dialog},
};
use heliograph_model::{Copies, SHORTEST_PASSPHRASE, SecretText, call::StartBackup};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Asks, and begins.
#[component]
pub fn BackupDialog(open: RwSignal<bool>, copies: Live<Copies>) -> impl IntoView {
    view! {
        <Dialog open title="Back up everything" class="narrow" test="backup-dialog">
            <Ask copies />
        </Dialog>
    }
    .into_any()
}

/// The name that the desktop's dialog proposes.
fn proposed(begin: &str, end: &str) -> String {
    let day = js_sys::Date::new_0().to_iso_string().as_string().unwrap_or_default();
    format!("heliograph-{begin}-{}.{end}", day.get(..10).unwrap_or_default())
}

/// Asks for a place where the desktop does, and hands it on; `None` = the usual folder. Nothing happens when the person
/// thought better of it.
pub fn with_place(begin: &'static str, end: &'static str, go: impl FnOnce(Option<String>) + 'static) {
    if !ipc::on_desktop() {
        return go(None);
    }
    spawn_local(async move {
        match ipc::choose_place(&proposed(begin, end)).await {
            Ok(Some(place)) => go(Some(place)),
            Ok(None) => {}
            Err(problem) => crate::toast::toasts().problem(&problem),
        }
    });
}

#[component]
fn Ask(copies: Live<Copies>) -> impl IntoView {
    let (words, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (media, tokens) = (RwSignal::new(true), RwSignal::new(true));
    let asked = RwSignal::new(false);
    let start = order::<StartBackup>(|()| close_front_dialog()).quiet();
    let short = move || words.with(|w| w.trim().chars().count() < SHORTEST_PASSPHRASE);
    let differ = move || words.with(|w| again.with(|a| w != a));
    let fault = Signal::derive(move || {
        (asked.get() && short())
            .then(|| format!("At least {SHORTEST_PASSPHRASE} characters, please: several words are best."))
    });
    let other = Signal::derive(move || {
        (asked.get() && !short() && differ()).then(|| "The two are not the same.".to_owned())
    });
    let size = move || {
        copies.with(|c| {
            let c = c?;
            let bytes = c.database_bytes + if media.get() { c.media_bytes } else { 0 };
            let free = c.free_bytes.map(|free| format!(", {} are free here", format::bytes(free)));
            Some(format!("About {}{}.", format::bytes(bytes), free.unwrap_or_default()))
        })
    };
    let files = copies.with_untracked(|c| {
        c.map_or_else(String::new, |c| {
            format!("{}, {}", format::plural(c.media_files, "file", "files"), format::bytes(c.media_bytes))
        })
    });
    let go = Callback::new(move |()| {
        asked.set(true);
        if short() || differ() {
            return;
        }
        let passphrase = words.get_untracked();
        let (media, tokens) = (media.get_untracked(), tokens.get_untracked());
        with_place("backup", "age", move |to| {
            start.run(StartBackup { to, passphrase: SecretText(passphrase), media, tokens });
        });
    });
    view! {
        <div class="copy-form">
        <p class="dialog-words">
            "Conversations, notes, labels, drafts and settings go into one file. Whoever has the file and the passphrase can read it all. Without the passphrase nobody can, and nobody can find it out again."
        </p>
        <SecretField label="Passphrase" value=words fault first=true hint="Several words are best." test="backup-words" />
        <SecretField label="The same again" value=again fault=other on_enter=go test="backup-again" />
        <Switch
            label="Pictures and files"
            hint=files
            on=media
            change=Callback::new(move |on| media.set(on))
            test="backup-media"
        />
        <Switch
            label="Sign-ins of the accounts"
            hint="With them the restored inbox receives and sends at once: their tokens travel in the file, sealed with a key that stands in the same file. Without them, each account is connected again."
            on=tokens
            change=Callback::new(move |on| tokens.set(on))
            test="backup-tokens"
        />
        <Note icon=Icon::File>
            <span class="figures" data-test="backup-size">{size}</span>
        </Note>
        <ProblemNote problem=start.problem />
        </div>
        <div class="dialog-foot">
            <Button label="Cancel" on_press=Callback::new(|()| close_front_dialog()) />
            <Button label="Back up" tone=Tone::Primary busy=start.busy on_press=go test="backup-go" />
        </div>
    }
    .into_any()
}

//! Restoring: choose a copy, have it verified, read what is in it, and only then let it take the data's place.

use super::{Known, moving::Bar, runs};
use crate::{
    clock::clock,
    format, ipc,
    live::{order, tell_engine},
    parts::{Button, Dialog, Icon, IconView, Note, ProblemNote, SecretField, Tone, close_front_dialog},
    route::{Route, router},
    toast::toasts,
};
use heliograph_model::{
    BackupAbout, CopyFile, CopyState, CopyWork, Copying, Problem, RestoreFrom, SecretText, Timestamp,
    call::{FinishRestore, StartRestore, StopCopying},
};
use leptos::{html, prelude::*};
use wasm_bindgen_futures::spawn_local;

/// Asks, shows how far it is, and asks again.
#[component]
pub fn RestoreDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Restore" class="narrow" test="restore-dialog">
            <Steps />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Steps() -> impl IntoView {
    let known = Known::start();
    let step = Memo::new(move |_| match known.copying.get() {
        None => Step::Unknown,
        Some(Some(Copying { state: CopyState::Ready { about }, .. })) => Step::Sure(about),
        Some(Some(copying)) if runs(&copying) => Step::Under(copying),
        Some(Some(Copying { work: CopyWork::Restore, state: CopyState::Failed { problem }, .. })) => {
            Step::Choose(Some(problem))
        }
        Some(_) => Step::Choose(None),
    });
    // The choice stays while a verification fails.
    let choosing = Memo::new(move |_| matches!(step.get(), Step::Choose(_)));
    let problem = Signal::derive(move || match step.get() {
        Step::Choose(problem) => problem,
        _ => None,
    });
    let chosen = RwSignal::new(None::<RestoreFrom>);
    let words = RwSignal::new(String::new());
    let rest = move || match step.get() {
        Step::Sure(about) => view! { <Sure about /> }.into_any(),
        Step::Under(copying) => view! { <Bar copying /> }.into_any(),
        Step::Choose(_) | Step::Unknown => ().into_any(),
    };
    view! {
        {move || choosing.get().then(|| view! { <Choose known chosen words problem /> })}
        {rest}
    }
    .into_any()
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Unknown,
    Choose(Option<Problem>),
    Under(Copying),
    Sure(BackupAbout),
}

/// The last part of a path.
fn name_of(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

#[component]
fn Choose(
    known: Known,
    chosen: RwSignal<Option<RestoreFrom>>,
    words: RwSignal<String>,
    #[prop(into)] problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let clock = clock();
    let bringing = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Problem>);
    let file = NodeRef::<html::Input>::new();
    let start = order::<StartRestore>(|()| ()).quiet();
    let wants_words = Memo::new(move |_| {
        chosen.with(|c| matches!(c, Some(RestoreFrom::File { .. } | RestoreFrom::Kept { .. })))
    });
    let pick = move |()| {
        trouble.set(None);
        if ipc::on_desktop() {
            spawn_local(async move {
                match ipc::choose_backup().await {
                    Ok(Some(path)) => chosen.set(Some(RestoreFrom::File { path })),
                    Ok(None) => {}
                    Err(problem) => trouble.set(Some(problem)),
                }
            });
        } else if let Some(input) = file.get_untracked() {
            input.click();
        }
    };
    let picked = move |_| {
        let Some(input) = file.get_untracked() else { return };
        let Some(content) = input.files().and_then(|files| files.get(0)) else { return };
        input.set_value("");
        bringing.set(true);
        spawn_local(async move {
            let brought = ipc::bring_copy(&content.name(), &content).await;
            let _ = bringing.try_set(false);
            match brought {
                Ok(kept) => {
                    let _ = chosen.try_set(Some(RestoreFrom::Kept { name: kept.name }));
                }
                Err(problem) => {
                    let _ = trouble.try_set(Some(problem));
                }
            }
        });
    };
    let offer = move |from: RestoreFrom, title: String, says: String| {
        let is = from.clone();
        view! {
            <label class="choice" data-test="restore-choice">
                <input
                    type="radio"
                    name="copy"
                    prop:checked=move || chosen.with(|c| c.as_ref() == Some(&is))
                    on:change=move |_| chosen.set(Some(from.clone()))
                />
                <IconView icon=Icon::File />
                <span><strong>{title}</strong><span class="choice-says figures">{says}</span></span>
            </label>
        }
        .into_any()
    };
    let says = move |copy: &CopyFile| {
        format!("{}, {}", super::when(copy.made_at, clock.now()), format::bytes(copy.bytes))
    };
    let offers = move || {
        let mut all = Vec::new();
        if let Some(RestoreFrom::File { path }) = chosen.get() {
            let title = name_of(&path);
            all.push(offer(RestoreFrom::File { path: path.clone() }, title, path));
        }
        known.copies.with(|copies| {
            let Some(copies) = copies else { return };
            for backup in copies.backups.iter().filter(|c| c.kind == heliograph_model::CopyKind::Backup) {
                let from = RestoreFrom::Kept { name: backup.name.clone() };
                all.push(offer(from, "Backup".into(), says(backup)));
            }
            for daily in &copies.daily {
                let from = RestoreFrom::Daily { name: daily.name.clone() };
                all.push(offer(from, "Daily copy".into(), says(daily)));
            }
        });
        all
    };
    let go = Callback::new(move |()| {
        if let Some(from) = chosen.get_untracked() {
            start.run(StartRestore { from, passphrase: SecretText(words.get_untracked()) });
        }
    });
    let wrong =
        Signal::derive(move || trouble.get().or_else(|| start.problem.get()).or_else(|| problem.get()));
    let ready = move || chosen.with(Option::is_some) && (!wants_words.get() || words.with(|w| !w.is_empty()));
    view! {
        <p class="dialog-words">
            "The copy is first verified to its last byte. Until you say so afterwards, nothing changes."
        </p>
        <fieldset class="choices copy-choices">
            <legend class="unseen">"Which copy"</legend>
            {offers}
        </fieldset>
        <div class="copy-pick begins">
            <input node_ref=file type="file" class="unseen" tabindex="-1" accept=".age" aria-hidden="true" on:change=picked data-test="restore-file" />
            <Button label="Choose a backup file…" icon=Some(Icon::File) busy=bringing on_press=Callback::new(pick) test="restore-pick" />
        </div>
        {move || {
            wants_words
                .get()
                .then(|| view! { <SecretField label="Passphrase of the backup" value=words on_enter=go first=true test="restore-words" /> })
        }}
        <ProblemNote problem=wrong test="restore-problem" />
        <div class="dialog-foot">
            <Button label="Cancel" on_press=Callback::new(|()| close_front_dialog()) />
            <Button
                label="Verify"
                tone=Tone::Primary
                busy=start.busy
                disabled=Signal::derive(move || !ready())
                on_press=go
                test="restore-verify"
            />
        </div>
    }
    .into_any()
}

/// What is in it, a line each.
fn lines(about: &BackupAbout) -> Vec<(Icon, &'static str, String)> {
    let mut lines = vec![(
        Icon::Inbox,
        "",
        format!(
            "{} in {} of {}",
            format::plural(about.messages, "message", "messages"),
            format::plural(about.conversations, "conversation", "conversations"),
            format::plural(about.accounts, "account", "accounts")
        ),
    )];
    match about.media_files {
        Some(n) => lines.push((Icon::Image, "", format!("{} in it", format::plural(n, "file", "files")))),
        None => lines.push((Icon::Image, "", "Pictures and files are taken from this computer".into())),
    }
    if about.missing_files > 0 {
        let many = format::plural(about.missing_files, "file is", "files are");
        lines.push((Icon::Alert, "warn", format!("{many} neither in it nor here: their messages say so")));
    }
    if about.held > 0 {
        let many = format::plural(about.held, "reply", "replies");
        lines.push((
            Icon::Clock,
            "warn",
            format!("{many} waited to leave when it was made. They are held and marked unsure: they may have left since. Nothing is sent a second time by itself"),
        ));
    }
    if !about.tokens {
        lines.push((Icon::Lock, "warn", "It holds no sign-ins: each account is connected again".into()));
    }
    lines
}

#[component]
fn Sure(about: BackupAbout) -> impl IntoView {
    let clock = clock();
    let finish = order::<FinishRestore>(|()| {
        close_front_dialog();
        toasts().say("The copy takes the place of what was here");
        router().go(Route::Inbox);
    })
    .quiet();
    let made: Timestamp = about.made_at;
    let version = about.version.clone();
    let when = move || format!("Made {} by Heliograph {version}.", super::when(made, clock.now()));
    let all = lines(&about)
        .into_iter()
        .map(|(icon, tone, words)| view! { <Note icon tone=tone><span class="figures">{words}</span></Note> })
        .collect_view();
    view! {
        <div data-test="restore-sure">
            <p class="dialog-words"><strong>"The copy is whole. "</strong>{when}</p>
            <div class="copy-about">{all}</div>
            <p class="dialog-words">
                "What is on this computer now is kept aside in the data folder, and can be removed later. If the other computer goes on running, both receive every message, and drafts, notes and labels go separate ways."
            </p>
            <ProblemNote problem=finish.problem />
            <div class="dialog-foot">
                <Button
                    label="Change nothing"
                    on_press=Callback::new(|()| {
                        tell_engine(StopCopying {});
                        close_front_dialog();
                    })
                    test="restore-cancel"
                />
                <Button
                    label="Replace and open"
                    tone=Tone::Primary
                    busy=finish.busy
                    on_press=Callback::new(move |()| finish.run(FinishRestore {}))
                    test="restore-go"
                />
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_must_know_before_stands_in_the_lines() {
        let mut about = BackupAbout {
            made_at: Timestamp(0),
            version: "0.1.0".into(),
            accounts: 1,
            conversations: 2,
            messages: 5,
            media_files: Some(3),
            tokens: true,
            held: 0,
            missing_files: 0,
        };
        assert_eq!(lines(&about).len(), 2, "nothing to warn of");
        (about.held, about.missing_files, about.tokens) = (1, 2, false);
        let words: Vec<String> = lines(&about).into_iter().map(|(.., words)| words).collect();
        assert!(words.iter().any(|w| w.starts_with("1 reply")), "{words:?}");
        assert!(words.iter().any(|w| w.starts_with("2 files are")), "{words:?}");
        assert!(words.iter().any(|w| w.contains("no sign-ins")), "{words:?}");
        assert_eq!(name_of("C:\\Users\\ana\\a.age"), "a.age");
    }
}

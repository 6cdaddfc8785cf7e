//! How far the reading of earlier conversations is, with Pause and Resume.

use crate::{
    format,
    live::order,
    parts::{Button, Icon, IconView, Tone},
};
use heliograph_model::{Account, Import, ImportState, call::PauseImport};
use leptos::prelude::*;

/// What to say about an import; `who` is the handle or the name.
#[must_use]
pub fn words(import: Import, who: &str) -> String {
    let so_far = || {
        format!(
            "{}, {}",
            format::plural(import.conversations.into(), "conversation", "conversations"),
            format::plural(import.messages.into(), "message", "messages"),
        )
    };
    match import.state {
        ImportState::Waiting => format!("Reading of {who}’s earlier conversations starts in a moment"),
        ImportState::Running => format!("Reading {who}: {}; you can work now", so_far()),
        ImportState::Paused => format!("Reading paused after {}", so_far()),
        ImportState::Done if import.conversations == 0 => "No earlier conversations at Meta".into(),
        ImportState::Done => format!("Earlier conversations are all here: {}", so_far()),
        ImportState::NotPossible => {
            "Meta has no call that reads the past of WhatsApp: what arrives from now on is kept".into()
        }
    }
}

/// The line.
#[component]
pub fn ImportLine(account: Memo<Account>) -> impl IntoView {
    let pause = order::<PauseImport>(|()| crate::desk::desk().accounts.again());
    let import = Memo::new(move |_| account.with(|a| a.import));
    let says =
        move || account.with(|a| words(a.import, if a.handle.is_empty() { &a.name } else { &a.handle }));
    let running = Signal::derive(move || import.get().state == ImportState::Running);
    let held = Signal::derive(move || import.get().state == ImportState::Paused);
    let icon = move || match import.get().state {
        ImportState::Waiting => Icon::Clock,
        ImportState::Running => Icon::Newest,
        ImportState::Paused => Icon::Pause,
        ImportState::Done => Icon::Checks,
        ImportState::NotPossible => Icon::Story,
    };
    let press = move || {
        pause.run(PauseImport { account: account.with_untracked(|a| a.id), paused: running.get_untracked() });
    };
    let button = move || {
        (running.get() || held.get()).then(|| {
            let (label, icon) = if held.get() { ("Resume", Icon::Play) } else { ("Pause", Icon::Pause) };
            view! {
                <Button label icon=Some(icon) tone=Tone::Quiet small=true busy=pause.busy on_press=Callback::new(move |()| press()) test="import-pause" />
            }
        })
    };
    view! {
        <div class="import" data-state=move || format!("{:?}", import.get().state).to_lowercase()>
            {move || view! { <IconView icon=icon() /> }}
            <span class="figures" role=move || running.get().then_some("status")>{says}</span>
            {button}
            {move || running.get().then(|| view! { <span class="progress" aria-hidden="true"></span> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_says_what_is_going_on() {
        let at = |state| words(Import { state, conversations: 312, messages: 4_890 }, "@shop");
        assert_eq!(
            at(ImportState::Running),
            "Reading @shop: 312 conversations, 4\u{202f}890 messages; you can work now"
        );
        assert_eq!(at(ImportState::Paused), "Reading paused after 312 conversations, 4\u{202f}890 messages");
        assert!(at(ImportState::NotPossible).starts_with("Meta has no call"));
        let none = Import { state: ImportState::Done, ..Import::default() };
        assert_eq!(words(none, "@shop"), "No earlier conversations at Meta");
    }
}

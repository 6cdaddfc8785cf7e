//! Disconnecting: the token goes at once; the history stays or goes, as the person says. Counted before, told after.

use crate::{
    desk::desk,
    format,
    live::{live, order},
    parts::{Button, Dialog, Icon, IconView, Tone, close_front_dialog},
    toast::toasts,
};
use heliograph_model::{
    AccountId, Amounts, AtMeta, Channel, Deleted, Disconnected, MetaFate,
    call::{DisconnectAccount, PlanDisconnect},
};
use leptos::prelude::*;

/// The account that leaves, as it was when it was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    pub id: AccountId,
    pub name: String,
    pub channel: Channel,
    /// Disconnected before: only its history is left to delete.
    pub former: bool,
}

/// Who is asked about; it belongs to the page, since an account's card goes with the account.
#[derive(Clone, Copy)]
pub struct Asked(pub RwSignal<Option<Leaving>>);

/// Asks, does it, and tells what became of it.
#[component]
pub fn DisconnectDialog(asked: Asked) -> impl IntoView {
    move || asked.0.get().map(|leaving| view! { <AskInDialog asked leaving /> }.into_any())
}

#[component]
fn AskInDialog(asked: Asked, leaving: Leaving) -> impl IntoView {
    let open = RwSignal::new(true);
    Effect::new(move |_| {
        if !open.get() {
            crate::clock::after(0, move || asked.0.set(None));
        }
    });
    let title = if leaving.former {
        format!("Delete the history of {}?", leaving.name)
    } else {
        format!("Disconnect {}?", leaving.name)
    };
    view! {
        <Dialog open title class="narrow" test="disconnect">
            <Ask leaving=leaving.clone() />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Ask(leaving: Leaving) -> impl IntoView {
    let Leaving { id, name, channel, former } = leaving;
    let keep = RwSignal::new(!former);
    let at_meta = RwSignal::new(true);
    let told = RwSignal::new(None::<Disconnected>);
    let plan = live(move || Some(PlanDisconnect { account: id }));
    let amounts = move || plan.with(|p| p.map(|p| p.amounts));
    let gone = name.clone();
    let leave = order::<DisconnectAccount>(move |reply: Disconnected| {
        let by_hand = reply.at_meta.iter().any(|at| matches!(at.fate, MetaFate::Refused | MetaFate::ByHand));
        let copies = reply.deleted.as_ref().is_some_and(|d| !d.copies.is_empty());
        if by_hand || copies {
            // Something is left for the person to do: it stays until they have read it.
            let _ = told.try_set(Some(reply));
            return;
        }
        close_front_dialog();
        toasts().say(match reply.deleted {
            None => format!("{gone} is disconnected; its history is kept"),
            Some(_) if former => format!("The history of {gone} is deleted"),
            Some(_) => format!("{gone} is disconnected and its history deleted"),
        });
        settle();
    });
    let choice = move |value: bool, icon: Icon, title: &'static str, says: Signal<String>| {
        view! {
            <label class="choice" class:danger=!value>
                <input type="radio" name="history" prop:checked=move || keep.get() == value on:change=move |_| keep.set(value) />
                <IconView icon />
                <span><strong>{title}</strong><span class="choice-says">{move || says.get()}</span></span>
            </label>
        }
        .into_any()
    };
    let kept = Signal::derive(move || match amounts() {
        None => "Everything stays readable and searchable on this computer.".to_owned(),
        Some(a) => format!("{} stay readable and searchable on this computer.", conversations(&a)),
    });
    let goes = Signal::derive(move || match amounts() {
        None => "Everything goes from this computer, for good. At Meta it stays.".to_owned(),
        Some(a) => format!("{} go from this computer, for good. At Meta they stay.", everything(&a)),
    });
    let label = Signal::derive(move || {
        match (former, keep.get()) {
            (true, _) => "Delete",
            (false, true) => "Disconnect",
            (false, false) => "Disconnect and delete",
        }
        .to_owned()
    });
    let ask = move || {
        view! {
            {(!former)
                .then(|| {
                    view! {
                        <p class="dialog-words">
                            {format!("Heliograph forgets the token at once. Nothing more arrives from {} and nothing leaves.", channel.name())}
                        </p>
                    }
                })}
            {move || amounts().and_then(|a| waiting(&a)).map(|words| view! { <p class="note warn" data-test="not-leaving">{words}</p> })}
            {if former {
                view! { <p class="dialog-words" data-test="what-goes">{move || goes.get()}</p> }.into_any()
            } else {
                view! {
                    <fieldset class="choices" data-test="what-goes">
                        <legend class="unseen">"History on this computer"</legend>
                        {choice(true, Icon::Storage, "Keep the history", kept)}
                        {choice(false, Icon::Trash, "Delete the history", goes)}
                    </fieldset>
                    <AtMetaPlan parts=Signal::derive(move || plan.with(|p| p.map(|p| p.at_meta.clone()))) wanted=at_meta />
                }
                    .into_any()
            }}
            <crate::parts::ProblemNote problem=leave.problem />
            <div class="dialog-foot">
                <Button label="Cancel" on_press=Callback::new(|()| close_front_dialog()) />
                <Button
                    label
                    tone=Tone::Danger
                    busy=leave.busy
                    on_press=Callback::new(move |()| {
                        leave.run(DisconnectAccount { account: id, keep_history: keep.get_untracked(), at_meta: at_meta.get_untracked() });
                    })
                    test="disconnect-go"
                />
            </div>
        }
        .into_any()
    };
    move || match told.get() {
        None => ask(),
        Some(reply) => view! { <Told name=name.clone() reply /> }.into_any(),
    }
}

/// What ends at Meta's side, as far as it can be told before.
#[component]
fn AtMetaPlan(parts: Signal<Option<Vec<AtMeta>>>, wanted: RwSignal<bool>) -> impl IntoView {
    let ends =
        move || parts.with(|p| p.as_ref().is_none_or(|p| p.iter().any(|at| at.fate == MetaFate::Ends)));
    view! {
        <section class="at-meta" aria-label="At Meta">
            {move || {
                ends()
                    .then(|| {
                        view! {
                            <label class="at-meta-wanted">
                                <input type="checkbox" data-test="at-meta" prop:checked=move || wanted.get() on:change=move |e| wanted.set(event_target_checked(&e)) />
                                "End it at Meta as well"
                            </label>
                        }
                    })
            }}
            {move || match parts.get() {
                None => view! { <p class="at-meta-part">"Asking Meta what ends there …"</p> }.into_any(),
                Some(parts) => view! { <Parts parts /> }.into_any(),
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Parts(parts: Vec<AtMeta>) -> impl IntoView {
    let line = |at: AtMeta| {
        let (icon, tone) = match at.fate {
            MetaFate::Ends => (Icon::Check, "ends"),
            MetaFate::Stays => (Icon::Link, "stays"),
            MetaFate::ByHand => (Icon::Person, "by-hand"),
            MetaFate::Refused => (Icon::Alert, "refused"),
        };
        view! { <li class=format!("at-meta-part {tone}") data-test="at-meta-part"><IconView icon /><span>{at.words}</span></li> }
            .into_any()
    };
    view! { <ul class="at-meta-parts">{parts.into_iter().map(line).collect_view()}</ul> }.into_any()
}

/// What became of it, where something is left to do.
#[component]
fn Told(name: String, reply: Disconnected) -> impl IntoView {
    let here = match &reply.deleted {
        None => {
            format!("{name} is disconnected. Its token is gone from this computer and its history is kept.")
        }
        Some(deleted) => format!("{name} is disconnected. {}", gone_words(deleted)),
    };
    let done = Callback::new(|()| {
        close_front_dialog();
        settle();
    });
    view! {
        <p class="dialog-words" role="status" data-test="disconnected">{here}</p>
        {reply.deleted.map(|deleted| view! { <Copies deleted /> })}
        <Parts parts=reply.at_meta />
        <div class="dialog-foot">
            <Button label="Done" tone=Tone::Primary on_press=done test="disconnect-done" />
        </div>
    }
    .into_any()
}

/// Copies that still hold what was deleted.
#[component]
pub fn Copies(deleted: Deleted) -> impl IntoView {
    let Deleted { copies, folder, .. } = deleted;
    let words = match copies.len() {
        0 => "Backups that you made earlier, on this computer or elsewhere, still hold it.".to_owned(),
        _ => format!(
            "Copies made earlier still hold it; remove them (Settings, Copies) if it must be gone there too: {} in {folder}. So do backups you made elsewhere.",
            copies.join(", ")
        ),
    };
    view! { <p class="dialog-words quiet" data-test="copies">{words}</p> }.into_any()
}

/// The list asks again, and the focus is somewhere.
fn settle() {
    desk().accounts.again();
    desk().former.again();
    // The card that had the focus goes with the account.
    if let Some(page) = document().get_element_by_id("page") {
        crate::clock::after(60, move || crate::parts::focus(&page));
    }
}

fn conversations(a: &Amounts) -> String {
    format!(
        "{} with {}",
        format::plural(a.conversations, "conversation", "conversations"),
        format::plural(a.messages, "message", "messages")
    )
}

/// "312 conversations with 4,021 messages and 86 files (120 MB)".
pub fn everything(a: &Amounts) -> String {
    let mut words = conversations(a);
    if a.files > 0 {
        let files = format::plural(a.files, "file", "files");
        words.push_str(&format!(" and {files} ({})", format::bytes(a.bytes)));
    }
    words
}

/// "Deleted from this computer: …".
pub fn gone_words(deleted: &Deleted) -> String {
    format!("Deleted from this computer: {}.", everything(&deleted.amounts))
}

/// What will not leave; `None` when nothing waits.
pub fn waiting(a: &Amounts) -> Option<String> {
    let mut parts = Vec::new();
    if a.unsent > 0 {
        parts.push(format::plural(a.unsent, "reply that waits", "replies that wait"));
    }
    if a.scheduled > 0 {
        parts.push(format::plural(a.scheduled, "scheduled reply", "scheduled replies"));
    }
    (!parts.is_empty()).then(|| format!("{} will not leave.", parts.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_in_full_sentences() {
        let a = Amounts { conversations: 1, messages: 21, files: 2, bytes: 2_000_000, ..Amounts::default() };
        assert!(everything(&a).starts_with("1 conversation with 21 messages and 2 files ("));
        assert_eq!(waiting(&a), None);
        let a = Amounts { unsent: 1, scheduled: 2, ..a };
        assert_eq!(waiting(&a).unwrap(), "1 reply that waits and 2 scheduled replies will not leave.");
    }
}

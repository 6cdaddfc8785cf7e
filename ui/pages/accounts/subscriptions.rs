//! What Meta tells of an account by webhook, at the account and at its app: each field with what it is for, what is
//! missing, and one button that mends.

use crate::{
    ipc,
    live::order,
    parts::{
        Button, Dialog, Icon, IconView, Note, ProblemNote, SkeletonRows, TextField, Tone, close_front_dialog,
    },
    toast::toasts,
};
use heliograph_model::{
    Account, AccountId, AppAddress, Channel, Fields, Problem, Subscriptions,
    call::{GetSubscriptions, Subscribe, SubscribeApp, Unsubscribe, UnsubscribeApp},
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// The dialog.
#[component]
pub fn SubscriptionsDialog(open: RwSignal<bool>, account: Memo<Account>) -> impl IntoView {
    let title = account.with_untracked(|a| format!("Webhooks of {}", a.name));
    view! {
        <Dialog open title class="wide" test="subscriptions">
            <Levels account />
        </Dialog>
    }
    .into_any()
}

/// What Meta said, and the asking.
#[derive(Clone, Copy)]
struct Looking {
    account: AccountId,
    seen: RwSignal<Option<Subscriptions>>,
    problem: RwSignal<Option<Problem>>,
}

impl Looking {
    fn look(self) {
        self.problem.set(None);
        spawn_local(async move {
            match ipc::call(&GetSubscriptions { account: self.account }).await {
                Ok(seen) => {
                    let _ = self.seen.try_set(Some(seen));
                }
                Err(problem) => {
                    let _ = self.problem.try_set(Some(problem));
                }
            }
        });
    }
}

#[component]
fn Levels(account: Memo<Account>) -> impl IntoView {
    let (id, channel) = account.with_untracked(|a| (a.id, a.channel));
    let looking = Looking { account: id, seen: RwSignal::new(None), problem: RwSignal::new(None) };
    looking.look();
    let subscribe = order::<Subscribe>(move |()| {
        toasts().say("Meta tells the app of this account");
        looking.look();
    })
    .quiet();
    let unsubscribe = order::<Unsubscribe>(move |()| {
        toasts().say("Meta tells the app of this account no longer");
        looking.look();
    })
    .quiet();
    let address = RwSignal::new(String::new());
    Effect::new(move |_| {
        if let Some(AppAddress::To { url, .. }) = looking.seen.get().map(|s| s.address) {
            address.set(url);
        }
    });
    let set_address = order::<SubscribeApp>(move |()| {
        toasts().say("Meta has proved the address");
        looking.look();
    })
    .quiet();
    let drop_address = order::<UnsubscribeApp>(move |()| looking.look()).quiet();
    let mend = Callback::new(move |()| {
        let Some(seen) = looking.seen.get_untracked() else { return };
        if seen.apps.is_empty() || seen.account.is_some_and(|f| !f.lacks.is_empty()) {
            subscribe.run(Subscribe { account: id });
        }
        if let AppAddress::To { url, active, fields } = seen.address
            && (!active || !fields.lacks.is_empty())
        {
            set_address.run(SubscribeApp { account: id, address: url });
        }
    });
    let busy = Signal::derive(move || {
        subscribe.busy.get() || unsubscribe.busy.get() || set_address.busy.get() || drop_address.busy.get()
    });
    let mendable = move || looking.seen.with(|s| s.as_ref().is_some_and(mendable));
    let body = move || match looking.seen.get() {
        None => view! { <SkeletonRows n=3 /> }.into_any(),
        Some(seen) => {
            let level = view! { <AtAccount seen=seen.clone() channel /> };
            let app = view! {
                <AtApp
                    to=seen.address
                    channel
                    address
                    busy
                    on_set=Callback::new(move |()| set_address.run(SubscribeApp { account: id, address: address.get_untracked() }))
                    on_drop=Callback::new(move |()| drop_address.run(UnsubscribeApp { account: id }))
                />
            };
            view! { {level} {app} }.into_any()
        }
    };
    let told = move || looking.seen.with(|s| s.as_ref().is_some_and(|s| !s.apps.is_empty()));
    let problem = Signal::derive(move || {
        let first = looking.problem.get().or_else(|| subscribe.problem.get());
        first
            .or_else(|| unsubscribe.problem.get())
            .or_else(|| set_address.problem.get())
            .or_else(|| drop_address.problem.get())
    });
    view! {
        <p class="dialog-words">
            "A webhook needs both: Meta tells the app of the account, and the app has an address to send it to."
        </p>
        {body}
        <ProblemNote problem test="subscriptions-problem" />
        <div class="dialog-foot">
            {move || {
                told()
                    .then(|| {
                        view! { <Button label="Stop this account's webhooks" tone=Tone::Quiet busy on_press=Callback::new(move |()| unsubscribe.run(Unsubscribe { account: id })) test="unsubscribe" /> }
                    })
            }}
            <Button label="Look again" icon=Some(Icon::Retry) busy on_press=Callback::new(move |()| looking.look()) />
            {move || {
                if mendable() {
                    view! { <Button label="Mend" tone=Tone::Primary busy on_press=mend test="subscriptions-mend" /> }.into_any()
                } else {
                    view! { <Button label="Close" tone=Tone::Primary on_press=Callback::new(|()| close_front_dialog()) /> }.into_any()
                }
            }}
        </div>
    }
    .into_any()
}

/// Whether pressing one button makes it whole: an address that nobody gave cannot be made up.
fn mendable(seen: &Subscriptions) -> bool {
    let account = seen.apps.is_empty() || seen.account.as_ref().is_some_and(|f| !f.lacks.is_empty());
    let app =
        matches!(&seen.address, AppAddress::To { active, fields, .. } if !active || !fields.lacks.is_empty());
    account || app
}

/// Whom Meta tells of the account, and of what.
#[component]
fn AtAccount(seen: Subscriptions, channel: Channel) -> impl IntoView {
    let told = match seen.apps.as_slice() {
        [] => None,
        apps => Some(apps.join(", ")),
    };
    let whole = told.is_some();
    let words = match (&told, &seen.account) {
        (None, _) => "No app is told of this account: nothing comes by webhook.".to_owned(),
        (Some(app), None) if channel == Channel::WhatsApp => {
            format!("{app} is told of everything; what comes is decided at the app.")
        }
        (Some(app), None) => format!("{app} is told of it; Meta names no fields."),
        (Some(app), Some(fields)) => {
            let n = fields.has.len() as u64;
            format!("{app} is told of {}.", crate::format::plural(n, "field", "fields"))
        }
    };
    view! {
        <section class="level" data-test="level-account">
            <h3>"The account"</h3>
            <p class="level-says" class:bad=!whole>{words}</p>
            {seen.account.map(|fields| view! { <FieldList fields /> })}
        </section>
    }
    .into_any()
}

/// Where the app's webhooks go.
#[component]
fn AtApp(
    to: AppAddress,
    channel: Channel,
    address: RwSignal<String>,
    #[prop(into)] busy: Signal<bool>,
    on_set: Callback<()>,
    on_drop: Callback<()>,
) -> impl IntoView {
    let body = match to {
        AppAddress::NotKnown => view! {
            <Note icon=Icon::Question tone="plain">
                <p>
                    "Only the app itself can tell, and its id or secret is not known here; Instagram Login has no call for it at all. The app’s dashboard shows it under Webhooks."
                </p>
            </Note>
        }
        .into_any(),
        AppAddress::Nowhere => view! {
            <p class="level-says bad">{format!("The app has no address for {}.", channel.name())}</p>
            <SetAddress address busy on_set />
        }
        .into_any(),
        AppAddress::To { url, active, fields } => {
            let says = if active {
                format!("They go to {url}")
            } else {
                format!("Meta has switched {url} off, most likely after failures")
            };
            view! {
                <p class="level-says" class:bad=!active>{says}</p>
                <FieldList fields />
                <details class="fold">
                    <summary><IconView icon=Icon::Forward />"Change the address"</summary>
                    <SetAddress address busy on_set />
                    <p class="field-about">
                        "Taking it away silences every account of this channel that the app serves."
                    </p>
                    <Button label="Take the address away" tone=Tone::Danger small=true busy on_press=on_drop test="address-drop" />
                </details>
            }
            .into_any()
        }
    };
    view! {
        <section class="level" data-test="level-app">
            <h3>"Its app"</h3>
            {body}
        </section>
    }
    .into_any()
}

/// Gives the app an address, which Meta proves at once.
#[component]
fn SetAddress(
    address: RwSignal<String>,
    #[prop(into)] busy: Signal<bool>,
    on_set: Callback<()>,
) -> impl IntoView {
    let hint =
        "The public address of the webhook door with its path. Meta asks it at once; the door must be open.";
    view! {
        <div class="connect-paste">
            <TextField label="Address" value=address hint placeholder="https://inbox.example.org/webhook" on_enter=on_set test="address" />
            <Button label="Give it to Meta" busy on_press=on_set test="address-set" />
        </div>
    }
    .into_any()
}

/// Each field: told or missing, and what it is for. What is missing comes first.
#[component]
fn FieldList(fields: Fields) -> impl IntoView {
    let Fields { has, lacks } = fields;
    let rows = lacks
        .into_iter()
        .map(|f| (f, false))
        .chain(has.into_iter().map(|f| (f, true)))
        .map(|(field, there)| {
            let (icon, tone, says) =
                if there { (Icon::Check, "good", "subscribed") } else { (Icon::Close, "bad", "missing") };
            let meaning = meaning(&field);
            view! {
                <li class=format!("scope {tone}") data-test="field">
                    <IconView icon />
                    <span class="unseen">{says}": "</span>
                    <code>{field}</code>
                    <span class="scope-for">{meaning}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="scopes">{rows}</ul> }.into_any()
}

/// What a field brings, in a few words (graph-api d.2); empty for one this inbox does not use.
fn meaning(field: &str) -> &'static str {
    match field {
        "messages" => "New messages",
        "message_echoes" | "smb_message_echoes" => "What is sent from the phone or another tool",
        "message_edits" | "message_edit" => "Edited messages",
        "message_reactions" => "Reactions",
        "message_deliveries" => "Delivered ticks",
        "message_reads" | "messaging_seen" => "Read ticks",
        "messaging_postbacks" => "Tapped buttons",
        "messaging_referrals" | "messaging_referral" => "Which ad or link somebody came by",
        "messaging_optins" => "Who allows further messages",
        "messaging_handovers" | "messaging_handover" => "Conversations that change hands",
        "standby" => "Messages while another app answers",
        "response_feedback" | "messaging_feedback" => "What people think of a reply",
        "messaging_policy_enforcement" => "Warnings about the account",
        "message_template_status_update" => "Templates approved or refused",
        "message_template_quality_update" => "Quality of templates",
        "phone_number_quality_update" => "Quality and limits of the number",
        "account_update" => "Restrictions of the account",
        "account_alerts" => "Alerts about the account",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_button_is_offered_where_it_makes_things_whole() {
        let fields = |lacks: &[&str]| Fields {
            has: vec!["messages".into()],
            lacks: lacks.iter().map(|f| (*f).to_owned()).collect(),
        };
        let to = |active, lacks: &[&str]| AppAddress::To {
            url: "https://x".into(),
            active,
            fields: fields(lacks),
        };
        let seen =
            |account: Option<Fields>, address| Subscriptions { apps: vec!["Inbox".into()], account, address };
        assert!(!mendable(&seen(Some(fields(&[])), to(true, &[]))));
        assert!(mendable(&seen(Some(fields(&["standby"])), to(true, &[]))));
        assert!(mendable(&seen(None, to(false, &[]))));
        assert!(mendable(&seen(None, to(true, &["messages"]))));
        assert!(!mendable(&seen(None, AppAddress::Nowhere)), "nobody knows the address but the person");
        let unheard = Subscriptions { apps: Vec::new(), ..seen(None, AppAddress::NotKnown) };
        assert!(mendable(&unheard) && !unheard.complete());
    }

    #[test]
    fn every_field_that_is_wanted_is_explained() {
        for field in ["messages", "message_echoes", "standby", "account_alerts", "messaging_seen"] {
            assert!(!meaning(field).is_empty(), "{field}");
        }
    }
}

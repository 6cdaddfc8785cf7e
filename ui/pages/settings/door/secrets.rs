//! The app secrets that deliveries are checked with. They go in and never come out.

use crate::{
    live::{Live, order},
    parts::{Button, Icon, IconButton, IconView, ProblemNote, SecretField, TextField},
    toast::toasts,
};
use heliograph_model::{SecretText, WebhookDoor, call::SetAppSecret};
use leptos::prelude::*;

/// What is wrong with a name and a secret; an app secret of Meta is 32 hexadecimal digits, but that is
/// Meta's to change, so only its absence is a fault.
fn faults(name: &str, secret: &str) -> (Option<&'static str>, Option<&'static str>) {
    (
        name.is_empty().then_some("Name it, so that you know it again."),
        secret.is_empty().then_some("Paste the secret."),
    )
}

/// The list, and the form that adds one.
#[component]
pub fn Secrets(door: Live<WebhookDoor>) -> impl IntoView {
    let adding = RwSignal::new(false);
    let names = Memo::new(move |_| door.with(|d| d.map(|d| d.secrets.clone()).unwrap_or_default()));
    let remove = order::<SetAppSecret>(move |d| {
        door.value.set(Some(d));
        toasts().say("The app secret is forgotten");
    });
    let one = move |name: String| {
        let label = format!("Forget {name}");
        let gone = name.clone();
        let forget = Callback::new(move |()| {
            remove.run(SetAppSecret { name: gone.clone(), secret: SecretText(String::new()) });
        });
        view! {
            <li class="secret-line" data-test="door-secret">
                <IconView icon=Icon::Key />
                <span class="secret-name">{name}</span>
                <span class="quiet">"sealed"</span>
                <IconButton icon=Icon::Trash label small=true on_press=forget />
            </li>
        }
        .into_any()
    };
    let list = move || {
        let names = names.get();
        if names.is_empty() {
            view! {
                <p class="row-hint">"None yet: without one no delivery can be checked, and all are refused. Secrets given with an account count too."</p>
            }
            .into_any()
        } else {
            view! { <ul class="secret-list">{names.into_iter().map(one).collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <div class="setting wide">
            <div class="row-words row-head">
                <div>
                    <span class="row-label">"App secrets"</span>
                    <p class="row-hint">"Each delivery is signed with the secret of the app that sends it. They are sealed and never shown again."</p>
                </div>
                {move || {
                    (!adding.get())
                        .then(|| {
                            view! { <Button label="Add" small=true icon=Some(Icon::Plus) on_press=Callback::new(move |()| adding.set(true)) test="door-secret-add" /> }
                        })
                }}
            </div>
            {list}
            {move || adding.get().then(|| view! { <Add door adding /> })}
        </div>
    }
    .into_any()
}

#[component]
fn Add(door: Live<WebhookDoor>, adding: RwSignal<bool>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let secret = RwSignal::new(String::new());
    let name_fault = RwSignal::new(None::<String>);
    let secret_fault = RwSignal::new(None::<String>);
    let add = order::<SetAppSecret>(move |d| {
        secret.set(String::new());
        door.value.set(Some(d));
        toasts().say("The app secret is sealed");
        adding.set(false);
    })
    .quiet();
    let go = Callback::new(move |()| {
        let (called, given) = (
            name.get_untracked().trim().to_owned(),
            crate::pages::accounts::connect::guide::clean(&secret.get_untracked()),
        );
        let (a, b) = faults(&called, &given);
        name_fault.set(a.map(str::to_owned));
        secret_fault.set(b.map(str::to_owned));
        if a.is_none() && b.is_none() {
            add.run(SetAppSecret { name: called, secret: SecretText(given) });
        }
    });
    Effect::new(move |_| {
        name.track();
        name_fault.set(None);
    });
    Effect::new(move |_| {
        secret.track();
        secret_fault.set(None);
    });
    view! {
        <div class="secret-add">
            <TextField label="Name" value=name fault=name_fault placeholder="My Meta app" on_enter=go test="door-secret-name" />
            <SecretField label="App secret" value=secret fault=secret_fault on_enter=go test="door-secret-value" />
            <div class="secret-add-buttons">
                <Button label="Cancel" small=true on_press=Callback::new(move |()| adding.set(false)) />
                <Button label="Seal it" small=true busy=add.busy on_press=go test="door-secret-save" />
            </div>
            <ProblemNote problem=add.problem />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_needs_a_name() {
        assert_eq!(faults("app", "s"), (None, None));
        assert!(faults("", "s").0.is_some());
        assert!(faults("app", "").1.is_some());
    }
}

//! A pasted token, perhaps with the app it belongs to.

use super::{
    Connecting, Step,
    guide::{Looks, clean, guide, looks},
};
use crate::{
    live::order,
    parts::{Button, Icon, IconView, Note, ProblemNote, SecretField, TextField, Tone},
};
use heliograph_model::{
    SecretText,
    call::{DiscoverAccounts, MetaApp},
};
use leptos::prelude::*;

/// The form.
#[component]
pub fn Token(connecting: Connecting) -> impl IntoView {
    let token = RwSignal::new(String::new());
    let app = AppFields::new();
    let fault = RwSignal::new(None::<String>);
    let discover = order::<DiscoverAccounts>(move |discovery| {
        token.set(String::new());
        app.forget();
        connecting.step.set(Step::Found(discovery));
    })
    .quiet();
    let go = move || {
        let cleaned = clean(&token.get_untracked());
        if cleaned.is_empty() {
            fault.set(Some("Paste the token first.".into()));
            return;
        }
        fault.set(None);
        let Some(app) = app.checked() else { return };
        discover.run(DiscoverAccounts {
            login: connecting.login.get_untracked(),
            token: SecretText(cleaned),
            app,
        });
    };
    Effect::new(move |_| {
        token.track();
        fault.set(None);
    });
    let remark = move || {
        let login = connecting.login.get();
        token.with(|t| looks(t, login)).map(|looks| {
            let switch = match looks {
                Looks::Belongs(other) if connecting.again.with_value(Option::is_none) => Some(view! {
                    <button type="button" class="button small" on:click=move |_| connecting.login.set(other)>
                        {format!("Use {}", guide(other).title)}
                    </button>
                }),
                _ => None,
            };
            view! { <Note icon=Icon::Question tone="warn"><p>{looks.words()}</p>{switch}</Note> }.into_any()
        })
    };
    let go_on = Callback::new(move |()| go());
    view! {
        {move || {
            let guide = guide(connecting.login.get());
            view! {
                <SecretField
                    label=guide.token
                    value=token
                    hint=guide.kind
                    placeholder=guide.placeholder
                    fault
                    disabled=discover.busy
                    on_enter=go_on
                    first=true
                    test="connect-token"
                />
            }
        }}
        {remark}
        <AppDetails fields=app connecting on_enter=go_on />
        <ProblemNote problem=discover.problem again=go_on test="connect-problem" />
        <div class="connect-go">
            <Button
                label="See what it reaches"
                tone=Tone::Primary
                busy=discover.busy
                on_press=go_on
                test="connect-discover"
            />
            <p class="quiet connect-promise">
                {move || if discover.busy.get() { "Asking Meta…" } else { "Nothing is connected yet." }}
            </p>
        </div>
    }
    .into_any()
}

/// An app's id and secret as they are typed.
#[derive(Clone, Copy)]
pub struct AppFields {
    pub id: RwSignal<String>,
    pub secret: RwSignal<String>,
    pub id_fault: RwSignal<Option<String>>,
    pub secret_fault: RwSignal<Option<String>>,
}

impl AppFields {
    /// Empty.
    #[must_use]
    pub fn new() -> Self {
        let fields = Self {
            id: RwSignal::new(String::new()),
            secret: RwSignal::new(String::new()),
            id_fault: RwSignal::new(None),
            secret_fault: RwSignal::new(None),
        };
        Effect::new(move |_| {
            fields.id.track();
            fields.id_fault.set(None);
        });
        Effect::new(move |_| {
            fields.secret.track();
            fields.secret_fault.set(None);
        });
        fields
    }

    /// Empties the secret; the id is no secret and may stay.
    pub fn forget(self) {
        let _ = self.secret.try_set(String::new());
    }

    /// The app, or none when both are empty; `None` when something is wrong, which is then shown.
    #[must_use]
    pub fn checked(self) -> Option<Option<MetaApp>> {
        let (id, secret) = (clean(&self.id.get_untracked()), clean(&self.secret.get_untracked()));
        let (id_fault, secret_fault) = app_faults(&id, &secret);
        self.id_fault.set(id_fault.map(str::to_owned));
        self.secret_fault.set(secret_fault.map(str::to_owned));
        if id_fault.is_some() || secret_fault.is_some() {
            return None;
        }
        let app = MetaApp { id, secret: SecretText(secret) };
        Some(Some(app).filter(|app| !app.id.is_empty()))
    }
}

/// What is wrong with an app's id and secret; both empty is fine.
fn app_faults(id: &str, secret: &str) -> (Option<&'static str>, Option<&'static str>) {
    let id_fault = match id {
        "" if secret.is_empty() => None,
        "" => Some("The secret belongs to an app: give its ID too."),
        id if !id.bytes().all(|b| b.is_ascii_digit()) => Some("An app ID is a number."),
        _ => None,
    };
    let secret_fault =
        (!id.is_empty() && secret.is_empty()).then_some("Give the secret too: the ID alone does nothing.");
    (id_fault, secret_fault)
}

/// The optional part of the token form.
#[component]
fn AppDetails(fields: AppFields, connecting: Connecting, on_enter: Callback<()>) -> impl IntoView {
    view! {
        <details class="connect-app fold">
            <summary><IconView icon=Icon::Forward />"Add your app’s ID and secret " <span class="quiet">"(optional)"</span></summary>
            <p class="field-about">
                "With them Heliograph can read when the token ends, ask Meta for a longer one, sign each call (appsecret_proof) and check webhooks. They are sealed with the account."
            </p>
            {move || {
                let (id, secret) = guide(connecting.login.get()).app;
                view! { <AppPair fields id_label=id secret_label=secret on_enter /> }
            }}
        </details>
    }
    .into_any()
}

/// The two fields of an app.
#[component]
pub fn AppPair(
    fields: AppFields,
    id_label: &'static str,
    secret_label: &'static str,
    on_enter: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="connect-pair">
            <TextField label=id_label value=fields.id fault=fields.id_fault placeholder="1517776481860111" on_enter test="connect-app-id" />
            <SecretField label=secret_label value=fields.secret fault=fields.secret_fault on_enter test="connect-app-secret" />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_complete_or_absent() {
        assert_eq!(app_faults("", ""), (None, None));
        assert_eq!(app_faults("15", "s"), (None, None));
        assert!(app_faults("", "s").0.is_some());
        assert!(app_faults("15", "").1.is_some());
        assert!(app_faults("my app", "s").0.is_some());
    }
}

//! Choosing a template: search, language, last used first; beside it the form that fills it in and shows it.

use super::template_form::TemplateForm;
use crate::{
    clock::clock,
    format,
    live::{live, order},
    parts::{Button, Dialog, Icon, IconView, Tone, focus},
};
use heliograph_model::{
    AccountId, Conversation, ConversationId, Template, TemplateId,
    call::{ListTemplates, SyncTemplates},
};
use leptos::{ev, html, prelude::*};
use std::collections::BTreeSet;

/// What Enter in the search goes on to: the first blank, or the button that sends.
const FIRST_FIELD: &str = ".template-field input, .template-field button, [data-test='template-send']";

/// The picker.
#[component]
pub fn TemplateDialog(
    open: RwSignal<bool>,
    row: Memo<Option<Conversation>>,
    conversation: ConversationId,
) -> impl IntoView {
    let inside = move || {
        let account = row.with_untracked(|c| c.as_ref().map(|c| c.account));
        account.map(|account| view! { <Picker open account row conversation /> }.into_any())
    };
    view! {
        <Dialog open title="Choose a template" class="wide" test="templates">
            {inside}
        </Dialog>
    }
    .into_any()
}

/// Whether a template fits what is searched and the language.
fn fits(t: &Template, words: &str, language: Option<&str>) -> bool {
    let text = format!("{} {}", t.name.replace('_', " "), t.parts.body).to_lowercase();
    language.is_none_or(|l| t.language == l)
        && words.to_lowercase().split_whitespace().all(|w| text.contains(w) || t.name.contains(w))
}

#[component]
fn Picker(
    open: RwSignal<bool>,
    account: AccountId,
    row: Memo<Option<Conversation>>,
    conversation: ConversationId,
) -> impl IntoView {
    let clock = clock();
    let list = live(move || Some(ListTemplates { account }));
    let sync = order::<SyncTemplates>(|_| ());
    let search = NodeRef::<html::Input>::new();
    let words = RwSignal::new(String::new());
    let language = RwSignal::new(None::<String>);
    let picked = RwSignal::new(None::<TemplateId>);
    Effect::new(move |_| {
        if let Some(search) = search.get() {
            let _ = search.focus();
        }
    });
    let rows = Memo::new(move |_| {
        let all = list.get().map(|l| l.rows).unwrap_or_default();
        let (words, language) = (words.get(), language.get());
        all.into_iter().filter(|t| fits(t, &words, language.as_deref())).collect::<Vec<_>>()
    });
    let languages = Memo::new(move |_| {
        list.with(|l| {
            l.map_or(BTreeSet::new(), |l| l.rows.iter().map(|t| t.language.clone()).collect::<BTreeSet<_>>())
        })
    });
    // The one used last lies ready; another is a key or a press away.
    let chosen = Memo::new(move |_| {
        let all = rows.get();
        let usable = |all: Vec<Template>| all.into_iter().find(|t| t.obstacle().is_none());
        match picked.get() {
            Some(id) => list.get()?.rows.into_iter().find(|t| t.id == id),
            None => usable(all),
        }
    });
    let is_chosen = move |id: TemplateId| chosen.with(|t| t.as_ref().is_some_and(|t| t.id == id));
    let keydown = move |e: ev::KeyboardEvent| {
        let by = match e.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Enter" => {
                e.prevent_default();
                if let Ok(Some(field)) = document().query_selector(FIRST_FIELD) {
                    focus(&field);
                }
                return;
            }
            _ => return,
        };
        e.prevent_default();
        let ids: Vec<TemplateId> = rows.with_untracked(|all| all.iter().map(|t| t.id).collect());
        let here = chosen.with_untracked(|t| t.as_ref().and_then(|t| ids.iter().position(|id| *id == t.id)));
        let to = here.map_or(Some(0), |here| here.checked_add_signed(by));
        if let Some(id) = to.and_then(|to| ids.get(to)) {
            picked.set(Some(*id));
        }
    };
    let synced = move || match list.get().map(|l| l.synced_at) {
        None => String::new(),
        Some(None) => "Not read from Meta yet".into(),
        Some(Some(at)) => format!("Read from Meta {}", format::ago(at.until(clock.now()))),
    };
    let none = move || {
        let list = list.get()?;
        let words = match (list.rows.is_empty(), rows.with(Vec::is_empty)) {
            (true, _) if list.synced_at.is_none() => "Reading the templates from Meta…",
            (true, _) => {
                "This account has no templates. Make one in Meta's manager; it appears here once Meta knows it."
            }
            (false, true) => "No template fits.",
            _ => return None,
        };
        Some(view! { <p class="template-none">{words}</p> })
    };
    let line = move |t: Template| {
        let id = t.id;
        let obstacle = t.obstacle();
        let aside = match &obstacle {
            Some(why) => why.clone(),
            None => {
                t.used_at.map_or(String::new(), |at| format!("used {}", format::ago(at.until(clock.now()))))
            }
        };
        view! {
            <li>
                <button
                    type="button"
                    class="template-line"
                    class:unfit=obstacle.is_some()
                    aria-pressed=move || if is_chosen(id) { "true" } else { "false" }
                    data-test="template"
                    data-name=t.name.clone()
                    on:click=move |_| picked.set(Some(id))
                >
                    <span class="template-name">{t.name.replace('_', " ")}</span>
                    <span class="template-tags">{format!("{} · {}", format::language(&t.language), t.category.to_lowercase())}</span>
                    <bdi class="template-body">{t.parts.body.clone()}</bdi>
                    <span class="template-aside">{aside}</span>
                </button>
            </li>
        }
        .into_any()
    };
    let language_chip = move |l: String| {
        let word = format::language(&l);
        let pressed = {
            let l = l.clone();
            move || language.with(|now| now.as_deref() == Some(l.as_str()))
        };
        let press = move |_| {
            language
                .update(|now| *now = if now.as_deref() == Some(l.as_str()) { None } else { Some(l.clone()) })
        };
        view! {
            <button type="button" class="template-language" aria-pressed=move || if pressed() { "true" } else { "false" } on:click=press>{word}</button>
        }
        .into_any()
    };
    view! {
        <div class="templates">
            <div class="template-list">
                <input
                    node_ref=search
                    type="search"
                    class="template-search"
                    placeholder="Search templates"
                    aria-label="Search templates"
                    data-test="template-search"
                    on:keydown=keydown
                    on:input=move |_| {
                        picked.set(None);
                        words.set(search.get_untracked().map(|s| s.value()).unwrap_or_default());
                    }
                />
                {move || {
                    let all = languages.get();
                    (all.len() > 1)
                        .then(|| view! { <div class="template-languages" role="group" aria-label="Language">{all.into_iter().map(language_chip).collect_view()}</div> })
                }}
                <ul class="template-lines"><For each=move || rows.get() key=|t| (t.id, t.status.clone(), t.used_at) children=line /></ul>
                {none}
                <div class="template-synced">
                    <span class="figures">{synced}</span>
                    <Button
                        label="Read again"
                        tone=Tone::Quiet
                        small=true
                        busy=sync.busy
                        on_press=Callback::new(move |()| sync.run(SyncTemplates { account }))
                        test="template-sync"
                    />
                </div>
            </div>
            <div class="template-side">
                {move || match chosen.get() {
                    Some(template) => view! { <TemplateForm template open row conversation /> }.into_any(),
                    None => {
                        view! {
                            <p class="template-none">
                                <IconView icon=Icon::File />
                                "None that may be sent. Choose one to see why."
                            </p>
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
    .into_any()
}

//! Finds people and messages as you type, and opens at the message. All by keyboard: the field keeps the focus.

mod finder;
mod help;
mod hits;
mod words;

use crate::{
    desk::desk,
    keys::{self, Command},
    parts::{Icon, IconView, SkeletonRows, Trouble, focus},
    route::{Route, router},
};
use finder::{Finder, Found};
use heliograph_model::Channel;
use help::{NoHit, Start, Warnings};
use hits::{Foot, Hit, HitRow, row_id};
use leptos::{html, prelude::*};

/// The page.
#[component]
pub fn SearchPage() -> impl IntoView {
    let router = router();
    let finder = Finder::start();
    let text = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let field = NodeRef::<html::Input>::new();
    let page = NodeRef::<html::Section>::new();
    let words = move || match router.at() {
        Route::Search { words } => words,
        _ => String::new(),
    };
    let first = untrack(words);
    if let Some(left) = finder.resume(&first) {
        text.set(first);
        active.set(left.active);
        Effect::new(move |_| {
            if let Some(page) = page.get() {
                request_animation_frame(move || page.set_scroll_top(left.scroll));
            }
        });
    }
    on_cleanup(move || {
        let scroll = page.get_untracked().map_or(0, |p| p.scroll_top());
        finder.leave(active.try_get_untracked().unwrap_or(0), scroll);
    });
    // The address leads: back, forward and links change the field; typing changes the address.
    Effect::new(move |_| {
        let words = words();
        if text.with_untracked(|t| t.trim() != words.trim()) {
            text.set(words);
        }
    });
    Effect::new(move |_| {
        let typed = text.get();
        finder.typed(&typed);
        if matches!(untrack(|| router.at()), Route::Search { .. }) {
            router.replace(Route::Search { words: typed.trim().to_owned() });
        }
    });
    let to_field = move || {
        if let Some(field) = field.get_untracked() {
            focus(&field);
            field.select();
        }
    };
    keys::bind(Command::Search, to_field);
    Effect::new(move |_| {
        if field.get().is_some() {
            request_animation_frame(to_field);
        }
    });
    let rows = Memo::new(move |_| finder.found.with(|f| f.as_ref().map(rows_of).unwrap_or_default()));
    // New words: the best hit is at hand again.
    let for_words = Memo::new(move |_| finder.found.with(|f| f.as_ref().map(|f| f.text.clone())));
    Effect::new(move |before: Option<Option<String>>| {
        let now = for_words.get();
        if before.is_some_and(|b| b != now) {
            active.set(0);
            if let Some(page) = page.get_untracked() {
                page.set_scroll_top(0);
            }
        }
        now
    });
    let open = Callback::new(move |to: Route| {
        words::remember(&text.get_untracked());
        router.go(to);
    });
    let search = Callback::new(move |words: String| {
        text.set(words);
        to_field_end(field);
    });
    let begin = Callback::new(move |operator: &'static str| {
        text.update(|t| *t = words::begin(t, operator));
        to_field_end(field);
    });
    let drop = Callback::new(move |gone: usize| {
        text.update(|t| *t = words::without(t, gone));
        to_field_end(field);
    });
    let step = move |by: isize| {
        let n = rows.with_untracked(Vec::len);
        if n > 0 {
            let to = active.get_untracked().saturating_add_signed(by).min(n - 1);
            active.set(to);
            if let Some(row) = document().get_element_by_id(&row_id(to)) {
                show(&row);
            }
        }
    };
    let keydown = move |e: web_sys::KeyboardEvent| {
        if keys::composing(&e) {
            return;
        }
        match e.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "PageDown" => step(8),
            "PageUp" => step(-8),
            "Enter" => {
                if let Some(hit) = rows.with_untracked(|r| r.get(active.get_untracked()).cloned()) {
                    open.run(hit.route());
                }
            }
            "Escape" => {
                if text.with_untracked(String::is_empty) {
                    router.go(Route::Inbox);
                } else {
                    text.set(String::new());
                }
            }
            _ => return,
        }
        e.prevent_default();
    };
    let scrolled = move |_| {
        if let Some(page) = page.get_untracked()
            && page.scroll_top() + page.client_height() * 2 >= page.scroll_height()
        {
            finder.more();
        }
    };
    let warnings = Signal::derive(move || {
        finder.found.with(|f| f.as_ref().map(|f| f.warnings.clone()).unwrap_or_default())
    });
    let state = Memo::new(move |_| state_of(finder));
    let body = move || match state.get() {
        State::Start => view! { <Start search begin /> }.into_any(),
        State::Asking => view! { <SkeletonRows n=6 /> }.into_any(),
        State::Trouble => finder
            .problem
            .get()
            .map(|problem| view! { <Trouble problem again=Callback::new(move |()| finder.again()) /> })
            .into_any(),
        State::None(found) => view! { <NoHit found drop /> }.into_any(),
        State::Hits => view! { <Hits finder rows active open /> }.into_any(),
    };
    let any = Memo::new(move |_| rows.with(|r| !r.is_empty()));
    view! {
        <section class="search-page" node_ref=page on:scroll=scrolled aria-label="Search">
            <div class="search-top">
                <div class="search-box" class:busy=move || finder.busy.get()>
                    <IconView icon=Icon::Search />
                    <input
                        type="search"
                        node_ref=field
                        role="combobox"
                        aria-label="Search people and messages"
                        aria-autocomplete="list"
                        aria-controls="hits"
                        aria-expanded=move || if any.get() { "true" } else { "false" }
                        aria-activedescendant=move || any.get().then(|| row_id(active.get()))
                        placeholder="Search people and messages"
                        autocomplete="off"
                        spellcheck="false"
                        enterkeyhint="search"
                        dir="auto"
                        prop:value=move || text.get()
                        on:input=move |e| text.set(event_target_value(&e))
                        on:keydown=keydown
                        data-test="search-field"
                    />
                    {move || {
                        (!text.with(String::is_empty))
                            .then(|| {
                                view! {
                                    <button type="button" class="icon-button small" aria-label="Clear" data-tip="Clear" data-tip-key="Esc" on:click=move |_| search.run(String::new())>
                                        <IconView icon=Icon::Close />
                                    </button>
                                }
                            })
                    }}
                </div>
                <Completions text complete=Callback::new(move |term: String| {
                    text.update(|t| *t = words::complete(t, &term));
                    to_field_end(field);
                }) />
                <Warnings warnings />
            </div>
            <div class="search-body" class:stale=move || finder.busy.get()>{body}</div>
        </section>
    }
    .into_any()
}

/// What the page shows below the field.
#[derive(Debug, Clone, PartialEq)]
enum State {
    Start,
    Asking,
    Trouble,
    None(Found),
    Hits,
}

fn state_of(finder: Finder) -> State {
    let trouble = finder.problem.with(Option::is_some);
    let busy = finder.busy.get();
    finder.found.with(|found| match found {
        _ if trouble && !busy => State::Trouble,
        None if busy => State::Asking,
        None => State::Start,
        Some(f) if f.people.is_empty() && f.messages.is_empty() => State::None(f.clone()),
        Some(_) => State::Hits,
    })
}

fn rows_of(found: &Found) -> Vec<Hit> {
    let people = found.people.iter().cloned().map(Hit::Person);
    people.chain(found.messages.iter().cloned().map(Hit::Message)).collect()
}

/// People first, then messages, newest first.
#[component]
fn Hits(
    finder: Finder,
    rows: Memo<Vec<Hit>>,
    active: RwSignal<usize>,
    open: Callback<Route>,
) -> impl IntoView {
    let people = Memo::new(move |_| finder.found.with(|f| f.as_ref().map_or(0, |f| f.people.len())));
    let more = Signal::derive(move || finder.found.with(|f| f.as_ref().is_some_and(|f| f.next.is_some())));
    let part = move |of_people: bool| {
        move || -> Vec<(usize, Hit)> {
            let n = people.get();
            rows.with(|r| r.iter().cloned().enumerate().filter(|(i, _)| (*i < n) == of_people).collect())
        }
    };
    let messages = Memo::new(move |_| rows.with(Vec::len) - people.get());
    let list = move |of_people: bool| {
        view! {
            <For
                each=part(of_people)
                key=|(at, hit)| (*at, hit.key())
                children=move |(at, hit)| view! { <HitRow hit at active open /> }
            />
        }
    };
    view! {
        <div id="hits" role="listbox" aria-label="Found">
            <div role="group" aria-label="People" class="hits" class:gone=move || people.get() == 0>
                <h2 class="hits-head" aria-hidden="true">"People"</h2>
                {list(true)}
            </div>
            <div role="group" aria-label="Messages" class="hits" class:gone=move || messages.get() == 0>
                <h2 class="hits-head" aria-hidden="true">"Messages"</h2>
                {list(false)}
            </div>
        </div>
        <Foot more busy=finder.more_busy />
    }
    .into_any()
}

/// Values for the operator at the end of the field: channels and accounts, kinds.
#[component]
fn Completions(text: RwSignal<String>, complete: Callback<String>) -> impl IntoView {
    let offers = Memo::new(move |_| {
        text.with(|t| words::typing(t)).map(|(op, value)| offers(op, &value)).unwrap_or_default()
    });
    let one = move |term: String| {
        let chosen = term.clone();
        view! { <button type="button" class="term" on:click=move |_| complete.run(chosen.clone())>{term}</button> }.into_any()
    };
    move || {
        let all = offers.get();
        (!all.is_empty()).then(|| {
            view! { <div class="completions">{all.into_iter().map(one).collect_view()}</div> }.into_any()
        })
    }
}

fn offers(operator: &str, value: &str) -> Vec<String> {
    let mut all: Vec<String> = words::values(operator).iter().map(|v| (*v).to_owned()).collect();
    if operator == "in:" {
        all.extend(Channel::ALL.iter().map(|c| c.name().to_lowercase()));
        let accounts = desk().accounts.get().unwrap_or_default().into_iter();
        all.extend(accounts.map(|a| if a.handle.starts_with('@') { a.handle } else { a.name }));
    }
    let mut seen = std::collections::HashSet::new();
    all.into_iter()
        .filter(|v| v.to_lowercase().starts_with(value) && v.to_lowercase() != value)
        .filter(|v| seen.insert(v.clone()))
        .map(|v| format!("{operator}{v}"))
        .collect()
}

/// Focus to the field, behind its last letter.
fn to_field_end(field: NodeRef<html::Input>) {
    request_animation_frame(move || {
        if let Some(field) = field.get_untracked() {
            focus(&field);
            let end = u32::try_from(field.value().encode_utf16().count()).unwrap_or(u32::MAX);
            let _ = field.set_selection_range(end, end);
        }
    });
}

/// Brings a row in sight, without moving more than needed.
fn show(row: &web_sys::Element) {
    let nearest = web_sys::ScrollIntoViewOptions::new();
    nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
    row.scroll_into_view_with_scroll_into_view_options(&nearest);
}

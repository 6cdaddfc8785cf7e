//! What stands where no hits are: recent searches and operators before the first letter, and what was searched
//! when nothing was found.

use super::{
    finder::Found,
    words::{OPERATORS, forget, recent, terms},
};
use crate::{
    clock::clock,
    desk::desk,
    format,
    parts::{Button, Icon, IconView, Tone},
};
use leptos::prelude::*;

/// Before the first letter.
#[component]
pub fn Start(search: Callback<String>, begin: Callback<&'static str>) -> impl IntoView {
    let late = RwSignal::new(recent());
    let again = move |text: String| {
        let words = text.clone();
        view! {
            <li>
                <button type="button" class="late" on:click=move |_| search.run(words.clone())>
                    <IconView icon=Icon::Clock />
                    <span dir="auto">{text}</span>
                </button>
            </li>
        }
        .into_any()
    };
    let clear = Callback::new(move |()| {
        forget();
        late.set(Vec::new());
    });
    let operators = OPERATORS
        .iter()
        .map(|o| {
            view! {
                <li>
                    <button type="button" class="operator" on:click=move |_| begin.run(o.begin)>
                        <code>{o.begin}</code>
                        <span>{o.says}</span>
                        <span class="operator-example">{o.example}</span>
                    </button>
                </li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <div class="search-start">
            {move || {
                let all = late.get();
                (!all.is_empty())
                    .then(|| {
                        view! {
                            <section>
                                <header class="hits-head">
                                    <h2>"Recent searches"</h2>
                                    <Button label="Clear" tone=Tone::Quiet small=true on_press=clear />
                                </header>
                                <ul class="lates">{all.into_iter().map(again).collect_view()}</ul>
                            </section>
                        }
                    })
            }}
            <section>
                <header class="hits-head"><h2>"Narrow it down"</h2></header>
                <ul class="operators">{operators}</ul>
                <p class="search-note">"“Quotes” hold words together, -word leaves a word out. Everything is searched on this computer, offline too."</p>
            </section>
        </div>
    }
    .into_any()
}

/// Nothing was found: what was searched, since when, and terms to drop.
#[component]
pub fn NoHit(found: Found, drop: Callback<usize>) -> impl IntoView {
    let understood = found.understood.join(", ");
    let all = terms(&found.text);
    let several = all.len() > 1;
    let chips = all
        .into_iter()
        .enumerate()
        .map(|(i, term)| {
            let label = format!("Search without {term}");
            view! {
                <button type="button" class="term" aria-label=label on:click=move |_| drop.run(i) data-test="drop-term">
                    <span dir="auto">{term}</span>
                    <IconView icon=Icon::Close />
                </button>
            }
            .into_any()
        })
        .collect_view();
    let now = clock().peek();
    let since = found.since.map_or_else(
        || "No messages are on this computer yet.".to_owned(),
        |at| {
            let n = desk().counts.with_untracked(|c| c.map_or(0, |c| c.all.conversations));
            format!(
                "{} on this computer were searched, back to {}.",
                format::plural(n.into(), "conversation", "conversations"),
                since_words(format::local_day(now) - format::local_day(at), &format::date(at))
            )
        },
    );
    view! {
        <div class="empty search-none" role="status" data-test="search-none">
            <IconView icon=Icon::Search />
            <p class="empty-title">{format!("Nothing found for “{}”", found.text.trim())}</p>
            {(!understood.is_empty()).then(|| view! { <p class="empty-text">{format!("Looked for {understood}.")}</p> })}
            <p class="empty-text">{since}</p>
            {several
                .then(|| {
                    view! {
                        <p class="empty-text drop-words">"Drop a term:"</p>
                        <div class="empty-offers">{chips}</div>
                    }
                })}
        </div>
    }
    .into_any()
}

fn since_words(days: i64, date: &str) -> String {
    match days {
        ..=0 => "today".into(),
        1 => "yesterday".into(),
        _ => date.to_owned(),
    }
}

/// Operators that were not understood, in the engine's words.
#[component]
pub fn Warnings(#[prop(into)] warnings: Signal<Vec<String>>) -> impl IntoView {
    move || {
        let all = warnings.get();
        (!all.is_empty()).then(|| {
            view! {
                <div class="note warn search-warnings" role="status" data-test="search-warning">
                    <IconView icon=Icon::Question />
                    <div class="note-words">{all.into_iter().map(|w| view! { <p>{w}</p> }).collect_view()}</div>
                </div>
            }
            .into_any()
        })
    }
}

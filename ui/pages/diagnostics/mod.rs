//! How the program itself is doing: what needs attention first, then everything, group by group; live, and as text.

mod bundle;

use crate::{
    clock::clock,
    desk::desk,
    format,
    live::live,
    parts::{Button, Icon, IconView, Note, SkeletonRows, Tone, Trouble, copy_text},
    toast::toasts,
};
use bundle::BundleDialog;
use heliograph_model::{
    Diagnostics, Fact, FactGroup, FactLine, Mark, Timestamp, Topic, call::GetDiagnostics,
};
use leptos::prelude::*;
use std::time::Duration;

/// What no event tells of is looked at again this often.
const AGAIN: Duration = Duration::from_secs(10);

/// The page.
#[component]
pub fn DiagnosticsPage() -> impl IntoView {
    let told = live(|| Some(GetDiagnostics {}));
    if let Ok(ticking) = set_interval_with_handle(move || told.again(), AGAIN) {
        on_cleanup(move || ticking.clear());
    }
    let bundle = RwSignal::new(false);
    let copy = Callback::new(move |()| {
        let Some(told) = told.peek() else { return };
        let now = clock().peek();
        copy_text(&told.text(|fact| written(fact, now)), |worked| {
            toasts().say(if worked { "Copied" } else { "The clipboard is not allowed here" });
        });
    });
    // Only what is different is drawn again: a selected line stays selected.
    let facts = Memo::new(move |_| {
        told.with(|t| t.map(|t| Diagnostics { taken_at: Timestamp::default(), ..t.clone() }))
    });
    let body = move || match facts.get() {
        None => match told.problem.get() {
            Some(problem) => {
                view! { <Trouble problem again=Callback::new(move |()| told.again()) /> }.into_any()
            }
            None => view! { <SkeletonRows n=6 /> }.into_any(),
        },
        Some(told) => all(&told),
    };
    view! {
        <section class="plain-page diagnostics" data-test="diagnostics" aria-labelledby="diagnostics-title">
            <header class="page-head">
                <div>
                    <h1 id="diagnostics-title">"Diagnostics"</h1>
                    <p class="page-about">"How Heliograph itself is doing. It follows what happens."</p>
                </div>
                <div class="diagnostics-tools">
                    <Button label="Copy as text" icon=Some(Icon::Copy) on_press=copy test="diagnostics-copy" />
                    <Button
                        label="Support bundle…"
                        icon=Some(Icon::Save)
                        tone=Tone::Primary
                        on_press=Callback::new(move |()| bundle.set(true))
                        test="bundle-open"
                    />
                </div>
            </header>
            {body}
            <BundleDialog open=bundle />
        </section>
    }
    .into_any()
}

fn all(told: &Diagnostics) -> AnyView {
    let now = clock().peek();
    let needs: Vec<_> = told.attention().map(|(group, line)| (title(group), line.clone())).collect();
    let summary = if needs.is_empty() {
        view! { <Note icon=Icon::Check tone="good"><p data-test="diagnostics-summary">"Nothing needs attention."</p></Note> }
            .into_any()
    } else {
        let n = u64::try_from(needs.len()).unwrap_or(u64::MAX);
        let one = move |(title, line): (String, FactLine)| {
            view! { <li><strong>{title}</strong>": "{sentence(&line, now)}</li> }.into_any()
        };
        view! {
            <Note icon=Icon::Alert tone="warn">
                <p data-test="diagnostics-summary">{format!("{} attention:", format::plural(n, "thing needs", "things need"))}</p>
                <ul>{needs.into_iter().map(one).collect_view()}</ul>
            </Note>
        }
        .into_any()
    };
    view! {
        {summary}
        <div class="figure-groups">{told.groups.iter().map(|g| group(g, now)).collect_view()}</div>
    }
    .into_any()
}

/// Accounts of one name on two channels are told apart; an account's group says which it is.
fn title(group: &FactGroup) -> String {
    match group.topic {
        Topic::Account { account } => {
            let handle = untrack(|| desk().account(account)).map(|a| a.handle).unwrap_or_default();
            if handle.is_empty() { group.title.clone() } else { format!("{} ({handle})", group.title) }
        }
        _ => group.title.clone(),
    }
}

fn group(group: &FactGroup, now: Timestamp) -> AnyView {
    view! {
        <section class="figure-group" aria-label=title(group)>
            <h2>{title(group)}</h2>
            <dl>{group.lines.iter().map(|l| line(l, now)).collect_view()}</dl>
        </section>
    }
    .into_any()
}

fn line(line: &FactLine, now: Timestamp) -> AnyView {
    let (class, icon) = match line.mark {
        Mark::Plain => ("figure-line", None),
        Mark::Good => ("figure-line good", Some(Icon::Check)),
        Mark::Attention => ("figure-line attention", Some(Icon::Alert)),
    };
    let mark = icon.map(|icon| {
        view! { <span class="figure-mark"><IconView icon /><span class="hidden-words">{line.mark.word()}</span></span> }
    });
    let exact = match line.fact {
        Fact::At(at) => Some(format::full(at)),
        _ => None,
    };
    view! {
        <div class=class>
            <dt>{line.name.clone()}</dt>
            <dd>
                {mark}
                <span class="figures" title=exact>{written(&line.fact, now)}</span>
                {(!line.note.is_empty()).then(|| view! { <span class="figure-note">{line.note.clone()}</span> })}
            </dd>
        </div>
    }
    .into_any()
}

fn sentence(line: &FactLine, now: Timestamp) -> String {
    let said = format!("{} {}", line.name.to_lowercase(), written(&line.fact, now));
    if line.note.is_empty() { said } else { format!("{said} ({})", line.note) }
}

/// A fact as people read it here.
fn written(fact: &Fact, now: Timestamp) -> String {
    match fact {
        Fact::Words(words) => words.clone(),
        Fact::Count(n) => format::count(*n),
        Fact::Bytes(n) => format::bytes(*n),
        Fact::Percent(n) => format!("{n} %"),
        Fact::Lasts(ms) => format!("{} ms", format::count(*ms)),
        // A weekday alone would not say which week.
        Fact::At(at) if format::local_day(*at) == format::local_day(now) => format::time(*at),
        Fact::At(at) => format::full(*at),
    }
}

//! The command palette: everything that can be done, and everybody who wrote, by typing a few letters. It
//! always prints the key, so that people need it less and less.

mod entries;
mod fuzzy;
mod lines;
mod people;
mod ranking;

use crate::{
    clock::after,
    keys::{self, Command},
    parts::{Avatar, AvatarSize, Dialog, IconView, close_front_dialog, focus},
};
use entries::{Deed, Entry, entries};
use fuzzy::pieces;
use leptos::{html, prelude::*};
use people::people;

pub use people::named;
use ranking::{Ranked, rank, recent, remember};

/// What is done once the palette is closed and the focus is back where it was.
type Pending = StoredValue<Option<Deed>>;

/// The palette, shown while `open`.
#[component]
pub fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let pending: Pending = StoredValue::new(None);
    Effect::new(move |_| {
        if !open.get()
            && let Some(run) = pending.try_update_value(Option::take).flatten()
        {
            after(0, move || run());
        }
    });
    view! {
        <Dialog open title="Command palette" bare=true class="palette" test="palette">
            <Body pending />
        </Dialog>
    }
    .into_any()
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
}

#[component]
fn Body(pending: Pending) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let field = NodeRef::<html::Input>::new();
    let all = StoredValue::new(entries());
    let late = StoredValue::new(recent());
    let found = people(text);
    keys::bind(Command::Palette, close_front_dialog);
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            request_animation_frame(move || focus(&field));
        }
    });
    let lines = Memo::new(move |_| {
        text.with(|query| {
            found.with(|people| all.with_value(|all| late.with_value(|late| rank(all, people, query, late))))
        })
    });
    Effect::new(move |_| {
        text.track();
        active.set(0);
        show(0);
    });
    let run = Callback::new(move |entry: Entry| {
        remember(&entry.id);
        pending.set_value(Some(entry.run));
        close_front_dialog();
    });
    let to = move |at: usize| {
        active.set(at);
        show(at);
    };
    let keydown = move |e: web_sys::KeyboardEvent| {
        let n = lines.with_untracked(Vec::len);
        if keys::composing(&e) || n == 0 {
            return;
        }
        let now = active.get_untracked().min(n - 1);
        match e.key().as_str() {
            "ArrowDown" => to((now + 1) % n),
            "ArrowUp" => to((now + n - 1) % n),
            "PageDown" => to((now + 8).min(n - 1)),
            "PageUp" => to(now.saturating_sub(8)),
            "Enter" => {
                if let Some(line) = lines.with_untracked(|l| l.get(now).cloned()) {
                    run.run(line.entry);
                }
            }
            _ => return,
        }
        e.prevent_default();
    };
    let list = move || {
        let mut last = None;
        let mut out = Vec::new();
        for (at, line) in lines.get().into_iter().enumerate() {
            if let Some(heading) = line.heading
                && last != Some(heading)
            {
                last = Some(heading);
                out.push(
                    view! { <li class="palette-head" role="presentation">{heading.name()}</li> }.into_any(),
                );
            }
            out.push(view! { <Line line at active run /> }.into_any());
        }
        out
    };
    view! {
        <div class="palette-field">
            <input
                type="text"
                node_ref=field
                role="combobox"
                aria-label="Command"
                aria-autocomplete="list"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=move || option_id(active.get())
                placeholder="Do something, go somewhere, find somebody"
                autocomplete="off"
                spellcheck="false"
                dir="auto"
                prop:value=move || text.get()
                on:input=move |e| text.set(event_target_value(&e))
                on:keydown=keydown
                data-test="palette-input"
            />
            <kbd>"Esc"</kbd>
        </div>
        <ul class="palette-list" id="palette-list" role="listbox" aria-label="Commands">
            {list}
        </ul>
    }
    .into_any()
}

#[component]
fn Line(line: Ranked, at: usize, active: RwSignal<usize>, run: Callback<Entry>) -> impl IntoView {
    let Entry { icon, label, about, key, face, .. } = line.entry.clone();
    let entry = StoredValue::new(line.entry);
    let mark = match face {
        Some(face) => {
            view! { <Avatar name=face.name picture=face.picture channel=Some(face.channel) size=AvatarSize::Small /> }.into_any()
        }
        None => view! { <IconView icon /> }.into_any(),
    };
    let words = pieces(&label, &line.at)
        .into_iter()
        .map(|(text, hit)| if hit { view! { <b>{text}</b> }.into_any() } else { text.into_any() })
        .collect_view();
    let caps =
        key.split(' ').filter(|k| !k.is_empty()).map(|k| view! { <kbd>{k.to_owned()}</kbd> }).collect_view();
    view! {
        <li
            class="palette-line"
            role="option"
            id=option_id(at)
            aria-selected=move || if active.get() == at { "true" } else { "false" }
            on:mousemove=move |_| {
                if active.get_untracked() != at {
                    active.set(at);
                }
            }
            on:click=move |_| run.run(entry.get_value())
        >
            <span class="palette-mark">{mark}</span>
            <span class="palette-label" dir="auto">{words}</span>
            <span class="palette-about">{about}</span>
            <span class="palette-keys">{caps}</span>
        </li>
    }
    .into_any()
}

/// Brings a line in sight; the first one with its heading.
fn show(at: usize) {
    if at == 0
        && let Some(list) = document().get_element_by_id("palette-list")
    {
        list.set_scroll_top(0);
    } else if let Some(line) = document().get_element_by_id(&option_id(at)) {
        let nearest = web_sys::ScrollIntoViewOptions::new();
        nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
        line.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

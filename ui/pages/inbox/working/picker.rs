//! One dialog for what an act needs to know: until when, which label, to whom. Type to narrow, Enter takes.

use super::{Picking, act, marks::dot, targets, times, working};
use crate::{
    clock::clock,
    desk::desk,
    format, ipc,
    pages::{
        inbox::inbox,
        settings::{self, Section},
    },
    parts::{Avatar, AvatarSize, Dialog, Icon, IconView, close_front_dialog},
    toast::toasts,
};
use heliograph_model::{Act, Colour, Conversation, Label, call::SaveLabel};
use leptos::{ev, html, prelude::*};
use wasm_bindgen_futures::spawn_local;

/// What stands before a line.
#[derive(Clone, PartialEq)]
enum Mark {
    Icon(Icon),
    Dot(Colour),
    Face(String),
}

/// A line of the picker.
#[derive(Clone)]
struct Choice {
    mark: Mark,
    label: String,
    about: String,
    /// All of the targets have it.
    on: bool,
    /// The dialog stays for a further one.
    stays: bool,
    run: Callback<()>,
}

impl Choice {
    fn new(mark: Mark, label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            mark,
            label: label.into(),
            about: String::new(),
            on: false,
            stays: false,
            run: Callback::new(move |()| run()),
        }
    }
}

/// The dialog; closed while nothing is asked.
#[component]
pub fn Picker() -> impl IntoView {
    let working = working();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(working.picking.get().is_some()));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            working.picking.set(None);
        }
        now
    });
    view! {
        <Dialog open title="Choose" class="palette picker" bare=true test="picker">
            {move || working.picking.get_untracked().map(|what| view! { <Choices what /> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Choices(what: Picking) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let custom = RwSignal::new(false);
    let field = NodeRef::<html::Input>::new();
    let found = Memo::new_with_compare(move |_| choices(what, &words.get(), custom), |_, _| true);
    let take = move |n: usize| {
        let Some(choice) = found.with_untracked(|all| all.get(n).cloned()) else { return };
        if choice.stays {
            choice.run.run(());
            words.set(String::new());
        } else {
            close_front_dialog();
            choice.run.run(());
        }
    };
    let keydown = move |e: ev::KeyboardEvent| {
        let n = found.with_untracked(Vec::len);
        let to = match e.key().as_str() {
            "ArrowDown" if n > 0 => (at.get_untracked() + 1) % n,
            "ArrowUp" if n > 0 => (at.get_untracked() + n - 1) % n,
            "Enter" if !crate::keys::composing(&e) => {
                e.prevent_default();
                take(at.get_untracked());
                return;
            }
            _ => return,
        };
        e.prevent_default();
        at.set(to);
    };
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let hint = match what {
        Picking::Snooze => "Snooze until…",
        Picking::Label => "Label as…",
        Picking::Assign => "Assign to…",
    };
    let icon = match what {
        Picking::Snooze => Icon::Snooze,
        Picking::Label => Icon::Label,
        Picking::Assign => Icon::Assign,
    };
    let lines = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(|(n, choice)| line(n, choice, at, Callback::new(move |()| take(n))))
            .collect_view()
    };
    view! {
        <div class="palette-field">
            <IconView icon />
            <input
                node_ref=field
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder=hint
                aria-label=hint
                role="combobox"
                aria-expanded="true"
                aria-controls="picker-list"
                aria-activedescendant=move || format!("pick-{}", at.get())
                prop:value=move || words.get()
                on:input=move |e| {
                    words.set(event_target_value(&e));
                    at.set(0);
                }
                on:keydown=keydown
            />
        </div>
        {move || custom.get().then(|| view! { <CustomTime /> })}
        <div class="palette-list" id="picker-list" role="listbox" aria-label=hint>
            {lines}
        </div>
        <p class="picker-foot">{move || about_targets()}</p>
    }
    .into_any()
}

/// Whom it is about, so that nobody is snoozed by mistake.
fn about_targets() -> String {
    if let Some(n) = working().all.get() {
        return format!("All {} of this list", format::plural(n.into(), "conversation", "conversations"));
    }
    let targets = targets();
    match &targets[..] {
        [one] => inbox()
            .feed()
            .row(one.0)
            .map_or(String::new(), |row| row.with_untracked(|c| c.contact.name.clone())),
        many => format::plural(many.len() as u64, "conversation", "conversations"),
    }
}

fn line(n: usize, choice: Choice, at: RwSignal<usize>, take: Callback<()>) -> AnyView {
    let mark = match choice.mark {
        Mark::Icon(icon) => view! { <IconView icon /> }.into_any(),
        Mark::Dot(colour) => dot(colour),
        Mark::Face(name) => {
            view! { <Avatar name picture=None size=AvatarSize::Small channel=None /> }.into_any()
        }
    };
    view! {
        <div
            class="palette-line"
            id=format!("pick-{n}")
            role="option"
            aria-selected=move || if at.get() == n { "true" } else { "false" }
            data-test="pick"
            on:pointermove=move |_| if at.get_untracked() != n { at.set(n) }
            on:click=move |_| take.run(())
        >
            <span class="palette-mark">{mark}</span>
            <span class="palette-label" dir="auto">{choice.label}</span>
            <span class="palette-about">{choice.about}</span>
            <span class="palette-keys">{choice.on.then(|| view! { <IconView icon=Icon::Check /> })}</span>
        </div>
    }
    .into_any()
}

/// Whether all targets are so.
fn all_are(test: impl Fn(&Conversation) -> bool) -> bool {
    if working().all.get_untracked().is_some() {
        return false;
    }
    let feed = inbox().feed();
    let targets = targets();
    !targets.is_empty()
        && targets.iter().all(|id| feed.row(id.0).is_some_and(|row| row.with_untracked(&test)))
}

fn choices(what: Picking, words: &str, custom: RwSignal<bool>) -> Vec<Choice> {
    let sought = words.trim().to_lowercase();
    let mut all = match what {
        Picking::Snooze => snoozes(custom),
        Picking::Label => labels(),
        Picking::Assign => people(),
    };
    all.retain(|c| c.label.to_lowercase().contains(&sought));
    if what == Picking::Label && !sought.is_empty() && !all.iter().any(|c| c.label.to_lowercase() == sought) {
        all.push(new_label(words.trim().to_owned()));
    }
    if what == Picking::Assign && all.is_empty() {
        let mut add = Choice::new(Mark::Icon(Icon::Plus), "Add a colleague in settings…", || {
            settings::open_at(Section::Working);
        });
        add.about = "Names only".into();
        all.push(add);
    }
    all
}

fn snoozes(custom: RwSignal<bool>) -> Vec<Choice> {
    let now = clock().peek();
    let mut all: Vec<Choice> = times::choices(now)
        .into_iter()
        .map(|(words, until)| {
            let mut choice = Choice::new(Mark::Icon(Icon::Snooze), words, move || {
                act(Act::Snooze { until: Some(until) });
            });
            choice.about = times::words(until, now);
            choice
        })
        .collect();
    all.push(Choice::new(Mark::Icon(Icon::Inbox), "Until they write", || act(Act::Snooze { until: None })));
    let mut own = Choice::new(Mark::Icon(Icon::Pencil), "Pick date and time…", move || custom.set(true));
    own.stays = true;
    all.push(own);
    all
}

#[component]
fn CustomTime() -> impl IntoView {
    let text = RwSignal::new(String::new());
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let until = move || times::from_field(&text.get()).filter(|until| *until > clock().now());
    let go = move || {
        if let Some(until) = untrack(until) {
            close_front_dialog();
            act(Act::Snooze { until: Some(until) });
        }
    };
    view! {
        <div class="picker-custom">
            <input
                type="datetime-local"
                node_ref=field
                aria-label="Date and time"
                data-test="snooze-custom"
                on:input=move |e| text.set(event_target_value(&e))
                on:keydown=move |e| if e.key() == "Enter" { go() }
            />
            <button type="button" class="button primary" disabled=move || until().is_none() on:click=move |_| go()>
                "Snooze"
            </button>
        </div>
    }
    .into_any()
}

fn labels() -> Vec<Choice> {
    let all: Vec<Label> = desk().labels.get().unwrap_or_default();
    all.into_iter()
        .map(|label| {
            let id = label.id;
            let on = all_are(|c| c.labels.contains(&id));
            let mut choice = Choice::new(Mark::Dot(label.colour), label.name, move || {
                let on = all_are(|c| c.labels.contains(&id));
                act(Act::Label { label: id, on: !on });
            });
            choice.on = on;
            choice
        })
        .collect()
}

/// Makes the label and puts it on in one go; its colour is the next of the row.
fn new_label(name: String) -> Choice {
    let n = desk().labels.with_untracked(|all| all.map_or(0, Vec::len));
    let colour = Colour::ALL[(n + 1) % Colour::ALL.len()];
    let label = format!("Create “{name}”");
    Choice::new(Mark::Icon(Icon::Plus), label, move || {
        let name = name.clone();
        spawn_local(async move {
            match ipc::call(&SaveLabel { label: None, name, colour }).await {
                Ok(label) => act(Act::Label { label, on: true }),
                Err(problem) => toasts().problem(&problem),
            }
        });
    })
}

fn people() -> Vec<Choice> {
    let desk = desk();
    let all = desk.colleagues.get().unwrap_or_default();
    let mut choices: Vec<Choice> = all
        .into_iter()
        .map(|colleague| {
            let id = colleague.id;
            let name = desk.called(id);
            let mut choice =
                Choice::new(Mark::Face(name.clone()), name, move || act(Act::Assign { to: Some(id) }));
            choice.on = all_are(|c| c.assignee == Some(id));
            choice
        })
        .collect();
    let mut nobody = Choice::new(Mark::Icon(Icon::Close), "Nobody", || act(Act::Assign { to: None }));
    nobody.on = all_are(|c| c.assignee.is_none());
    choices.push(nobody);
    choices
}

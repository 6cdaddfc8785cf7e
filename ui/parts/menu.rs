//! A menu behind a button: arrow keys, Home, End, letters, Esc; closes when focus leaves.

use super::{Icon, IconView, focus};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// A line of a menu.
#[derive(Clone)]
pub struct MenuItem {
    pub label: String,
    pub icon: Option<Icon>,
    /// Shown with a tick; makes the line one of a choice.
    pub chosen: Option<bool>,
    /// A count or a key at the end of the line.
    pub aside: String,
    /// A heading above the line.
    pub head: &'static str,
    pub run: Callback<()>,
}

impl MenuItem {
    /// A line that does something.
    pub fn new(label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            label: label.into(),
            icon: None,
            chosen: None,
            aside: String::new(),
            head: "",
            run: Callback::new(move |()| run()),
        }
    }

    /// The same with an icon.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The same as one of a choice.
    #[must_use]
    pub fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = Some(chosen);
        self
    }

    /// The same, the first under a heading.
    #[must_use]
    pub fn head(mut self, head: &'static str) -> Self {
        self.head = head;
        self
    }

    /// The same with a word at the end.
    #[must_use]
    pub fn aside(mut self, aside: impl Into<String>) -> Self {
        self.aside = aside.into();
        self
    }
}

/// A button that opens a menu. The children are the button's face; the items are made when it opens.
#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    items: Callback<(), Vec<MenuItem>>,
    #[prop(default = "icon-button")] class: &'static str,
    /// Opens above the button.
    #[prop(optional)]
    up: bool,
    /// Lines up with the button's end.
    #[prop(optional)]
    end: bool,
    /// The lines stand beside each other: for single signs.
    #[prop(optional)]
    row: bool,
    #[prop(optional)] test: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            focus(&button);
        }
    };
    Effect::new(move |_| {
        if let Some(list) = list.get() {
            place(&list, button.get_untracked().as_deref(), up, end);
            let _ = step(&list, 0);
        }
    });
    let keydown = move |e: web_sys::KeyboardEvent| {
        let Some(list) = list.get_untracked() else { return };
        let handled = match e.key().as_str() {
            "ArrowDown" => step(&list, 1),
            "ArrowUp" => step(&list, -1),
            "ArrowRight" if row => step(&list, 1),
            "ArrowLeft" if row => step(&list, -1),
            "Home" => step(&list, i32::MIN),
            "End" => step(&list, i32::MAX),
            "Escape" | "Tab" => {
                close();
                e.key() == "Escape"
            }
            key if key.chars().count() == 1 && key != " " => letter(&list, key),
            _ => false,
        };
        if handled {
            e.prevent_default();
        }
        e.stop_propagation();
    };
    let left = move |e: ev::FocusEvent| {
        let inside = e.related_target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        // Taking the menu out of the page takes focus out of it, too: by then it may be gone.
        let keeps = list.try_get_untracked().flatten().is_some_and(|l| l.contains(inside.as_ref()));
        if !keeps {
            let _ = open.try_set(false);
        }
    };
    let line = move |item: MenuItem| {
        let role = if item.chosen.is_some() { "menuitemradio" } else { "menuitem" };
        let run = item.run;
        let pressed = move |_| {
            close();
            run.run(());
        };
        let head = (!item.head.is_empty())
            .then(|| view! { <div class="menu-head" role="presentation">{item.head}</div> });
        view! {
            {head}
            <button
                type="button"
                class="menu-item"
                role=role
                tabindex="-1"
                aria-checked=item.chosen.map(|c| if c { "true" } else { "false" })
                on:click=pressed
            >
                <span class="menu-mark">
                    {match (item.chosen, item.icon) {
                        (Some(true), _) => Some(Icon::Check),
                        (_, icon) => icon,
                    }
                        .map(|icon| view! { <IconView icon /> })}
                </span>
                <span class="menu-label">{item.label}</span>
                <span class="menu-aside">{item.aside}</span>
            </button>
        }
        .into_any()
    };
    let shown = move || {
        open.get().then(|| {
            view! {
                <div
                    class=if row { "menu signs" } else { "menu" }
                    role="menu"
                    aria-label=move || label.get()
                    node_ref=list
                    on:keydown=keydown
                    on:focusout=left
                >
                    {items.run(()).into_iter().map(line).collect_view()}
                </div>
            }
            .into_any()
        })
    };
    // Safari and WebKitGTK do not focus a clicked button: a press while open must not reopen what the
    // lost focus has just closed.
    let was_open = StoredValue::new(false);
    view! {
        <span class="menu-anchor">
            <button
                type="button"
                class=class
                node_ref=button
                aria-haspopup="menu"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-label=move || label.get()
                data-tip=move || (!open.get()).then(|| label.get())
                data-test=test
                on:pointerdown=move |_| was_open.set_value(open.get_untracked())
                on:click=move |_| open.set(!was_open.try_update_value(std::mem::take).unwrap_or(false))
            >
                {children()}
            </button>
            {shown}
        </span>
    }
    .into_any()
}

fn items_of(list: &web_sys::HtmlElement) -> Vec<web_sys::HtmlElement> {
    let Ok(found) = list.query_selector_all("[role^=menuitem]") else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// Moves focus by `by` lines, around the ends; 0 goes to the chosen line or the first.
fn step(list: &web_sys::HtmlElement, by: i32) -> bool {
    let items = items_of(list);
    let Ok(n) = i32::try_from(items.len()) else {
        return false;
    };
    if n == 0 {
        return false;
    }
    let active = document().active_element();
    let at = items
        .iter()
        .position(|i| active.as_ref().is_some_and(|a| a == i.unchecked_ref::<web_sys::Element>()));
    let chosen = items.iter().position(|i| i.get_attribute("aria-checked").as_deref() == Some("true"));
    let to = match (by, at.and_then(|a| i32::try_from(a).ok())) {
        (0, _) => chosen.and_then(|c| i32::try_from(c).ok()).unwrap_or(0),
        (i32::MIN, _) => 0,
        (i32::MAX, _) => n - 1,
        (by, Some(at)) => (at + by).rem_euclid(n),
        (by, None) => {
            if by > 0 {
                0
            } else {
                n - 1
            }
        }
    };
    if let Some(item) = usize::try_from(to).ok().and_then(|to| items.get(to)) {
        focus(item);
    }
    true
}

fn letter(list: &web_sys::HtmlElement, key: &str) -> bool {
    let key = key.to_lowercase();
    let hit = items_of(list)
        .into_iter()
        .find(|i| i.text_content().is_some_and(|t| t.trim().to_lowercase().starts_with(&key)));
    if let Some(item) = &hit {
        focus(item);
    }
    hit.is_some()
}

/// Puts the menu next to its button, inside the window.
fn place(list: &web_sys::HtmlElement, button: Option<&web_sys::HtmlElement>, up: bool, end: bool) {
    let Some(button) = button else { return };
    let (b, m) = (button.get_bounding_client_rect(), list.get_bounding_client_rect());
    let width = window().inner_width().ok().and_then(|w| w.as_f64()).unwrap_or(0.0);
    let height = window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or(0.0);
    let left = if end { b.right() - m.width() } else { b.left() };
    let below = b.bottom() + 4.0;
    let above = b.top() - 4.0 - m.height();
    let top = if (up && above >= 8.0) || below + m.height() > height - 8.0 { above } else { below };
    let style = list.style();
    let _ = style.set_property("left", &format!("{}px", left.clamp(8.0, (width - m.width() - 8.0).max(8.0))));
    let _ = style.set_property("top", &format!("{}px", top.max(8.0)));
}

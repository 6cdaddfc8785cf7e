//! A modal dialog on the platform's own `<dialog>`: focus stays inside and returns, Esc closes.

use super::{Icon, IconButton};
use crate::keys;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// Shown while `open` is true; the children are made when it opens.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    /// Names the dialog. Shown as its heading unless `bare`.
    #[prop(into)]
    title: String,
    /// A style class for its width: `narrow`, `wide`.
    #[prop(default = "")]
    class: &'static str,
    /// Without heading and close button.
    #[prop(optional)]
    bare: bool,
    #[prop(optional)] test: Option<&'static str>,
    children: ChildrenFn,
) -> impl IntoView {
    let shown = move || {
        open.get().then(|| {
            view! { <OpenDialog open title=title.clone() class bare test children=children.clone() /> }
                .into_any()
        })
    };
    shown.into_any()
}

#[component]
fn OpenDialog(
    open: RwSignal<bool>,
    title: String,
    class: &'static str,
    bare: bool,
    test: Option<&'static str>,
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    keys::enter_dialog();
    let before = document().active_element();
    on_cleanup(keys::leave_dialog);
    let before = StoredValue::new_local(before);
    let close = move || {
        if let Some(dialog) = element.get_untracked() {
            dialog.close();
        }
    };
    Effect::new(move |_| {
        if let Some(dialog) = element.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
            begin_inside(&dialog);
        }
    });
    let closed = move |_| {
        open.set(false);
        // The browser gives focus back to what had it; in a WebView that lost it, we do.
        if let Some(Some(before)) = before.try_get_value() {
            crate::parts::focus(&before);
        }
    };
    let outside = move |e: web_sys::MouseEvent| {
        let on_backdrop = element.get_untracked().is_some_and(|d| {
            e.target().is_some_and(|t| {
                let d: &web_sys::EventTarget = d.as_ref();
                t == *d
            })
        });
        if on_backdrop {
            close();
        }
    };
    let heading = (!bare).then(|| {
        view! {
            <header class="dialog-head">
                <h2>{title.clone()}</h2>
                <IconButton icon=Icon::Close label="Close" on_press=Callback::new(move |()| close()) />
            </header>
        }
        .into_any()
    });
    view! {
        <dialog
            node_ref=element
            class=format!("dialog {class}")
            tabindex="-1"
            aria-label=title
            data-test=test
            on:close=closed
            on:mousedown=outside
        >
            <div class="dialog-body">{heading} {children()}</div>
        </dialog>
    }
    .into_any()
}

/// What a dialog begins with, rather than with its close button: its first field, else the button that it marks, else
/// what it is there to do. A hidden field for a file takes no focus.
const BEGINNINGS: [&str; 4] = [
    ".dialog-body :is(input:not([type=file]), select, textarea)",
    ".dialog-body .begins .button",
    ".dialog-foot .button.primary",
    ".dialog-foot .button",
];

fn begin_inside(dialog: &web_sys::HtmlDialogElement) {
    let on_close =
        document().active_element().is_some_and(|a| matches!(a.closest(".dialog-head"), Ok(Some(_))));
    let beginning = || {
        BEGINNINGS.iter().find_map(|b| dialog.query_selector(&format!("{b}:not(:disabled)")).ok().flatten())
    };
    if on_close {
        // Nothing to begin with: the dialog itself, rather than a ring around the cross.
        match beginning() {
            Some(beginning) => crate::parts::focus(&beginning),
            None => crate::parts::focus(dialog),
        }
    }
}

/// Closes the dialog in front, as its own close button would: focus goes back to what had it.
pub fn close_front_dialog() {
    if let Ok(open) = document().query_selector_all("dialog[open]")
        && let Some(front) = open.item(open.length().saturating_sub(1))
        && let Ok(dialog) = front.dyn_into::<web_sys::HtmlDialogElement>()
    {
        dialog.close();
    }
}

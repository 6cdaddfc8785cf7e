//! Choosing files: the button, and what is pasted.

use super::Tray;
use crate::parts::{Button, Icon, IconView};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Blob, ClipboardEvent, FileList};

/// Names and contents of a list of files.
pub(super) fn of_list(list: &FileList) -> Vec<(String, Blob)> {
    (0..list.length()).filter_map(|n| list.get(n)).map(|file| (file.name(), file.into())).collect()
}

impl Tray {
    /// Takes the files of a paste; words are left to the box.
    pub fn paste(self, e: &ClipboardEvent) {
        let files = e.clipboard_data().and_then(|data| data.files()).map(|list| of_list(&list));
        if let Some(files) = files.filter(|files| !files.is_empty()) {
            e.prevent_default();
            self.take(files, false);
        }
    }
}

/// A button with words that opens the system's dialog for one file.
#[component]
pub fn Chooser(
    label: String,
    /// What the dialog offers first, as in `accept`.
    types: &'static str,
    take: Callback<Vec<(String, Blob)>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        if let Some(list) = input.files() {
            take.run(of_list(&list));
        }
        // The same file may be chosen again.
        input.set_value("");
    };
    let open = Callback::new(move |()| {
        if let Some(input) = input.get_untracked() {
            input.unchecked_ref::<web_sys::HtmlElement>().click();
        }
    });
    view! {
        <input type="file" accept=types hidden=true tabindex="-1" aria-hidden="true" node_ref=input data-test="header-input" on:change=chosen />
        <Button label small=true on_press=open test="choose-header-file" />
    }
    .into_any()
}

/// Opens the system's dialog.
#[component]
pub fn AttachButton(tray: Tray) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        if let Some(list) = input.files() {
            tray.take(of_list(&list), false);
        }
        // The same file may be chosen again.
        input.set_value("");
    };
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.unchecked_ref::<web_sys::HtmlElement>().click();
        }
    };
    view! {
        <input type="file" multiple=true hidden=true tabindex="-1" aria-hidden="true" node_ref=input data-test="file-input" on:change=chosen />
        <button type="button" class="icon-button small" aria-label="Attach files" data-tip="Attach files" data-test="attach" on:click=open>
            <IconView icon=Icon::Attach />
        </button>
    }
    .into_any()
}

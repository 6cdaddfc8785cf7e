//! Choosing files: the button, and what is pasted.

use super::Tray;
use crate::parts::{Icon, IconView};
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

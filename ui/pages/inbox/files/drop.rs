//! Files dragged over the thread are dropped into the composer.

use super::{Tray, choose::of_list};
use crate::parts::{Icon, IconView};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element};

/// Whether files are dragged, not words or a link.
fn has_files(e: &DragEvent) -> bool {
    let types = e.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.iter().any(|t| t.as_string().as_deref() == Some("Files")))
}

/// Whether the pointer is over the thread.
fn over_thread(e: &DragEvent) -> bool {
    let target = e.target().and_then(|t| t.dyn_into::<Element>().ok());
    target.and_then(|t| t.closest(".thread-pane").ok().flatten()).is_some()
}

/// Lies over the whole thread while files are over it.
#[component]
pub fn DropZone(tray: Tray, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let over = RwSignal::new(false);
    let moving = window_event_listener(ev::dragover, move |e| {
        if !has_files(&e) {
            return;
        }
        // Without this the window would go to the file.
        e.prevent_default();
        let here = over_thread(&e);
        if over.get_untracked() != here {
            over.set(here);
        }
    });
    let left = window_event_listener(ev::dragleave, move |e| {
        // Leaving the window, not one element for another.
        if e.related_target().is_none() {
            over.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |e| {
        if !has_files(&e) {
            return;
        }
        e.prevent_default();
        over.set(false);
        let files = e.data_transfer().and_then(|data| data.files());
        if let Some(files) = files.filter(|_| over_thread(&e)) {
            tray.take(of_list(&files), false);
        }
    });
    on_cleanup(move || {
        moving.remove();
        left.remove();
        dropped.remove();
    });
    move || {
        over.get().then(|| {
            view! {
                <div class="drop-zone" data-test="drop-zone">
                    <IconView icon=Icon::Attach />
                    <p>{move || format!("Drop to send to {}", name.get())}</p>
                </div>
            }
            .into_any()
        })
    }
}

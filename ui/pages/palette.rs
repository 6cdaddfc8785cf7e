//! The command palette: everything that can be done, by typing a few letters.

use crate::parts::Dialog;
use leptos::prelude::*;

/// The palette, shown while `open`.
#[component]
pub fn Palette(open: RwSignal<bool>) -> impl IntoView {
    view! { <Dialog open title="Command palette" bare=true class="palette" test="palette"><input type="text" aria-label="Command" /></Dialog> }
        .into_any()
}

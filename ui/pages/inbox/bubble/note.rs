//! A private note of ours: nobody outside this desk sees it.

use super::words::words_view;
use crate::parts::{Icon, IconView};
use leptos::prelude::*;

/// Its head says what it is, since nothing is worse than a note taken for a reply.
#[component]
pub fn NoteView(text: String, author: String) -> impl IntoView {
    let by = (!author.is_empty()).then(|| view! { " · " <bdi>{author}</bdi> });
    view! {
        <span class="note-head"><IconView icon=Icon::Lock />"Private note"{by}</span>
        {words_view(&text)}
    }
    .into_any()
}

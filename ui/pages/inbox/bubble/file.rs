//! A file by its name, kind and size; pressing it saves it, dragging it takes it out.

use super::missing;
use crate::{
    format,
    pages::inbox::saving,
    parts::{Icon, IconView},
};
use heliograph_model::Attachment;
use leptos::prelude::*;

/// The file.
#[component]
pub fn FileView(a: Attachment) -> impl IntoView {
    let what = kind(&a.name, &a.mime);
    let size = a.bytes.map(format::bytes);
    let facts = [Some(what), size].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let Some(file) = a.file.clone() else {
        let words = missing::words(&a);
        return view! {
            <div class="file-row waiting" role="img" aria-label=words>
                <span class="file-icon skeleton"></span>
                <span class="file-facts"><bdi class="file-name">{named(&a.name)}</bdi><span class="quiet">"Being fetched"</span></span>
            </div>
        }
        .into_any();
    };
    let name = named(&a.name);
    let (saved, saved_as) = (file.clone(), name.clone());
    let (dragged_as, mime) = (name.clone(), a.mime);
    view! {
        <button
            type="button"
            class="file-row"
            draggable="true"
            data-test="file"
            data-tip="Save"
            on:click=move |_| saving::save(&saved, &saved_as)
            on:dragstart=move |e| saving::drag_out(&e, &file, &dragged_as, &mime)
        >
            <span class="file-icon"><IconView icon=Icon::File /></span>
            <span class="file-facts">
                <span class="unseen">"Save "</span>
                <bdi class="file-name">{name}</bdi>
                <span class="quiet figures">{facts}</span>
            </span>
            <IconView icon=Icon::Save />
        </button>
    }
    .into_any()
}

fn named(name: &str) -> String {
    if name.is_empty() { "File without a name".to_owned() } else { name.to_owned() }
}

/// "PDF", "Word document", or what the name ends with.
fn kind(name: &str, mime: &str) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    let known =
        match mime {
            "application/pdf" => "PDF",
            "application/zip" | "application/x-7z-compressed" | "application/gzip" => "Archive",
            "application/msword"
            | "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "Word document",
            "application/vnd.ms-excel"
            | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "Excel sheet",
            "application/vnd.ms-powerpoint"
            | "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "Presentation",
            "text/csv" => "CSV table",
            "text/plain" => "Text",
            _ => "",
        };
    let plain = (1..=5).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric());
    match (known, plain) {
        ("", true) => ending.to_ascii_uppercase(),
        ("", false) => "File".to_owned(),
        (known, _) => known.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_people_call_it() {
        assert_eq!(kind("invoice.pdf", "application/pdf"), "PDF");
        assert_eq!(kind("plan.dwg", "application/octet-stream"), "DWG");
        assert_eq!(kind("notes", ""), "File");
        assert_eq!(kind("odd.way too long", ""), "File");
    }
}

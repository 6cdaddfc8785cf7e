//! What is kept on this computer, where, and for how long.

use super::{
    Section,
    files_kept::FilesKept,
    rows::{Group, Row, SelectRow},
    saving::Saving,
};
use crate::{
    format,
    live::live,
    parts::{CopyLine, ProblemNote},
};
use heliograph_model::{StorageFigures, call::GetStorage};
use leptos::prelude::*;

/// The figures, as label and value.
fn figures(f: &StorageFigures) -> Vec<(&'static str, String, String)> {
    let since = f.since.map_or_else(String::new, |at| format!("since {}", format::date(at)));
    let waiting = match f.media_waiting {
        0 => String::new(),
        n => format!("{} to come", format::count(n)),
    };
    vec![
        ("Conversations", format::count(f.conversations), String::new()),
        ("Messages", format::count(f.messages), since),
        ("Database", format::bytes(f.database_bytes), String::new()),
        ("Pictures and files", format::bytes(f.media_bytes), waiting),
        ("Raw deliveries", format::count(f.journal_rows), format::bytes(f.journal_bytes)),
    ]
}

/// What the raw deliveries are for, so what fewer days mean.
const KEEP: &str = "What Meta sent, word for word. A later version of Heliograph reads it again and shows in full what \
     this one could only name; what has gone from here stays a placeholder, and its raw form cannot be looked at.";

/// How much of it there is.
fn journal_now(f: &StorageFigures) -> String {
    let since =
        f.journal_since.map_or_else(String::new, |at| format!(", the oldest of {}", format::date(at)));
    format!(
        "At the moment: {}, {}{since}. Fewer days take effect at once.",
        format::plural(f.journal_rows, "delivery", "deliveries"),
        format::bytes(f.journal_bytes)
    )
}

fn days(n: u32) -> String {
    format::plural(n.into(), "day", "days")
}

fn mebibytes(n: u32) -> String {
    if n >= 1024 && n.is_multiple_of(1024) { format!("{} GB", n / 1024) } else { format!("{n} MB") }
}

/// The section.
#[component]
pub fn StorageGroup(saving: Saving) -> impl IntoView {
    let storage = live(|| Some(GetStorage {}));
    let journal = saving.read(|s| s.storage.journal_days);
    let media = saving.read(|s| s.storage.media_mib);
    let one = |(label, value, aside): (&'static str, String, String)| {
        view! {
            <div class="figure">
                <dt>{label}</dt>
                <dd><strong class="figures">{value}</strong> <span class="quiet">{aside}</span></dd>
            </div>
        }
    };
    let cells = move || {
        match storage.get() {
        Some(f) => figures(&f).into_iter().map(one).collect_view().into_any(),
        None => (0..5)
            .map(|_| view! { <div class="figure" aria-hidden="true"><span class="skeleton"></span><span class="skeleton"></span></div> })
            .collect_view()
            .into_any(),
    }
    };
    let journal_now = move || storage.with(|f| f.map_or_else(String::new, journal_now));
    let kept = Signal::derive(move || storage.with(|f| f.map(|f| f.media.clone()).unwrap_or_default()));
    let folder =
        Signal::derive(move || storage.with(|f| f.map_or_else(|| "…".to_owned(), |f| f.folder.clone())));
    view! {
        <Group section=Section::Storage about="Everything lives in one folder on this computer and can be read offline.">
            <ProblemNote problem=storage.problem again=Callback::new(move |()| storage.again()) />
            <dl class="figure-strip">{cells}</dl>
            <Row label="Folder" wide=true>
                <CopyLine what="the folder" text=folder />
            </Row>
            <SelectRow
                name="journal-days"
                label="Keep raw deliveries"
                hint=KEEP
                options=[3, 7, 14, 30, 90, 365].into_iter().map(|n| (n, days(n))).collect()
                other=days
                value=journal
                change=Callback::new(move |n| saving.change("journal-days", |s| s.storage.journal_days = n))
                fresh=saving.fresh
            />
            <p class="row-note" data-test="journal-size">{journal_now}</p>
            <SelectRow
                name="media-size"
                label="Pictures and files, at most"
                hint="When it is full, those of the oldest messages go first."
                options=[512, 1024, 2048, 5120, 10_240, 51_200].into_iter().map(|n| (n, mebibytes(n))).collect()
                other=mebibytes
                value=media
                change=Callback::new(move |n| saving.change("media-size", |s| s.storage.media_mib = n))
                fresh=saving.fresh
            />
            <FilesKept saving figures=kept />
        </Group>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_days_are_words() {
        assert_eq!(mebibytes(512), "512 MB");
        assert_eq!(mebibytes(2048), "2 GB");
        assert_eq!(mebibytes(1500), "1500 MB");
        assert_eq!(days(1), "1 day");
        assert_eq!(days(30), "30 days");
    }
}

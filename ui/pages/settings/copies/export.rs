//! The export: everything, or one conversation, for other programs.

use super::{
    super::{Section, open_at},
    backup::with_place,
};
use crate::{
    format,
    live::{Live, order, tell_engine},
    parts::{Button, Dialog, Icon, Note, ProblemNote, Switch, Tone, close_front_dialog},
};
use heliograph_model::{ConversationId, Copies, call::StartExport};
use leptos::prelude::*;

/// Asks, and begins.
#[component]
pub fn ExportDialog(open: RwSignal<bool>, copies: Live<Copies>) -> impl IntoView {
    view! {
        <Dialog open title="Export everything" class="narrow" test="export-dialog">
            <Ask copies />
        </Dialog>
    }
    .into_any()
}

/// Exports one conversation with its files, and shows how far it is.
pub fn export_conversation(conversation: ConversationId) {
    with_place("conversation", "zip", move |to| {
        tell_engine(StartExport { to, conversation: Some(conversation), media: true });
        open_at(Section::Copies);
    });
}

#[component]
fn Ask(copies: Live<Copies>) -> impl IntoView {
    let media = RwSignal::new(false);
    let start = order::<StartExport>(|()| close_front_dialog()).quiet();
    let files = copies.with_untracked(|c| {
        c.map_or_else(String::new, |c| {
            format!("{}, {}", format::plural(c.media_files, "file", "files"), format::bytes(c.media_bytes))
        })
    });
    let go = Callback::new(move |()| {
        let media = media.get_untracked();
        with_place("export", "zip", move |to| start.run(StartExport { to, conversation: None, media }));
    });
    view! {
        <div class="copy-form">
        <p class="dialog-words">
            "One zip with messages, conversations, people, notes and labels: as JSON lines for programs, as CSV for a spreadsheet. What each field means stands in README.txt inside."
        </p>
        <Switch
            label="Pictures and files"
            hint=files
            on=media
            change=Callback::new(move |on| media.set(on))
            test="export-media"
        />
        <Note icon=Icon::Alert tone="warn">
            "An export is not sealed: whoever gets the file can read it. It holds no sign-ins. To move to another computer, make a backup instead."
        </Note>
        <ProblemNote problem=start.problem />
        </div>
        <div class="dialog-foot">
            <Button label="Cancel" on_press=Callback::new(|()| close_front_dialog()) />
            <Button label="Export" tone=Tone::Primary busy=start.busy on_press=go test="export-go" />
        </div>
    }
    .into_any()
}

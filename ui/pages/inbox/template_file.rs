//! The file of a template's header: one of this computer on WhatsApp, or an address that Meta fetches.

use super::files::Chooser;
use crate::{
    format,
    ipc::{self, media_url},
    live::tell_engine,
    parts::{Icon, IconButton, IconView},
};
use heliograph_model::{
    Channel, ConversationId, FileKind, FileRules, FileVerdict, Problem, TemplateFile, Upload,
    call::RemoveUpload,
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// What stands in the header, as far as it is chosen.
#[derive(Clone, Copy)]
pub struct HeaderFile {
    conversation: ConversationId,
    wanted: TemplateFile,
    chosen: RwSignal<Option<Upload>>,
    reading: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
}

impl HeaderFile {
    /// Nothing yet. What was chosen and not sent is forgotten with the form.
    #[must_use]
    pub fn new(conversation: ConversationId, wanted: TemplateFile) -> Self {
        let file = Self {
            conversation,
            wanted,
            chosen: RwSignal::new(None),
            reading: RwSignal::new(false),
            problem: RwSignal::new(None),
        };
        on_cleanup(move || {
            if let Some(Some(upload)) = file.chosen.try_get_untracked() {
                tell_engine(RemoveUpload { upload: upload.id });
            }
        });
        file
    }

    /// The chosen file; reactive.
    #[must_use]
    pub fn chosen(self) -> Option<Upload> {
        self.chosen.get()
    }

    /// It was sent: the engine has it.
    pub fn sent(self) {
        self.chosen.set(None);
    }

    /// Why what was chosen cannot stand there, in words; reactive.
    #[must_use]
    pub fn complaint(self) -> Option<String> {
        self.chosen.with(|chosen| chosen.as_ref().and_then(|upload| unfit(upload, self.wanted)))
    }

    fn take(self, files: Vec<(String, Blob)>) {
        let Some((name, blob)) = files.into_iter().next() else { return };
        self.clear();
        self.problem.set(None);
        self.reading.set(true);
        spawn_local(async move {
            let answer = ipc::upload(self.conversation, &name, false, &blob).await;
            let _ = self.reading.try_set(false);
            match answer {
                // The form was closed meanwhile: nobody will send it.
                Ok(upload) if self.chosen.is_disposed() => tell_engine(RemoveUpload { upload: upload.id }),
                Ok(upload) => self.chosen.set(Some(upload)),
                Err(problem) => drop(self.problem.try_set(Some(problem))),
            }
        });
    }

    fn clear(self) {
        if let Some(upload) = self.chosen.get_untracked() {
            tell_engine(RemoveUpload { upload: upload.id });
        }
        self.chosen.set(None);
    }
}

fn verdict(upload: &Upload) -> FileVerdict {
    FileRules::of(Channel::WhatsApp, false).verdict(upload.kind, &upload.mime, upload.bytes)
}

fn unfit(upload: &Upload, wanted: TemplateFile) -> Option<String> {
    match verdict(upload) {
        FileVerdict::Refused(why) => Some(why),
        FileVerdict::Fine | FileVerdict::Converted { .. } if upload.kind == wanted.kind() => None,
        _ => Some(format!("The header takes {}, as WhatsApp shows it.", wanted.article())),
    }
}

/// Types that the system's dialog offers first.
const fn types(wanted: TemplateFile) -> &'static str {
    match wanted {
        TemplateFile::Image => "image/*",
        TemplateFile::Video => "video/mp4,video/3gpp",
        TemplateFile::Document => "application/pdf,.pdf",
    }
}

/// The button that chooses it, or what was chosen.
#[component]
pub fn HeaderFileField(file: HeaderFile) -> impl IntoView {
    let choose = move || {
        let label = format!("Choose {}…", file.wanted.article());
        view! { <Chooser label types=types(file.wanted) take=Callback::new(move |files| file.take(files)) /> }
    };
    let told = move || {
        let words = file
            .problem
            .get()
            .map(|p| p.message)
            .or_else(|| file.reading.get().then(|| "Reading…".into()))?;
        let bad = file.problem.with(Option::is_some);
        Some(view! { <small class:bad=bad role="status">{words}</small> })
    };
    move || match file.chosen.get() {
        Some(upload) => item(file, upload).into_any(),
        None => view! { <div class="template-choose">{choose()} {told}</div> }.into_any(),
    }
}

fn item(file: HeaderFile, upload: Upload) -> impl IntoView {
    let complaint = unfit(&upload, file.wanted);
    let (tone, words) = match (&complaint, verdict(&upload)) {
        (Some(why), _) => ("bad", why.clone()),
        (None, FileVerdict::Converted { .. }) => ("warn", verdict(&upload).words(Channel::WhatsApp)),
        (None, verdict) => ("good", verdict.words(Channel::WhatsApp)),
    };
    let face = match upload.thumbnail.clone().filter(|_| upload.kind == FileKind::Picture) {
        Some(hash) => view! { <img src=media_url(&hash) alt="" draggable="false" /> }.into_any(),
        None => {
            let icon = if upload.kind == FileKind::Video { Icon::Video } else { Icon::File };
            view! { <IconView icon /> }.into_any()
        }
    };
    let name = upload.name.clone();
    view! {
        <div class="tray-item" data-test="header-file">
            <span class="tray-face">{face}</span>
            <div class="tray-words">
                <span class="tray-name" dir="auto" data-tip=name.clone()>{name.clone()}</span>
                <span class="tray-facts figures">{format::bytes(upload.bytes)}</span>
                <span class=format!("tray-verdict {tone}")>{words}</span>
            </div>
            <div class="tray-acts">
                <IconButton
                    icon=Icon::Close
                    label=format!("Take {name} out")
                    small=true
                    test="remove-header-file"
                    on_press=Callback::new(move |()| file.clear())
                />
            </div>
        </div>
    }
}

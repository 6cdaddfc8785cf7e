//! Files in the composer: chosen, pasted, dropped or recorded, shown with what becomes of each of them, and sent.

mod choose;
mod drop;
mod leaving;
mod tiles;
mod voice;

pub use choose::{AttachButton, Chooser};
pub use drop::DropZone;
pub use leaving::Leaving;
pub use tiles::TrayView;
pub use voice::VoiceButton;

use crate::{
    clock::clock,
    desk::desk,
    ipc,
    live::{Live, live, tell_engine},
    toast::toasts,
};
use heliograph_model::{
    Channel, Conversation, ConversationId, FileKind, FileRules, FileToSend, FileVerdict, LARGEST_UPLOAD,
    Problem, Upload, UploadId,
    call::{ArrangeUploads, ListUploads, RemoveUpload, SendFiles},
};
use leptos::prelude::*;
use std::collections::HashMap;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// A file on its way into the composer.
#[derive(Debug, Clone, PartialEq)]
struct Coming {
    n: u32,
    name: String,
    /// Why it did not come.
    problem: Option<Problem>,
}

/// The files of one conversation's composer.
#[derive(Clone, Copy)]
pub struct Tray {
    conversation: ConversationId,
    channel: Memo<Channel>,
    uploads: Live<Vec<Upload>>,
    coming: RwSignal<Vec<Coming>>,
    next: StoredValue<u32>,
    /// Words under each file, where the channel shows any.
    captions: RwSignal<HashMap<UploadId, String>>,
    busy: RwSignal<bool>,
}

impl Tray {
    /// The tray of a conversation.
    #[must_use]
    pub fn of(conversation: ConversationId, row: Memo<Option<Conversation>>) -> Self {
        Self {
            conversation,
            channel: Memo::new(move |_| row.with(|c| c.as_ref().map_or(Channel::Messenger, |c| c.channel))),
            uploads: live(move || Some(ListUploads { conversation })),
            coming: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            captions: RwSignal::new(HashMap::new()),
            busy: RwSignal::new(false),
        }
    }

    /// Whether nothing is in it; reactive.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.uploads.with(|all| all.is_none_or(Vec::is_empty)) && self.coming.with(Vec::is_empty)
    }

    /// Whether what is in it can leave; reactive.
    #[must_use]
    pub fn can_send(self) -> bool {
        let rules = self.rules();
        !self.busy.get()
            && self.coming.with(|all| all.iter().all(|c| c.problem.is_some()))
            && self.uploads.with(|all| {
                all.is_some_and(|all| !all.is_empty() && all.iter().all(|u| !is_refused(&rules, u)))
            })
    }

    fn rules(self) -> FileRules {
        FileRules::of(self.channel.get(), desk().chosen().composer.unproven_files)
    }

    /// Takes files in, one after the other, in their order.
    pub fn take(self, files: Vec<(String, Blob)>, voice: bool) {
        let mut queue = Vec::with_capacity(files.len());
        for (name, blob) in files {
            let n = self.next.try_update_value(|n| std::mem::replace(n, *n + 1)).unwrap_or_default();
            #[allow(clippy::cast_precision_loss)]
            let too_large = blob.size() > LARGEST_UPLOAD as f64;
            let problem = too_large.then(|| {
                Problem::new(heliograph_model::Code::TooLong, "Larger than 100 MB, which no channel takes.")
            });
            let fits = problem.is_none();
            self.coming.update(|all| all.push(Coming { n, name: name.clone(), problem }));
            if fits {
                queue.push((n, name, blob));
            }
        }
        spawn_local(async move {
            for (n, name, blob) in queue {
                let answer = ipc::upload(self.conversation, &name, voice, &blob).await;
                let _ = self.coming.try_update(|all| match answer {
                    Ok(_) => all.retain(|c| c.n != n),
                    Err(problem) => {
                        if let Some(coming) = all.iter_mut().find(|c| c.n == n) {
                            coming.problem = Some(problem);
                        }
                    }
                });
            }
        });
    }

    fn forget(self, n: u32) {
        self.coming.update(|all| all.retain(|c| c.n != n));
    }

    fn remove(self, upload: UploadId) {
        self.captions.update(|all| drop(all.remove(&upload)));
        tell_engine(RemoveUpload { upload });
    }

    /// Moves a file by so many places.
    fn shift(self, upload: UploadId, by: isize) {
        let Some(all) = self.uploads.peek() else { return };
        let mut order: Vec<UploadId> = all.iter().map(|u| u.id).collect();
        let Some(from) = order.iter().position(|id| *id == upload) else { return };
        let to = from.saturating_add_signed(by).min(order.len() - 1);
        order.swap(from, to);
        tell_engine(ArrangeUploads { conversation: self.conversation, order });
    }

    /// Sends what is in it. Words of the composer go under the one file, where the channel shows words there;
    /// answers whether they do. `done` hears whether the engine has taken them.
    pub fn send(self, words: &str, done: impl FnOnce(bool) + 'static) -> bool {
        let Some(all) = self.uploads.peek().filter(|all| !all.is_empty()) else { return false };
        if !untrack(|| self.can_send()) {
            return false;
        }
        let rules = untrack(|| self.rules());
        let mut captions = self.captions.get_untracked();
        let under = match all.as_slice() {
            [one] if rules.captions(one.kind) && !words.trim().is_empty() => {
                let own = captions.remove(&one.id).unwrap_or_default();
                let both = [own.trim(), words.trim()].map(str::to_owned);
                captions.insert(
                    one.id,
                    both.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join("\n"),
                );
                true
            }
            _ => false,
        };
        let files = all
            .iter()
            .map(|u| FileToSend {
                upload: u.id,
                caption: captions.remove(&u.id).filter(|_| rules.captions(u.kind)).unwrap_or_default(),
            })
            .collect();
        // The same press twice is one send; files chosen again are others.
        let key = format!("files-{}-{}", all[0].id, clock().peek().0);
        let request = SendFiles { conversation: self.conversation, files, key };
        self.busy.set(true);
        spawn_local(async move {
            let answer = ipc::call(&request).await;
            let _ = self.busy.try_set(false);
            match answer {
                Ok(_) => {
                    let _ = self.captions.try_set(HashMap::new());
                    done(true);
                }
                Err(mut problem) => {
                    problem.message = format!("Not sent: {}", problem.message);
                    toasts().problem(&problem);
                    done(false);
                }
            }
        });
        under
    }
}

fn verdict(rules: &FileRules, upload: &Upload) -> FileVerdict {
    rules.verdict(upload.kind, &upload.mime, upload.bytes)
}

fn is_refused(rules: &FileRules, upload: &Upload) -> bool {
    matches!(verdict(rules, upload), FileVerdict::Refused(_))
}

/// What a kind is called in the tray.
const fn kind_name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Picture => "Picture",
        FileKind::Video => "Film",
        FileKind::Sound => "Sound",
        FileKind::File => "File",
    }
}

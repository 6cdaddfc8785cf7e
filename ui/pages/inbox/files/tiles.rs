//! The tray above the words: each file as a tile with what becomes of it, its place, and words under it where the
//! channel shows some.

use super::{Coming, Tray, kind_name, verdict};
use crate::{
    format,
    ipc::media_url,
    parts::{Icon, IconButton, IconView},
};
use heliograph_model::{FileKind, FileVerdict, LONGEST_CAPTION, Upload, UploadId};
use leptos::prelude::*;

/// The tray; nothing while it is empty.
#[component]
pub fn TrayView(tray: Tray) -> impl IntoView {
    let tiles = move || {
        let all = tray.uploads.get().unwrap_or_default();
        let last = all.len().saturating_sub(1);
        all.into_iter().enumerate().map(|(n, upload)| tile(tray, upload, n == 0, n == last)).collect_view()
    };
    let coming = move || tray.coming.get().into_iter().map(|coming| on_its_way(tray, coming)).collect_view();
    let several = move || {
        let n = tray.uploads.with(|all| all.map_or(0, Vec::len));
        (n > 1).then(|| {
            view! { <p class="tray-several" data-test="several">{format!("{n} files leave as {n} messages, in this order.")}</p> }
        })
    };
    move || {
        (!tray.is_empty()).then(|| {
            view! {
                <ul class="tray" aria-label="Files to send" data-test="tray">{tiles} {coming}</ul>
                {several}
            }
            .into_any()
        })
    }
}

fn tile(tray: Tray, upload: Upload, first: bool, last: bool) -> AnyView {
    let id: UploadId = upload.id;
    let rules = tray.rules();
    let verdict = verdict(&rules, &upload);
    let words = verdict.words(tray.channel.get());
    let tone = match verdict {
        FileVerdict::Fine => "good",
        FileVerdict::Converted { .. } | FileVerdict::AsFile => "warn",
        FileVerdict::Refused(_) => "bad",
    };
    let mut facts = vec![kind_name(upload.kind).to_owned(), format::bytes(upload.bytes)];
    if let Some((width, height)) = upload.size {
        facts.push(format!("{width} × {height}"));
    }
    if let Some(ms) = upload.length_ms {
        let seconds = ms.div_ceil(1000);
        facts.push(format!("{}:{:02}", seconds / 60, seconds % 60));
    }
    let picture = upload.thumbnail.clone().or_else(|| {
        Some(upload.file.clone()).filter(|_| upload.kind == FileKind::Picture && !upload.mime.contains("hei"))
    });
    let face = match picture {
        Some(hash) => view! { <img src=media_url(&hash) alt="" draggable="false" /> }.into_any(),
        None => {
            let icon = match upload.kind {
                FileKind::Sound => Icon::Voice,
                FileKind::Video => Icon::Video,
                FileKind::Picture => Icon::Image,
                FileKind::File => Icon::File,
            };
            view! { <IconView icon /> }.into_any()
        }
    };
    let caption = rules.captions(upload.kind).then(|| {
        let value = tray.captions.with_untracked(|all| all.get(&id).cloned().unwrap_or_default());
        let typed = move |e| {
            let words = event_target_value(&e);
            tray.captions.update(|all| drop(all.insert(id, words)));
        };
        view! {
            <input
                class="tray-caption"
                type="text"
                dir="auto"
                maxlength=LONGEST_CAPTION.to_string()
                placeholder="Caption"
                aria-label=format!("Caption of {}", upload.name)
                value=value
                data-test="caption"
                on:input=typed
            />
        }
        .into_any()
    });
    let name = upload.name.clone();
    view! {
        <li class="tray-item">
            <span class="tray-face">{face}</span>
            <div class="tray-words">
                <span class="tray-name" dir="auto" data-tip=name.clone()>{name.clone()}</span>
                <span class="tray-facts figures">{facts.join(" · ")}</span>
                <span class=format!("tray-verdict {tone}") data-test="verdict">{words}</span>
                {caption}
            </div>
            <div class="tray-acts">
                <IconButton
                    icon=Icon::Close
                    label=format!("Take {name} out")
                    small=true
                    test="remove-file"
                    on_press=Callback::new(move |()| tray.remove(id))
                />
                {(!first)
                    .then(|| view! { <IconButton icon=Icon::Back label="Earlier" small=true on_press=Callback::new(move |()| tray.shift(id, -1)) /> })}
                {(!last)
                    .then(|| view! { <IconButton icon=Icon::Forward label="Later" small=true on_press=Callback::new(move |()| tray.shift(id, 1)) /> })}
            </div>
        </li>
    }
    .into_any()
}

/// A file that is not in the tray yet, or did not get there.
fn on_its_way(tray: Tray, coming: Coming) -> AnyView {
    let n = coming.n;
    let (words, tone) = match coming.problem {
        Some(problem) => (problem.message, "bad"),
        None => ("Reading…".to_owned(), ""),
    };
    let dismiss = (tone == "bad").then(|| {
        view! { <IconButton icon=Icon::Close label="Dismiss" small=true on_press=Callback::new(move |()| tray.forget(n)) /> }
    });
    view! {
        <li class="tray-item">
            <span class="tray-face"><IconView icon=Icon::File /></span>
            <div class="tray-words">
                <span class="tray-name" dir="auto">{coming.name}</span>
                <span class=format!("tray-verdict {tone}") role="status">{words}</span>
            </div>
            <div class="tray-acts">{dismiss}</div>
        </li>
    }
    .into_any()
}

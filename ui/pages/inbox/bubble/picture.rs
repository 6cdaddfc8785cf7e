//! Pictures, films and stickers. Their room is known before they are loaded, so that nothing jumps.

use super::missing::{self, Missing};
use crate::{
    ipc,
    live::tell_engine,
    pages::inbox::{saving, viewer::Viewer},
    parts::{Icon, IconView},
};
use heliograph_model::{Attachment, FileState, MessageId, call::FetchAgain};
use leptos::prelude::*;

/// The largest picture in a bubble, in pixels.
const LARGEST: (f64, f64) = (340.0, 380.0);
/// Narrower or lower than this none is shown: what is long is cut.
const SMALLEST: f64 = 96.0;
/// The room of one whose size nobody told.
const UNTOLD: (u32, u32) = (260, 196);
/// Tiles of a grid; the last one says how many more there are.
const TILES: usize = 9;

/// The room for a picture of this size.
fn room(size: Option<(u32, u32)>) -> (f64, f64) {
    let (w, h) = size.filter(|(w, h)| *w > 0 && *h > 0).unwrap_or(UNTOLD);
    let (w, h) = (f64::from(w), f64::from(h));
    let scale = (LARGEST.0 / w).min(LARGEST.1 / h).min(1.0);
    ((w * scale).max(SMALLEST).round(), (h * scale).max(SMALLEST).round())
}

/// One picture large, several as a grid.
#[component]
pub fn Pictures(message: MessageId, pictures: Vec<Attachment>, viewer: Viewer) -> impl IntoView {
    if let [one] = pictures.as_slice() {
        if one.file.is_none() && one.state != FileState::Waiting {
            return view! { <Missing message a=one.clone() /> }.into_any();
        }
        let (width, height) = room(one.size);
        return view! {
            <div class="pictures one" style:width=format!("{width}px") style:aspect-ratio=format!("{width} / {height}")>
                {tile(message, one, viewer, None)}
            </div>
        }
        .into_any();
    }
    let n = pictures.len();
    let columns = match n {
        3 => "three",
        2 | 4 => "two",
        _ => "many",
    };
    let more = n.saturating_sub(TILES);
    let tiles = pictures.iter().take(TILES).enumerate().map(|(i, a)| {
        let over = (more > 0 && i + 1 == TILES).then_some(more);
        tile(message, a, viewer, over)
    });
    view! { <div class=format!("pictures {columns}") data-test="pictures">{tiles.collect_view()}</div> }
        .into_any()
}

/// A picture that opens large; with `more`, the number of those that have no tile.
fn tile(message: MessageId, a: &Attachment, viewer: Viewer, more: Option<usize>) -> AnyView {
    let Some(file) = a.file.clone() else {
        let words = missing::words(a);
        let waits = a.state == FileState::Waiting;
        if a.again {
            let words = format!("{words} Press to fetch it again.");
            let press = move |_| tell_engine(FetchAgain { message });
            return view! {
                <button type="button" class="picture" aria-label=words.clone() data-tip=words data-test="fetch-again" on:click=press>
                    <IconView icon=Icon::Retry />
                </button>
            }
            .into_any();
        }
        return view! {
            <span class="picture" class:skeleton=waits role="img" aria-label=words.clone() data-tip=words>
                {(!waits).then(|| view! { <IconView icon=Icon::NoImage /> })}
            </span>
        }
        .into_any();
    };
    let broken = RwSignal::new(false);
    let alt = if a.name.is_empty() { "Photo".to_owned() } else { a.name.clone() };
    let (name, mime, opened) = (a.name.clone(), a.mime.clone(), file.clone());
    let dragged = file.clone();
    let drag = move |e: web_sys::DragEvent| saving::drag_out(&e, &dragged, &name, &mime);
    let image = image(a, &file, alt, broken);
    view! {
        <button
            type="button"
            class="picture"
            class:broken=move || broken.get()
            draggable="true"
            data-test="picture"
            on:click=move |_| viewer.open(message, &opened)
            on:dragstart=drag
        >
            {image}
            {more.map(|n| view! { <span class="picture-more figures">{format!("+{n}")}</span> })}
        </button>
    }
    .into_any()
}

/// Who wants no motion sees a moving picture's first frame.
fn image(a: &Attachment, file: &str, alt: String, broken: RwSignal<bool>) -> AnyView {
    let moving = a.mime == "image/gif";
    let small = a.thumbnail.as_deref();
    let src = ipc::media_url(if moving { file } else { small.unwrap_or(file) });
    let still = small.filter(|_| moving).map(|small| {
        view! { <source srcset=ipc::media_url(small) media="(prefers-reduced-motion: reduce)" /> }
    });
    view! {
        <picture>
            {still}
            <img src=src alt=alt loading="lazy" decoding="async" draggable="false" on:error=move |_| broken.set(true) />
        </picture>
    }
    .into_any()
}

/// Where a film is, a moment after its beginning: what opens it shows that moment.
#[must_use]
pub fn first_moment(file: &str) -> String {
    format!("{}#t=0.1", ipc::media_url(file))
}

/// A film with the browser's own controls.
#[component]
pub fn Film(a: Attachment) -> impl IntoView {
    let (width, height) = room(a.size);
    let (width, height) = (width.max(240.0), height.max(140.0));
    let Some(file) = a.file else {
        return view! {
            <div class="film" style:width=format!("{width}px") style:aspect-ratio=format!("{width} / {height}")>
                <span class="skeleton" role="img" aria-label="Video, being fetched"></span>
            </div>
        }
        .into_any();
    };
    let poster = a.thumbnail.as_deref().map(ipc::media_url);
    // Without a picture of it, its first moment: some webviews draw nothing before a time is named.
    let (src, preload) = match &poster {
        Some(_) => (ipc::media_url(&file), "none"),
        None => (first_moment(&file), "metadata"),
    };
    let label = if a.name.is_empty() { "Video".to_owned() } else { a.name };
    view! {
        <div class="film" style:width=format!("{width}px") style:aspect-ratio=format!("{width} / {height}")>
            <video
                src=src
                poster=poster
                preload=preload
                controls
                playsinline
                aria-label=label
                data-own-keys=""
                data-test="film"
                on:play=super::sound::quiet_others
            ></video>
        </div>
    }
    .into_any()
}

/// A sticker stands without a bubble.
#[component]
pub fn Sticker(a: Attachment) -> impl IntoView {
    let Some(file) = a.file else {
        return view! { <span class="sticker skeleton" role="img" aria-label="Sticker, being fetched"></span> }
            .into_any();
    };
    let alt = if a.name.is_empty() { "Sticker".to_owned() } else { a.name };
    view! { <img class="sticker" src=ipc::media_url(&file) alt=alt loading="lazy" decoding="async" data-test="sticker" /> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fit_keep_their_shape_and_never_grow() {
        assert_eq!(room(Some((200, 100))), (200.0, 100.0));
        assert_eq!(room(Some((3400, 1700))), (340.0, 170.0));
        assert_eq!(room(Some((760, 3800))), (96.0, 380.0), "what is long is cut at its sides");
        assert_eq!(room(None), (260.0, 196.0));
        assert_eq!(room(Some((0, 5))), (260.0, 196.0));
    }
}

//! The files of a conversation: a few in the person pane, all of them in a dialog, newest first.

use super::bubble::first_moment;
use crate::{
    clock::clock,
    format,
    ipc::{self, media_url},
    live::live,
    parts::{Button, Dialog, Icon, IconView, ProblemNote, Tone},
    route::{Route, router},
};
use heliograph_model::{
    Attachment, ConversationId, FileKind, FileState, MediaItem, MediaPage, Problem, call::ListMedia,
};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Tiles in the person pane, and asked for at once in the dialog.
const FEW: u32 = 9;
const MANY: u32 = 60;

/// What the dialog shows at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Seen,
    Heard,
    Files,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Seen, Self::Heard, Self::Files];

    const fn name(self) -> &'static str {
        match self {
            Self::Seen => "Pictures and films",
            Self::Heard => "Sounds",
            Self::Files => "Files",
        }
    }

    fn kinds(self) -> Vec<FileKind> {
        match self {
            Self::Seen => vec![FileKind::Picture, FileKind::Video],
            Self::Heard => vec![FileKind::Sound],
            Self::Files => vec![FileKind::File],
        }
    }
}

/// What the conversation holds, in the person pane. Nothing while it holds nothing.
#[component]
pub fn PersonMedia(conversation: ConversationId) -> impl IntoView {
    let few =
        live(move || Some(ListMedia { conversation, kinds: Tab::Seen.kinds(), after: None, limit: FEW }));
    let any = live(move || Some(ListMedia { conversation, kinds: Vec::new(), after: None, limit: 1 }));
    let open = RwSignal::new(false);
    let is_empty = move || any.with(|page| page.is_none_or(|page| page.rows.is_empty()));
    let tiles = move || {
        let rows = few.with(|page| page.map(|page| page.rows.clone())).unwrap_or_default();
        rows.into_iter().map(|item| tile(conversation, &item, open)).collect_view()
    };
    move || {
        (!is_empty()).then(|| {
            view! {
                <section class="person-section person-media" data-test="person-media">
                    <h3>"Media"</h3>
                    <div class="tiles small">{tiles}</div>
                    <Button
                        label="All media"
                        icon=Some(Icon::Image)
                        tone=Tone::Quiet
                        small=true
                        test="all-media"
                        on_press=Callback::new(move |()| open.set(true))
                    />
                    <Dialog open title="Media" class="wide gallery" test="gallery">
                        <Gallery conversation open />
                    </Dialog>
                </section>
            }
            .into_any()
        })
    }
}

/// All of it.
#[component]
fn Gallery(conversation: ConversationId, open: RwSignal<bool>) -> impl IntoView {
    let tab = RwSignal::new(Tab::Seen);
    let tabs = Tab::ALL
        .into_iter()
        .map(|one| {
            view! {
                <label class="segment">
                    <input type="radio" name="gallery" prop:checked=move || tab.get() == one on:change=move |_| tab.set(one) />
                    <span>{one.name()}</span>
                </label>
            }
            .into_any()
        })
        .collect_view();
    let shown = move || {
        let tab = tab.get();
        view! { <Shelf conversation tab open /> }.into_any()
    };
    view! {
        <div class="gallery-tabs segments" role="radiogroup" aria-label="Kind">{tabs}</div>
        {shown}
    }
    .into_any()
}

/// One kind: the first page stays fresh, older ones are added on demand.
#[component]
fn Shelf(conversation: ConversationId, tab: Tab, open: RwSignal<bool>) -> impl IntoView {
    let newest = live(move || Some(ListMedia { conversation, kinds: tab.kinds(), after: None, limit: MANY }));
    let older = RwSignal::new(Vec::<MediaItem>::new());
    // The mark of what comes next: of the first page until more was read.
    let mark = RwSignal::new(None::<Option<String>>);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let next = move || mark.get().unwrap_or_else(|| newest.with(|page| page.and_then(|p| p.next.clone())));
    let more = Callback::new(move |()| {
        let Some(after) = untrack(next) else { return };
        busy.set(true);
        spawn_local(async move {
            let ask = ListMedia { conversation, kinds: tab.kinds(), after: Some(after), limit: MANY };
            let answer = ipc::call(&ask).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(MediaPage { rows, next }) => {
                    let _ = older.try_update(|all| all.extend(rows));
                    let _ = mark.try_set(Some(next));
                    let _ = problem.try_set(None);
                }
                Err(why) => drop(problem.try_set(Some(why))),
            }
        });
    });
    let body = move || {
        let Some(first) = newest.with(|page| page.map(|page| page.rows.clone())) else {
            return view! { <p class="gallery-empty quiet">"Looking…"</p> }.into_any();
        };
        if first.is_empty() {
            let words = format!("No {} in this conversation.", tab.name().to_lowercase());
            return view! { <p class="gallery-empty quiet">{words}</p> }.into_any();
        }
        let rest = older.get();
        let all = first.iter().chain(&rest);
        if tab == Tab::Seen {
            let tiles = all.map(|item| tile(conversation, item, open)).collect_view();
            view! { <div class="tiles">{tiles}</div> }.into_any()
        } else {
            let rows = all.map(|item| row(conversation, item, open)).collect_view();
            view! { <ul class="gallery-rows">{rows}</ul> }.into_any()
        }
    };
    view! {
        <div class="gallery-shelf">
            {body}
            <ProblemNote problem=problem again=more />
            {move || {
                next()
                    .is_some()
                    .then(|| view! { <Button label="Show older" busy=busy on_press=more test="gallery-older" /> })
            }}
        </div>
    }
    .into_any()
}

/// A picture or film as a square that leads to its message.
fn tile(conversation: ConversationId, item: &MediaItem, open: RwSignal<bool>) -> AnyView {
    let file = &item.attachment;
    let to = Route::Conversation { id: conversation, message: Some(item.message) };
    let is_film = FileKind::of(&file.kind, &file.mime) == FileKind::Video;
    let picture = file.thumbnail.clone().or_else(|| file.file.clone().filter(|_| !is_film));
    let label = format!("{}, {}", what(file), format::full(item.sent_at));
    let inside = match (picture, &file.file) {
        (Some(hash), _) => {
            view! { <img src=media_url(&hash) alt="" loading="lazy" draggable="false" /> }.into_any()
        }
        (None, Some(film)) => {
            view! { <video src=first_moment(film) preload="metadata" muted playsinline tabindex="-1" aria-hidden="true"></video> }
                .into_any()
        }
        (None, None) => {
            let icon = if is_film { Icon::Video } else { Icon::Image };
            view! { <IconView icon /> }.into_any()
        }
    };
    let mark = match (file.state, is_film) {
        (FileState::Kept, false) => None,
        (FileState::Kept, true) => {
            Some(view! { <span class="tile-mark"><IconView icon=Icon::Play /></span> }.into_any())
        }
        (state, _) => Some(view! { <span class="tile-mark">{state_word(state)}</span> }.into_any()),
    };
    view! {
        <a class="tile" href=to.path() aria-label=label.clone() data-tip=label on:click=move |e| follow(&e, &to, open)>
            {inside} {mark}
        </a>
    }
    .into_any()
}

/// A sound or file as a line.
fn row(conversation: ConversationId, item: &MediaItem, open: RwSignal<bool>) -> AnyView {
    let file = &item.attachment;
    let to = Route::Conversation { id: conversation, message: Some(item.message) };
    let icon = if FileKind::of(&file.kind, &file.mime) == FileKind::Sound { Icon::Voice } else { Icon::File };
    let mut facts = Vec::new();
    if let Some(ms) = file.length_ms {
        let seconds = ms.div_ceil(1000);
        facts.push(format!("{}:{:02}", seconds / 60, seconds % 60));
    }
    facts.extend(file.bytes.map(format::bytes));
    if file.state != FileState::Kept {
        facts.push(state_word(file.state).to_owned());
    }
    facts.push(if item.from_us { "sent".into() } else { "received".into() });
    let when = format::short(item.sent_at, clock().peek());
    view! {
        <li>
            <a class="gallery-row" href=to.path() on:click=move |e| follow(&e, &to, open)>
                <IconView icon />
                <span class="gallery-name" dir="auto">{what(file)}</span>
                <span class="gallery-facts figures">{facts.join(" · ")}</span>
                <span class="row-time figures">{when}</span>
            </a>
        </li>
    }
    .into_any()
}

/// Goes to the message and out of the dialog's way.
fn follow(e: &web_sys::MouseEvent, to: &Route, open: RwSignal<bool>) {
    if e.ctrl_key() || e.meta_key() || e.shift_key() {
        return;
    }
    e.prevent_default();
    open.set(false);
    router().go(to.clone());
}

/// Its name, or what it is.
fn what(file: &Attachment) -> String {
    if !file.name.is_empty() {
        return file.name.clone();
    }
    match FileKind::of(&file.kind, &file.mime) {
        FileKind::Picture => "Picture",
        FileKind::Video => "Film",
        FileKind::Sound => "Voice message",
        FileKind::File => "File",
    }
    .into()
}

/// Why there is no file, in a word.
const fn state_word(state: FileState) -> &'static str {
    match state {
        FileState::None | FileState::Kept => "",
        FileState::Waiting => "loading",
        FileState::Expired => "expired",
        FileState::Refused => "refused",
        FileState::TooLarge => "too large",
        FileState::Evicted => "removed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::AttachmentId;

    #[test]
    fn a_file_is_called_by_its_name_or_by_what_it_is() {
        let mut file = Attachment::of(AttachmentId(1), "audio");
        assert_eq!(what(&file), "Voice message");
        file.name = "rechnung.pdf".into();
        assert_eq!(what(&file), "rechnung.pdf");
    }

    #[test]
    fn every_kind_has_its_tab() {
        let mut kinds: Vec<FileKind> = Tab::ALL.into_iter().flat_map(Tab::kinds).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, FileKind::ALL);
    }
}

//! Pictures over the whole window: the next and the previous of the thread, larger and smaller, saved. Esc goes
//! back to where one was.

use super::{
    bubble::{Shot, shots},
    messages::Messages,
    saving,
};
use crate::{
    format, ipc,
    keys::{self, Command},
    parts::{Dialog, Icon, IconButton},
};
use heliograph_model::MessageId;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// How much larger than the window pictures get, step by step.
const STEPS: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0];

/// The viewer of one thread.
#[derive(Clone, Copy)]
pub struct Viewer {
    messages: StoredValue<Messages, LocalStorage>,
    open: RwSignal<bool>,
    /// The pictures of the thread that were loaded when it was opened.
    shots: RwSignal<Vec<Shot>>,
    at: RwSignal<usize>,
    zoom: RwSignal<usize>,
}

impl Viewer {
    /// Shut, over the pictures of a thread.
    #[must_use]
    pub fn of(messages: StoredValue<Messages, LocalStorage>) -> Self {
        Self {
            messages,
            open: RwSignal::new(false),
            shots: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
            zoom: RwSignal::new(0),
        }
    }

    /// Shows one picture, the others beside it.
    pub fn open(self, message: MessageId, file: &str) {
        let all = self.messages.with_value(|m| m.with_known(shots));
        let at = all.iter().position(|s| s.message == message && s.file == file);
        if let Some(at) = at {
            self.shots.set(all);
            self.at.set(at);
            self.zoom.set(0);
            self.open.set(true);
        }
    }

    fn step(self, by: isize) {
        let n = self.shots.with_untracked(Vec::len);
        if let Some(to) = self.at.get_untracked().checked_add_signed(by).filter(|to| *to < n) {
            self.zoom.set(0);
            self.at.set(to);
        }
    }

    fn larger(self, by: isize) {
        let to = self.zoom.get_untracked().saturating_add_signed(by).min(STEPS.len() - 1);
        self.zoom.set(to);
    }

    fn shot(self) -> Option<Shot> {
        self.shots.with(|all| all.get(self.at.get()).cloned())
    }

    fn save(self) {
        if let Some(shot) = untrack(|| self.shot()) {
            saving::save(&shot.file, &saved_name(&shot));
        }
    }
}

/// The name a picture is saved under.
fn saved_name(shot: &Shot) -> String {
    if !shot.name.is_empty() {
        return shot.name.clone();
    }
    let ending = match shot.mime.strip_prefix("image/") {
        Some("jpeg" | "jpg") | None => "jpg",
        Some(other) => other,
    };
    format!("photo-{}.{ending}", shot.message)
}

/// The window over the thread.
#[component]
pub fn ViewerDialog(viewer: Viewer, who: Signal<String>) -> impl IntoView {
    view! {
        <Dialog open=viewer.open title="Picture" class="viewer" bare=true test="viewer">
            <Inside viewer who />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Inside(viewer: Viewer, who: Signal<String>) -> impl IntoView {
    keys::bind(Command::NextPicture, move || viewer.step(1));
    keys::bind(Command::PreviousPicture, move || viewer.step(-1));
    keys::bind(Command::ZoomIn, move || viewer.larger(1));
    keys::bind(Command::ZoomOut, move || viewer.larger(-1));
    keys::bind(Command::ZoomFit, move || viewer.zoom.set(0));
    keys::bind(Command::SavePicture, move || viewer.save());
    let n = move || viewer.shots.with(Vec::len);
    let first = Signal::derive(move || viewer.at.get() == 0);
    let last = Signal::derive(move || viewer.at.get() + 1 >= n());
    let smallest = Signal::derive(move || viewer.zoom.get() == 0);
    let largest = Signal::derive(move || viewer.zoom.get() + 1 == STEPS.len());
    let caption = move || {
        viewer.shot().map(|shot| {
            let from = if shot.from_us { "You".to_owned() } else { who.get() };
            format!("{from}, {}", format::full(shot.sent_at))
        })
    };
    let count = move || format!("{} of {}", viewer.at.get() + 1, n());
    let press = |run: fn(Viewer)| Callback::new(move |()| run(viewer));
    let close = Callback::new(move |()| crate::parts::close_front_dialog());
    view! {
        <div class="viewer-head">
            <span class="viewer-caption"><bdi>{caption}</bdi></span>
            <span class="figures quiet" role="status" data-test="viewer-count">{count}</span>
            <IconButton icon=Icon::ZoomOut label="Smaller" command=Command::ZoomOut disabled=smallest on_press=press(|v| v.larger(-1)) />
            <IconButton icon=Icon::ZoomIn label="Larger" command=Command::ZoomIn disabled=largest on_press=press(|v| v.larger(1)) />
            <IconButton icon=Icon::Save label="Save" command=Command::SavePicture test="viewer-save" on_press=press(Viewer::save) />
            <IconButton icon=Icon::Close label="Close" command=Command::Back on_press=close />
        </div>
        <Stage viewer />
        <div class="viewer-step before">
            <IconButton icon=Icon::Back label="Previous picture" command=Command::PreviousPicture disabled=first on_press=press(|v| v.step(-1)) />
        </div>
        <div class="viewer-step after">
            <IconButton icon=Icon::Forward label="Next picture" command=Command::NextPicture disabled=last test="viewer-next" on_press=press(|v| v.step(1)) />
        </div>
    }
    .into_any()
}

/// The picture. Larger than its room it is moved by scrolling, or by pulling.
#[component]
fn Stage(viewer: Viewer) -> impl IntoView {
    let stage = NodeRef::<html::Div>::new();
    let pulled = StoredValue::new(None::<(i32, i32)>);
    let wheel = move |e: ev::WheelEvent| {
        // With Ctrl, as a pinch is told too.
        if e.ctrl_key() {
            e.prevent_default();
            viewer.larger(if e.delta_y() < 0.0 { 1 } else { -1 });
        }
    };
    let twice = move |_| viewer.zoom.update(|z| *z = if *z == 0 { 2 } else { 0 });
    let outside = move |e: ev::MouseEvent| {
        let on_ground = e
            .target()
            .is_some_and(|t| t.dyn_ref::<web_sys::Element>().is_some_and(|t| t.tag_name() != "IMG"));
        if on_ground && viewer.zoom.get_untracked() == 0 {
            crate::parts::close_front_dialog();
        }
    };
    let down = move |e: ev::PointerEvent| {
        if viewer.zoom.get_untracked() > 0 && e.pointer_type() == "mouse" {
            e.prevent_default();
            pulled.set_value(Some((e.client_x(), e.client_y())));
        }
    };
    let moved = move |e: ev::PointerEvent| {
        if let (Some((x, y)), Some(stage)) = (pulled.get_value(), stage.get_untracked()) {
            stage.set_scroll_left(stage.scroll_left() - (e.client_x() - x));
            stage.set_scroll_top(stage.scroll_top() - (e.client_y() - y));
            pulled.set_value(Some((e.client_x(), e.client_y())));
        }
    };
    let image = move || {
        viewer.shot().map(|shot| {
            let alt = if shot.name.is_empty() { "Photo".to_owned() } else { shot.name.clone() };
            let (file, name, mime) = (shot.file.clone(), saved_name(&shot), shot.mime.clone());
            let drag = move |e: web_sys::DragEvent| saving::drag_out(&e, &file, &name, &mime);
            view! {
                <img
                    src=ipc::media_url(&shot.file)
                    alt=alt
                    data-test="viewer-picture"
                    data-file=shot.file
                    on:dblclick=twice
                    on:dragstart=drag
                />
            }
        })
    };
    view! {
        <div
            class="viewer-stage"
            class:large=move || viewer.zoom.get() != 0
            node_ref=stage
            tabindex="0"
            autofocus
            style=("--zoom", move || STEPS[viewer.zoom.get()].to_string())
            on:wheel=wheel
            on:click=outside
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| pulled.set_value(None)
            on:pointerleave=move |_| pulled.set_value(None)
        >
            {image}
        </div>
    }
    .into_any()
}

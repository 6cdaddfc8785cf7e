//! What the person at the desk chose, the webhook door, storage, and what this is.

mod about;
mod appearance;
mod behaviour;
mod copies;
mod door;
mod files_kept;
mod keyboard;
mod lock;
mod rows;
mod saving;
mod storage;
mod working;

pub use copies::{RestoreDialog, export_conversation};

use crate::{
    desk::desk,
    parts::{Icon, IconView, focus},
    route::{Route, router},
};
use heliograph_model::Host;
use leptos::{html, prelude::*};
use saving::Saving;
use std::{cell::RefCell, rc::Rc};

/// A heading of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Appearance,
    Composer,
    Keyboard,
    Working,
    Sending,
    Notifications,
    Window,
    Lock,
    Door,
    Storage,
    Copies,
    About,
}

impl Section {
    /// Every section, in the order of the page.
    pub const ALL: [Self; 12] = [
        Self::Appearance,
        Self::Composer,
        Self::Keyboard,
        Self::Working,
        Self::Sending,
        Self::Notifications,
        Self::Window,
        Self::Lock,
        Self::Door,
        Self::Storage,
        Self::Copies,
        Self::About,
    ];

    /// Its heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Appearance => "Appearance",
            Self::Composer => "Composer",
            Self::Keyboard => "Keyboard",
            Self::Working => "Working the inbox",
            Self::Sending => "Sending",
            Self::Notifications => "Notifications",
            Self::Window => "Window",
            Self::Lock => "App lock",
            Self::Door => "Webhook door",
            Self::Storage => "Storage",
            Self::Copies => "Copies",
            Self::About => "About",
        }
    }

    /// The id of its element.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Appearance => "appearance",
            Self::Composer => "composer",
            Self::Keyboard => "keyboard",
            Self::Working => "working",
            Self::Sending => "sending",
            Self::Notifications => "notifications",
            Self::Window => "window",
            Self::Lock => "lock",
            Self::Door => "door",
            Self::Storage => "storage",
            Self::Copies => "copies",
            Self::About => "about",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Appearance => Icon::Sun,
            Self::Composer => Icon::Pencil,
            Self::Keyboard => Icon::Keyboard,
            Self::Working => Icon::Check,
            Self::Sending => Icon::Send,
            Self::Notifications => Icon::Bell,
            Self::Window => Icon::Panel,
            Self::Lock => Icon::Lock,
            Self::Door => Icon::Webhook,
            Self::Storage => Icon::Storage,
            Self::Copies => Icon::Copy,
            Self::About => Icon::Question,
        }
    }
}

/// What a page in sight does when asked for a section.
type Shower = Rc<dyn Fn(Section)>;

thread_local! {
    /// Set while the page is in sight.
    static SHOWER: RefCell<Option<Shower>> = const { RefCell::new(None) };
    /// Asked for before the page was in sight.
    static WANTED: RefCell<Option<Section>> = const { RefCell::new(None) };
}

/// Goes to the settings and scrolls to a section.
pub fn open_at(section: Section) {
    if let Some(show) = SHOWER.with_borrow(Clone::clone) {
        show(section);
    } else {
        WANTED.set(Some(section));
        router().go(Route::Settings);
    }
}

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let saving = Saving::start();
    let here = RwSignal::new(Section::Appearance);
    let page = NodeRef::<html::Section>::new();
    let on_desktop = Memo::new(move |_| desk().status.with(|s| s.is_some_and(|s| s.host == Host::Desktop)));
    let shown = move |s: &Section| *s != Section::Window || on_desktop.get();
    // While a pressed section is scrolled to, those passed on the way are not marked.
    let held = StoredValue::new(false);
    let show = move |section: Section| {
        here.set(section);
        held.set_value(true);
        crate::clock::after(400, move || {
            let _ = held.try_set_value(false);
        });
        if let Some(element) = document().get_element_by_id(section.id()) {
            element.scroll_into_view();
            focus(&element);
        }
    };
    SHOWER.set(Some(Rc::new(show)));
    on_cleanup(|| SHOWER.set(None));
    Effect::new(move |_| {
        if page.get().is_some()
            && let Some(section) = WANTED.take()
        {
            request_animation_frame(move || show(section));
        }
    });
    let scrolled = move |_| {
        if held.get_value() {
            return;
        }
        if let Some(page) = page.get_untracked() {
            here.set(in_sight(&page));
        }
    };
    let link = move |section: Section| {
        view! {
            <button
                type="button"
                class="settings-link"
                aria-current=move || (here.get() == section).then_some("true")
                on:click=move |_| show(section)
            >
                <IconView icon=section.icon() />
                {section.name()}
            </button>
        }
        .into_any()
    };
    let links = move || Section::ALL.iter().filter(|s| shown(s)).map(|s| link(*s)).collect_view();
    view! {
        <section class="settings" data-test="settings" node_ref=page on:scroll=scrolled aria-labelledby="settings-title">
            <nav class="settings-nav" aria-label="Settings">
                <h1 id="settings-title">"Settings"</h1>
                {links}
            </nav>
            <div class="settings-body">
                <appearance::AppearanceGroup saving />
                <behaviour::ComposerGroup saving />
                <keyboard::KeyboardGroup />
                <working::WorkingGroup saving />
                <behaviour::SendingGroup saving />
                <behaviour::NotificationsGroup saving />
                {move || on_desktop.get().then(|| view! { <behaviour::WindowGroup saving /> })}
                <lock::LockGroup saving />
                <door::DoorGroup />
                <storage::StorageGroup saving />
                <copies::CopiesGroup saving />
                <about::AboutGroup />
            </div>
        </section>
    }
    .into_any()
}

/// The last section whose top has passed the upper third of the page; at the very end, the last one.
fn in_sight(page: &web_sys::HtmlElement) -> Section {
    let edge = page.get_bounding_client_rect().top() + f64::from(page.client_height()) / 3.0;
    let at_end = page.scroll_top() + page.client_height() >= page.scroll_height() - 4;
    Section::ALL
        .into_iter()
        .rfind(|s| {
            document()
                .get_element_by_id(s.id())
                .is_some_and(|e| at_end || e.get_bounding_client_rect().top() <= edge)
        })
        .unwrap_or(Section::Appearance)
}

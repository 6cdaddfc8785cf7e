//! Settings are saved at once. What is shown changes at the press; if saving fails, it goes back and says so.
//! Presses while a save is under way are not lost: the newest wish is saved next.

use crate::{clock::after, desk::desk, ipc, theme, toast::toasts};
use heliograph_model::{Settings, call::SaveSettings};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// What is known, what is wished, what is under way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Wishes {
    /// What the engine has.
    kept: Settings,
    /// What the page shows.
    shown: Settings,
    under_way: Option<Settings>,
}

impl Wishes {
    /// The person changed something; gives what to save now.
    fn wish(&mut self, change: impl FnOnce(&mut Settings)) -> Option<Settings> {
        change(&mut self.shown);
        self.next()
    }

    fn next(&mut self) -> Option<Settings> {
        if self.under_way.is_some() || self.shown == self.kept {
            return None;
        }
        self.under_way = Some(self.shown.clone());
        self.under_way.clone()
    }

    /// The save ended; gives what to save next.
    fn ended(&mut self, good: bool) -> Option<Settings> {
        let sent = self.under_way.take();
        match sent {
            Some(sent) if good => self.kept = sent,
            // Nothing wished since then may hide that it failed: all goes back.
            _ => self.shown = self.kept.clone(),
        }
        self.next()
    }

    /// The engine told what it has. Wishes under way stay.
    fn heard(&mut self, settings: Settings) {
        if self.under_way.is_none() {
            self.shown = settings.clone();
        }
        self.kept = settings;
    }
}

/// The settings as a page shows and changes them.
#[derive(Clone, Copy)]
pub struct Saving {
    wishes: RwSignal<Wishes>,
    /// Which row was saved a moment ago.
    pub fresh: RwSignal<Option<&'static str>>,
}

impl Saving {
    /// Follows the engine's settings while the current owner lives.
    #[must_use]
    pub fn start() -> Self {
        let saving = Self { wishes: RwSignal::new(Wishes::default()), fresh: RwSignal::new(None) };
        Effect::new(move |_| {
            if let Some(settings) = desk().settings.get() {
                saving.wishes.update(|w| w.heard(settings));
            }
        });
        saving
    }

    /// A part of what is shown; reactive.
    pub fn read<T: PartialEq + Send + Sync + 'static>(
        self,
        part: impl Fn(&Settings) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| self.wishes.with(|w| part(&w.shown)))
    }

    /// Changes and saves. `row` is where the confirmation shows.
    pub fn change(self, row: &'static str, change: impl FnOnce(&mut Settings)) {
        let next = self.wishes.try_update(|w| w.wish(change)).flatten();
        self.look();
        if let Some(settings) = next {
            self.save(row, settings);
        }
    }

    /// Puts theme and density on the page at once.
    fn look(self) {
        self.wishes.with_untracked(|w| theme::apply(&w.shown));
    }

    fn save(self, row: &'static str, settings: Settings) {
        let toasts = toasts();
        spawn_local(async move {
            let answer = ipc::call(&SaveSettings { settings }).await;
            let next = self.wishes.try_update(|w| w.ended(answer.is_ok())).flatten();
            match answer {
                Ok(()) => {
                    let _ = self.fresh.try_set(Some(row));
                    after(2_000, move || {
                        let _ = self.fresh.try_update(|f| {
                            if *f == Some(row) {
                                *f = None;
                            }
                        });
                    });
                }
                Err(mut problem) => {
                    problem.message = format!("Not saved: {}", problem.message);
                    toasts.problem(&problem);
                    if !self.wishes.is_disposed() {
                        self.look();
                    }
                }
            }
            if let Some(settings) = next {
                self.save(row, settings);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_model::{Density, Theme};

    fn dark(s: &mut Settings) {
        s.appearance.theme = Theme::Dark;
    }

    #[test]
    fn a_press_is_shown_at_once_and_saved_once() {
        let mut wishes = Wishes::default();
        let sent = wishes.wish(dark);
        assert_eq!(wishes.shown.appearance.theme, Theme::Dark);
        assert_eq!(sent.as_ref(), Some(&wishes.shown));
        assert_eq!(wishes.wish(dark), None, "the same again is nothing new");
        assert_eq!(wishes.ended(true), None);
        assert_eq!(wishes.kept, wishes.shown);
    }

    #[test]
    fn presses_during_a_save_are_saved_next_together() {
        let mut wishes = Wishes::default();
        assert!(wishes.wish(dark).is_some());
        assert_eq!(wishes.wish(|s| s.appearance.density = Density::Compact), None);
        assert_eq!(wishes.wish(|s| s.composer.enter_sends = false), None);
        let next = wishes.ended(true);
        assert_eq!(next.as_ref(), Some(&wishes.shown));
        assert_eq!(wishes.shown.appearance.density, Density::Compact);
        assert_eq!(wishes.ended(true), None);
    }

    #[test]
    fn a_failed_save_goes_back_to_what_the_engine_has() {
        let mut wishes = Wishes::default();
        wishes.wish(dark);
        wishes.wish(|s| s.notifications.sound = false);
        assert_eq!(wishes.ended(false), None, "what failed is not tried behind the person's back");
        assert_eq!(wishes.shown, Settings::default());
        assert!(wishes.wish(dark).is_some(), "and can be wished again");
    }

    #[test]
    fn news_from_elsewhere_do_not_undo_a_press_under_way() {
        let mut wishes = Wishes::default();
        wishes.wish(dark);
        wishes.heard(Settings::default());
        assert_eq!(wishes.shown.appearance.theme, Theme::Dark);
        wishes.ended(true);
        let mut other = Settings::default();
        other.window.close_to_tray = false;
        wishes.heard(other.clone());
        assert_eq!(wishes.shown, other);
    }
}

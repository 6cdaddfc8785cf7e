//! What the person has in front of them: the conversation that the window with the focus shows. Pure.

use super::grouping::View;
use heliograph_model::ConversationId;
use std::collections::HashMap;

/// Our windows by their labels: what each shows, and which has the focus.
#[derive(Debug, Default)]
pub struct Sights {
    shown: HashMap<String, ConversationId>,
    focused: Option<String>,
}

impl Sights {
    /// A window shows this conversation where a person can see it, or none.
    pub fn shows(&mut self, window: &str, conversation: Option<ConversationId>) {
        match conversation {
            Some(conversation) => self.shown.insert(window.to_owned(), conversation),
            None => self.shown.remove(window),
        };
    }

    /// A window got the focus, or lost it.
    pub fn focused(&mut self, window: &str, has_it: bool) {
        if has_it {
            self.focused = Some(window.to_owned());
        } else if self.focused.as_deref() == Some(window) {
            // Another of ours may have told of its focus before.
            self.focused = None;
        }
    }

    /// A window is gone.
    pub fn closed(&mut self, window: &str) {
        self.shows(window, None);
        self.focused(window, false);
    }

    /// What that comes to.
    #[must_use]
    pub fn view(&self) -> View {
        let conversation = self.focused.as_ref().and_then(|window| self.shown.get(window)).copied();
        View { conversation, watched: self.focused.is_some() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: Option<ConversationId> = Some(ConversationId(1));
    const BEN: Option<ConversationId> = Some(ConversationId(2));

    #[test]
    fn the_window_with_the_focus_says_what_is_in_front() {
        let mut sights = Sights::default();
        sights.shows("main", ANNA);
        assert_eq!(sights.view(), View::default(), "nobody looks at a window without the focus");
        sights.focused("main", true);
        assert_eq!(sights.view(), View { conversation: ANNA, watched: true });
        sights.shows("alone", BEN);
        assert_eq!(sights.view().conversation, ANNA, "a window in the back has nothing to say");
        // The system may tell of the new focus before it tells of the old one's end.
        sights.focused("alone", true);
        sights.focused("main", false);
        assert_eq!(sights.view(), View { conversation: BEN, watched: true });
    }

    #[test]
    fn a_window_that_is_gone_is_in_front_of_nobody() {
        let mut sights = Sights::default();
        sights.shows("alone", BEN);
        sights.focused("alone", true);
        sights.closed("alone");
        assert_eq!(sights.view(), View::default());
        sights.focused("main", true);
        assert_eq!(sights.view(), View { conversation: None, watched: true });
    }
}

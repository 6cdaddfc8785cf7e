//! Which notification stands on the desktop: one per conversation, replaced and never stacked; one for
//! all when many write at once; none about what the person is looking at. Pure: it shows nothing itself.

use heliograph_model::{AccountId, ConversationId, MessageId, Notifications, Settings, Timestamp};
use std::collections::{HashMap, VecDeque};

/// Arrivals this close together count as one burst, in milliseconds.
const BURST: i64 = 10_000;
/// People in a burst from which on one notification stands for all.
const CROWD: usize = 3;
/// Lines of text that one notification shows.
const LINES: usize = 3;
/// The longest line, in characters.
const LINE: usize = 160;
/// Sounds are at least this far apart, in milliseconds.
const QUIET: i64 = 3_000;

/// What a notification is about; a new one about the same replaces the old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    Conversation(ConversationId),
    /// Several at once.
    Everyone,
    /// A send that failed or whose fate is unsure.
    Send(ConversationId),
    /// The reply window of somebody who waits ends soon.
    Window(ConversationId),
    /// An account that needs a person.
    Account(AccountId),
}

/// A notification to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub about: About,
    pub title: String,
    pub body: String,
    pub sound: bool,
    /// Stays until somebody looks at it.
    pub urgent: bool,
    /// What a click opens.
    pub opens: Option<(ConversationId, Option<MessageId>)>,
}

/// What to do on the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Show(Notice),
    Close(About),
}

/// A message that came just now.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub conversation: ConversationId,
    pub message: MessageId,
    pub person: String,
    pub account: String,
    pub text: String,
    pub at: Timestamp,
}

/// Trouble that a person must know of.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub about: About,
    pub title: String,
    pub body: String,
    pub opens: Option<(ConversationId, Option<MessageId>)>,
    pub at: Timestamp,
}

/// What the person has in front of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    pub conversation: Option<ConversationId>,
    /// The window is visible and has the focus.
    pub watched: bool,
}

impl View {
    fn shows(self, conversation: ConversationId) -> bool {
        self.watched && self.conversation == Some(conversation)
    }
}

/// What may be shown: while the app is locked nobody's name and nobody's words, and of messages nothing at all where
/// the person wants it so. Trouble is always said.
#[must_use]
pub fn allowed(settings: &Settings, locked: bool) -> Notifications {
    let mut allowed = settings.notifications.clone();
    if locked {
        allowed.show_text = false;
        allowed.messages &= settings.lock.notify;
        allowed.window_ending &= settings.lock.notify;
    }
    allowed
}

/// The notifications that stand, and what they count.
#[derive(Debug, Default)]
pub struct Grouping {
    /// New messages per conversation since it was last looked at.
    fresh: HashMap<ConversationId, Fresh>,
    recent: VecDeque<(Timestamp, ConversationId)>,
    /// Since the burst began.
    crowd: Option<Crowd>,
    last_sound: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Fresh {
    person: String,
    count: usize,
    lines: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Crowd {
    messages: usize,
    /// In the order in which they wrote.
    people: Vec<(ConversationId, String)>,
}

impl Grouping {
    /// A message came. `several`: there is more than one account to tell apart.
    pub fn arrived(
        &mut self,
        arrival: Arrival,
        view: View,
        chosen: &Notifications,
        several: bool,
    ) -> Vec<Step> {
        if view.shows(arrival.conversation) || !chosen.messages || chosen.do_not_disturb {
            return Vec::new();
        }
        self.remember(&arrival);
        let sound = self.may_sound(arrival.at, chosen);
        if let Some(crowd) = &mut self.crowd {
            crowd.add(&arrival);
            return vec![Step::Show(crowd.notice(chosen, sound))];
        }
        let burst = self.people_of_burst();
        if burst.len() < CROWD {
            return vec![Step::Show(self.notice(&arrival, chosen, several, sound))];
        }
        // Too many for one each: those of this burst give way to one for all.
        let crowd = self.gather(&burst);
        let mut steps: Vec<Step> = burst.into_iter().map(|c| Step::Close(About::Conversation(c))).collect();
        steps.push(Step::Show(crowd.notice(chosen, sound)));
        self.crowd = Some(crowd);
        steps
    }

    /// Something needs a person. Never silenced by do-not-disturb; without a sound then.
    pub fn trouble(&mut self, trouble: Trouble, view: View, chosen: &Notifications) -> Vec<Step> {
        let in_sight = matches!(trouble.about, About::Send(c) if view.shows(c));
        if in_sight || !chosen.trouble {
            return Vec::new();
        }
        let sound = !chosen.do_not_disturb && self.may_sound(trouble.at, chosen);
        let Trouble { about, title, body, opens, .. } = trouble;
        vec![Step::Show(Notice { about, title, body, sound, urgent: true, opens })]
    }

    /// The reply window of somebody who waits ends soon. Silent while that conversation is in front, and while
    /// nobody is to be disturbed.
    pub fn ending(&mut self, ending: Trouble, view: View, chosen: &Notifications) -> Vec<Step> {
        let in_sight = matches!(ending.about, About::Window(c) if view.shows(c));
        if in_sight || !chosen.window_ending || chosen.do_not_disturb {
            return Vec::new();
        }
        let sound = self.may_sound(ending.at, chosen);
        let Trouble { about, title, body, opens, .. } = ending;
        vec![Step::Show(Notice { about, title, body, sound, urgent: false, opens })]
    }

    /// The person looks at something else now, or left.
    pub fn looked(&mut self, view: View) -> Vec<Step> {
        let Some(conversation) = view.conversation.filter(|c| view.shows(*c)) else {
            return Vec::new();
        };
        let mut steps =
            vec![Step::Close(About::Send(conversation)), Step::Close(About::Window(conversation))];
        if self.fresh.contains_key(&conversation) {
            self.forget(conversation);
            steps.push(Step::Close(About::Conversation(conversation)));
        }
        if let Some(crowd) = &mut self.crowd {
            crowd.people.retain(|(c, _)| *c != conversation);
            if crowd.people.is_empty() {
                self.crowd = None;
                steps.push(Step::Close(About::Everyone));
            }
        }
        steps
    }

    /// The app was locked: what stood of people has gone from the desktop.
    pub fn hushed(&mut self) {
        self.fresh.clear();
        self.recent.clear();
        self.crowd = None;
    }

    /// A notification is gone from the desktop: clicked, dismissed or expired.
    pub fn gone(&mut self, about: About) {
        match about {
            About::Conversation(conversation) => self.forget(conversation),
            About::Everyone => {
                let crowd = self.crowd.take().unwrap_or_default();
                crowd.people.into_iter().for_each(|(conversation, _)| self.forget(conversation));
            }
            About::Send(_) | About::Window(_) | About::Account(_) => {}
        }
    }

    fn forget(&mut self, conversation: ConversationId) {
        self.fresh.remove(&conversation);
        self.recent.retain(|(_, c)| *c != conversation);
    }

    fn remember(&mut self, arrival: &Arrival) {
        // A clock that was set back must not keep a burst alive.
        let old = |at: &Timestamp| !(0..BURST).contains(&at.until(arrival.at));
        if self.recent.back().is_none_or(|(at, _)| old(at)) {
            self.crowd = None;
        }
        self.recent.retain(|(at, _)| !old(at));
        self.recent.push_back((arrival.at, arrival.conversation));
        let fresh = self.fresh.entry(arrival.conversation).or_default();
        fresh.person.clone_from(&arrival.person);
        fresh.count += 1;
        if fresh.lines.len() == LINES {
            fresh.lines.pop_front();
        }
        fresh.lines.push_back(line(&arrival.text));
    }

    /// Conversations of the recent arrivals, each once, oldest first.
    fn people_of_burst(&self) -> Vec<ConversationId> {
        let mut people = Vec::new();
        for (_, conversation) in &self.recent {
            if !people.contains(conversation) {
                people.push(*conversation);
            }
        }
        people
    }

    fn gather(&self, burst: &[ConversationId]) -> Crowd {
        let name = |c: &ConversationId| self.fresh.get(c).map(|f| f.person.clone()).unwrap_or_default();
        let people = burst.iter().map(|c| (*c, name(c))).collect();
        Crowd { messages: self.recent.len(), people }
    }

    fn may_sound(&mut self, now: Timestamp, chosen: &Notifications) -> bool {
        let rested = self.last_sound.is_none_or(|last| !(0..QUIET).contains(&last.until(now)));
        let sound = chosen.sound && rested;
        if sound {
            self.last_sound = Some(now);
        }
        sound
    }

    fn notice(&self, arrival: &Arrival, chosen: &Notifications, several: bool, sound: bool) -> Notice {
        let fresh = self.fresh.get(&arrival.conversation);
        let count = fresh.map_or(1, |f| f.count);
        let (mut title, body) = if chosen.show_text {
            let lines = fresh.map(|f| f.lines.iter().cloned().collect::<Vec<_>>().join("\n"));
            (arrival.person.clone(), lines.unwrap_or_default())
        } else {
            ("New message".to_owned(), String::new())
        };
        if several {
            title = format!("{title} · {}", arrival.account);
        }
        if count > 1 {
            title = format!("{title} · {count} new");
        }
        Notice {
            about: About::Conversation(arrival.conversation),
            title,
            body,
            sound,
            urgent: false,
            opens: Some((arrival.conversation, Some(arrival.message))),
        }
    }
}

impl Crowd {
    fn add(&mut self, arrival: &Arrival) {
        self.messages += 1;
        match self.people.iter_mut().find(|(c, _)| *c == arrival.conversation) {
            Some((_, name)) => name.clone_from(&arrival.person),
            None => self.people.push((arrival.conversation, arrival.person.clone())),
        }
    }

    fn notice(&self, chosen: &Notifications, sound: bool) -> Notice {
        let named: Vec<&str> = self.people.iter().rev().take(LINES).map(|(_, name)| name.as_str()).collect();
        let body = match (chosen.show_text, self.people.len() - named.len()) {
            (false, _) => String::new(),
            (true, 0) => named.join(", "),
            (true, more) => format!("{} and {more} more", named.join(", ")),
        };
        let (messages, people) = (self.messages, self.people.len());
        Notice {
            about: About::Everyone,
            title: format!("{messages} new from {people} {}", if people == 1 { "person" } else { "people" }),
            body,
            sound,
            urgent: false,
            opens: None,
        }
    }
}

/// A message in one line.
fn line(text: &str) -> String {
    let mut line = String::new();
    for (n, c) in text.split_whitespace().collect::<Vec<_>>().join(" ").chars().enumerate() {
        if n == LINE {
            line.push('…');
            break;
        }
        line.push(c);
    }
    line
}

#[cfg(test)]
#[path = "grouping_tests.rs"]
mod tests;

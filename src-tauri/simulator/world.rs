//! Everything this Meta holds: accounts, threads, messages, tokens, sends. One lock around it; whatever
//! happens in it happens at once, and what must be told by webhook is handed over inside the same lock.

use crate::clock::Clock;
use crate::faults::Faults;
use crate::oauth::Logins;
use crate::people;
use crate::random::mix2;
use crate::said::{Along, Content};
use crate::templates::Template;
use crate::texts;
use crate::tokens::{FirstTokens, Holder, Tokens};
use crate::uploads::Uploaded;
use crate::usage::Usage;
use crate::webhooks::Post;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Where a conversation takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    Instagram,
    Messenger,
    WhatsApp,
}

impl Channel {
    /// The word used in the Rust API and on the control endpoint.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Messenger => "messenger",
            Self::WhatsApp => "whatsapp",
        }
    }
}

/// An app in Meta's dashboard.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub id: String,
    pub secret: String,
    pub name: &'static str,
}

/// One place where people write to the shop.
#[derive(Debug)]
pub(crate) struct Account {
    pub channel: Channel,
    /// Instagram professional account, Page or phone number id.
    pub id: String,
    pub name: String,
    /// User name, or the displayed number.
    pub handle: String,
    pub waba: Option<String>,
    /// Webhook fields; empty = not subscribed.
    pub subscribed: Vec<String>,
    /// Newest first.
    pub threads: BTreeSet<(Reverse<i64>, u32)>,
    pub people: HashMap<String, u32>,
}

/// One person's conversation with one account.
#[derive(Debug)]
pub(crate) struct Thread {
    pub account: usize,
    /// PSID, IGSID or WhatsApp number.
    pub person: String,
    /// Decides name, handle, language and seeded texts.
    pub hash: u64,
    pub messages: Vec<Message>,
    /// The shop has read up to this time.
    pub read_upto: i64,
    /// Newest message of the person; opens the window.
    pub last_inbound: i64,
    pub blocked: bool,
    /// One of a demo's own.
    pub shown: bool,
    /// The shop blocked the person.
    pub shut_out: bool,
    /// Meta keeps it among the message requests until the shop writes.
    pub request: bool,
}

/// One message; seeded ones derive their words from their place.
#[derive(Debug)]
pub(crate) struct Message {
    pub at: i64,
    pub from_us: bool,
    pub written: Option<Box<Written>>,
    pub fate: Option<Box<Fate>>,
}

impl Message {
    pub fn is_unsent(&self) -> bool {
        self.fate.as_ref().is_some_and(|f| f.unsent)
    }
}

/// What happened to a message after it was said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fate {
    pub unsent: bool,
    /// Its newest words, and how often they were changed.
    pub edited: Option<(String, u32)>,
    /// The person's emoji and ours.
    pub reactions: [Option<String>; 2],
}

/// A message of this session.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub content: Content,
    /// The app that sent it; `None` = a person's phone.
    pub app: Option<String>,
    /// What the sender wants back: `metadata` in echoes, `biz_opaque_callback_data` in statuses.
    pub tag: Option<String>,
    /// The message it quotes.
    pub quotes: Option<String>,
    pub along: Along,
    /// Part of the world as it is found: its id is the same in every run.
    pub seeded: bool,
}

impl Written {
    /// Said on a phone.
    pub fn by_phone(content: Content) -> Self {
        Self { content, app: None, tag: None, quotes: None, along: Along::default(), seeded: false }
    }
}

/// A send that was accepted.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SendSeen {
    /// The account's Meta id.
    pub account: String,
    pub person: String,
    pub mid: String,
    pub text: String,
    /// The request's body, byte for byte.
    pub body: String,
    pub at_ms: i64,
    /// False when the connection died instead of an answer.
    pub answered: bool,
    /// The code with which it failed later; such a message is not part of the truth.
    pub failed: Option<i64>,
}

/// Something shown to a person that is no message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SignSeen {
    pub account: String,
    pub person: String,
    /// "mark_seen", "typing_on", "react", "unreact".
    pub sign: String,
}

/// A message as Meta holds it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TruthMessage {
    pub mid: String,
    /// The thread's id; on WhatsApp, which has none, the person's number.
    pub thread: String,
    pub person: String,
    pub from_us: bool,
    /// The word of its [`Content`], or "unsent".
    pub kind: &'static str,
    pub text: String,
    /// Unix milliseconds. Lists and WhatsApp tell whole seconds only.
    pub at_ms: i64,
    /// Lists show it; what was taken back and what others published they do not.
    pub listed: bool,
    /// How often its words were changed.
    pub edits: u32,
    /// The person's emoji on it, and the one of the shop's phone or tools.
    pub reactions: [Option<String>; 2],
}

pub(crate) struct World {
    pub seed: u64,
    /// Tells the new messages of one run from those of another; 0 where the time is given.
    pub session: u32,
    pub clock: Arc<Clock>,
    pub origin: String,
    pub post: Post,
    pub app: App,
    pub instagram_app: App,
    pub verify_token: String,
    pub accounts: Vec<Account>,
    pub threads: Vec<Thread>,
    pub tokens: Tokens,
    pub logins: Logins,
    pub faults: Faults,
    pub usage: Usage,
    pub sends: Vec<SendSeen>,
    /// Files that were brought to be sent.
    pub uploads: Vec<Uploaded>,
    /// Details are told for so many newest messages of a thread (graph-api b).
    pub details: usize,
    /// Whether sends are followed by delivery and read receipts.
    pub receipts: bool,
    /// While a demo tells of its past: how long ago it is, in milliseconds, and when it is told.
    pub pretended_ago: i64,
    pub told_after: Duration,
    /// Sends that never became messages, for their ids.
    pub lost: u32,
    /// Tells those who answer that we wrote in a thread.
    pub answered: mpsc::UnboundedSender<usize>,
    /// Our emojis on messages, by the message's id.
    pub our_reactions: HashMap<String, String>,
    /// What the shop showed people besides messages, in order: see [`SignSeen`].
    pub signs: Vec<SignSeen>,
    pub templates: Vec<Template>,
    /// The app has the feature *Human Agent* (graph-api c.1).
    pub human_agent: bool,
    /// What the app is sent of each object, where somebody has chosen; else everything.
    pub app_fields: HashMap<String, Vec<String>>,
    /// Businesses beside the shop's own.
    pub businesses: Vec<crate::businesses::Business>,
    /// Nobody lets the shop see who they are.
    pub profiles_withheld: bool,
    /// The tokens of the start.
    pub first: Option<FirstTokens>,
}

impl World {
    pub fn now(&self) -> i64 {
        self.clock.now() - self.pretended_ago
    }

    /// The account of a Meta id, a WABA id, a channel's word or a handle.
    pub fn account(&self, key: &str) -> Option<usize> {
        self.accounts.iter().position(|a| {
            a.id == key || a.channel.word() == key || a.handle == key || a.waba.as_deref() == Some(key)
        })
    }

    /// Whether a field of an account reaches the webhook: the app must be told of the account and have an address for it.
    pub fn hears(&self, account: usize, field: &str) -> bool {
        let a = &self.accounts[account];
        let sent = self.app_fields.get(crate::subscriptions::object(a.channel));
        a.subscribed.iter().any(|f| f == field) && sent.is_none_or(|sent| sent.iter().any(|f| f == field))
    }

    pub fn account_of(&self, channel: Channel) -> usize {
        self.accounts.iter().position(|a| a.channel == channel).unwrap_or_default()
    }

    /// Whose token an account's own is.
    pub fn holder_of(&self, account: usize) -> Holder {
        match self.accounts[account].channel {
            Channel::Instagram => Holder::Instagram(account),
            Channel::Messenger => Holder::Page(account),
            Channel::WhatsApp => Holder::System,
        }
    }

    pub fn thread_of(&self, account: usize, person: &str) -> Option<usize> {
        self.accounts[account].people.get(person).map(|t| *t as usize)
    }

    /// What a message says.
    pub fn content(&self, thread: usize, index: usize) -> Content {
        let t = &self.threads[thread];
        let message = &t.messages[index];
        if let Some((text, _)) = message.fate.as_ref().and_then(|f| f.edited.as_ref()) {
            return Content::Text(text.clone());
        }
        if let Some(written) = &message.written {
            return written.content.clone();
        }
        let text = texts::line(people::language(t.hash), t.hash, index as u32, message.from_us);
        if message.from_us {
            return Content::Text(text);
        }
        match mix2(t.hash, index as u64 + 9) % 1000 {
            0..20 => Content::Image,
            20..26 => Content::Sticker,
            26..30 => Content::Audio,
            30..40 if self.accounts[t.account].channel == Channel::Instagram => Content::StoryReply(text),
            40..43 => Content::Unsupported,
            _ => Content::Text(text),
        }
    }

    /// Puts a message at the end of a thread; returns its place.
    pub fn hold(&mut self, thread: usize, from_us: bool, written: Written) -> usize {
        let now = self.now() - written.along.ago_ms;
        let t = &mut self.threads[thread];
        let newest = t.messages.last().map(|m| m.at);
        let at = newest.map_or(now, |newest| now.max(newest + 1));
        t.messages.push(Message { at, from_us, written: Some(Box::new(written)), fate: None });
        if from_us {
            t.read_upto = at;
        } else {
            t.last_inbound = at;
        }
        let index = t.messages.len() - 1;
        let threads = &mut self.accounts[t.account].threads;
        if let Some(newest) = newest {
            threads.remove(&(Reverse(newest), thread as u32));
        }
        threads.insert((Reverse(at), thread as u32));
        index
    }

    /// The thread of a person who may be new; `person` is an id, or `None` for somebody never seen.
    pub fn meet(&mut self, account: usize, person: Option<&str>) -> usize {
        if let Some(known) = person.and_then(|p| self.thread_of(account, p)) {
            return known;
        }
        let thread = self.threads.len();
        let hash = mix2(self.seed, thread as u64 + 1);
        let person = match person {
            Some(id) => id.to_owned(),
            None => self.person_id(account, hash, thread),
        };
        self.accounts[account].people.insert(person.clone(), thread as u32);
        self.threads.push(Thread {
            account,
            person,
            hash,
            messages: Vec::new(),
            read_upto: 0,
            last_inbound: 0,
            blocked: false,
            shown: false,
            shut_out: false,
            request: false,
        });
        thread
    }

    /// Whether lists show a message (graph-api b).
    pub fn is_listed(&self, thread: usize, index: usize) -> bool {
        !self.threads[thread].messages[index].is_unsent() && self.content(thread, index).is_listed()
    }

    /// The place of the oldest message whose details are told.
    pub fn oldest_told(&self, thread: usize) -> usize {
        let newest = (0..self.threads[thread].messages.len()).rev();
        let mut listed = newest.filter(|index| self.is_listed(thread, *index));
        match self.details {
            0 => self.threads[thread].messages.len(),
            n => listed.nth(n - 1).unwrap_or_default(),
        }
    }

    /// Messages of the person that the shop has not read.
    pub fn unread(&self, thread: usize) -> usize {
        let t = &self.threads[thread];
        t.messages.iter().rev().take_while(|m| m.at > t.read_upto).filter(|m| !m.from_us).count()
    }

    /// Everything held for an account, by time and then id.
    pub fn truth(&self, account: usize) -> Vec<TruthMessage> {
        let mut all = Vec::new();
        for (thread, t) in self.threads.iter().enumerate().filter(|(_, t)| t.account == account) {
            let id = self.thread_id(thread);
            for (index, message) in t.messages.iter().enumerate() {
                let content = self.content(thread, index);
                let unsent = message.is_unsent();
                let fate = message.fate.as_deref().cloned().unwrap_or_default();
                all.push(TruthMessage {
                    mid: self.mid(thread, index),
                    thread: id.clone(),
                    person: t.person.clone(),
                    from_us: message.from_us,
                    kind: if unsent { "unsent" } else { content.kind() },
                    text: if unsent { String::new() } else { content.text().to_owned() },
                    at_ms: message.at,
                    listed: !unsent && content.is_listed(),
                    edits: fate.edited.as_ref().map_or(0, |(_, n)| *n),
                    reactions: fate.reactions,
                });
            }
        }
        all.sort_by(|a, b| (a.at_ms, &a.mid).cmp(&(b.at_ms, &b.mid)));
        all
    }
}

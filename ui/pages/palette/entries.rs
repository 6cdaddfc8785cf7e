//! What the palette offers: actions, places, filters, accounts, appearance, each with its key.

use super::lines::{accounts, appearance, change, places};
use crate::{
    desk::desk,
    keys::{self, Command},
    live::tell_engine,
    pages::inbox::working,
    parts::Icon,
    route::{Route, router},
    toast::toasts,
};
use heliograph_model::{Channel, call::PollNow};
use std::{fmt, sync::Arc};

/// Headings of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    Recent,
    /// What fits the typed letters well, and what fits them a little.
    Best,
    Loose,
    Actions,
    Go,
    Accounts,
    People,
    Appearance,
    Search,
}

impl Group {
    /// The heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recent => "Recent",
            Self::Best => "Commands",
            Self::Loose => "More commands",
            Self::Actions => "Actions",
            Self::Go => "Go to",
            Self::Accounts => "Accounts",
            Self::People => "People",
            Self::Appearance => "Appearance",
            Self::Search => "Search",
        }
    }
}

/// What a line does. It outlives the palette that showed it.
pub type Deed = Arc<dyn Fn() + Send + Sync>;

/// A line of the palette.
#[derive(Clone)]
pub struct Entry {
    /// Stays the same from day to day, for *Recent*.
    pub id: String,
    pub group: Group,
    pub icon: Icon,
    pub label: String,
    /// Said quietly behind the label, and searched too.
    pub about: String,
    /// The key that does the same.
    pub key: String,
    /// A person's or account's picture in place of the icon.
    pub face: Option<Face>,
    pub run: Deed,
}

/// See [`Entry::face`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    pub name: String,
    pub picture: Option<String>,
    pub channel: Channel,
}

/// A line without key, face or quiet words.
pub fn entry(
    id: &str,
    group: Group,
    icon: Icon,
    label: impl Into<String>,
    run: impl Fn() + Send + Sync + 'static,
) -> Entry {
    Entry {
        id: id.to_owned(),
        group,
        icon,
        label: label.into(),
        about: String::new(),
        key: String::new(),
        face: None,
        run: Arc::new(run),
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (&self.id, &self.label, &self.about, &self.face)
            == (&other.id, &other.label, &other.about, &other.face)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl Entry {
    /// The same with quiet words behind the label.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    /// The same with the command's key.
    #[must_use]
    pub fn key(mut self, command: Command) -> Self {
        self.key = command.label();
        self
    }

    /// A person, made from what the search found.
    #[must_use]
    pub fn person(hit: &heliograph_model::PersonHit) -> Self {
        let to = Route::thread(hit.conversation);
        let mut entry = entry(
            &format!("person-{}", hit.conversation),
            Group::People,
            Icon::Person,
            hit.contact.name.clone(),
            move || router().go(to.clone()),
        )
        .about(hit.contact.handle.clone());
        entry.face = Some(Face {
            name: hit.contact.name.clone(),
            picture: hit.contact.picture.clone(),
            channel: hit.channel,
        });
        entry
    }

    /// Looks for `words` in all messages.
    #[must_use]
    pub fn search(words: &str) -> Self {
        let to = Route::Search { words: words.to_owned() };
        entry(
            "search-for",
            Group::Search,
            Icon::Search,
            format!("Search messages for “{words}”"),
            move || {
                router().go(to.clone());
            },
        )
    }
}

/// Whether a command does something where we are.
fn fits_here(command: Command) -> bool {
    match command {
        Command::Reply
        | Command::Find
        | Command::Newest
        | Command::Person
        | Command::Note
        | Command::PopOut => router().peek().conversation().is_some(),
        Command::Unread
        | Command::Resolve
        | Command::Snooze
        | Command::Label
        | Command::Assign
        | Command::AssignMe
        | Command::Pin
        | Command::Spam
        | Command::Select => !working::targets().is_empty(),
        _ => true,
    }
}

/// Which icon stands for a command in the palette; `None` = it is for fingers only.
fn icon_of(command: Command) -> Option<Icon> {
    Some(match command {
        Command::Reply => Icon::Pencil,
        Command::Unread => Icon::Unread,
        Command::Resolve => Icon::Check,
        Command::Snooze => Icon::Snooze,
        Command::Label => Icon::Label,
        Command::Assign | Command::AssignMe => Icon::Assign,
        Command::Pin => Icon::Pin,
        Command::Spam => Icon::Spam,
        Command::Select | Command::SelectAll => Icon::Select,
        Command::Undo => Icon::Undo,
        Command::Note => Icon::Note,
        Command::PopOut => Icon::External,
        Command::Newest => Icon::Newest,
        Command::Find => Icon::Search,
        Command::Person => Icon::Person,
        Command::Lock => Icon::Lock,
        Command::Rail => Icon::Sidebar,
        Command::Sheet => Icon::Keyboard,
        _ => return None,
    })
}

/// Everything that can be done now.
#[must_use]
pub fn entries() -> Vec<Entry> {
    let mut all = actions();
    all.extend(places());
    all.extend(accounts());
    all.extend(appearance());
    all
}

fn actions() -> Vec<Entry> {
    let bound = keys::ALL.iter().filter(|s| keys::is_bound(s.command) && fits_here(s.command));
    let mut all: Vec<Entry> = bound
        .filter_map(|s| {
            let command = s.command;
            let icon = icon_of(command)?;
            let says = if command == Command::Sheet { "All shortcuts" } else { s.says };
            Some(
                entry(&format!("do-{}", s.keys[0]), Group::Actions, icon, says, move || {
                    keys::run(command);
                })
                .key(command),
            )
        })
        .collect();
    all.push(entry("connect", Group::Actions, Icon::Plus, "Connect an account…", || {
        router().go(Route::Connect { account: None });
    }));
    let polled: Vec<_> = desk()
        .accounts
        .peek()
        .unwrap_or_default()
        .into_iter()
        .filter(|a| a.channel != Channel::WhatsApp)
        .map(|a| a.id)
        .collect();
    if !polled.is_empty() {
        all.push(entry("poll", Group::Actions, Icon::Retry, "Poll all accounts now", move || {
            for account in &polled {
                tell_engine(PollNow { account: *account });
            }
            toasts().say("Asked Meta for news");
        }));
    }
    let quiet = desk().settings.peek().is_some_and(|s| s.notifications.do_not_disturb);
    let says = if quiet { "Do not disturb: off" } else { "Do not disturb: on" };
    all.push(
        entry("quiet", Group::Actions, Icon::Bell, says, move || {
            change(|s| s.notifications.do_not_disturb = !quiet);
        })
        .about("Notifications"),
    );
    all
}

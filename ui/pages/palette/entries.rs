//! What the palette offers: actions, places, filters, accounts, appearance, each with its key.

use crate::{
    desk::desk,
    keys::{self, Command},
    live::tell_engine,
    pages::{
        inbox::inbox,
        settings::{self, Section},
    },
    parts::{Icon, channel_class},
    route::{Route, router},
    theme,
    toast::toasts,
};
use heliograph_model::{
    Channel, Density, Settings, Show, Theme,
    call::{PollNow, SaveSettings},
};
use leptos::prelude::Update;
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

fn entry(
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
    fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    fn key(mut self, command: Command) -> Self {
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
        let to = Route::Search {
            words: words.to_owned(),
        };
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

/// Changes the settings and saves them.
fn change(change: impl Fn(&mut Settings)) {
    let Some(mut settings) = desk().settings.peek() else {
        return;
    };
    change(&mut settings);
    theme::apply(&settings);
    tell_engine(SaveSettings { settings });
}

/// Whether a command does something where we are.
fn fits_here(command: Command) -> bool {
    let in_thread = matches!(command, Command::Reply | Command::Newest | Command::Person);
    !in_thread || router().peek().conversation().is_some()
}

/// Which icon stands for a command in the palette; `None` = it is for fingers only.
fn icon_of(command: Command) -> Option<Icon> {
    Some(match command {
        Command::Reply => Icon::Pencil,
        Command::Unread => Icon::Unread,
        Command::Newest => Icon::Newest,
        Command::Person => Icon::Person,
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
    let bound = keys::ALL
        .iter()
        .filter(|s| keys::is_bound(s.command) && fits_here(s.command));
    let mut all: Vec<Entry> = bound
        .filter_map(|s| {
            let command = s.command;
            let icon = icon_of(command)?;
            let says = if command == Command::Sheet {
                "All shortcuts"
            } else {
                s.says
            };
            Some(
                entry(
                    &format!("do-{}", s.keys[0]),
                    Group::Actions,
                    icon,
                    says,
                    move || {
                        keys::run(command);
                    },
                )
                .key(command),
            )
        })
        .collect();
    all.push(entry(
        "connect",
        Group::Actions,
        Icon::Plus,
        "Connect an account…",
        || {
            router().go(Route::Connect { account: None });
        },
    ));
    let polled: Vec<_> = desk()
        .accounts
        .peek()
        .unwrap_or_default()
        .into_iter()
        .filter(|a| a.channel != Channel::WhatsApp)
        .map(|a| a.id)
        .collect();
    if !polled.is_empty() {
        all.push(entry(
            "poll",
            Group::Actions,
            Icon::Retry,
            "Poll all accounts now",
            move || {
                for account in &polled {
                    tell_engine(PollNow { account: *account });
                }
                toasts().say("Asked Meta for news");
            },
        ));
    }
    let quiet = desk()
        .settings
        .peek()
        .is_some_and(|s| s.notifications.do_not_disturb);
    let says = if quiet {
        "Do not disturb: off"
    } else {
        "Do not disturb: on"
    };
    all.push(
        entry("quiet", Group::Actions, Icon::Bell, says, move || {
            change(|s| s.notifications.do_not_disturb = !quiet);
        })
        .about("Notifications"),
    );
    all
}

fn places() -> Vec<Entry> {
    let list = |command: Command, label: &'static str, icon: Icon, show: Show| {
        entry(&format!("list-{label}"), Group::Go, icon, label, move || {
            inbox().show(show);
            router().go(Route::Inbox);
        })
        .key(command)
    };
    let page = |command: Command, label: &'static str, icon: Icon, to: Route| {
        entry(&format!("page-{label}"), Group::Go, icon, label, move || {
            router().go(to.clone())
        })
        .key(command)
    };
    let mut all = vec![
        list(Command::GoInbox, "Inbox", Icon::Inbox, Show::All),
        list(Command::GoUnread, "Unread", Icon::MarkRead, Show::Unread),
        list(
            Command::GoWaiting,
            "Waiting for a reply",
            Icon::Clock,
            Show::Waiting,
        ),
        list(Command::GoDrafts, "Drafts", Icon::Pencil, Show::Drafts),
        list(Command::GoFailed, "Failed sends", Icon::Alert, Show::Failed),
        page(
            Command::Search,
            "Search",
            Icon::Search,
            Route::Search { words: String::new() },
        ),
        page(Command::GoAccounts, "Accounts", Icon::Accounts, Route::Accounts),
        page(Command::GoSettings, "Settings", Icon::Settings, Route::Settings),
    ];
    for section in [Section::Notifications, Section::Door, Section::Storage] {
        all.push(
            entry(
                &format!("settings-{}", section.id()),
                Group::Go,
                Icon::Settings,
                section.name(),
                move || {
                    settings::open_at(section);
                },
            )
            .about("Settings"),
        );
    }
    all
}

fn accounts() -> Vec<Entry> {
    let accounts = desk().accounts.peek().unwrap_or_default();
    if accounts.len() < 2 {
        return Vec::new();
    }
    let only = |id| {
        move || {
            inbox().only(id);
            router().go(Route::Inbox);
        }
    };
    let mut all = vec![
        entry(
            "account-all",
            Group::Accounts,
            Icon::Inbox,
            "All accounts",
            only(None),
        )
        .key(Command::Account(0)),
    ];
    for (place, account) in accounts.into_iter().enumerate() {
        let about = if account.handle.is_empty() {
            account.channel.name().to_owned()
        } else {
            format!("{} · {}", account.channel.name(), account.handle)
        };
        let mut line = entry(
            &format!("account-{}", account.id),
            Group::Accounts,
            Icon::Accounts,
            format!("Only {}", account.name),
            only(Some(account.id)),
        )
        .about(about);
        if let Ok(n @ 1..=9) = u8::try_from(place + 1) {
            line = line.key(Command::Account(n));
        }
        line.face = Some(Face {
            name: account.name,
            picture: account.picture,
            channel: account.channel,
        });
        all.push(line);
    }
    for channel in Channel::ALL {
        all.push(
            entry(
                &format!("channel-{}", channel_class(channel)),
                Group::Accounts,
                Icon::Filter,
                format!("Only {}", channel.name()),
                move || {
                    inbox().filter.update(|f| f.channel = Some(channel));
                    router().go(Route::Inbox);
                },
            )
            .about("Filter"),
        );
    }
    all
}

fn appearance() -> Vec<Entry> {
    let themes = [
        (Theme::System, "Theme: like the system", Icon::Settings),
        (Theme::Light, "Theme: light", Icon::Sun),
        (Theme::Dark, "Theme: dark", Icon::Moon),
    ];
    let densities = [
        (Density::Normal, "Density: normal"),
        (Density::Compact, "Density: compact"),
    ];
    let now = desk().settings.peek().unwrap_or_default().appearance;
    themes
        .into_iter()
        .filter(|(theme, ..)| *theme != now.theme)
        .map(|(theme, label, icon)| {
            entry(label, Group::Appearance, icon, label, move || {
                change(|s| s.appearance.theme = theme)
            })
        })
        .chain(
            densities
                .into_iter()
                .filter(|(density, _)| *density != now.density)
                .map(|(density, label)| {
                    entry(label, Group::Appearance, Icon::Sort, label, move || {
                        change(|s| s.appearance.density = density)
                    })
                }),
        )
        .collect()
}

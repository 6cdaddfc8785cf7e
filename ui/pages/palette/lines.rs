//! Lines of the palette that lead somewhere or change how things look: places, accounts, appearance.

use super::entries::{Entry, Face, Group, entry};
use crate::{
    desk::desk,
    keys::Command,
    live::tell_engine,
    pages::{
        inbox::inbox,
        settings::{self, Section},
    },
    parts::{Icon, channel_class},
    route::{Route, router},
    theme,
};
use heliograph_model::{Channel, Density, Settings, Show, Theme, call::SaveSettings};
use leptos::prelude::Update;

/// Changes the settings and saves them.
pub fn change(change: impl Fn(&mut Settings)) {
    let Some(mut settings) = desk().settings.peek() else {
        return;
    };
    change(&mut settings);
    theme::apply(&settings);
    tell_engine(SaveSettings { settings });
}

/// Lists and pages.
pub fn places() -> Vec<Entry> {
    let list = |command: Command, label: &'static str, icon: Icon, show: Show| {
        entry(&format!("list-{label}"), Group::Go, icon, label, move || {
            inbox().show(show);
            router().go(Route::Inbox);
        })
        .key(command)
    };
    let page = |command: Command, label: &'static str, icon: Icon, to: Route| {
        entry(&format!("page-{label}"), Group::Go, icon, label, move || router().go(to.clone())).key(command)
    };
    let mut all = vec![
        list(Command::GoInbox, "Inbox", Icon::Inbox, Show::All),
        list(Command::GoUnread, "Unread", Icon::MarkRead, Show::Unread),
        list(Command::GoWaiting, "Waiting for a reply", Icon::Clock, Show::Waiting),
        list(Command::GoDrafts, "Drafts", Icon::Pencil, Show::Drafts),
        list(Command::GoScheduled, "Scheduled sends", Icon::Clock, Show::Scheduled),
        list(Command::GoFailed, "Failed sends", Icon::Alert, Show::Failed),
        list(Command::GoMine, "Mine", Icon::Person, Show::Mine),
        list(Command::GoSnoozed, "Snoozed", Icon::Snooze, Show::Snoozed),
        list(Command::GoResolved, "Resolved", Icon::Check, Show::Resolved),
        page(Command::Search, "Search", Icon::Search, Route::Search { words: String::new() }),
        page(Command::GoAccounts, "Accounts", Icon::Accounts, Route::Accounts),
        page(Command::GoSettings, "Settings", Icon::Settings, Route::Settings),
        page(Command::GoDiagnostics, "Diagnostics", Icon::Gauge, Route::Diagnostics),
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

/// What shows only one account or channel.
pub fn accounts() -> Vec<Entry> {
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
        entry("account-all", Group::Accounts, Icon::Inbox, "All accounts", only(None))
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
        line.face = Some(Face { name: account.name, picture: account.picture, channel: account.channel });
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

/// Theme and density, those that are not chosen already.
pub fn appearance() -> Vec<Entry> {
    let themes = [
        (Theme::System, "Theme: like the system", Icon::Settings),
        (Theme::Light, "Theme: light", Icon::Sun),
        (Theme::Dark, "Theme: dark", Icon::Moon),
    ];
    let densities = [(Density::Normal, "Density: normal"), (Density::Compact, "Density: compact")];
    let now = desk().settings.peek().unwrap_or_default().appearance;
    themes
        .into_iter()
        .filter(|(theme, ..)| *theme != now.theme)
        .map(|(theme, label, icon)| {
            entry(label, Group::Appearance, icon, label, move || change(|s| s.appearance.theme = theme))
        })
        .chain(densities.into_iter().filter(|(density, _)| *density != now.density).map(
            |(density, label)| {
                entry(label, Group::Appearance, Icon::Sort, label, move || {
                    change(|s| s.appearance.density = density)
                })
            },
        ))
        .collect()
}

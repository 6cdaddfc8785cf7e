//! Above the list: what is shown, in which order, and how many there are.

use super::{inbox, working::ListTitle};
use crate::{
    desk::desk,
    format,
    keys::Command,
    parts::{ChannelMark, Icon, IconView, Menu, MenuItem, channel_class},
};
use heliograph_model::{Channel, Counts, Filter, Show, Sort, Tally};
use leptos::prelude::*;

/// The tabs with their words.
pub const TABS: [(Show, &str); 6] = [
    (Show::All, "All"),
    (Show::Unread, "Unread"),
    (Show::Waiting, "Waiting"),
    (Show::Drafts, "Drafts"),
    (Show::Scheduled, "Scheduled"),
    (Show::Failed, "Failed"),
];

/// The sorts with their words.
pub const SORTS: [(Sort, &str); 3] = [
    (Sort::Newest, "Newest"),
    (Sort::WaitingLongest, "Waiting longest"),
    (Sort::EndingSoonest, "Window ending soonest"),
];

/// The figures for what the other filters let through.
#[must_use]
pub fn tally(counts: &Counts, filter: &Filter) -> Tally {
    let account =
        filter.account.and_then(|a| counts.accounts.iter().find(|(id, _)| *id == a).map(|(_, t)| *t));
    let channel =
        filter.channel.and_then(|c| counts.channels.iter().find(|(ch, _)| *ch == c).map(|(_, t)| *t));
    match (filter.account, filter.channel) {
        // An account has one channel, so that both together are the account or nothing.
        (Some(_), _) => account.unwrap_or_default(),
        (None, Some(_)) => channel.unwrap_or_default(),
        (None, None) => counts.all,
    }
}

/// The head of the list.
#[component]
pub fn ListHead() -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let channels = move || {
        let used: Vec<Channel> = desk.accounts.with(|all| {
            let all = all.map_or(&[][..], Vec::as_slice);
            Channel::ALL.into_iter().filter(|c| all.iter().any(|a| a.channel == *c)).collect()
        });
        (used.len() > 1).then(|| {
            used.into_iter().map(|c| view! { <ChannelToggle channel=c /> }).collect_view().into_any()
        })
    };
    let sorts = move |()| {
        let now = inbox.sort.get_untracked();
        SORTS
            .into_iter()
            .map(|(sort, words)| MenuItem::new(words, move || inbox.sort_by(sort)).chosen(sort == now))
            .collect()
    };
    let sorted = Signal::derive(move || {
        let now = inbox.sort.get();
        let words = SORTS.iter().find(|(s, _)| *s == now).map_or("", |(_, w)| w);
        format!("Sorted: {}", words.to_lowercase())
    });
    view! {
        <header class="list-head">
            <div class="list-title">
                <ListTitle />
                <div class="list-tools">
                    {channels}
                    <Menu label=sorted items=Callback::new(sorts) end=true test="sort">
                        <IconView icon=Icon::Sort />
                    </Menu>
                </div>
            </div>
            <div class="tabs" role="group" aria-label="Show">
                {TABS.into_iter().map(|(show, words)| view! { <Tab show words /> }).collect_view()}
            </div>
        </header>
    }
    .into_any()
}

#[component]
fn ChannelToggle(channel: Channel) -> impl IntoView {
    let inbox = inbox();
    let on = Memo::new(move |_| inbox.filter.with(|f| f.channel == Some(channel)));
    let dim = move || inbox.filter.with(|f| f.channel.is_some_and(|c| c != channel));
    let press = move |_| inbox.channel(if on.get_untracked() { None } else { Some(channel) });
    view! {
        <button
            type="button"
            class=format!("icon-button channel-toggle {}", channel_class(channel))
            class:dim=dim
            aria-pressed=move || if on.get() { "true" } else { "false" }
            aria-label=format!("Only {}", channel.name())
            data-tip=format!("Only {}", channel.name())
            data-test=format!("filter-{}", channel.key())
            on:click=press
        >
            <ChannelMark channel />
        </button>
    }
    .into_any()
}

#[component]
fn Tab(show: Show, words: &'static str) -> impl IntoView {
    let desk = desk();
    let inbox = inbox();
    let on = Memo::new(move |_| inbox.filter.with(|f| f.show == show));
    let n = Memo::new(move |_| {
        let filter = inbox.filter.get();
        desk.counts.with(|c| c.map_or(0, |c| tally(c, &filter).of(show)))
    });
    let command = match show {
        Show::All => Command::GoInbox,
        Show::Unread => Command::GoUnread,
        Show::Waiting => Command::GoWaiting,
        Show::Drafts => Command::GoDrafts,
        Show::Failed => Command::GoFailed,
        Show::Scheduled => Command::GoScheduled,
        _ => Command::GoMine,
    };
    // Drafts and failures are rare: they take room only when there are any.
    let rare = matches!(show, Show::Drafts | Show::Failed | Show::Scheduled);
    let icon = match show {
        Show::Drafts => Some(Icon::Pencil),
        Show::Failed => Some(Icon::Alert),
        Show::Scheduled => Some(Icon::Clock),
        _ => None,
    };
    let hidden = move || rare && n.get() == 0 && !on.get();
    let count = move || (show != Show::All && n.get() > 0).then(|| format::badge(n.get()));
    view! {
        <button
            type="button"
            class="tab"
            class:bad=show == Show::Failed
            hidden=hidden
            aria-pressed=move || if on.get() { "true" } else { "false" }
            aria-label=move || format!("{words}: {}", n.get())
            data-tip=icon.map(|_| words)
            data-tip-key=icon.map(|_| command.label())
            data-test=format!("filter-{}", words.to_lowercase())
            on:click=move |_| inbox.show(show)
        >
            {icon.map_or_else(|| words.into_any(), |icon| view! { <IconView icon /> }.into_any())}
            <span class="tab-count figures">{count}</span>
        </button>
    }
    .into_any()
}
